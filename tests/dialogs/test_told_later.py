"""News of money are told whoever has the talk: by the bot at once, else when the person leaves; once, never twice.

By the event's kind: the walk finds each class of `News` there is, and each event with a sum that is none.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from msgspec.structs import fields, replace

from dialogs import messages
from dialogs.explorer import events
from dialogs.explorer.samples import INVOICE
from dialogs.kit import Event
from dialogs.kit.messages import News
from dialogs.messages.einvoice import EInvoiceSwitched, InvoiceIssued
from dialogs.messages.handoff import AgentGone, AgentLeft, AgentTook
from dialogs.messages.order import OrderCancelled
from dialogs.messages.payment import PaymentBooked, RefundBooked, RefundDue
from dialogs.messages.withdrawal import WithdrawalDecided, WithdrawalKept
from dialogs.messages.zone import QuantitySet
from tests.dialogs.driver import NOW, SELLER, Driver, activated, ordered
from values.money import Money
from values.renewal import RenewalRules

RENEWING = replace(SELLER, renewal=RenewalRules(), chargeable=("card",))
NUMBER = "FS/2026/000001"
LEAVES = {"done": AgentLeft(done=True), "give back": AgentLeft(), "put back": AgentGone("a-anna", "put_back")}
#: With a sum, a status or a payment, and yet no news: whoever asked is answered, the seller's software or another
#: dialog is told; what follows for the customer is an event of its own.
ASKED = {
    *("PaymentOpened", "PaymentNotChanged"),  # the customer's own act
    *("PaymentNoticed", "PaymentReturned", "PaymentChecked", "ChargeAnswered", "RefundAnswered", "BackAsked"),
}


def classes(base: type[Event]) -> set[type[Event]]:
    for module in iter_modules(messages.__path__):
        import_module(f"{messages.__name__}.{module.name}")
    direct = set(base.__subclasses__())
    return direct.union(*(classes(one) for one in direct))


def samples() -> Iterator[Event]:
    """Events of each kind of news, in each of their forms."""
    for told in (*events.of_renewals(RENEWING), *events.of_money(RENEWING)):
        if len(told) == 1 and isinstance(told[0], News):
            yield told[0]
    for status in ("paid", "failed", "expired", "cancelled", "refunded"):
        yield PaymentBooked("payment-blik", "order-1", NUMBER, status, Money(36777, "PLN"), news=True)
    yield RefundDue("payment-blik", NUMBER, 2, 36777, "PLN")
    yield RefundBooked(NUMBER, news=True)
    yield QuantitySet("term-0", "standard", 5)
    yield EInvoiceSwitched("off", "jan@example.com")
    yield InvoiceIssued("account-1", INVOICE, None)
    yield OrderCancelled(NUMBER)
    yield WithdrawalKept("withdrawal-1", NOW, NUMBER)
    yield WithdrawalDecided("withdrawal-1", accepted=True, stated_at=NOW, number=NUMBER)


SAMPLES = list(samples())
each = pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)


def stage(event: Event) -> Driver:
    """A customer to whom the event is news: who waits for the payment that it is about, else who has all that runs."""
    customer = ordered() if isinstance(event, OrderCancelled | PaymentBooked) else activated()
    customer.seller = RENEWING
    return customer


def told(customer: Driver) -> list[str]:
    """What the customer reads of the news, and of what came of them."""
    return [say.key or str(say.card) for say in customer.reply if say.kept]


def test_each_kind_of_news_is_tried_and_each_event_with_a_sum_is_news_or_an_answer() -> None:
    known = {type(event) for event in SAMPLES}
    assert classes(News) == known, "a new kind of news: it wants a sample here"
    about = {"payment_id", "gross", "amount", "sum", "back", "bill", "status"}
    with_sums = {k for k in classes(Event) if any(field.name in about or field.type is Money for field in fields(k))}
    of_money = {kind for kind in with_sums if kind.__module__.rpartition(".")[2] in ("payment", "renewal", "order")}
    assert {kind.__name__ for kind in of_money - classes(News)} == ASKED


@each
def test_without_a_person_it_is_said_at_once(event: Event) -> None:
    customer = stage(event)
    assert not customer.decide(event).held
    assert told(customer.hear(event)), "and it says something"


@pytest.mark.parametrize("leaves", LEAVES)
@each
def test_with_a_person_it_is_told_when_they_leave_and_once(event: Event, leaves: str) -> None:
    alone = told(stage(event).hear(event))
    customer = stage(event).hear(AgentTook("a-anna", "Anna"))
    assert customer.decide(event).held
    assert told(customer.hear(event)) == alone, "nothing of it is left out"
    waiting = customer.case.talk.kept_back
    assert waiting > 0
    assert customer.decide(LEAVES[leaves]).late == waiting
    customer.hear(LEAVES[leaves]).hear(AgentTook("a-anna", "Anna"))
    assert customer.decide(AgentLeft()).late == 0, "told once"
