"""Acts that end a contract, or stop its renewal: by whichever door, nothing of it is charged afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.orders import cancelling
from dialogs.messages import order as ordering
from dialogs.messages import payment as paying
from dialogs.messages import renewal as told
from dialogs.messages import withdrawal as withdrawing
from dialogs.messages import zone
from services.accounts.one_time_links import OneTimeLink
from services.orders import order_record
from services.payments import record
from services.payments.providers import base
from services.privacy.erase import erase
from services.store.tables.orders import sales_order
from services.subscriptions import renewed_together, subscription_record, subscriptions, unbegun
from services.subscriptions.subscription_record import Subscription
from tests.bot.usecases.lives import life
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.kit.narrow import a, present
from tests.nightly import portion
from tests.services.domain.people import KEY
from values.money import Money
from values.offer import Trial
from values.order import CartLine, Price
from values.rules import RefundRules
from values.seller import Seller
from values.term import A_YEAR, Term, term_of_months

BEGINS, DAY = datetime(2027, 3, 1, 12, tzinfo=UTC), timedelta(days=1)
MONTH = term_of_months(1)
OFF = zone.SetAutoRenewal("a1", on=False, accepted=(), seen=False)


def seller() -> Seller:
    """Who sells a plan by the seat, also behind a trial, an add-on, and a set-up that is paid once."""
    sold = life.seller("Europe/Warsaw", life.NETS)
    plans = tuple(replace(plan, trial=Trial(14, kept=True)) for plan in sold.plans)
    return replace(sold, plans=plans, refund=RefundRules("end"))


class Contract(Struct, frozen=True):
    """What was bought: for which term, behind how many days of trial, and the days at which its end is acted on.

    At the last of them a charge has just been declined.
    """

    term: Term
    trial: int
    days: tuple[float, ...]


CONTRACTS = {
    "trial": Contract(MONTH, 14, (1, 9, 13.9)),
    "month": Contract(MONTH, 0, (1, 26, 28)),
    "year": Contract(A_YEAR, 0, (40, 340, 361)),
}


class Bought:
    """Who has bought it: seats of a plan, users, a set-up."""

    def __init__(self, connection: sa.Connection, of: Contract) -> None:
        self.desk, self.connection = Desk(connection, seller(), BEGINS), connection
        cart = [CartLine("pro", of.term, 3), CartLine("users", of.term, 2), CartLine("setup", of.term, once=True)]
        cart = [replace(line, trial=of.trial) for line in cart]
        months = 1 if of.term == MONTH else 12
        full = 3 * life.NETS["pro", months] + 2 * (life.NETS["users", 12] // (12 // months) + (months == 1))
        self.first = self.buys(cart, 0 if of.trial else full + life.NETS["setup", 0])

    def buys(self, cart: list[CartLine], net: int) -> str:
        vat = (net * 23 + 50) // 100
        shown = Price(*(Money(sum_, "PLN") for sum_ in (net, vat, net + vat)))
        placed = self.desk.does(ordering.PlaceOrder("a1", "f1", tuple(cart), "card", True, None, shown, ()))
        opened = self.desk.does(paying.OpenPayment(a(ordering.OrderPlaced, placed).order_id, "card", None))
        self.desk.pays(opened.payment_id, VISA)
        return placed.order_id

    def of(self, product: str) -> Subscription:
        return next(s for s in subscription_record.of_account(self.connection, "a1") if s.product == product)

    @property
    def paid(self) -> str:
        """The attempt that paid the last order of all."""
        orders = [order.id for order in order_record.of_account(self.connection, "a1")]
        paid = [of.id for id in orders for of in record.of_order(self.connection, id) if of.paid_at is not None]
        return next(of for of in self.desk.bank.taken if of.startswith(paid[-1]))

    def until(self, day: float, bank: tuple[str, ...] = ()) -> None:
        self.desk.bank.next = [*bank]
        self.desk.until(BEGINS + day * DAY)

    def charged_later(self, days: int = 400) -> int:
        before = len(self.desk.bank.charges)
        self.desk.until(self.desk.now + days * DAY)
        return len(self.desk.bank.charges) - before


@contextmanager
def customer(of: str) -> Iterator[Bought]:
    with books() as engine, customer_of(engine) as connection:
        yield Bought(connection, CONTRACTS[of])


Act = Callable[[Bought, str], Any]


def stops(one: Bought, of: str, here: str | None = None) -> None:
    assert cancelling.stop_renewal(one.desk, one.of(of), "asked", here=here)  # type: ignore[arg-type]


def ends(one: Bought, of: str, here: str | None = None) -> None:
    done = cancelling.end_running_service(one.desk, one.of(of), "asked", one.desk.quotes, KEY, here=here)  # type: ignore[arg-type]
    for letter in present(done):
        one.desk.leave(one.connection, letter)


def ends_by_page(one: Bought, _of: str) -> None:
    link = OneTimeLink("l1", "end_contract", "talk-a1", "a1", {}, "open", one.desk.now)
    assert cancelling.end_by_page(one.desk, link, one.desk.seller, one.desk)  # type: ignore[arg-type]


def goes_back(one: Bought, full: str) -> None:
    one.desk.seller = replace(one.desk.seller, refund=RefundRules(full))  # type: ignore[arg-type]
    one.desk.gives_back(one.paid, one.desk.bank.left(one.paid))


def disputes(one: Bought, _of: str) -> None:
    paid = one.paid

    async def claimed(of: base.Attempt) -> base.Returned:
        return base.Returned(0, "open" if of.payment_ref == paid else None)

    one.desk.bank.returned = claimed  # type: ignore[method-assign]
    one.desk.gives_back(paid, 0)


def withdraws(one: Bought, _of: str) -> None:
    number = present(order_record.get(one.connection, one.first)).number
    kept = one.desk.does(withdrawing.KeepWithdrawal("a1", f"Odstępuję od umowy {number}."))
    one.desk.does(withdrawing.DecideWithdrawal(kept.id, True, number, "x"))


def is_erased(one: Bought, _of: str) -> None:
    assert erase(one.connection, account_id="a1", on_file="forget", going_on=(), now=one.desk.now)


OF_THE_PLAN: dict[str, Act] = {
    "stopped by the API": stops,
    "ended by the API": ends,
    "stopped at the console": lambda one, of: stops(one, of, "talk-a1"),
    "ended at the console": lambda one, of: ends(one, of, "talk-a1"),
    "switched off in the chat": lambda one, _: one.desk.does(OFF),
    "ended in the chat": lambda one, _: one.desk.does(zone.EndContract("a1")),
    "ended by a letter's page": ends_by_page,
    "paid back, to its end": lambda one, _: goes_back(one, "keep"),
    "paid back, and ended": lambda one, _: goes_back(one, "end"),
    "disputed": disputes,
    "withdrawn from": withdraws,
    "erased": is_erased,
}
OF_MONEY = ("paid back, to its end", "paid back, and ended", "disputed")
CASES = [case for case in product(OF_THE_PLAN, CONTRACTS, range(3)) if case[1] != "trial" or case[0] not in OF_MONEY]


@pytest.mark.parametrize(("act", "of", "n"), portion(CASES, 7))
def test_nothing_is_charged_after_a_contract_was_ended_or_stopped(act: str, of: str, n: int) -> None:
    with customer(of) as one:
        one.until(CONTRACTS[of].days[n], ("declined",) if n == 2 else ())
        OF_THE_PLAN[act](one, "pro")
        assert one.charged_later() == 0
        assert not {s.status for s in subscription_record.of_account(one.connection, "a1")} - {"ended"}
        assert not [o for o in order_record.of_account(one.connection, "a1") if o.status == "placed"]
        assert act == "disputed" or one.desk.compared(BEGINS).is_clean


@pytest.mark.parametrize(("act", "of"), portion([*product((stops, ends), CONTRACTS)], 2))
def test_the_plan_goes_on_without_an_add_on_that_was_ended_alone(act: Act, of: str) -> None:
    with customer(of) as one:
        one.until(CONTRACTS[of].days[0])
        act(one, "users")
        assert (one.of("pro").auto_renewal, one.of("users").auto_renewal) == (True, False)
        assert one.charged_later(800 if of == "year" else 400) >= (2 if of == "year" else 12)
        renewed = [o for o in order_record.of_account(one.connection, "a1") if o.id != one.first]
        assert [item.id for item in renewed[0].items] == ["pro", *(["setup"] if of == "trial" else [])]
        assert {item.id for order in renewed[1:] for item in order.items} == {"pro"}


def test_what_was_stopped_with_the_plan_comes_back_with_it() -> None:
    with customer("month") as one:
        stops(one, "pro")
        assert not one.of("users").auto_renewal
        one.desk.does(replace(OFF, on=True))
        assert (one.of("pro").auto_renewal, one.of("users").auto_renewal) == (True, True)
        assert one.charged_later(40) == 1


def test_all_that_ends_is_said_in_one_letter() -> None:
    with customer("month") as one:
        ends(one, "pro")
        one.desk.settle()
        [letter] = [s.event for s in one.desk.said if isinstance(s.event, told.SubscriptionLapsed) and s.by_letter]
        assert letter.lines == (("pro", 3), ("users", 2))


# --- rows of earlier releases, whose acts took the plan alone ---


def upgraded(connection: sa.Connection) -> None:
    step = import_module("services.store.migrations.versions.0053_addons_without_plan")
    with Operations.context(MigrationContext.configure(connection)):
        step.upgrade()


def as_before(one: Bought, monkeypatch: pytest.MonkeyPatch, *, ended: bool, until: float) -> None:
    """End the plan alone, or stop it, and let the time pass, as releases up to 0.39.0 did."""
    with monkeypatch.context() as before:
        before.setattr(renewed_together, "is_left_behind", lambda *_: False)
        subscriptions.renew_no_more(one.connection, [one.of("pro").id])
        if ended:
            unbegun.end_now(one.connection, one.of("pro"), "cancelled", one.desk.now)
        one.until(until)


@pytest.mark.parametrize(("of", "ended"), [("trial", True), ("month", True), ("year", True), ("year", False)])
def test_add_ons_that_were_left_are_listed_stopped_and_given_back(
    of: str, ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with customer(of) as one:
        one.until(3)
        as_before(one, monkeypatch, ended=ended, until=800 if of == "year" and ended else 70)
        known, said = one.of("users"), len(one.desk.said)
        rows = [(row.kind, row.ours, row.theirs) for row in one.desk.compared(BEGINS).rows]
        assert rows[-1] == ("addon_without_plan", "renews", "ended" if ended else "stopped")
        charged = [row for row in one.desk.compared(BEGINS).rows if row.kind == "charged_after_end"]
        assert {row.payment_id for row in charged} == {by[:-2] for _, by, *_ in one.desk.bank.charges}
        assert bool(charged) == ended
        for _twice in range(2):
            upgraded(one.connection)
            assert one.of("users") == replace(known, auto_renewal=False), "what is paid runs to its end"
        assert (len(one.desk.said), one.desk.is_busy) == (said, False), "nobody is written to"
        for row in charged:
            assert f"refund {row.order} --payment {row.payment_id}" in row.remedy
            one.desk.asked_back(present(order_record.by_number(one.connection, row.order)).id, None)
            one.desk.settle()
        assert {row.kind for row in one.desk.compared(BEGINS).rows} <= {"addon_without_plan"}
        assert one.charged_later() == 0
        assert one.desk.compared(BEGINS).is_clean


def test_an_add_on_that_goes_on_with_another_plan_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    with customer("month") as one:
        as_before(one, monkeypatch, ended=True, until=10)
        one.buys([CartLine("base", MONTH)], life.NETS["base", 1])
        upgraded(one.connection)
        assert one.of("users").auto_renewal
        assert one.desk.compared(BEGINS).is_clean
        stops(one, "base")
        assert not one.of("users").auto_renewal, "it was the other plan's by now"
        assert one.charged_later() == 0


def test_an_add_on_whose_plan_its_order_does_not_name_is_listed_and_nothing_else() -> None:
    with customer("month") as one:
        [order] = order_record.of_account(one.connection, "a1")
        unnamed = [order_record.item_to_json(replace(item, of=None)) for item in order.items]
        one.connection.execute(sa.update(sales_order).values(items=unnamed))
        ends(one, "pro")
        upgraded(one.connection)
        assert one.of("users").auto_renewal
        [row] = one.desk.compared(BEGINS).rows
        assert (row.kind, row.ours, row.theirs) == ("addon_without_plan", "renews", "ended")
        assert one.of("users").id in row.remedy
