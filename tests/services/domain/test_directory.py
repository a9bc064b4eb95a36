"""The directory: customers on file, imported as often as the seller likes, and the accounts made for them.

Money that came back before the term that it paid for began: the term doesn't begin, and nothing else changes.

When providers are asked what came back: nightly for half a year, then weekly, each payment at its hour.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import account_search, accounts, credentials
from services.contacts import contacts
from services.directory import directory, directory_accounts
from services.directory.directory import CustomerOnFile, DirectoryRecord, ProgramRecord
from services.einvoicing import issued_invoices
from services.einvoicing.issued_invoices import AnothersNumber, InvoiceDiffers, InvoiceTold, IssuedInvoice
from services.orders.pricing import Item
from services.payments import questions, record, returned
from services.payments.providers.base import Returned
from services.store import timer_rows
from services.store.tables.orders import payment
from services.subscriptions import renewed_together, subscription_record, subscriptions
from tests.kit.narrow import a, present
from tests.services.domain.people import NOW, at_once, buyer, customer, later, paid_order, placed, sign_up
from values.term import A_YEAR, TWO_YEARS, end_after

ANNA = DirectoryRecord("10000017", customer_number="10000017", email="Anna.Nowak@Example.com", phone="+48512000111")
NOBODY = DirectoryRecord("10000041", customer_number="10000041")
INVOICE = IssuedInvoice("FV/1", date(2026, 11, 1), 12300, "PLN")


def on_file(connection: sa.Connection, record: DirectoryRecord = ANNA) -> CustomerOnFile:
    return directory.import_customer(connection, record, NOW)


def registered(
    connection: sa.Connection,
    record: DirectoryRecord = ANNA,
    id: str = "a1",
    proven: tuple[contacts.Kind, ...] = ("phone",),
) -> str | None:
    credentials.store(connection, f"password-{id}", f"hash-of-{id}", NOW)
    return directory_accounts.open_account(
        connection,
        on_file(connection, record),
        account_id=id,
        credential_id=f"password-{id}",
        locale="pl",
        proven=proven,
        now=NOW,
    )


def test_importing_again_changes_the_record_and_keeps_id_and_account(connection: sa.Connection) -> None:
    first = on_file(connection)
    registered(connection)
    moved = directory.import_customer(connection, replace(ANNA, phone="+48512000999"), later(days=1))
    assert (moved.id, moved.account_id, moved.phone) == (first.id, "a1", "+48512000999")
    assert moved.email_key == "anna.nowak@example.com"
    assert directory.import_customer(connection, replace(ANNA, phone="+48512000999"), later(days=1)) == moved


def test_a_customer_is_found_by_number_name_and_email(connection: sa.Connection) -> None:
    known = on_file(connection)
    assert directory.by_number(connection, "10000017") == known
    assert directory.by_ref(connection, "10000017") == known
    assert directory.by_email(connection, "anna.nowak@example.com") == known
    assert directory.get(connection, known.id) == known
    assert directory.by_number(connection, "99999999") is None


def test_programs_are_those_of_the_last_import(connection: sa.Connection) -> None:
    ends = NOW + timedelta(days=31)
    old = ProgramRecord("r2faktury", "R2F-1", ends)
    known = on_file(connection, replace(ANNA, programs=(ProgramRecord("r2platnik", "R2P-1", ends), old)))
    assert [p.product for p in directory.programs_of(connection, known.id)] == ["r2faktury", "r2platnik"]
    on_file(connection, replace(ANNA, programs=(ProgramRecord("r2platnik", "R2P-1", ends),)))
    (left,) = directory.programs_of(connection, known.id)
    assert (left.product, left.serial, left.subscription_ends_at) == ("r2platnik", "R2P-1", ends)


def test_a_program_belongs_to_whom_the_last_import_says(connection: sa.Connection) -> None:
    program = (ProgramRecord("r2platnik", "R2P-1"),)
    first = on_file(connection, replace(ANNA, programs=program))
    second = on_file(connection, replace(NOBODY, programs=program))
    assert directory.programs_of(connection, first.id) == []
    assert len(directory.programs_of(connection, second.id)) == 1


def test_the_account_has_the_contacts_on_file_and_is_active(connection: sa.Connection) -> None:
    assert registered(connection) == "a1"
    mine = present(accounts.get(connection, "a1"))
    assert (mine.status, mine.email_key) == ("active", "anna.nowak@example.com")
    assert mine.user_name == "Anna.Nowak@Example.com"
    assert {c.kind: c.verified_at for c in contacts.of_account(connection, "a1")} == {"email": None, "phone": NOW}
    assert present(directory.of_account(connection, "a1")).customer_number == "10000017"


@pytest.mark.parametrize("login", ["10000017", "anna.nowak@example.com"])
def test_number_and_login_both_log_in(connection: sa.Connection, login: str) -> None:
    registered(connection)
    assert [c.account_id for c in account_search.login_candidates(connection, login)] == ["a1"]


def test_an_account_without_email_is_nobodys_namesake(connection: sa.Connection) -> None:
    registered(connection, replace(ANNA, email=None))
    registered(connection, DirectoryRecord("10000025", customer_number="10000025", phone="+48512000222"), id="a2")
    assert account_search.login_candidates(connection, "") == []
    assert account_search.find_by_email(connection, "") is None
    assert [c.account_id for c in account_search.login_candidates(connection, "10000025")] == ["a2"]


def test_an_email_that_is_anothers_stays_a_contact(connection: sa.Connection) -> None:
    customer(connection, "a1", "anna.nowak@example.com")
    registered(connection, id="a2", proven=("email",))
    mine = present(accounts.get(connection, "a2"))
    assert (mine.status, mine.email_key, mine.user_name) == ("active", "", "10000017")
    assert present(account_search.find_by_email(connection, "anna.nowak@example.com")).id == "a1"


def test_a_customer_is_registered_once(connection: sa.Connection) -> None:
    assert registered(connection) == "a1"
    assert registered(connection) == "a1"
    assert registered(connection, id="a2") is None
    assert accounts.get(connection, "a2") is None


def test_of_two_who_register_at_once_one_wins(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        on_file(connection)
        for n in range(4):
            credentials.store(connection, f"password-{n}", "hash", NOW)

    def register(connection: sa.Connection, n: int) -> str | None:
        known = present(directory.by_number(connection, "10000017"))
        return directory_accounts.open_account(
            connection,
            known,
            account_id=f"a{n}",
            credential_id=f"password-{n}",
            locale="pl",
            proven=("phone",),
            now=NOW,
        )

    assert len([won for won in at_once(racing, 4, register) if won is not None]) == 1


def test_an_issued_invoice_is_listed_once_the_customer_has_an_account(connection: sa.Connection) -> None:
    told = a(
        InvoiceTold, issued_invoices.note_invoice(connection, INVOICE, customer_id=on_file(connection).id, now=NOW)
    )
    assert (told.news, told.invoice.account_id) == (True, None)
    registered(connection)
    again = a(InvoiceTold, issued_invoices.note_invoice(connection, INVOICE, account_id="a1", now=later(days=1)))
    assert (again.news, again.invoice.account_id) == (False, "a1")
    newer = replace(INVOICE, number="FV/2", issued_on=date(2026, 12, 1), due_on=date(2026, 12, 15))
    assert isinstance(issued_invoices.note_invoice(connection, newer, account_id="a1", now=NOW), InvoiceTold)
    assert [i.issued for i in issued_invoices.of_account(connection, "a1")] == [newer, INVOICE]
    assert issued_invoices.get(connection, again.invoice.id) == again.invoice


def test_an_invoice_number_is_one_customers(connection: sa.Connection) -> None:
    known, other = on_file(connection), on_file(connection, NOBODY)
    issued_invoices.note_invoice(connection, INVOICE, customer_id=known.id, now=NOW)
    assert issued_invoices.note_invoice(connection, INVOICE, customer_id=other.id, now=NOW) == AnothersNumber()
    other_sum = replace(INVOICE, gross=INVOICE.gross - 1)
    assert issued_invoices.note_invoice(connection, other_sum, customer_id=known.id, now=NOW) == InvoiceDiffers()
    with pytest.raises(ValueError, match="somebody"):
        issued_invoices.note_invoice(connection, INVOICE, now=NOW)


def test_an_account_that_isnt_on_file_has_invoices_too(connection: sa.Connection) -> None:
    customer(connection)
    told = a(InvoiceTold, issued_invoices.note_invoice(connection, INVOICE, account_id="a1", now=NOW))
    assert [i.id for i in issued_invoices.of_account(connection, "a1")] == [told.invoice.id]


RUNNING = (ProgramRecord("r2p", "S-1", later(days=31)),)
FILED = DirectoryRecord("K-1", email="Anna@Example.com", tax_number="1234563218", programs=RUNNING)


def tied(connection: sa.Connection, record: DirectoryRecord = FILED) -> str | None:
    known = directory.by_ref(connection, record.ref)
    return None if known is None else known.account_id


def recognise(connection: sa.Connection, account_id: str = "a1") -> bool:
    return directory_accounts.recognise(connection, account_id=account_id, email_key="anna@example.com", now=NOW)


def test_who_proves_the_email_on_file_is_that_customer(connection: sa.Connection) -> None:
    on_file(connection, FILED)
    customer(connection)
    assert recognise(connection)
    assert tied(connection) == "a1"
    assert [s.product for s in subscription_record.of_account(connection, "a1")] == ["r2p"]
    assert not recognise(connection), "there is nobody left to recognise"


def test_an_import_after_the_proof_finds_the_account(connection: sa.Connection) -> None:
    customer(connection)
    directory_accounts.update_imported_account(connection, on_file(connection, FILED), NOW)
    assert tied(connection) == "a1"


def test_an_address_that_nobody_has_proven_ties_nobody(connection: sa.Connection) -> None:
    sign_up(connection, "a1", "anna@example.com")
    directory_accounts.update_imported_account(connection, on_file(connection, FILED), NOW)
    assert tied(connection) is None


def test_an_address_owned_without_proof_ties_nobody(connection: sa.Connection) -> None:
    """Where no e-mail is demanded the account has its address by its phone's proof alone."""
    sign_up(connection, "a1", "anna@example.com", demanded=["phone"])
    phone = "+48512000111"
    contacts.prove(connection, account_id="a1", kind="phone", value=phone, key=phone, now=NOW)
    assert contacts.owner_of(connection, "email", "anna@example.com") == "a1"
    directory_accounts.update_imported_account(connection, on_file(connection, FILED), NOW)
    assert tied(connection) is None


