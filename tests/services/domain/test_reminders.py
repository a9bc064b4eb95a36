"""Who wants no reminders, and whom of the customers without an account one is due to."""

from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import start_links
from services.directory import directory, directory_accounts
from services.directory.directory import DirectoryRecord, ProgramRecord
from services.store import timer_rows
from services.subscriptions import reminders, renewal_timer
from services.subscriptions.reminders import Whose
from tests.services.domain.people import NOW, conversation, customer, later

PROGRAM = ProgramRecord("payroll", "P-1", later(days=40))
ANNA = DirectoryRecord("R-1", email="anna@example.com", programs=(PROGRAM,))
MINE = Whose("account", "a1")


def due(connection: sa.Connection, after: datetime = NOW) -> list[str]:
    return [of.serial for of in reminders.to_remind(connection, ["payroll"], after=after, most=9)]


def test_a_wish_to_hear_no_more_holds_until_it_is_taken_back(connection: sa.Connection) -> None:
    customer(connection)
    assert not reminders.has_stopped_reminders(connection, "a1")
    for at in (NOW, later(days=1)):
        reminders.stop(connection, MINE, how="chat", now=at)
    assert reminders.has_stopped_reminders(connection, "a1")
    reminders.resume(connection, "a1")
    assert not reminders.has_stopped_reminders(connection, "a1")


def test_what_a_customer_on_file_wished_stays_with_the_account_made_later(connection: sa.Connection) -> None:
    known = directory.import_customer(connection, ANNA, NOW)
    reminders.stop(connection, Whose("customer", known.id), how="letter", now=NOW)
    assert reminders.is_stopped(connection, known.id)
    directory_accounts.open_account(
        connection, known, account_id="a9", credential_id=None, locale="pl", proven=("email",), now=NOW
    )
    assert reminders.has_stopped_reminders(connection, "a9")
    reminders.resume(connection, "a9")
    assert not reminders.has_stopped_reminders(connection, "a9")
    assert not reminders.is_stopped(connection, known.id)


def test_whom_a_conversation_is_with(connection: sa.Connection) -> None:
    customer(connection)
    known = directory.import_customer(connection, ANNA, NOW)
    talk = conversation(connection, "talk-1")
    assert reminders.of_conversation(connection, talk, None) is None
    assert reminders.of_conversation(connection, talk, "a1") == MINE
    token = "abcDEF_-0123456789abcDEF"
    start_links.create(connection, token=token, expires_at=later(days=9), now=NOW, customer_id=known.id)
    assert start_links.take(connection, token=token, conversation_id=talk, now=NOW) is not None
    assert reminders.of_conversation(connection, talk, None) == Whose("customer", known.id)
    directory_accounts.open_account(
        connection, known, account_id="a9", credential_id=None, locale="pl", proven=("email",), now=NOW
    )
    assert reminders.of_conversation(connection, talk, None) == Whose("account", "a9")


def test_customers_without_an_account_are_due_once_for_each_end(connection: sa.Connection) -> None:
    known = directory.import_customer(connection, ANNA, NOW)
    directory.import_customer(
        connection, DirectoryRecord("R-2", programs=(ProgramRecord("payroll", "P-2", later(days=30)),)), NOW
    )
    other = ProgramRecord("another", "P-3", later(days=30))
    directory.import_customer(connection, DirectoryRecord("R-3", email="jan@example.com", programs=(other,)), NOW)
    [of] = reminders.to_remind(connection, ["payroll"], after=NOW, most=9)
    assert (of.customer_id, of.email, of.serial) == (known.id, "anna@example.com", "P-1")
    reminders.note(connection, of, sent=True, now=NOW)
    assert due(connection) == []
    directory.import_customer(connection, ANNA, later(days=1))
    assert due(connection) == [], "told again, the same end is the same"
    put_off = replace(ANNA, programs=(replace(PROGRAM, subscription_ends_at=later(days=405)),))
    directory.import_customer(connection, put_off, later(days=2))
    assert due(connection) == ["P-1"]
    assert due(connection, later(days=500)) == []


def test_whoever_has_an_account_is_no_longer_due_and_what_was_told_is_known(connection: sa.Connection) -> None:
    known = directory.import_customer(connection, ANNA, NOW)
    [of] = reminders.to_remind(connection, ["payroll"], after=NOW, most=9)
    reminders.note(connection, of, sent=True, now=NOW)
    assert reminders.was_reminded(connection, "payroll", "P-1", later(days=40))
    assert not reminders.was_reminded(connection, "payroll", "P-1", later(days=41))
    assert not reminders.was_reminded(connection, "payroll", None, later(days=40))
    directory.tie_account(connection, customer_id=known.id, account_id=customer(connection))
    assert due(connection) == []


def test_an_import_wakes_the_timer_for_customers_without_an_account(connection: sa.Connection) -> None:
    directory.import_customer(connection, DirectoryRecord("R-2", email="jan@example.com"), NOW)
    assert timer_rows.list_due(connection, NOW) == (), "owns nothing"
    directory.import_customer(connection, ANNA, NOW)
    [woken] = timer_rows.list_due(connection, NOW)
    assert woken.conversation_id == renewal_timer.ON_FILE
    assert renewal_timer.is_one(renewal_timer.ON_FILE)
    assert not renewal_timer.is_one("talk-1")
