"""Ways to pay that a provider keeps: on file with the money, charged by the desk, refused, forgotten."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from bot.usecases.billing.notices import ProviderNotices
from services.orders import order_record, orders
from services.payments import attempts, book, charges, methods, money, record
from services.payments.providers.base import Notice
from services.store import timer_rows
from services.subscriptions import renewal_timer, renewals, subscriptions
from tests.kit.narrow import a, present
from tests.services.domain.people import NOW, WANTED, buyer, later, pay, to_pay
from tests.services.domain.test_renewals import RULES, WARSAW, owned
from values.payment import StoredMethod

VISA = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2029, 8, 31))
HOUR = timedelta(hours=1)
NOTICES = ProviderNotices(None, None)  # type: ignore[arg-type]  # no seller is asked, nothing is sent


def ordered(connection: sa.Connection, *, renews: bool = True, n: int = 1) -> record.PaymentRecord:
    """An order to be paid by card."""
    buyer(connection)
    card = replace(WANTED, id=f"o{n}", method="card", auto_renewal=renews)
    assert isinstance(orders.place(connection, card, NOW), orders.Placed)
    return to_pay(connection, f"p{n}", card.id, "card", provider="stripe")


def stored(connection: sa.Connection, what: StoredMethod = VISA) -> str:
    """A card on file, as the default."""
    return keep(connection, what).id


def keep(connection: sa.Connection, what: StoredMethod) -> methods.KeptMethodResult:
    return methods.keep(
        connection, account_id="a1", method="card", provider="stripe", stored=what, payment_id="p0", now=NOW
    )


def test_what_is_kept_with_the_money_is_the_default_and_no_secret(connection: sa.Connection) -> None:
    ordered(connection)
    pay(connection)
    assert [m.label for m in methods.of_account(connection, "a1")] == ["card"], "a kind, as long as nothing is kept"
    late = money.store_way(connection, payment_id="p1", attempt=1, stored=VISA, now=later(days=1))
    assert late is None, "what is told long after the money is not kept"
    kept = money.store_way(connection, payment_id="p1", attempt=1, stored=VISA, now=NOW)
    [mine] = methods.of_account(connection, "a1")
    assert (methods.KeptMethodResult(mine.id), mine.label, mine.is_default) == (kept, "Visa …4242", True)
    assert mine.provider == "stripe"
    assert (mine.stored, mine.payment_id) == (VISA, "p1")
    assert "pm_1" not in repr(mine)
    assert "cus_1" not in repr(mine)


def test_nothing_is_kept_where_renewing_was_not_agreed_to(connection: sa.Connection) -> None:
    ordered(connection, renews=False)
    attempts.open_attempt(connection, payment_id="p1", good_for=HOUR, now=NOW)
    assert money.store_way(connection, payment_id="p1", attempt=1, stored=VISA, now=NOW) is None
    assert methods.of_account(connection, "a1") == []


def test_the_same_card_again_is_the_same_one_by_its_newest_name(connection: sa.Connection) -> None:
    buyer(connection)
    first = stored(connection)
    methods.mark_gone(connection, first, NOW)
    assert stored(connection, StoredMethod("pm_2", "cus_1", "Visa …4242", date(2031, 1, 31))) == first
    [mine] = methods.of_account(connection, "a1")
    assert (mine.token, mine.expires_on, mine.gone_at) == ("pm_2", date(2031, 1, 31), None)


def test_a_card_is_good_until_its_last_day_and_while_nobody_says_otherwise(connection: sa.Connection) -> None:
    buyer(connection)
    mine = present(methods.get(connection, stored(connection)))
    assert (mine.is_good(date(2029, 8, 31)), mine.is_good(date(2029, 9, 1))) == (True, False)
    methods.mark_gone(connection, mine.id, NOW)
    assert not present(methods.get(connection, mine.id)).is_good(NOW.date())


def test_a_forgotten_one_is_nowhere_and_no_default_is_left(connection: sa.Connection) -> None:
    buyer(connection)
    mine = stored(connection)
    assert methods.forget(connection, account_id="somebody", method_id=mine, now=NOW) is None
    assert methods.forget(connection, account_id="a1", method_id=mine, now=NOW) is not None
    assert methods.of_account(connection, "a1") == []
    assert methods.default_of(connection, "a1") is None
    assert methods.set_default(connection, account_id="a1", method_id=mine) is False
    assert not present(methods.get(connection, mine)).is_good(NOW.date())


def test_what_its_holder_has_forgotten_is_not_noted_as_gone(connection: sa.Connection) -> None:
    buyer(connection)
    mine = stored(connection)
    turn: Any = SimpleNamespace(connection=connection, now=NOW)
    notice = Notice("", VISA.token, None, None, "detached", "n1", {})
    methods.forget(connection, account_id="a1", method_id=mine, now=NOW)
    NOTICES.detached(turn, "stripe", notice)
    assert present(methods.get(connection, mine)).gone_at is None
    assert stored(connection) == mine
    NOTICES.detached(turn, "stripe", notice)
    assert present(methods.get(connection, mine)).gone_at == NOW


def test_the_kind_means_the_one_stored(connection: sa.Connection) -> None:
    buyer(connection)
    mine = stored(connection)
    methods.save_default(connection, account_id="a1", method="blik", now=NOW)
    assert methods.save_default(connection, account_id="a1", method="card", now=NOW) == mine


def test_a_charge_under_way_is_one_and_bars_the_link(connection: sa.Connection) -> None:
    ordered(connection)
    mine = stored(connection)
    begun = a(charges.StartedCharge, charges.begin(connection, payment_id="p1", stored_id=mine, now=NOW))
    assert (begun.attempt.n, begun.attempt.stored_id, begun.new) == (1, mine, True)
    again = a(charges.StartedCharge, charges.begin(connection, payment_id="p1", stored_id=mine, now=later(minutes=1)))
    assert (again.attempt.n, again.new) == (1, False)
    assert attempts.open_attempt(connection, payment_id="p1", good_for=HOUR, now=NOW) == book.NotPayable("charging")
    charges.note_provider_name(connection, payment_id="p1", n=1, provider_ref="pi_1", now=NOW)
    assert attempts.open_attempt(connection, payment_id="p1", good_for=HOUR, now=NOW) == book.NotPayable("charging")


def test_a_refused_charge_leaves_the_link_and_its_reason(connection: sa.Connection) -> None:
    ordered(connection)
    mine = stored(connection)
    charges.begin(connection, payment_id="p1", stored_id=mine, now=NOW)
    a(attempts.Failed, charges.note_refusal(connection, payment_id="p1", n=1, refusal="needs_payer", now=NOW))
    assert charges.needs_its_payer(connection, order_id="o1", stored_id=mine)
    assert not charges.needs_its_payer(connection, order_id="o1", stored_id="another")
    a(attempts.Ignored, charges.note_refusal(connection, payment_id="p1", n=1, refusal="needs_payer", now=NOW))
    led = a(attempts.ToPay, attempts.open_attempt(connection, payment_id="p1", good_for=HOUR, now=NOW))
    assert (led.attempt.n, led.attempt.stored_id) == (2, None)


def test_charged_and_paid_at_once_there_is_one_money_and_one_to_give_back(connection: sa.Connection) -> None:
    ordered(connection)
    a(attempts.ToPay, attempts.open_attempt(connection, payment_id="p1", good_for=HOUR, now=NOW))
    attempts.register_answer(connection, payment_id="p1", n=1, provider_ref="cs_1", redirect_url="https://x", now=NOW)
    mine = stored(connection)
    charges.begin(connection, payment_id="p1", stored_id=mine, now=NOW)
    first = money.book_paid(connection, payment_id="p1", attempt=1, amount=36777, currency="PLN", now=NOW)
    second = money.book_paid(connection, payment_id="p1", attempt=2, amount=36777, currency="PLN", now=NOW)
    assert (type(first), type(second)) == (money.Booked, money.Overpaid)
    assert charges.begin(connection, payment_id="p1", stored_id=mine, now=NOW) == book.NotPayable("paid")


def test_a_charge_that_comes_after_the_order_was_withdrawn_counts(connection: sa.Connection) -> None:
    ordered(connection)
    charges.begin(connection, payment_id="p1", stored_id=stored(connection), now=NOW)
    orders.cancel(connection, order_id="o1", now=NOW)
    booked = money.book_paid(connection, payment_id="p1", attempt=1, amount=36777, currency="PLN", now=NOW)
    assert isinstance(booked, money.Booked)
    assert order_record.lock(connection, "o1").status == "paid"


def test_what_was_paid_with_is_the_default_again(connection: sa.Connection) -> None:
    ordered(connection)
    mine = stored(connection)
    methods.save_default(connection, account_id="a1", method="blik", now=NOW)
    charges.begin(connection, payment_id="p1", stored_id=mine, now=NOW)
    money.book_paid(connection, payment_id="p1", attempt=1, amount=36777, currency="PLN", now=NOW)
    assert present(methods.default_of(connection, "a1")).id == mine


def test_only_what_is_not_planned_by_these_rules_is_planned_at_a_start(connection: sa.Connection) -> None:
    buyer(connection)
    first = owned(connection, 20)
    renewals.plan(connection, first, RULES, WARSAW, NOW)
    assert renewals.plan_all(connection, RULES, WARSAW, NOW) == 0
    other = RULES.__class__(remind_days=25)
    assert renewals.plan_all(connection, other, WARSAW, NOW) == 1
    assert renewals.plan_all(connection, other, WARSAW, NOW) == 0
    renewal_timer.wake(connection, first, NOW)
    assert renewals.plan_all(connection, other, WARSAW, NOW) == 0, "its timer is due, and plans it"
    timer_rows.cancel_all(connection, renewal_timer.owner_of(first))
    assert renewals.plan_all(connection, other, WARSAW, NOW) == 1
    subscriptions.set_ended(connection, first)
    assert renewals.plan_all(connection, RULES, WARSAW, NOW) == 0


def test_a_payment_remembers_the_way_its_link_is_to_lead_to(connection: sa.Connection) -> None:
    ordered(connection)
    assert to_pay(connection, "p2", "o1", now=NOW, expires_at=later(days=7)) is not None
    assert to_pay(connection, "p3", "o1", "card", provider="stripe", stored_id="way-1").stored_id == "way-1"


def test_the_same_card_stored_anew_leaves_the_old_name_to_be_forgotten_at_its_provider(
    connection: sa.Connection,
) -> None:
    ordered(connection)
    first = keep(connection, VISA)
    assert (keep(connection, VISA), first.replaced) == (first, None), "the same news again"
    again = keep(connection, StoredMethod("pm_2", "cus_1", "Visa …4242", date(2030, 1, 31)))
    assert again.id == first.id
    [mine] = methods.of_account(connection, "a1")
    assert (mine.token, mine.is_default) == ("pm_2", True)
    old = present(methods.get(connection, again.replaced or ""))
    assert (old.token, old.customer, old.forgotten_at, old.is_good(NOW.date())) == ("pm_1", "cus_1", NOW, False)

    methods.forget(connection, account_id="a1", method_id=mine.id, now=NOW)
    third = keep(connection, StoredMethod("pm_3", "cus_1", "Visa …4242"))
    left = present(methods.get(connection, third.replaced or ""))
    assert left.token == "pm_2", "forgotten here, its provider not told yet: not lost"


def test_the_default_is_changed_and_said_so(connection: sa.Connection) -> None:
    ordered(connection)
    first = stored(connection)
    for id in (methods.save_default(connection, account_id="a1", method="blik", now=NOW), first):
        assert methods.set_default(connection, account_id="a1", method_id=id) is True
        assert present(methods.default_of(connection, "a1")).id == id