def test_an_address_of_several_customers_says_of_none_that_it_is_theirs(connection: sa.Connection) -> None:
    on_file(connection, FILED)
    on_file(connection, replace(FILED, ref="K-2", programs=()))
    customer(connection)
    assert not recognise(connection)
    assert tied(connection) is None


def test_an_account_is_one_customers(connection: sa.Connection) -> None:
    registered(connection, replace(ANNA, email=None), proven=("phone",))
    on_file(connection, FILED)
    assert not recognise(connection)
    assert tied(connection) is None


GROSS = 36777
YEAR, TWO = (end_after(NOW, term, ZoneInfo("UTC")) for term in (A_YEAR, TWO_YEARS))


def bought(connection: sa.Connection, order_id: str, now: datetime, renews: str | None = None) -> None:
    """A year, paid: of its own, or put on the end of the subscription that it renews."""
    paid_order(connection, [Item("standard", 1, A_YEAR, 29900, 23, renews)], order_id, GROSS, now)


def back(connection: sa.Connection, order_id: str, refunded: int, at: datetime) -> returned.BookedBack | None:
    payment = f"payment of {order_id}"
    return returned.book_back(connection, payment_id=payment, attempt=1, said=Returned(refunded), asked_at=at, now=at)


def stands(connection: sa.Connection) -> list[tuple[str, datetime | None, bool, str | None]]:
    known = sorted(subscription_record.of_account(connection, "a1"), key=lambda s: s.starts_at or NOW)
    return [(s.status, s.ends_at, s.auto_renewal, s.end_reason) for s in known]


