"""How long a log-in holds."""

from datetime import timedelta

import sqlalchemy as sa

from services.agents import sessions
from services.store.tables.agents import agent_session
from tests.services.agents.conftest import put
from tests.services.databases import NOW

SECOND = timedelta(seconds=1)


def test_it_ends_half_an_hour_after_the_last_act(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW)
    later = NOW + timedelta(minutes=29)
    assert sessions.find(connection, "t", later) is not None
    sessions.touch(connection, "s", later)
    assert sessions.find(connection, "t", later + sessions.IDLE - SECOND) is not None
    assert sessions.alive(connection, "s", later + sessions.IDLE - SECOND)
    assert sessions.find(connection, "t", later + sessions.IDLE) is None
    assert not sessions.alive(connection, "s", later + sessions.IDLE)


def test_it_ends_after_twelve_hours_whatever_is_done(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW)
    end = NOW + sessions.OVERALL
    sessions.touch(connection, "s", end - SECOND)
    assert sessions.find(connection, "t", end - SECOND) is not None
    assert sessions.find(connection, "t", end) is None


def test_half_a_session_is_none_and_lasts_ten_minutes(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW, stage="half")
    assert sessions.find(connection, "t", NOW) is None
    assert not sessions.alive(connection, "s", NOW)
    assert sessions.find(connection, "t", NOW + sessions.HALF - SECOND, "half") is not None
    assert sessions.find(connection, "t", NOW + sessions.HALF, "half") is None


def test_the_store_has_no_token(connection: sa.Connection) -> None:
    token = "a-token-of-the-browser"
    sessions.begin(connection, session_id="s", token=token, agent_id=put(connection).id, now=NOW)
    row = connection.execute(sa.select(agent_session)).one()
    assert token not in str(row)
    assert sessions.find(connection, row.token_hash, NOW) is None, "who reads the table isn't logged in by it"


def test_what_is_over_is_swept_and_nothing_else(connection: sa.Connection) -> None:
    agent_id = put(connection).id
    sessions.begin(connection, session_id="old", token="o", agent_id=agent_id, now=NOW - sessions.OVERALL)
    sessions.touch(connection, "old", NOW)
    sessions.begin(connection, session_id="quiet", token="q", agent_id=agent_id, now=NOW - sessions.IDLE * 2)
    sessions.begin(connection, session_id="new", token="n", agent_id=agent_id, now=NOW)
    sessions.forget_before(connection, NOW + SECOND)
    assert connection.execute(sa.select(agent_session.c.id)).scalars().all() == ["new"]
