"""What is known of people goes when its time is over, in batches, and not a day earlier."""

from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.usecases.privacy.housekeeping import FACTS
from services.accounts import accounts, credentials, one_time_links
from services.jobs.port import StoredJob
from services.payments import notices
from services.privacy import desk_rows, naming, retention
from services.privacy.erase import Erased, erase
from services.store import conversations, events, jobs_table, journal, timer_rows
from services.store.tables.accounts import account, consent, credential
from services.store.tables.base import canonical
from services.store.tables.core import call
from services.store.tables.core import conversation as conversation_table
from services.store.tables.core import journal as journal_table
from services.store.tables.orders import payment_notice, sales_order, trial_claim
from services.store.tables.schema import metadata
from services.store.tables.support import answer_letter, answer_stop, blocked_address
from services.support import answer_letters, blocklist, handoffs, notes
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.services.domain.people import (
    KEY,
    NOW,
    agreed,
    buyer,
    conversation,
    customer,
    later,
    owing,
    pay,
    placed,
    sign_up,
)
from values.rules import PrivacyRules

RULES = PrivacyRules(conversations_days=180, unfinished_days=30, keep_invoices_years=5, keep_consents_years=6)


def swept(connection: sa.Connection, **by: float) -> int:
    """So many batches of two until nothing was left."""
    batches = 0
    for expired in retention.list_expired_data(RULES, later(**by)):
        while found := expired.find(connection, most=2):
            expired.drop(connection, found)
            batches += 1
            assert batches < 50
    return batches


def count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def say(connection: sa.Connection, id: str, times: int, delivery: str = "none") -> None:
    line = journal.NewJournalEntry(id, 1, "customer", {"text": "słowa"}, NOW, delivery=delivery)
    journal.add(connection, [line] * times)


def test_words_go_after_their_time_in_batches(connection: sa.Connection) -> None:
    customer(connection)
    say(connection, "talk-a1", 5)
    say(connection, "talk-a1", 1, delivery="open")

    assert swept(connection, days=179) == 0
    assert swept(connection, days=181) == 3
    assert [entry.delivery for entry in journal.read_all(connection, "talk-a1")] == ["open"], "it is still to be sent"
    assert conversations.load(connection, "talk-a1", lock=False) is not None, "the customer stays logged in"


def test_trial_is_remembered_by_its_hash_until_its_months_after_the_erasure_are_over(connection: sa.Connection) -> None:
    customer(connection)
    connection.execute(sa.insert(trial_claim).values(subject="hash", account_id="a1", order_id="o1", at=NOW))
    swept(connection, days=2000)
    assert count(connection, trial_claim) == 1, "a customer has it for good"
    assert erase(connection, account_id="a1", on_file="forget", going_on=(), now=NOW) is not None
    for days, left in ((24 * 31 - 1, 1), (24 * 31 + 1, 0)):
        swept(connection, days=days)
        assert count(connection, trial_claim) == left


def test_hashes_of_nobody_and_facts_of_notices_go_in_batches(connection: sa.Connection) -> None:
    customer(connection)
    for n in range(3):
        credentials.store(connection, f"left {n}", "hash", NOW)
        notices.store(connection, provider="paypal", dedup_key=f"n{n}", payment_ref="p", facts={"n": n}, now=NOW)
    notices.store(connection, provider="paypal", dedup_key="late", payment_ref="p", facts={"n": 9}, now=later(days=2))

    assert swept(connection, days=29) == 0
    assert swept(connection, days=31) == 4
    assert swept(connection, days=31) == 0
    told = sa.select(payment_notice.c.facts).order_by(payment_notice.c.at, payment_notice.c.dedup_key)
    assert list(connection.execute(told).scalars()) == [{}, {}, {}, {"n": 9}]
    assert count(connection, credential) == 1, "the customer's own"


def test_a_conversation_of_nobody_goes_whole(connection: sa.Connection) -> None:
    conversation(connection, "left")
    say(connection, "left", 1)
    call = jobs_table.StoredJob("c1", "left", "r", "SendLetter", {"to": "x@example.com"}, False, NOW)
    jobs_table.add(connection, call, now=NOW)

    assert swept(connection, days=29) == 0
    swept(connection, days=31)

    assert conversations.load(connection, "left", lock=False) is None
    assert journal.read_all(connection, "left") == ()
    assert jobs_table.find(connection, "c1") is None


def test_a_conversation_of_nobody_to_which_a_person_was_promised_stays(connection: sa.Connection) -> None:
    conversation(connection, "waits")
    handoffs.ask(connection, conversation_id="waits", reason="asked", email=None, now=NOW)
    swept(connection, days=31)

    assert conversations.load(connection, "waits", lock=False) is not None