def first(connection: sa.Connection) -> subscription_record.Subscription:
    return min(subscription_record.of_account(connection, "a1"), key=lambda s: s.starts_at or NOW)


@pytest.mark.parametrize("renewed", [True, False])
def test_a_year_bought_ahead_and_wholly_refunded_never_begins(connection: sa.Connection, *, renewed: bool) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    here = first(connection)
    bought(connection, "o2", later(days=9), here.id if renewed else None)
    ahead = stands(connection)
    back(connection, "o2", 100, later(days=10))
    assert stands(connection) == ahead, "a part changes no contract"

    booked = present(back(connection, "o2", GROSS, later(days=11)))
    assert booked is not None
    assert {one.ends_at for one in booked.stopped} == {YEAR}
    running = ("active", YEAR, False, "refunded")
    assert stands(connection) == ([running] if renewed else [running, ("ended", YEAR, False, "refunded")])
    assert not subscriptions.set_auto_renewal(connection, account_id="a1", on=True)
    assert not renewed_together.is_continued(connection, first(connection))
    assert [one.ends_at for one in subscription_record.list_owned(connection, "a1")] == [YEAR]
    assert back(connection, "o2", GROSS, later(days=12)) is None, "said twice"

    assert back(connection, "o2", 0, later(days=13)) is not None  # the refund has failed: the money stays
    assert [(status, ends) for status, ends, *_ in stands(connection)] == [(s, e) for s, e, *_ in ahead]
    assert all(reason is None for *_, reason in stands(connection))


