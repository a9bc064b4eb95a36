"""What is held about a person: all of it handed out, and all of it gone once it is erased."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts, one_time_links, start_links
from services.agents import audit
from services.directory import directory
from services.einvoicing import einvoices, issued_invoices
from services.orders import order_record, withdrawals
from services.orders.withdrawals import WithdrawalRecord
from services.payments import attempts, methods, money, notices, record, refunds
from services.privacy import export, sections
from services.privacy.erase import Erased, erase
from services.seller import events_out, idempotency, seller_events
from services.store import conversations, events, inbox, jobs_table, journal, timer_rows
from services.store.tables import core, privacy
from services.store.tables.orders import payment_method
from services.store.tables.schema import metadata
from services.store.tables.support import feedback
from services.subscriptions import reminders, subscriptions
from services.support import blocklist, handoffs, labels, misread_lines, notes, search, tickets
from tests.kit.narrow import present
from tests.services.domain.people import (
    KEY,
    NOW,
    agreed,
    buyer,
    conversation,
    customer,
    later,
    owing,
    placed,
    prove,
    sign_up,
    to_pay,
)
from tests.shipped import profile
from values.account_view import OrdererDetails
from values.channel import Channel

MARKS = ("anna@example.com", "+48600700800", "Zielony Parasol", "+48611222333", "anna.prywatna", "R-777", "Anna Nowak")
"""Of the person, wherever it stands: but for what an invoice was made out to."""


def said(connection: sa.Connection, id: str, text: str, *, by: str = "customer") -> None:
    last = connection.scalar(sa.select(sa.func.max(journal.table.c.seq))) or 0
    seq = None if by == "customer" else last + 1
    journal.add(connection, [journal.NewJournalEntry(id, 1, by, {"text": text}, NOW, root=f"rest:{text}", seq=seq)])


def known_everywhere(connection: sa.Connection) -> str:
    """A customer of whom there is something in every table that can hold anything of a person."""
    buyer(connection)
    talk = "talk-a1"
    said(connection, talk, "mój e-mail to anna@example.com")
    said(connection, talk, "Zielony Parasol", by="bot")
    state = {"v": 2, "account": {"id": "a1", "email": "anna@example.com"}}
    known = present(conversations.load(connection, talk, lock=True))
    assert conversations.save(connection, replace(known, state=state, mode="waiting"), NOW)
    inbox.first_time(connection, "rest", "address-of-talk-a1:1", talk, "digest", NOW)
    agreed(connection, "2", talk)
    order = placed(connection)
    withdrawals.keep(connection, WithdrawalRecord("w1", talk, "a1", "o1", "Anna Nowak odstępuje od umowy", NOW))
    order_record.keep_orderer(
        connection,
        order_id="o1",
        orderer=OrdererDetails("Anna Nowak", "+48611222333", "anna.prywatna@example.com", "f@x.pl"),
    )
    to_pay(connection)
    attempts.open_attempt(connection, payment_id="p1", good_for=timedelta(hours=1), now=NOW)
    attempts.register_answer(
        connection, payment_id="p1", n=1, provider_ref="ref", redirect_url="https://pay/anna.prywatna", now=NOW
    )
    notices.store(
        connection, provider="przelewy24", dedup_key="k", payment_ref="p1-1", facts={"email": MARKS[0]}, now=NOW
    )
    money.book_paid(connection, payment_id="p1", attempt=1, amount=36777, currency="PLN", now=NOW)
    seller = profile("fakturasmart").seller
    refunds.request_refund(connection, order, seller, 100, None, MARKS[0], now=NOW, by="agent-1")
    methods.save_default(connection, account_id="a1", method="card", label="Anna Nowak …4242", now=NOW)
    einvoices.activate(connection, account_id="a1", email="anna@example.com", by_seller=False, now=NOW)
    tickets.open_ticket(
        connection,
        ticket_id="t1",
        account_id="a1",
        conversation_id=talk,
        subject="company_data",
        about={"name": "Zielony Parasol"},
        words="to nie tak, Anna Nowak",
        series="T",
        now=NOW,
    )
    connection.execute(
        sa.insert(feedback).values(
            id="f1", conversation_id=talk, about="faq:x", locale="pl", helpful=False, words="Anna Nowak nie wie", at=NOW
        )
    )
    handoffs.ask(connection, conversation_id=talk, reason="asked", email="anna@example.com", now=NOW)
    at_the_desk(connection, talk)
    start_links.create(connection, token="t" * 30, expires_at=later(days=1), now=NOW, account_id="a1", entry="renewal")
    one_time_links.issue(
        connection,
        link_id="l1",
        purpose="reset_password",
        conversation_id=talk,
        account_id="a1",
        data={"to": MARKS[0]},
        server_key=KEY,
        now=NOW,
    )
    record = directory.DirectoryRecord("ref-1", "10000017", None, "Anna Nowak", MARKS[0], MARKS[1], "PL")
    record = replace(record, programs=(directory.ProgramRecord("nexo", "R-777", later(days=9)),))
    on_file = directory.import_customer(connection, record, NOW)
    directory.tie_account(connection, customer_id=on_file.id, account_id="a1")
    subscriptions.adopt(connection, account_id="a1", product="nexo", serial="R-777", ends_at=later(days=9), now=NOW)
    reminders.stop(connection, reminders.Whose("account", "a1"), how="chat", now=NOW)
    ending = reminders.ReminderDue(
        directory.program_id("nexo", "R-777"), on_file.id, "", "nexo", "R-777", later(days=9)
    )
    reminders.note(connection, ending, sent=True, now=NOW)
    issued = issued_invoices.IssuedInvoice("FV/1", NOW.date(), 36777, "PLN", url="https://seller/anna.prywatna")
    issued_invoices.note_invoice(connection, issued, now=NOW, customer_id=on_file.id)
    events_out.write_event(
        connection, seller_events.order_placed(replace(order, billing={"pec": "anna.prywatna@pec.it"}), NOW)
    )
    idempotency.keep(connection, key="k", request="r", status=200, body={"email": "anna@example.com"}, now=NOW)
    call = jobs_table.StoredJob("c1", talk, "rest:anna@example.com", "SendLetter", {"to": MARKS[0]}, False, NOW)
    jobs_table.add(connection, call, now=NOW)
    jobs_table.add(connection, replace(call, key="c2", kind="RefundPayment", payload={"payment_id": "p1"}), now=NOW)
    timer_rows.set_timer(connection, talk, "silence", later(days=1))
    events.store_event(connection, events.StoredEvent("e1", talk, "LoggedIn", {"email": MARKS[0]}, NOW))
    return talk


def at_the_desk(connection: sa.Connection, talk: str) -> None:
    """What agents did about the customer."""
    notes.add(connection, notes.Note("n1", talk, "agent-1", "Anna Nowak oddzwoni", NOW))
    audit.note(connection, agent_id="agent-1", what="corrected", at=NOW, conversation_id=talk, after=MARKS[0])
    blocked = blocklist.BlockedAddress("rest", f"address-of-{talk}", "agent-1", "Anna Nowak grozi", NOW)
    blocklist.block(connection, blocked)
    assert search.catch_up(connection) > 0
    line = journal.read_all(connection, talk)[0]
    label = labels.Label(line.id, "mój e-mail to anna@example.com", "pl", "email", "inform", "agent-1", NOW)
    labels.give(connection, label)
    assert misread_lines.mark(connection, conversation_id=talk, line_id=line.id, agent_id="agent-1", now=NOW)


def everything(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Every text that the database holds, with where it stands."""
    for table in metadata.sorted_tables:
        for row in connection.execute(sa.select(table)).mappings():
            for column, value in row.items():
                yield f"{table.name}.{column}", json.dumps(value, ensure_ascii=False, default=str)


