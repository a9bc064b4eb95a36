"""Agents' accounts: one per login, disabled at once, never a password in two places."""

import pytest
import sqlalchemy as sa

from services.agents import agent_accounts, password_links, sessions
from tests.kit.narrow import present
from tests.services.agents.conftest import put
from tests.services.databases import NOW
from tests.table import table


def test_a_login_is_one_however_it_is_spelled(connection: sa.Connection) -> None:
    put(connection, "Ola")
    again = agent_accounts.add(connection, agent_id="other", login=" OLA ", name="Other", role="admin", now=NOW)
    assert not again
    found = present(agent_accounts.by_login(connection, "oLa"))
    assert (found.login, found.role) == ("Ola", "agent")


def test_an_e_mail_is_one_too_and_is_found_before_a_login(connection: sa.Connection) -> None:
    put(connection, "ola", email="Boss@Example.com")
    put(connection, "jan@example.com")
    assert not agent_accounts.add(
        connection, agent_id="x", login="x", name="X", role="agent", now=NOW, email="boss@example.com"
    )
    for email, login in (("BOSS@example.com", "ola"), ("jan@example.com", "jan@example.com"), ("a@b.pl", None)):
        found = agent_accounts.by_email(connection, email)
        assert (found.login if found else None) == login


@table(
    ("has", "may"), [("agent", ("agent",)), ("supervisor", ("agent", "supervisor")), ("admin", agent_accounts.ROLES)]
)
def test_a_role_covers_those_below_it(has: agent_accounts.Role, may: tuple[agent_accounts.Role, ...]) -> None:
    assert tuple(role for role in agent_accounts.ROLES if agent_accounts.covers(has, role)) == may
    assert not agent_accounts.covers("nobody", "agent")


def test_one_whose_password_everybody_knows_is_let_in_by_the_sandbox_only(connection: sa.Connection) -> None:
    agent_id = "s1"
    agent_accounts.add(connection, agent_id=agent_id, login="zoe", name="Zoe", role="agent", now=NOW, sandbox=True)
    assert agent_accounts.disable(connection, agent_id, NOW)
    assert not agent_accounts.enable(connection, agent_id)
    assert agent_accounts.switched_off(connection, agent_id)
    assert agent_accounts.enable(connection, agent_id, sandbox=True)
    assert not agent_accounts.switched_off(connection, agent_id)
    assert not agent_accounts.switched_off(connection, "chatwoot:7")


def test_whoever_is_disabled_is_out_at_once_and_stays_out(connection: sa.Connection) -> None:
    agent = put(connection)
    sessions.begin(connection, session_id="s", token="t", agent_id=agent.id, now=NOW)
    password_links.issue(connection, token="link", agent_id=agent.id, now=NOW)
    assert agent_accounts.disable(connection, agent.id, NOW)
    assert not agent_accounts.disable(connection, agent.id, NOW)
    assert sessions.find(connection, "t", NOW) is None
    assert password_links.whose(connection, "link", NOW) is None
    assert agent_accounts.enable(connection, agent.id)
    assert not agent_accounts.enable(connection, agent.id)
    assert sessions.find(connection, "t", NOW) is None, "what has ended doesn't begin again"


@pytest.mark.parametrize("change", ["password", "role"])
def test_a_new_password_or_role_ends_all_sessions(connection: sa.Connection, change: str) -> None:
    agent, other = put(connection), put(connection, "jan")
    for n, stage in enumerate(("full", "half", "full")):
        sessions.begin(connection, session_id=f"{n}", token=f"{n}", agent_id=agent.id, now=NOW, stage=stage)
    sessions.begin(connection, session_id="j", token="j", agent_id=other.id, now=NOW)
    if change == "password":
        agent_accounts.set_password(connection, agent.id, "hash of another")
    else:
        assert agent_accounts.set_role(connection, agent.id, "agent") is None
        assert sessions.find(connection, "0", NOW) is not None, "the same role is no change"
        assert agent_accounts.set_role(connection, agent.id, "supervisor") == "agent"
        assert agent_accounts.set_role(connection, "nobody", "supervisor") is None
    assert [sessions.find(connection, f"{n}", NOW) for n in range(3)] == [None] * 3
    assert sessions.find(connection, "1", NOW, "half") is None
    assert sessions.find(connection, "j", NOW) is not None


def test_a_link_sets_one_password_within_a_day_and_the_newest_is_the_one(connection: sa.Connection) -> None:
    agent = put(connection)
    password_links.issue(connection, token="first", agent_id=agent.id, now=NOW)
    password_links.issue(connection, token="second", agent_id=agent.id, now=NOW)
    day, moment = password_links.LIFETIME, password_links.LIFETIME / 86400
    assert password_links.whose(connection, "first", NOW) is None
    assert password_links.whose(connection, "second", NOW + day - moment) == agent.id
    assert password_links.use(connection, "second", NOW + day) is None
    assert password_links.use(connection, "second", NOW) == agent.id
    assert password_links.use(connection, "second", NOW) is None
