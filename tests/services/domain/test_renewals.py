"""Subscriptions taken over and renewed from their old end; what is due about them; where their holders are reached."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.accounts import start_links
from services.orders import order_record
from services.orders.pricing import Item
from services.store import conversations, timer_rows
from services.subscriptions import renewal_timer, renewals, subscription_record, subscriptions
from services.support import tickets
from tests.kit.narrow import present
from tests.services.domain.people import NOW, buyer, conversation, customer, later, paid_order
from values.account_view import OrdererDetails
from values.renewal import RenewalRules
from values.term import A_YEAR, TWO_YEARS

WARSAW = ZoneInfo("Europe/Warsaw")
RULES = RenewalRules(remind_days=30)
TOKEN = "abcDEF_-0123456789abcDEF"


def owned(connection: sa.Connection, days: int = 20, account_id: str = "a1") -> str:
    """A program whose subscription ends in so many days."""
    return subscriptions.adopt(
        connection, account_id=account_id, product="payroll", serial="P-1", ends_at=later(days=days), now=NOW
    )


def renewed(connection: sa.Connection, of: str, n: int = 1, now: datetime = NOW) -> None:
    """An order for another year of it, paid."""
    paid_order(connection, [Item("payroll", 1, A_YEAR, 29900, 23, of)], f"o{n}", 36777, now)


def test_what_was_bought_before_is_taken_over_once_and_its_end_only_put_off(connection: sa.Connection) -> None:
    customer(connection)
    first = owned(connection)
    assert owned(connection, 10) == first
    [known] = subscription_record.of_account(connection, "a1")
    assert (known.order_id, known.serial, known.ends_at, known.status) == (None, "P-1", later(days=20), "active")
    owned(connection, 40)
    [known] = subscription_record.of_account(connection, "a1")
    assert known.ends_at == later(days=40)
    [own] = subscription_record.list_owned(connection, "a1")
    assert (own.id, own.quantity, own.term, own.status, own.order_id) == (first, 1, A_YEAR, "active", None)


def test_what_runs_says_how_much_of_it_for_how_long_and_by_which_order(connection: sa.Connection) -> None:
    buyer(connection)
    items = [Item("base", 1, TWO_YEARS, 48000, 22), Item("users", 2, TWO_YEARS, 2400, 22)]
    paid_order(connection, items, "first", 64416)
    found = {o.product: o for o in subscription_record.list_owned(connection, "a1")}
    shown = {name: (o.quantity, o.term, o.order_id) for name, o in found.items()}
    assert shown == {"base": (1, TWO_YEARS, "first"), "users": (2, TWO_YEARS, "first")}
    paid_order(connection, [Item("users", 2, TWO_YEARS, 2400, 22, found["users"].id)], "second", 5856)
    found = {o.product: o for o in subscription_record.list_owned(connection, "a1")}
    assert (found["users"].order_id, found["users"].company_id, found["users"].auto_renewal) == ("second", "f1", True)
    assert found["base"].order_id == "first"
    assert {name: o.renewed for name, o in found.items()} == {"base": False, "users": True}


def test_a_renewal_waits_for_the_documents_that_are_left_and_goes_on_after_the_last(connection: sa.Connection) -> None:
    customer(connection)
    mine = owned(connection)
    stands = renewals.progress(connection, present(subscription_record.get(connection, mine)), NOW)
    renewals.advance(connection, stands, (mine,), NOW, documents=["terms", "clauses"])
    renewal_timer.drop(connection, mine)
    renewals.note_documents(connection, "a1", ("clauses",), NOW)
    assert present(renewals.find_waiting(connection, "a1")).documents == ["clauses"]
    assert timer_rows.list_due(connection, NOW) == ()
    renewals.note_documents(connection, "a1", (), NOW)
    assert renewals.find_waiting(connection, "a1") is None
    assert [due.conversation_id for due in timer_rows.list_due(connection, NOW)] == [renewal_timer.owner_of(mine)]


def test_a_renewal_counts_from_the_old_end_and_is_booked_once(connection: sa.Connection) -> None:
    buyer(connection)
    renewed(connection, owned(connection))
    [known] = subscription_record.of_account(connection, "a1")
    assert (known.ends_at, known.auto_renewal) == (datetime(2027, 12, 10, 12, tzinfo=UTC), True)
    subscriptions.activate(connection, order_record.lock(connection, "o1"), later(days=1))
    assert subscription_record.of_account(connection, "a1") == [known]
    assert subscription_record.renewed_by(connection, "o1") == [known]


def test_nobody_renews_another_s_subscription(connection: sa.Connection) -> None:
    buyer(connection)
    customer(connection, "a2", "ewa@example.com")
    renewed(connection, owned(connection, account_id="a2"))
    [known] = subscription_record.of_account(connection, "a2")
    assert known.ends_at == later(days=20)


def test_each_step_of_a_period_is_due_once_and_a_new_end_begins_anew(connection: sa.Connection) -> None:
    buyer(connection)
    mine = owned(connection, 31)
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) == datetime(2026, 11, 14, 6, tzinfo=UTC)
    known = present(subscription_record.lock(connection, mine))
    stands = renewals.progress(connection, known, NOW)
    of_way = present(renewals.due_notice(known, stands, RULES, WARSAW, NOW))
    assert (of_way.of_way, of_way.days) == (True, 37)
    renewals.advance(connection, stands, [mine], NOW, noticed=of_way.days)
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert renewals.due_step(known, renewals.progress(connection, known, NOW), RULES, WARSAW, NOW) is None
    due = present(renewals.due_step(known, renewals.progress(connection, known, NOW), RULES, WARSAW, later(days=1)))
    assert due.action == "remind"
    stands = renewals.progress(connection, known, NOW)
    renewals.advance(connection, stands, [mine], NOW, done=due.number, reminded_at=NOW)
    assert renewals.progress(connection, known, NOW).reminded_at == NOW
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) == datetime(2026, 11, 21, 6, tzinfo=UTC)
    stands = renewals.progress(connection, known, NOW)
    first = present(renewals.due_notice(known, stands, RULES, WARSAW, later(days=1)))
    assert first.days == 30
    assert renewals.due_notice(known, stands, RULES, WARSAW, later(days=60)) is None, "it has ended"
    renewals.advance(connection, stands, [mine], NOW, noticed=first.days)
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) == datetime(2026, 12, 14, 6, tzinfo=UTC)
    missed = present(renewals.due_step(known, renewals.progress(connection, known, NOW), RULES, WARSAW, later(days=60)))
    assert missed.action == "end"

    renewed(connection, mine)
    [timer] = [due for due in timer_rows.list_due(connection, later(days=1000)) if due.kind == renewal_timer.KIND]
    assert (renewal_timer.owned_by(timer.conversation_id), timer.due_at) == (mine, NOW)
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) == datetime(2027, 11, 14, 6, tzinfo=UTC)


def test_what_has_ended_has_no_timer(connection: sa.Connection) -> None:
    buyer(connection)
    mine = owned(connection)
    subscriptions.set_ended(connection, mine)
    ended = present(subscription_record.get(connection, mine))
    assert (ended.status, ended.end_reason) == ("ended", "term")
    assert renewals.plan(connection, mine, RULES, WARSAW, NOW) is None
    assert timer_rows.list_due(connection, later(days=1000)) == ()


def test_whoever_is_reached_where(connection: sa.Connection) -> None:
    customer(connection)
    customer(connection, "a2", "ewa@example.com")
    mine = renewals.addresses(connection, "a1", NOW)
    assert (mine.conversations, mine.stopped) == (("talk-a1",), False)
    conversation(connection, "by-link", "web")
    conversation(connection, "of-somebody", "telegram")
    start_links.create(connection, token=TOKEN, expires_at=later(days=1), now=NOW, account_id="a1")
    start_links.take(connection, token=TOKEN, conversation_id="by-link", now=NOW)
    assert set(renewals.addresses(connection, "a1", NOW).conversations) == {"talk-a1", "by-link"}
    for closed in ("talk-a1", "by-link"):
        conversations.close(connection, closed, NOW)
    assert renewals.addresses(connection, "a1", NOW) == renewals.Addresses((), stopped=True, brought=False)
    assert renewals.addresses(connection, "nobody", NOW) == renewals.Addresses((), stopped=False, brought=False)


def test_who_ordered_is_kept_with_the_order(connection: sa.Connection) -> None:
    buyer(connection)
    renewed(connection, owned(connection))
    anna = OrdererDetails("Anna Nowak", "+48512000111", "anna@example.com", "faktury@example.com")
    order_record.keep_orderer(connection, order_id="o1", orderer=anna)
    order_record.keep_orderer(connection, order_id="o1", orderer=OrdererDetails("Ewa", "+48", "e", "f"))
    assert order_record.orderer_of(connection, "o1") == anna
    assert order_record.orderer_of(connection, "o2") is None
    assert "Anna" not in repr(anna)


@pytest.mark.parametrize("words", ["zły NIP", "'; DROP TABLE ticket; -- 🙂"])
def test_a_report_is_kept_in_the_customer_s_words_under_one_number(connection: sa.Connection, words: str) -> None:
    customer(connection)

    def report(ticket_id: str) -> tickets.Ticket:
        return tickets.open_ticket(
            connection,
            ticket_id=ticket_id,
            account_id="a1",
            conversation_id="talk-a1",
            subject="company_data",
            about={"tax_number": "1234563218"},
            words=words,
            series="T-T/2026",
            now=NOW,
        )

    first = report("t1")
    assert (first.number, first.words) == ("T-T/2026/000001", words)
    assert report("t1") == first
    assert report("t2").number == "T-T/2026/000002"
    assert words not in repr(first)
