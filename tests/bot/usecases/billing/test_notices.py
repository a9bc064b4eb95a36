"""What the desk says and does of itself about money: a way that is gone, a dispute, a deadline, an unproven address."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.usecases.billing import unproven
from bot.usecases.billing.money_back import PaymentOwner
from bot.usecases.billing.notices import ProviderNotices
from dialogs.messages.payment import BackAsked, PaymentDue, StoredWayGone
from services.clock import ManualClock
from services.jobs.port import StoredJob
from services.keyed_hash import derived_id
from services.orders import orders
from services.payments import deadlines, methods, notices, questions, record
from services.payments import unproven as first_money
from services.payments.providers.base import Notice
from services.store import timer_rows
from services.store.tables.accounts import contact
from services.subscriptions import subscriptions
from services.support import tickets
from tests.bot.usecases.commanding import SELLER
from tests.kit.narrow import present
from tests.services.domain.people import NOW, buyer, later, placed, to_pay
from tests.services.domain.test_payments import opened, paid
from tests.table import table
from values.money import Money
from values.payment import StoredMethod
from values.seller import Seller

WAITS = replace(SELLER, sign_up=replace(SELLER.sign_up, email="after_payment"))
GROSS = 36777


class Turn:
    """A transaction of the desk's own at a moment, and what it told and left."""

    def __init__(self, connection: sa.Connection, now: datetime = NOW) -> None:
        self.connection, self.now = connection, now
        self.told, self.left = list[tuple[str, Any]](), list[StoredJob]()

    def tell(self, owner: str, event: Any) -> None:
        self.told.append((owner, event))

    def leave(self, _connection: sa.Connection, job: StoredJob) -> None:
        self.left.append(job)


def bought(connection: sa.Connection, method: str = "blik") -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, method=method)


def is_paid(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert paid(connection)


def kept_card(connection: sa.Connection) -> methods.Method:
    stored = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2030, 1, 31))
    methods.keep(connection, account_id="a1", method="card", provider="stripe", stored=stored, payment_id="p1", now=NOW)
    return present(methods.by_token(connection, "stripe", "pm_1"))


def news(connection: sa.Connection, kind: Any, ref: str, **facts: str) -> Turn:
    turn = Turn(connection)
    notice = Notice("", ref, 4900, None, kind, f"evt-{kind}", facts)
    told = ProviderNotices(SELLER, turn)  # type: ignore[arg-type]
    if kind == "detached":
        told.detached(turn, "stripe", notice)  # type: ignore[arg-type]
    else:
        told.disputed(turn, "stripe", notice, None)  # type: ignore[arg-type]
    return turn


# --- a way to pay that its provider has dropped ---


def test_a_way_that_is_gone_is_told_once_where_a_renewal_would_have_charged_it(connection: sa.Connection) -> None:
    is_paid(connection)
    way = kept_card(connection)
    subscriptions.set_auto_renewal(connection, account_id="a1", on=True)
    assert news(connection, "detached", "pm_1").told == [("talk-a1", StoredWayGone("Visa …4242"))]
    assert present(methods.get(connection, way.id)).gone_at == NOW
    assert news(connection, "detached", "pm_1").told == []
    assert news(connection, "detached", "pm_9").told == [], "nobody's"


@pytest.mark.parametrize("why", ["not renewed", "ended", "not the default"])
def test_a_way_that_nothing_is_charged_to_goes_in_silence(connection: sa.Connection, why: str) -> None:
    is_paid(connection)
    way = kept_card(connection)
    subscriptions.set_auto_renewal(connection, account_id="a1", on=why != "not renewed")
    if why == "ended":
        [of] = subscriptions.of_account(connection, "a1")
        subscriptions.set_ended(connection, of.id)
    if why == "not the default":
        methods.save_default(connection, account_id="a1", method="blik", now=NOW)
    assert news(connection, "detached", "pm_1").told == []
    assert present(methods.get(connection, way.id)).gone_at == NOW


def test_a_way_that_its_holder_has_forgotten_is_no_news(connection: sa.Connection) -> None:
    bought(connection)
    way = kept_card(connection)
    methods.forget(connection, account_id="a1", method_id=way.id, now=NOW)
    assert news(connection, "detached", "pm_1").told == []
    assert present(methods.get(connection, way.id)).gone_at is None


# --- a dispute ---