def test_who_has_a_talk_isnt_forgotten_while_they_have_it(connection: sa.Connection) -> None:
    for id in ("held", "over"):
        conversation(connection, id)
        handoffs.take(connection, conversation_id=id, agent_id="anna", now=NOW)
    handoffs.end(connection, conversation_id="over", now=NOW)
    swept(connection, days=181)

    assert [one.conversation_id for one in handoffs.held_by(connection, "anna")] == ["held"]
    assert handoffs.last_of(connection, "over") is None


def test_a_conversation_whose_order_waits_for_its_money_stays(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    connection.execute(sa.text("UPDATE conversation SET account_id = NULL"))
    swept(connection, days=31)

    assert conversations.load(connection, "talk-a1", lock=False) is not None


def test_what_was_sent_and_told_is_emptied(connection: sa.Connection) -> None:
    customer(connection)
    call = jobs_table.StoredJob("c1", "talk-a1", "r", "SendCode", {"phone": "+48600700800"}, False, NOW)
    jobs_table.add(connection, call, now=NOW)
    jobs_table.add(
        connection, jobs_table.StoredJob("c2", "talk-a1", "r", "SendCode", {"phone": "1"}, False, NOW), now=NOW
    )
    jobs_table.finish(connection, "c1", "done", {"event": "CodeSent"})
    for id in ("e1", "e2"):
        events.store_event(connection, events.StoredEvent(id, "talk-a1", "LoggedIn", {"email": "x"}, NOW))
    events.mark_event_done(connection, "e1", NOW)
    swept(connection, days=8)

    ended, open_ = (jobs_table.find(connection, key) for key in ("c1", "c2"))
    assert ended is not None
    assert (ended.call.payload, ended.call.outcome) == ({}, None)
    assert open_ is not None
    assert open_.call.payload == {"phone": "1"}
    assert [event.id for event in events.list_due_events(connection)] == ["e2"]


@pytest.mark.parametrize(("years", "left"), [(5.9, 1), (6.2, 0)])
def test_of_an_erased_person_consents_and_orders_go_when_the_law_lets_them(
    connection: sa.Connection, years: float, left: int
) -> None:
    owing(connection)
    agreed(connection)
    pay(connection)
    assert erase(connection, account_id="a1", on_file="keep", going_on=(), now=NOW)
    swept(connection, days=365.25 * years)

    assert [count(connection, table) for table in (consent, sales_order, account)] == [left] * 3


def test_nothing_of_a_living_account_goes_however_old(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    swept(connection, days=365 * 20)

    assert [count(connection, table) for table in (sales_order, account)] == [1, 1]


def test_years_end_with_the_year() -> None:
    assert retention.end_of_year(retention.years_ago(NOW, 5)).isoformat() == "2021-01-01T00:00:00+00:00"


def test_notes_and_blocks_go_after_their_time(connection: sa.Connection) -> None:
    customer(connection)
    for name, days in (("oldest", 0), ("older", 0), ("old", 0), ("young", 175)):
        notes.add(connection, notes.Note(name, "talk-a1", "anna", name, later(days=days)))
    for address, until in (("over", later(days=100)), ("just over", later(days=170)), ("for good", None)):
        blocklist.block(connection, blocklist.BlockedAddress("rest", address, "anna", "abuse", NOW, until))

    assert swept(connection, days=181) == 2
    desk_rows.forget_blocks(connection, later(days=181))

    assert [note.words for note in notes.of_conversation(connection, "talk-a1")] == ["young"]
    assert set(connection.execute(sa.select(blocked_address.c.address)).scalars()) == {"just over", "for good"}


def test_a_chat_of_one_message_that_told_nothing_goes_after_a_week(connection: sa.Connection) -> None:
    def talk(id: str, messages: int = 1, **state: object) -> None:
        here = present(conversations.load(connection, conversation(connection, id), lock=True))
        say(connection, id, messages)
        assert conversations.save(connection, replace(here, state={"v": 4, "talk": {"greeted": True}, **state}), NOW)

    talk("hello")
    talk("silent", 0)
    talk("typed", talk={"told": '"account":'})
    talk("two words", 2)
    talk("told", account={"email": "jan@example.com"})
    talk("waits")
    handoffs.ask(connection, conversation_id="waits", reason="asked", email=None, now=NOW)
    talk("waited")
    handoffs.ask(connection, conversation_id="waited", reason="asked", email=None, now=NOW)
    handoffs.end(connection, conversation_id="waited", now=NOW)
    customer(connection)

    def left(**by: float) -> set[str]:
        empty = retention.without_facts(later(**by) - retention.ONE_MESSAGE, FACTS)
        while found := empty.find(connection, most=2):
            empty.drop(connection, found)
        return set(connection.execute(sa.select(conversation_table.c.id)).scalars())

    assert {"hello", "silent", "typed"} < left(days=6.9)
    assert left(days=7.1) == {"two words", "told", "waits", "waited", "talk-a1"}
    shown = {row.conversation_id for row in connection.execute(sa.select(journal_table))}
    assert shown == {*("two words", "told", "waits", "waited")}
    talk("hello")
    assert journal.read_all(connection, "hello"), "who comes back begins anew"


def test_letters_with_answers_go_with_the_words_and_a_mailbox_that_stopped_them_after_two_years(
    connection: sa.Connection,
) -> None:
    customer(connection)
    for seq in (1, 2):
        here = present(conversations.load(connection, "talk-a1", lock=False))
        answer_letters.note_agent_line(connection, replace(here, seq=seq), b"k" * 32, now=NOW, due_at=NOW)
        letter = present(answer_letters.find_gathering_letter(connection, "talk-a1"))
        if seq == 1:
            answer_letters.end(connection, letter, "read", 1, NOW)
    answer_letters.stop(connection, "hash", NOW)

    swept(connection, days=179)
    assert count(connection, answer_letter) == 2
    swept(connection, days=181)
    assert [one.last_seq for one in answer_letters.of_conversation(connection, "talk-a1")] == [None], "it still gathers"
    assert count(connection, answer_stop) == 1
    swept(connection, days=731)
    assert count(connection, answer_stop) == 0


# --- an erasure reaches conversations of nobody that only named the address or the number ---


EMAIL, PHONE = "anna@example.com", "+48600700800"
EXEMPT = {
    "account": "the holder's", "consent": "the holder's", "audit": "ids only", "inbound": "keys of messages, hashes",
    "code": "hashes", "answer_letter": "hashes", "recording": "encrypted sound", "desk_topic": "deleted with its topic",
}  # fmt: skip


def lines(connection: sa.Connection, id: str, *texts: str) -> None:
    for n, text in enumerate(texts):
        journal.add(connection, [journal.NewJournalEntry(id, n, "customer", {"text": text}, NOW, root=f"r{n}")])


def known(connection: sa.Connection, id: str) -> conversations.StoredConversation:
    return present(conversations.load(connection, id, lock=True))


def texts(connection: sa.Connection, id: str) -> list[str]:
    return [entry.data["text"] for entry in journal.read_all(connection, id)]


def state(connection: sa.Connection, id: str, **slots: Any) -> None:
    assert conversations.save(connection, replace(known(connection, id), state={"v": 2, **slots}), NOW)


def erased(connection: sa.Connection, id: str = "a1", going_on: tuple[str, ...] = ()) -> Erased:
    return present(erase(connection, account_id=id, on_file="keep", going_on=going_on, now=NOW))


def everything(connection: sa.Connection) -> str:
    rows = (connection.execute(sa.select(one)).all() for one in metadata.sorted_tables)
    return canonical([[str(value) for value in row] for found in rows for row in found]).lower()


def test_a_forgotten_password_of_which_nothing_came_goes_with_the_person(connection: sa.Connection) -> None:
    customer(connection)
    talk = conversation(connection, "forgotten")
    lines(connection, talk, "zapomniałem hasła", "Anna@Example.com")
    state(connection, talk, contact={"email": EMAIL})
    jobs_table.add(connection, StoredJob("forgotten:1", talk, "r1", "SendLetter", {"to": EMAIL}, False, NOW), now=NOW)
    events.store_event(connection, events.StoredEvent("e1", talk, "EmailProven", {"email": EMAIL}, NOW))
    timer_rows.set_timer(connection, talk, "resend", NOW, {"to": EMAIL})
    one_time_links.issue(
        connection, link_id="l" * 32, purpose="reset_password", conversation_id=talk, account_id=None,
        data={"email": EMAIL}, server_key=KEY, now=NOW,
    )  # fmt: skip
    handoffs.ask(connection, conversation_id=talk, reason=f"piszcie na {EMAIL}", email=EMAIL, now=NOW)
    notes.add(connection, notes.Note("n1", talk, "ola", "tel. 600-700-800", NOW))

    assert erased(connection).named_in == 1

    assert texts(connection, talk) == ["zapomniałem hasła"]
    assert known(connection, talk).state == {}
    assert EMAIL not in everything(connection)
    assert "600-700-800" not in everything(connection)
    assert jobs_table.of_conversation(connection, talk) == ()


def test_where_it_was_only_typed_the_line_goes_and_the_talk_goes_on(connection: sa.Connection) -> None:
    customer(connection)
    talk, other = conversation(connection, "typed"), conversation(connection, "other")
    lines(connection, talk, "dzień dobry", "proszę dzwonić: 600 700 800", "0048 (600) 700-800", "do widzenia")
    lines(connection, other, "hanna@example.com", "anna@example.com.pl", "600 700 801", "9600 700 800 1")
    state(connection, talk, contact={"phone": "+48111222333"})
    before = known(connection, other)

    assert erased(connection).named_in == 1

    assert texts(connection, talk) == ["dzień dobry", "do widzenia"]
    assert known(connection, talk).state["contact"] == {"phone": "+48111222333"}
    assert known(connection, other) == before
    assert len(texts(connection, other)) == 4, "somebody else's"


def test_what_another_account_is_logged_in_to_is_that_ones(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "b1", "jan@example.com")
    lines(connection, "talk-b1", f"proszę też pisać do {EMAIL}")
    assert erased(connection).named_in == 0
    assert len(texts(connection, "talk-b1")) == 1


def test_an_address_that_is_only_claimed_reaches_into_no_strangers_chat(connection: sa.Connection) -> None:
    """Or whoever signs up with somebody's address and erases that would empty the chat in which its owner does."""
    sign_up(connection, "a1")
    talk = conversation(connection, "owner")
    lines(connection, talk, EMAIL)
    state(connection, talk, contact={"email": EMAIL})
    assert erased(connection).named_in == 0
    assert known(connection, talk).state != {}


def test_money_on_its_way_goes_on(connection: sa.Connection) -> None:
    customer(connection)
    talk = conversation(connection, "paying")
    for n, kind in enumerate(("RefundPayment", "SendLetter")):
        jobs_table.add(connection, StoredJob(f"paying:{n}", talk, "r1", kind, {"to": EMAIL}, False, NOW), now=NOW)
    erased(connection, going_on=("RefundPayment",))
    rows = connection.execute(sa.select(call.c.status, call.c.payload)).all()
    assert sorted((status, bool(payload)) for status, payload in rows) == [("cancelled", False), ("open", True)]


@all_rows
def test_a_name_is_found_as_a_whole_however_it_is_written(text: str, named: bool) -> None:
    assert naming.names((EMAIL, PHONE)).are_in({"text": text}) is named


def test_every_place_where_words_of_a_conversation_stand_is_searched() -> None:
    searched = {of.name for of, _ in naming.SEARCHED}
    with_words = {of.name for of in metadata.sorted_tables if "conversation_id" in of.c and _has_words(of)}
    owned = {of.name for of in metadata.sorted_tables if "account_id" in of.c and not of.c.account_id.nullable}
    assert with_words - searched - owned - EXEMPT.keys() == set(), "search it in services/privacy/naming.py"


def _has_words(of: sa.Table) -> bool:
    return any(str(column.type.__class__.__name__) in ("Json", "AnyText", "Text") for column in of.c if _plain(column))


def _plain(column: sa.Column[Any]) -> bool:
    return not column.primary_key and not column.foreign_keys and not column.name.endswith("_id")


TALK = "talk-a1"


def held(connection: sa.Connection, **more: Any) -> None:
    """Anna's last talk, which she has left, and an agent has."""
    accounts.unbind_conversation(connection, conversation_id=TALK)
    handoffs.ask(connection, conversation_id=TALK, reason="asked", email="anna@example.com", now=NOW)
    handoffs.take(connection, conversation_id=TALK, agent_id="marek", now=NOW)
    state = {"v": 2, "handoff": {"mode": "agent", "agent": "marek"}, **more}
    assert conversations.save(connection, replace(talk_of_anna(connection), state=state, mode="agent"), NOW)


def talk_of_anna(connection: sa.Connection) -> conversations.StoredConversation:
    return present(conversations.load(connection, TALK, lock=True))


def forgets_anna(connection: sa.Connection) -> None:
    assert erase(connection, account_id="a1", on_file="forget", going_on=(), now=NOW) is not None


def test_a_talk_that_goes_on_without_the_person_stays_the_agents(connection: sa.Connection) -> None:
    customer(connection)
    held(connection)
    forgets_anna(connection)

    assert talk_of_anna(connection).mode == "agent"
    request = present(handoffs.find_open_request(connection, TALK))
    assert (request.agent_id, request.email) == ("marek", None)


def test_a_talk_that_begins_anew_is_nobodys(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "b1", "jan@example.com")
    accounts.bind_conversation(connection, account_id="b1", conversation_id=TALK, now=NOW)
    held(connection, contact={"email": "anna@example.com"})
    forgets_anna(connection)

    assert talk_of_anna(connection).mode == "bot"
    assert handoffs.find_open_request(connection, TALK) is None