def marked(connection: sa.Connection, *marks: str) -> list[str]:
    return [f"{where}: {value}" for where, value in everything(connection) if any(mark in value for mark in marks)]


def gone(connection: sa.Connection, on_file: Any = "forget") -> Erased:
    return present(erase(connection, account_id="a1", on_file=on_file, going_on=("RefundPayment",), now=later(days=1)))


# --- the schema ---


def test_every_column_declares_its_privacy() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    silent = [str(column) for column in columns if not isinstance(column.info.get(privacy.KEY), privacy.ColumnPrivacy)]

    assert silent == [], "declare what export and erasure do with it (services/store/tables/privacy.py)"


def test_every_section_is_exported_and_nothing_else_claims_a_field() -> None:
    listed = {section.table.name for section in sections.SECTIONS}

    assert {table.name for table in metadata.sorted_tables if privacy.KEY in table.info} == listed
    shown = {table.name for table in metadata.sorted_tables if sections.fields(table)}
    beside = {
        *("conversation", "handoff", "feedback", "desk_note", "blocked_address", "visit"),
        *("answer_letter", "recording"),
    }
    assert shown - listed == beside


def test_every_reference_to_an_account_is_followed() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    bound = [column for column in columns if any(key.column.table.name == "account" for key in column.foreign_keys)]

    assert [str(column) for column in bound if not sections.find_declaration(column).owner] == []