def test_a_dispute_is_known_by_what_earlier_notices_told_and_is_one_ticket(connection: sa.Connection) -> None:
    is_paid(connection)
    facts = {"capture_id": "ch_1"}
    notices.store(connection, provider="stripe", dedup_key="1", payment_ref="p1-1", facts=facts, now=NOW)
    for left in (1, 0):
        turn = news(connection, "disputed", "dp_1", capture_id="ch_1", case="D-1")
        assert turn.told == [(questions.owner_of("p1"), BackAsked("p1", 1))]
        assert len(turn.left) == left
    ticket = present(tickets.get(connection, derived_id("dispute", "stripe", "D-1")))
    assert (ticket.subject, ticket.about["case"], ticket.about["amount"]) == ("dispute", "D-1", "49.00 PLN")


def test_a_dispute_of_nobody_is_an_alarm(connection: sa.Connection) -> None:
    with capture_logs() as logs:
        turn = news(connection, "disputed", "dp_9")
    assert (turn.told, turn.left) == ([], [])
    assert [line["event"] for line in logs if line.get("alarm")] == ["dispute_of_nobody"]


# --- a deadline ---


def due(connection: sa.Connection) -> timer_rows.Timer:
    [timer] = timer_rows.due(connection, later(days=99))
    return timer


def told(connection: sa.Connection, now: datetime, seller: Seller = SELLER) -> tuple[Turn, StoredJob | None]:
    turn = Turn(connection, now)
    return turn, PaymentOwner(seller, turn).tell_deadline(turn, due(connection))  # type: ignore[arg-type]


def test_who_pays_by_transfer_is_told_three_days_before_in_chat_and_by_letter(connection: sa.Connection) -> None:
    bought(connection, "transfer")
    turn, letter = told(connection, later(days=4))
    gross = Money(GROSS, "PLN")
    assert turn.told == [("talk-a1", PaymentDue("p1", "FS/2026/000001", gross, later(days=7)))]
    assert present(letter).key == "deadline:p1"
    assert timer_rows.due(connection, later(days=99)) == ()


def test_at_night_it_waits_for_the_morning(connection: sa.Connection) -> None:
    bought(connection, "transfer")
    night = later(days=4, hours=11)
    turn, letter = told(connection, night)
    assert (turn.told, letter) == ([], None)
    assert night < due(connection).due_at <= night + timedelta(hours=10)
    turn, letter = told(connection, due(connection).due_at)
    assert (len(turn.told), letter is not None) == (1, True)


@table("why", ["paid", "cancelled", "too late", "closed"])
def test_nothing_is_told_of_what_is_not_awaited_any_more(connection: sa.Connection, why: str) -> None:
    with connection.begin_nested() as this:
        bought(connection, "transfer")
        if why == "paid":
            record.set_status(connection, "p1", "paid", NOW)
        if why == "cancelled":
            orders.cancel(connection, order_id="o1", now=NOW)
        if why == "closed":
            connection.execute(sa.text("update account set status = 'closed'"))
        deadlines.put_off(connection, "p1", NOW)
        turn, letter = told(connection, later(days=7 if why == "too late" else 4))
        assert (turn.told, letter, timer_rows.due(connection, later(days=99))) == ([], None, ())
        this.rollback()


# --- an address that nobody has proven ---


def unproven_buyer(connection: sa.Connection) -> None:
    bought(connection)
    connection.execute(sa.update(contact).where(contact.c.kind == "email").values(verified_at=None))
    opened(connection)
    assert paid(connection)


@pytest.mark.parametrize(("seller", "alarms"), [(WAITS, ["email_unproven"]), (SELLER, [])], ids=["waits", "at once"])
def test_an_address_unproven_a_week_after_the_money_is_an_alarm_where_the_letter_may_wait(
    connection: sa.Connection, seller: Seller, alarms: list[str]
) -> None:
    unproven_buyer(connection)
    [timer] = [one for one in timer_rows.due(connection, later(days=7)) if one.kind == first_money.KIND]
    with capture_logs() as logs:
        unproven.alarm(Turn(connection, later(days=7)), timer, seller)  # type: ignore[arg-type]
        unproven.alarm(Turn(connection, later(days=7)), timer, seller)  # type: ignore[arg-type]
    assert [line["event"] for line in logs if line.get("alarm")] == alarms, "once an account"


def test_notices_of_invoices_to_it_are_held_until_it_is_proven(connection: sa.Connection) -> None:
    unproven_buyer(connection)

    def holds(
        to: str = "Anna@Example.com", seller: Seller = WAITS, account_id: str | None = "a1", day: int = 7
    ) -> bool:
        clock = ManualClock(later(days=day))
        return unproven.holds(connection, account_id=account_id, to=to, seller=seller, clock=clock)

    assert holds()
    assert [holds(day=6), holds("other@example.com"), holds(seller=SELLER), holds(account_id=None)] == [False] * 4
    connection.execute(sa.update(contact).where(contact.c.kind == "email").values(verified_at=NOW))
    assert not holds()
