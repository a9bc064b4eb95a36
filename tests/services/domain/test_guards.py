"""Rules of few lines: what names nothing changes nothing, what is said again counts once, who lists what sees."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts, mailbox_proofs, one_time_links
from services.contacts import contacts
from services.orders import free_versions, order_record, orders, withdrawals
from services.orders.free_versions import FreeVersionNotYet, Running
from services.orders.pricing import Item, price
from services.orders.withdrawals import WithdrawalRecord
from services.payments import attempts, book, charges, methods, notices, returned
from services.payments.providers.base import Returned
from services.store.tables.accounts import contact
from services.store.tables.orders import payment
from services.subscriptions import subscription_record, subscriptions
from tests.kit.narrow import present
from tests.services.domain.people import NOW, WANTED, buyer, company, customer, later, placed, prove, sign_up, to_pay
from tests.services.domain.test_links import issue, state
from tests.services.domain.test_payments import opened, paid
from tests.services.domain.test_transfers import NUMBER
from tests.table import table
from values.term import A_YEAR

NOBODY: dict[str, Any] = {"payment_id": "p9", "n": 1, "now": NOW}


@table(
    ("done", "said"),
    [
        (lambda c: attempts.register_answer(c, **NOBODY, provider_ref="pi", redirect_url="https://x.example"), None),
        (lambda c: attempts.drop_attempt(c, **NOBODY), None),
        (lambda c: charges.note_provider_name(c, **NOBODY, provider_ref="pi"), None),
        (lambda c: book.retry(c, payment_id="p9", now=NOW), book.NotPayable("unknown")),
        (lambda c: returned.book_back(c, payment_id="p9", attempt=1, said=Returned(1), asked_at=NOW, now=NOW), None),
        (lambda c: notices.reference_told_with(c, "stripe", ""), None),
        (lambda c: one_time_links.hand_out(c, link_id="l9", what="a", of=("a",), now=NOW), False),
        (lambda c: one_time_links.take_back(c, link_id="l9", what="a"), None),
        (lambda c: one_time_links.note_address_mark(c, link_id="l9", to="x"), None),
        (lambda c: one_time_links.list_given_things(c, link_id="l9"), ()),
    ],
)
def test_what_names_nothing_changes_nothing(
    connection: sa.Connection, done: Callable[[sa.Connection], object], said: object
) -> None:
    assert done(connection) == said


@table(
    "done",
    [
        lambda c: contacts.prove(c, account_id="a9", kind="email", value="a@x.example", key="a@x.example", now=NOW),
        lambda c: contacts.demand_contacts(c, account_id="a9", kinds=("email",), now=NOW),
        lambda c: mailbox_proofs.replace_email(
            c, account_id="a9", email="a@x.example", email_key="a@x.example", now=NOW
        ),
    ],
)
def test_an_account_that_is_none_is_a_mistake_of_ours(
    connection: sa.Connection, done: Callable[[sa.Connection], object]
) -> None:
    with pytest.raises(LookupError, match="no such account"):
        done(connection)


def test_a_way_to_pay_that_no_provider_keeps_is_never_charged() -> None:
    kept = methods.Method("m1", "a1", "card", "Visa …4242", is_default=True, created_at=NOW)
    assert not kept.is_stored
    with pytest.raises(ValueError, match="no provider"):
        _ = kept.stored


# --- another e-mail ---


def changed(connection: sa.Connection, email: str) -> object:
    return mailbox_proofs.replace_email(connection, account_id="a1", email=email, email_key=email.lower(), now=NOW)


def test_a_proven_address_takes_the_first_ones_place_and_frees_it(connection: sa.Connection) -> None:
    customer(connection)
    assert changed(connection, "Nowa@example.com") == mailbox_proofs.Replaced("anna@example.com", ("talk-a1",))
    after = present(accounts.get(connection, "a1"))
    assert (after.email, after.email_key) == ("Nowa@example.com", "nowa@example.com")
    assert after.user_name == "Nowa@example.com", "it was the address"
    owners = [contacts.owner_of(connection, "email", key) for key in ("nowa@example.com", "anna@example.com")]
    assert owners == ["a1", None]


def test_the_same_address_written_otherwise_stays_the_accounts(connection: sa.Connection) -> None:
    customer(connection)
    changed(connection, "Anna@Example.com")
    assert present(accounts.get(connection, "a1")).email == "Anna@Example.com"
    assert contacts.owner_of(connection, "email", "anna@example.com") == "a1"


def test_an_address_that_is_anothers_changes_nothing(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "a2", "bruno@example.com", demanded=("email",))
    prove(connection, "a2", "email", "bruno@example.com")
    assert changed(connection, "bruno@example.com") == contacts.ContactTaken()
    assert present(accounts.get(connection, "a1")).email == "anna@example.com"


def test_what_the_account_must_prove_is_changed_and_may_be_proven_already(connection: sa.Connection) -> None:
    sign_up(connection)
    prove(connection, "a1", "email", "anna@example.com")
    assert contacts.demand_contacts(connection, account_id="a1", kinds=("email",), now=NOW)
    assert present(accounts.get(connection, "a1")).status == "active"
    sign_up(connection, "a2", "bruno@example.com")
    assert not contacts.demand_contacts(connection, account_id="a2", kinds=("email",), now=NOW)


def test_the_word_of_a_channel_is_noted_where_no_code_came_before(connection: sa.Connection) -> None:
    sign_up(connection)
    prove(connection, "a1", "email", "anna@example.com")
    told: tuple[tuple[contacts.Kind, str], ...] = (("phone", "+48600700800"), ("email", "anna@example.com"))
    for kind, value in told:
        contacts.prove(connection, account_id="a1", kind=kind, value=value, key=value, now=NOW, vouched_by="telegram")
    rows = connection.execute(sa.select(contact.c.kind, contact.c.vouched_by, contact.c.verified_at).order_by("kind"))
    assert [tuple(row) for row in rows] == [("email", None, NOW), ("phone", "telegram", NOW)]


# --- several things of one link ---


def test_of_several_things_each_is_handed_out_once_and_the_last_uses_the_link_up(connection: sa.Connection) -> None:
    issue(connection)

    def give(what: str, **when: float) -> bool:
        return one_time_links.hand_out(connection, link_id="l1", what=what, of=("a", "b"), now=later(**when))

    assert not give("a", minutes=30), "its time is over"
    assert [give("a"), give("a")] == [True, False]
    assert one_time_links.list_given_things(connection, link_id="l1") == ("a",)
    one_time_links.take_back(connection, link_id="l1", what="a")
    assert [give("b"), state(connection), give("a"), state(connection)] == [True, "open", True, "used"]
    assert not give("b")
    assert present(one_time_links.get(connection, link_id="l1", now=NOW)).data["step"] == "secure_page"


def test_whom_a_letter_went_to_is_noted_beside_the_rest(connection: sa.Connection) -> None:
    issue(connection)
    for to in ("x", "x", "y"):
        one_time_links.note_address_mark(connection, link_id="l1", to=to)
        assert present(one_time_links.get(connection, link_id="l1", now=NOW)).data == {"step": "secure_page", "to": to}


# --- a free version ---


def test_a_free_version_wants_active_account_and_its_confirmed_company_and_runs_once(connection: sa.Connection) -> None:
    def switch_on(order_id: str = "o1", company_id: str = "f1") -> object:
        return free_versions.switch_on(
            connection,
            order_id=order_id,
            account_id="a1",
            company_id=company_id,
            product="free",
            currency="PLN",
            series="FS/2026",
            conversation_id="talk-a1",
            time_zone="UTC",
            now=NOW,
        )

    sign_up(connection)
    assert switch_on() == FreeVersionNotYet("account")
    prove(connection, "a1", "phone", "+48600700800")
    prove(connection, "a1", "email", "anna@example.com")
    assert switch_on() == FreeVersionNotYet("company")
    sign_up(connection, "a2", "bruno@example.com", demanded=("email",))
    prove(connection, "a2", "email", "bruno@example.com")
    company(connection, "a2", id="f2")
    assert switch_on(company_id="f2") == FreeVersionNotYet("company"), "another's"
    company(connection)
    assert [switch_on(), switch_on("o2")] == [Running(new=True), Running(new=False)]
    [of] = subscription_record.of_account(connection, "a1")
    assert (of.product, of.status, of.auto_renewal) == ("free", "active", False)
    subscriptions.set_ended(connection, of.id)
    assert switch_on("o3") == Running(new=True)


# --- statements of withdrawal ---


def stated(id: str, words: str, *, account_id: str | None = "a1", order_id: str | None = None) -> WithdrawalRecord:
    return WithdrawalRecord(id, "talk-a1", account_id, order_id, words, NOW)


def bought(connection: sa.Connection, order_id: str = "o1") -> None:
    buyer(connection)
    placed(connection, order_id)
    to_pay(connection, f"p-{order_id}", order_id)
    opened(connection, f"p-{order_id}")
    assert paid(connection, f"p-{order_id}")


def test_a_statement_said_again_counts_once_and_learns_its_contract(connection: sa.Connection) -> None:
    bought(connection)
    first = withdrawals.keep(connection, stated("w1", "I withdraw"))
    again = withdrawals.keep(connection, stated("w2", "as I said", order_id="o1"))
    assert (again.id, again.order_id, again.words) == (first.id, "o1", "I withdraw")
    assert withdrawals.keep(connection, stated("w3", "really", order_id="o1")) == again


def test_what_nobody_stands_behind_keeps_the_numbers_that_are_named_later(connection: sa.Connection) -> None:
    bought(connection)
    withdrawals.keep(connection, stated("w1", f"of {NUMBER}", account_id=None))
    assert withdrawals.keep(connection, stated("w2", "please do", account_id=None)).words == f"of {NUMBER}"
    again = stated("w3", f"of {NUMBER} and FS/2026/000002", account_id=None)
    assert withdrawals.keep(connection, again).id == "w3", "another contract is another statement"
    withdrawals.keep(connection, stated("w4", "of that", account_id=None))
    assert [one.words for one in withdrawals.statements_in(connection, "talk-a1")] == [f"of {NUMBER}", again.words]


def test_a_contract_can_be_withdrawn_from_for_fourteen_days_or_while_it_runs(connection: sa.Connection) -> None:
    bought(connection)

    def contracts(**when: float) -> list[str]:
        return [order.id for order in withdrawals.withdrawable_orders(connection, "a1", later(**when))]

    assert contracts(days=300) == ["o1"], "it runs"
    [of] = subscription_record.of_account(connection, "a1")
    subscriptions.set_ended(connection, of.id)
    assert [contracts(days=14), contracts(days=14, seconds=1)] == [["o1"], []]
    withdrawals.keep(connection, stated("w1", "x", order_id="o1"))
    order = present(order_record.get(connection, "o1"))
    accepted = present(withdrawals.decide(connection, "w1", "accepted", order=order, reason=None, now=NOW))
    assert accepted.decision == "accepted"
    assert contracts() == [], "it is over"
    assert withdrawals.decide(connection, "w1", "refused", order=order, reason="late", now=NOW) is None


def test_a_contract_that_is_over_takes_the_unpaid_order_that_was_to_renew_it_along(connection: sa.Connection) -> None:
    bought(connection)
    [of] = subscription_record.of_account(connection, "a1")
    renewal = Item("standard", 1, A_YEAR, 29900, 23, of.id)
    wanted = replace(WANTED, id="o2", items=(renewal,), price=price([renewal], None, "PLN"))
    assert isinstance(orders.place(connection, wanted, later(days=1)), orders.Placed)
    withdrawals.keep(connection, stated("w1", "I withdraw", order_id="o1"))
    order = present(order_record.get(connection, "o1"))
    withdrawals.decide(connection, "w1", "accepted", order=order, reason=None, now=later(days=2))
    statuses = [present(order_record.get(connection, id)).status for id in ("o1", "o2")]
    assert statuses == ["paid", "placed"], "its money isn't back yet"
    back = Returned(order.price.gross.minor)
    returned.book_back(connection, payment_id="p-o1", attempt=1, said=back, asked_at=later(days=3), now=later(days=3))
    assert present(order_record.get(connection, "o2")).status == "cancelled"
    [of] = subscription_record.of_order(connection, "o1")
    assert (of.status, of.why_ended) == ("ended", "withdrawn")


def test_a_term_that_a_refund_has_ended_goes_on_where_the_refund_fails(connection: sa.Connection) -> None:
    bought(connection)
    [of] = subscription_record.of_order(connection, "o1")
    gross = present(order_record.get(connection, "o1")).price.gross.minor
    for days, refunded, stands in ((1, gross, ("ended", later(days=1))), (2, 0, ("active", of.ends_at))):
        at, back = later(days=days), Returned(refunded)
        returned.book_back(connection, payment_id="p-o1", attempt=1, said=back, asked_at=at, now=at, whole_ends=True)
        [now] = subscription_record.of_order(connection, "o1")
        assert (now.status, now.ends_at) == stands


def test_a_contract_for_which_nothing_was_paid_is_over_with_the_decision(connection: sa.Connection) -> None:
    bought(connection)
    connection.execute(sa.update(payment).values(amount=0))
    withdrawals.keep(connection, stated("w1", "I withdraw", order_id="o1"))
    order = present(order_record.get(connection, "o1"))
    withdrawals.decide(connection, "w1", "accepted", order=order, reason=None, now=NOW)
    assert [of.why_ended for of in subscription_record.of_order(connection, "o1")] == ["withdrawn"]