def test_a_row_is_deleted_whole_or_not_at_all() -> None:
    fates = {
        table.name: {sections.find_declaration(c).erased for c in table.columns} for table in metadata.sorted_tables
    }

    assert [name for name, some in fates.items() if some & {privacy.DELETED, privacy.ON_FILE} and len(some) > 1] == []


# --- the export ---


def test_all_that_is_known_is_handed_out(connection: sa.Connection) -> None:
    known_everywhere(connection)

    found = present(export.of_account(connection, "a1", seller="Sample", server_key=KEY, now=NOW))
    assert found is not None
    text = json.dumps(found, ensure_ascii=False)
    assert [mark for mark in MARKS if mark not in text] == []
    assert [name for name, value in found.items() if not value] == ["subscription_extensions", "renewals"]
    talk = found["conversations"][0]
    shown = [(line["from"], line["text"]) for line in talk["messages"]]
    assert shown == [("customer", "mój e-mail to anna@example.com"), ("bot", "Zielony Parasol")]
    assert talk["people_asked_for"][0]["email"] == "anna@example.com"
    assert talk["opinions"][0]["words"] == "Anna Nowak nie wie"
    assert [note["words"] for note in talk["notes"]] == ["Anna Nowak oddzwoni"]
    assert [block["reason"] for block in talk["blocked"]] == ["Anna Nowak grozi"]
    assert "agent-1" not in text


@pytest.mark.parametrize("channel", Channel)
def test_an_address_that_is_a_key_is_never_handed_out(connection: sa.Connection, channel: Channel) -> None:
    known_everywhere(connection)
    connection.execute(sa.update(core.conversation).values(channel=channel).where(core.conversation.c.id == "talk-a1"))

    found = present(export.of_account(connection, "a1", seller="Sample", server_key=KEY, now=NOW))
    assert found is not None
    assert (found["conversations"][0]["address"] is not None) is channel.address_is_public


def test_no_key_is_handed_out(connection: sa.Connection) -> None:
    known_everywhere(connection)

    text = json.dumps(export.of_account(connection, "a1", seller="Sample", server_key=KEY, now=NOW))

    assert not [key for key in ("hash-of-a1", "https://pay", "token", "address-of") if key in text]


def test_what_another_wrote_in_the_same_chat_isnt_handed_out(connection: sa.Connection) -> None:
    customer(connection)
    said(connection, "talk-a1", "first, Anna")
    accounts.unbind_conversation(connection, conversation_id="talk-a1")
    sign_up(connection, "b1", "jan@example.com")
    said(connection, "talk-a1", "then Jan, on the way in")
    accounts.bind_conversation(connection, account_id="b1", conversation_id="talk-a1", now=NOW)
    said(connection, "talk-a1", "and Jan inside")

    annas, jans = (export.of_account(connection, id, seller="S", server_key=KEY, now=NOW) for id in ("a1", "b1"))

    assert annas is not None
    assert jans is not None
    assert [line["text"] for line in annas["conversations"][0]["messages"]] == ["first, Anna"]
    shared = next(one for one in jans["conversations"] if one["id"] == "talk-a1")
    assert [line["text"] for line in shared["messages"]] == ["then Jan, on the way in", "and Jan inside"]


