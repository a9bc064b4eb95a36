"""A person is erased while an agent has one of their conversations: who has it and who speaks never disagree."""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts
from services.privacy.erase import erase
from services.store import conversations
from services.store.conversations import StoredConversation
from services.support import handoffs
from tests.kit.narrow import present
from tests.services.domain.people import NOW, customer, sign_up

TALK = "talk-a1"


def held(connection: sa.Connection, **more: Any) -> None:
    """Anna's last talk, which she has left, and an agent has."""
    accounts.unbind_conversation(connection, conversation_id=TALK)
    handoffs.ask(connection, conversation_id=TALK, reason="asked", email="anna@example.com", now=NOW)
    handoffs.take(connection, conversation_id=TALK, agent_id="marek", now=NOW)
    state = {"v": 2, "handoff": {"mode": "agent", "agent": "marek"}, **more}
    assert conversations.save(connection, replace(known(connection), state=state, mode="agent"), NOW)


def known(connection: sa.Connection) -> StoredConversation:
    return present(conversations.load(connection, TALK, lock=True))


def erased(connection: sa.Connection) -> None:
    assert erase(connection, account_id="a1", on_file="forget", going_on=(), now=NOW) is not None


def test_a_talk_that_goes_on_without_the_person_stays_the_agents(connection: sa.Connection) -> None:
    customer(connection)
    held(connection)
    erased(connection)

    assert known(connection).mode == "agent"
    request = present(handoffs.open_of(connection, TALK))
    assert (request.agent_id, request.email) == ("marek", None)


def test_a_talk_that_begins_anew_is_nobodys(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "b1", "jan@example.com")
    accounts.bind_conversation(connection, account_id="b1", conversation_id=TALK, now=NOW)
    held(connection, contact={"email": "anna@example.com"})
    erased(connection)

    assert known(connection).mode == "bot"
    assert handoffs.open_of(connection, TALK) is None
