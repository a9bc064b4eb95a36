"""Agents' accounts: one per login, disabled at once, never a password in two places.

How long a log-in holds.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.agents import agent_accounts, audit, password_links, sessions
from services.store.database import Store
from services.store.tables.agents import agent_session
from tests.kit.narrow import present
from tests.services.agents.conftest import put
from tests.services.databases import NOW
from tests.table import table


def test_a_login_is_one_however_it_is_spelled(connection: sa.Connection) -> None:
    put(connection, "Ola")
    assert not agent_accounts.add(connection, agent_id="other", login=" OLA ", name="Other", role="admin", now=NOW)
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


# --- the trail: ids and counts, page by page, nothing of what people are called ---


def test_it_is_read_page_by_page_newest_first(connection: sa.Connection) -> None:
    for n in range(5):
        audit.note(
            connection,
            agent_id=f"agent {n % 2}",
            what="seen",
            at=NOW + timedelta(seconds=n),
            conversation_id=f"c{n}",
            details={"n": n},
        )
    first = audit.page(connection, most=2)
    assert [entry.details["n"] for entry in first] == [4, 3]
    audit.note(connection, agent_id=None, what="new", at=NOW)
    second = audit.page(connection, before=first[-1].id, most=2)
    assert [entry.details["n"] for entry in second] == [2, 1], "what comes meanwhile shifts nothing"
    audit.forget_before(connection, NOW + timedelta(seconds=4))
    assert [entry.conversation_id for entry in audit.page(connection)] == ["c4"]


@pytest.mark.parametrize("details", [{"email": "a@b.pl"}, {"name": "Anna"}, {"why": "x" * 101}])
async def test_what_is_personal_is_refused(store: Store, details: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="trail"):
        await store.write(lambda c: audit.note(c, agent_id="a", what="seen", at=NOW, details=details))


def test_an_answer_put_right_is_known_until_its_person_is_erased(connection: sa.Connection) -> None:
    for talk in ("c1", "c2"):
        audit.note(connection, agent_id="a", what="corrected", at=NOW, conversation_id=talk, before="old", after="new")
    assert [(one.before, one.after) for one in audit.page(connection)] == [("old", "new")] * 2
    audit.forget_answers(connection, ["c1"])
    left = {one.conversation_id: (one.before, one.after) for one in audit.page(connection)}
    assert left == {"c1": (None, None), "c2": ("old", "new")}
