"""An erasure reaches conversations of nobody that only named the address or the number.

Erased while an agent has a talk: who has it and who speaks never disagree.
"""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts, one_time_links
from services.jobs.port import StoredJob
from services.privacy import naming
from services.privacy.erase import Erased, erase
from services.store import conversations, events, jobs_table, journal, timer_rows
from services.store.conversations import StoredConversation
from services.store.events import StoredEvent
from services.store.tables.base import canonical
from services.store.tables.core import call
from services.store.tables.schema import metadata
from services.support import handoffs, notes
from services.support.notes import Note
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.services.domain.people import KEY, NOW, conversation, customer, sign_up

EMAIL, PHONE = "anna@example.com", "+48600700800"
EXEMPT = {
    "account": "the holder's", "consent": "the holder's", "audit": "ids only", "inbound": "keys of messages, hashes",
    "code": "hashes", "answer_letter": "hashes", "recording": "encrypted sound", "desk_topic": "deleted with its topic",
}  # fmt: skip


def lines(connection: sa.Connection, id: str, *texts: str) -> None:
    for n, text in enumerate(texts):
        journal.add(connection, [journal.NewJournalEntry(id, n, "customer", {"text": text}, NOW, root=f"r{n}")])


def known(connection: sa.Connection, id: str) -> StoredConversation:
    return present(conversations.load(connection, id, lock=True))


def texts(connection: sa.Connection, id: str) -> list[str]:
    return [entry.data["text"] for entry in journal.everything(connection, id)]


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
    payload = {"to": EMAIL}
    jobs_table.add(connection, StoredJob("forgotten:1", talk, "r1", "SendLetter", payload, False, NOW), now=NOW)
    events.put(connection, StoredEvent("e1", talk, "EmailProven", {"email": EMAIL}, NOW))
    timer_rows.set(connection, talk, "resend", NOW, {"to": EMAIL})
    one_time_links.issue(
        connection, link_id="l" * 32, purpose="reset_password", conversation_id=talk, account_id=None,
        data={"email": EMAIL}, server_key=KEY, now=NOW,
    )  # fmt: skip
    handoffs.ask(connection, conversation_id=talk, reason=f"piszcie na {EMAIL}", email=EMAIL, now=NOW)
    notes.add(connection, Note("n1", talk, "ola", "tel. 600-700-800", NOW))

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


def talk_of_anna(connection: sa.Connection) -> StoredConversation:
    return present(conversations.load(connection, TALK, lock=True))


def forgets_anna(connection: sa.Connection) -> None:
    assert erase(connection, account_id="a1", on_file="forget", going_on=(), now=NOW) is not None


def test_a_talk_that_goes_on_without_the_person_stays_the_agents(connection: sa.Connection) -> None:
    customer(connection)
    held(connection)
    forgets_anna(connection)

    assert talk_of_anna(connection).mode == "agent"
    request = present(handoffs.open_of(connection, TALK))
    assert (request.agent_id, request.email) == ("marek", None)


def test_a_talk_that_begins_anew_is_nobodys(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "b1", "jan@example.com")
    accounts.bind_conversation(connection, account_id="b1", conversation_id=TALK, now=NOW)
    held(connection, contact={"email": "anna@example.com"})
    forgets_anna(connection)

    assert talk_of_anna(connection).mode == "bot"
    assert handoffs.open_of(connection, TALK) is None