@pytest.mark.parametrize("renewed", [True, False])
def test_a_refund_of_running_term_leaves_later_paid_one_its_dates(connection: sa.Connection, *, renewed: bool) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9), first(connection).id if renewed else None)

    back(connection, "o1", GROSS, later(days=10))

    assert max(ends for _, ends, *_ in stands(connection) if ends) == TWO
    assert [status for status, *_ in stands(connection)] == ["active"] * (1 if renewed else 2)
    assert renewed_together.is_continued(connection, first(connection)) or renewed


@pytest.mark.parametrize("renewed", [True, False])
def test_a_term_that_has_begun_and_one_that_another_has_made_go_on_run_to_their_end(
    connection: sa.Connection, *, renewed: bool
) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9), first(connection).id if renewed else None)
    back(connection, "o2", GROSS, YEAR + timedelta(days=1))
    assert stands(connection)[-1] == ("active", TWO, False, "refunded")


def test_what_ran_last_is_no_term_that_never_began_and_no_order_hides_it(connection: sa.Connection) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9))
    back(connection, "o2", GROSS, later(days=11))
    subscriptions.set_ended(connection, first(connection).id)
    placed(connection, "o3", now=later(days=12))
    [last] = subscription_record.list_lapsed(subscription_record.of_account(connection, "a1"))
    assert last.id == first(connection).id


PAYMENT = "payment of o1"
DAY = timedelta(days=1)


def asked_after(connection: sa.Connection, now: datetime) -> datetime | None:
    """The next question, planned at this moment."""
    questions.set_question_timer(connection, present(record.get(connection, PAYMENT)), now)
    owner = questions.owner_of(PAYMENT)
    return timer_rows.due_at(connection, (owner,), questions.KIND).get(owner)


def test_each_night_for_half_a_year_then_weekly_until_the_term_is_over(connection: sa.Connection) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    first = present(asked_after(connection, NOW))
    assert DAY * 0.75 <= first - NOW <= DAY, "within a day, at an hour of its own"
    assert asked_after(connection, first) == first + DAY
    assert asked_after(connection, first + DAY / 3) == first + DAY, "done late, the next one isn't later"
    assert asked_after(connection, first + 170 * DAY) == first + 171 * DAY
    old = present(asked_after(connection, later(days=200)))
    assert timedelta() < old - later(days=200) <= 7 * DAY
    assert asked_after(connection, old) == old + 7 * DAY
    connection.execute(sa.update(payment).values(disputed="open"))
    assert present(asked_after(connection, old)) - old <= DAY, "daily while a dispute is open, whatever its age"