def test_what_the_seller_was_told_is_handed_out_once_the_e_mail_is_proven(connection: sa.Connection) -> None:
    def told() -> list[str]:
        found = export.of_account(connection, "a1", seller="S", server_key=KEY, now=NOW)
        return [event["type"] for event in found["told_to_seller"]] if found is not None else []

    sign_up(connection)
    events_out.write_event(connection, seller_events.account_created("a1", NOW))
    prove(connection, "a1", "phone", "+48600700800")
    assert told() == []
    accounts.change_email(connection, account_id="a1", email="b@example.com", email_key="b@example.com", now=NOW)
    assert told() == []
    prove(connection, "a1", "email", "b@example.com")
    assert told() == ["account.created"]


# --- the erasure ---


def test_nothing_of_the_person_is_left_anywhere(connection: sa.Connection) -> None:
    known_everywhere(connection)
    assert {w.partition(".")[0] for w in marked(connection, *MARKS)} >= {"journal", "account", "ticket", "event"}

    done = gone(connection)

    assert marked(connection, *MARKS) == []
    assert (done.letter_to, done.conversations, done.others) == ("anna@example.com", ("talk-a1",), ())
    assert done.kept_orders
    assert "anna@example.com" not in repr(done)


def test_erasure_leaves_of_each_column_what_it_declares(connection: sa.Connection) -> None:
    known_everywhere(connection)
    before = by_key(connection)
    gone(connection)
    after = by_key(connection)

    wrong = [
        f"{column}: {row[column.name]} -> {(after[table.name].get(key) or {}).get(column.name)}"
        for table in metadata.sorted_tables
        for key, row in before[table.name].items()
        for column in table.columns
        if not _as_declared(column, row, after[table.name].get(key))
    ]
    assert wrong == [], "\n".join(wrong)


def by_key(connection: sa.Connection) -> dict[str, dict[Any, Any]]:
    """All rows by table and primary key."""
    found: dict[str, dict[Any, Any]] = {}
    for table in metadata.sorted_tables:
        rows = connection.execute(sa.select(table)).mappings().all()
        found[table.name] = {tuple(row[c.name] for c in table.primary_key): dict(row) for row in rows}
    return found


def _as_declared(column: sa.Column[Any], row: dict[str, Any], left: dict[str, Any] | None) -> bool:
    fate = sections.find_declaration(column).erased
    if left is None:  # a method without a provider is no longer needed by anything
        return fate in {privacy.DELETED, privacy.ON_FILE, privacy.BY_RULE} or column.table.name == "payment_method"
    value = left[column.name]
    match fate.name:
        case "KEPT":
            return value == row[column.name]
        case "EMPTIED":
            return not value
        case "REPLACED":
            return value == left["id"]
        case "STAMPED":
            return value == later(days=1)
        case name:
            return name == "BY_RULE"


def test_what_was_sold_is_kept_without_the_person(connection: sa.Connection) -> None:
    known_everywhere(connection)
    gone(connection)

    found = present(export.of_account(connection, "a1", seller="S", server_key=KEY, now=NOW))
    assert found is not None
    assert found["account"]["status"] == "closed"
    assert found["account"]["closed_at"] is not None
    shown = [(order["number"], order["gross"], order["status"]) for order in found["orders"]]
    assert shown == [("FS/2026/000001", 36777, "paid")]
    assert found["orders"][0]["billing"]["name"] == "Pracownia Bursztyn sp. z o.o."
    assert [payment["status"] for payment in found["payments"]] == ["paid"]
    assert [(consent["id"], consent["version"]) for consent in found["consents"]] == [("privacy", "2")]
    assert [invoice["number"] for invoice in found["invoices"]] == ["FV/1"]
    assert {s["auto_renewal"] for s in found["subscriptions"]} == {False}
    assert found["conversations"] == found["contacts"] == found["methods"] == []


def test_an_unpaid_order_is_withdrawn(connection: sa.Connection) -> None:
    owing(connection)

    assert [order.number for order in gone(connection).cancelled] == ["FS/2026/000001"]
    assert connection.execute(sa.text("SELECT status FROM sales_order")).scalar() == "cancelled"
    assert connection.execute(sa.text("SELECT status FROM payment")).scalar() == "cancelled"


def test_money_that_comes_after_all_goes_back(connection: sa.Connection) -> None:
    owing(connection)
    attempts.open_attempt(connection, payment_id="p1", good_for=timedelta(hours=1), now=NOW)
    owed = present(record.get(connection, "p1"))
    gone(connection)

    paid = money.book_paid(
        connection, payment_id="p1", attempt=1, amount=owed.amount, currency=owed.currency, now=later(hours=1)
    )

    assert isinstance(paid, money.Overpaid)
    assert connection.execute(sa.text("SELECT status FROM sales_order")).scalar() == "cancelled"


def test_what_a_provider_keeps_waits_without_words_until_it_was_told(connection: sa.Connection) -> None:
    known_everywhere(connection)
    kept = {"id": "m2", "account_id": "a1", "method": "card", "label": "Anna Nowak …1111", "is_default": True}
    connection.execute(
        sa.insert(payment_method).values(**kept, created_at=NOW, provider="stripe", token="pm_1", customer="cus_1")
    )

    done = gone(connection)

    left = connection.execute(sa.select(payment_method)).mappings().all()
    assert [(row["id"], row["token"], row["is_default"]) for row in left] == [("m2", "pm_1", False)]
    assert left[0]["forgotten_at"] is not None
    assert done.stored == ("m2",)
    assert marked(connection, *MARKS) == []


def test_money_on_its_way_back_goes_on_and_nothing_else_nor_a_second_time(
    connection: sa.Connection,
) -> None:
    known_everywhere(connection)
    gone(connection)

    found = [record.status for key in ("c1", "c2") if (record := jobs_table.find(connection, key))]
    assert found == ["cancelled", "open"]
    assert erase(connection, account_id="a1", on_file="forget", going_on=(), now=NOW) is None
    assert erase(connection, account_id="nobody", on_file="forget", going_on=(), now=NOW) is None


def test_the_address_may_sign_up_anew(connection: sa.Connection) -> None:
    known_everywhere(connection)
    gone(connection)

    sign_up(connection, "a2", "anna@example.com", demanded=("email",))

    assert prove(connection, "a2", "email", "anna@example.com").active_now  # type: ignore[union-attr]


def test_the_sellers_own_record_is_kept_where_the_seller_wants_it(connection: sa.Connection) -> None:
    known_everywhere(connection)

    assert gone(connection, "keep").on_file
    left = {where.partition(".")[0] for where in marked(connection, *MARKS)}
    assert left == {"customer_on_file", "owned_program", "issued_invoice"}
    kept = present(directory.by_number(connection, "10000017"))
    assert kept.account_id is None, "the customer may register again"
    assert reminders.is_stopped(connection, kept.id), "and isn't written to meanwhile"


def test_what_another_wrote_in_the_same_chat_stays(connection: sa.Connection) -> None:
    customer(connection)
    said(connection, "talk-a1", "Anna was here")
    accounts.unbind_conversation(connection, conversation_id="talk-a1")
    said(connection, "talk-a1", "anna@example.com typed once more")
    sign_up(connection, "b1", "jan@example.com")
    accounts.bind_conversation(connection, account_id="b1", conversation_id="talk-a1", now=NOW)
    said(connection, "talk-a1", "and Jan")

    assert gone(connection).conversations == ()
    assert [entry.data["text"] for entry in journal.read_all(connection, "talk-a1")] == ["and Jan"]
    assert marked(connection, *MARKS) == []


def test_unfinished_sign_ups_with_the_address_go_too_and_arent_told_whose_it_was(connection: sa.Connection) -> None:
    customer(connection)
    assert sign_up(connection, "s1", "anna@example.com").taken
    said(connection, "talk-s1", "anna@example.com")

    assert gone(connection).others == ("talk-s1",)
    assert marked(connection, *MARKS) == []


def test_a_shadow_erases_itself_only(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "s1", "anna@example.com")

    done = present(erase(connection, account_id="s1", on_file="forget", going_on=(), now=NOW))
    assert done is not None
    assert done.others == ()
    assert accounts.get(connection, "a1").status == "active"  # type: ignore[union-attr]


def test_a_log_in_elsewhere_of_somebody_else_is_left_alone(connection: sa.Connection) -> None:
    customer(connection)
    conversation(connection, "talk-z")
    said(connection, "talk-z", "nothing to do with it")
    gone(connection)

    assert len(journal.read_all(connection, "talk-z")) == 1
