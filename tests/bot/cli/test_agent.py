"""`okienko agent`: accounts made, changed and switched off by command, on both databases."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from bot.cli import build
from services.agents import agent_accounts, audit, identities, password_links, second_factor, sessions, telegram
from services.agents.id_token import Identity
from services.agents.identities import NoAccess
from services.store import conversations, migrate
from services.store.database import open_store
from services.store.tables.agents import agent as table
from services.store.tables.core import event
from services.support import handoffs
from tests.kit.narrow import a, present
from tests.services.databases import NOW

Okienko = Callable[..., Result]
LINK = re.compile(r"^https://desk\.example/desk/password/([A-Za-z0-9_-]{43})$", re.MULTILINE)
PASSWORD = "Dwa-rowery-i-hulajnoga"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as a desk has made it."""
    made: str = request.getfixturevalue("postgres") if request.param == "postgresql" else f"sqlite:///{tmp_path}/d.db"
    migrate.upgrade(made)
    return made


@pytest.fixture
def okienko(url: str, monkeypatch: pytest.MonkeyPatch) -> Okienko:
    monkeypatch.setenv("OKIENKO_DATABASE_URL", url.replace("+psycopg", ""))
    monkeypatch.setenv("OKIENKO_PUBLIC_URL", "https://desk.example")
    app = build("agent")

    def run(*words: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, ["agent", *words], input=given)

    return run


def in_store(url: str, work: Callable[[sa.Connection], Any]) -> Any:
    async def run() -> Any:
        store = open_store(url, engine=False)
        try:
            return await store.write(work)
        finally:
            await store.close()

    return asyncio.run(run())


def agent(url: str, login: str = "ola") -> agent_accounts.Agent:
    return a(agent_accounts.Agent, in_store(url, lambda c: agent_accounts.by_login(c, login)))


def test_an_agent_is_added_by_a_link_and_no_password_is_in_the_arguments(okienko: Okienko, url: str) -> None:
    done = okienko("add", "ola", "--name", "Ola", "--role", "supervisor", "--email", "Ola@Firma.pl")
    assert done.exit_code == 0, done.output
    link, made = present(LINK.search(done.output)), agent(url)
    assert (made.name, made.role, made.email, made.password_hash) == ("Ola", "supervisor", "ola@firma.pl", None)
    assert in_store(url, lambda c: password_links.find_link_agent(c, link[1], made.created_at)) == made.id
    (line,) = in_store(url, audit.page)
    assert (line.agent_id, line.what, line.details["of"]) == (None, "agent_added", made.id)


def test_a_password_may_come_by_standard_input(okienko: Okienko, url: str) -> None:
    done = okienko("add", "ola", "--name", "Ola", "--password-stdin", given=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert LINK.search(done.output) is None
    assert PASSWORD not in done.output
    first = present(agent(url).password_hash)
    assert first.startswith("$argon2id$")
    assert okienko("password", "OLA", "--password-stdin", given=f"{PASSWORD}2\n").exit_code == 0
    assert agent(url).password_hash != first


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # what is refused is so on any database
@pytest.mark.parametrize(
    ("words", "given", "why"),
    [
        (("add", "o", "--name", "Ola"), None, "a login has"),
        (("add", "ola ola", "--name", "Ola"), None, "a login has"),
        (("add", "ola\nx", "--name", "Ola"), None, "a login has"),
        (("add", "ola", "--name", " "), None, "a name has"),
        (("add", "ola", "--name", "x" * 61), None, "a name has"),
        (("add", "ola", "--name", "Ola", "--email", "no"), None, "isn't an e-mail"),
        (("add", "ola", "--name", "Ola", "--password-stdin"), "short\n", "12 characters"),
        (("add", "ola", "--name", "Ola", "--password-stdin"), "", "fill in"),
        (("add", "ola", "--name", "Ola", "--password-stdin"), "password1234\n", "guessed most often"),
        (("disable", "nobody"), None, "no such agent"),
        (("password", "nobody"), None, "no such agent"),
        (("change", "nobody", "--name", "X"), None, "no such agent"),
    ],
)
def test_what_wont_do_is_said_and_makes_nothing(
    okienko: Okienko, url: str, words: tuple[str, ...], given: str | None, why: str
) -> None:
    done = okienko(*words, given=given)
    assert done.exit_code == 1
    assert why in done.output
    assert in_store(url, lambda c: c.execute(sa.select(table.c.id)).all()) == []


def test_a_login_and_an_address_are_one_agents(okienko: Okienko, url: str) -> None:
    okienko("add", "ola", "--name", "Ola", "--email", "ola@firma.pl")
    okienko("add", "jan", "--name", "Jan")
    for words in (("OLA",), ("eva", "--email", "OLA@firma.pl")):
        assert okienko("add", *words, "--name", "Other").exit_code == 1
    assert okienko("change", "jan", "--name", "Johann", "--email", "ola@firma.pl").exit_code == 1
    assert agent(url, "jan").name == "Jan", "all of it or nothing"
    assert okienko("change", "jan", "--name", "Johann", "--role", "admin", "--email", "jan@firma.pl").exit_code == 0
    changed = agent(url, "jan")
    assert (changed.name, changed.role, changed.email) == ("Johann", "admin", "jan@firma.pl")
    assert okienko("change", "jan", "--role", "admin").exit_code == 0, "no change, no line of the trail"
    told, role = in_store(url, audit.page)[:2]
    assert (told.what, told.details) == ("agent_changed", {"of": changed.id})
    assert role.what == "role_changed"
    assert role.details == {"of": changed.id, "how": "command", "from": "agent", "to": "admin"}


def test_whoever_is_disabled_is_out_and_their_conversations_wait_for_others(okienko: Okienko, url: str) -> None:
    okienko("add", "ola", "--name", "Ola")
    ola = agent(url)

    def at_work(connection: sa.Connection) -> None:
        conversations.open_talk(connection, "rest", "somebody", "pl", NOW, "c1")
        handoffs.ask(connection, conversation_id="c1", reason="asked", email=None, now=NOW)
        handoffs.take(connection, conversation_id="c1", agent_id=ola.id, now=NOW)
        sessions.begin(connection, session_id="s", token="t", agent_id=ola.id, now=ola.created_at)

    in_store(url, at_work)
    assert "disabled: ola" in okienko("disable", "ola").output
    assert in_store(url, lambda c: sessions.find(c, "t", ola.created_at)) is None
    assert in_store(url, lambda c: list(c.execute(sa.select(event.c.conversation_id)).scalars())) == ["c1"]
    assert "already" in okienko("disable", "ola").output
    assert "disabled" in okienko("list").output
    assert "enabled: ola" in okienko("enable", "ola").output
    assert "wasn't disabled" in okienko("enable", "ola").output


def test_the_sandboxs_agents_are_let_in_by_the_sandbox_only(okienko: Okienko, url: str) -> None:
    def at_work(connection: sa.Connection) -> None:
        agent_accounts.add(connection, agent_id="s", login="zoe", name="Zoe", role="agent", now=NOW, sandbox=True)
        agent_accounts.disable(connection, "s", NOW)

    in_store(url, at_work)
    done = okienko("enable", "zoe")
    assert (done.exit_code, "sandbox" in done.output) == (1, True)
    assert agent(url, "zoe").disabled_at is not None


def test_a_lost_telephone(okienko: Okienko, url: str) -> None:
    okienko("add", "ola", "--name", "Ola")
    ola = agent(url)

    def enrolled(connection: sa.Connection) -> None:
        connection.execute(sa.update(table).values(totp_secret="sealed", totp_since=NOW, totp_step=1))
        second_factor.replace_recovery_codes(connection, agent_id=ola.id, codes=("a", "b"), server_key=b"k" * 32)
        sessions.begin(connection, session_id="s", token="t", agent_id=ola.id, now=NOW)

    in_store(url, enrolled)
    assert "second factor" in okienko("list").output
    assert okienko("reset-second-factor", "ola").exit_code == 0
    assert agent(url).totp_since is None
    assert in_store(url, lambda c: second_factor.recovery_codes_left(c, ola.id)) == 0
    assert in_store(url, lambda c: sessions.find(c, "t", NOW)) is None


def test_a_subject_that_has_changed(okienko: Okienko, url: str) -> None:
    """A client registered anew at the provider may bring other ids of the same people."""
    okienko("add", "ola", "--name", "Ola", "--email", "ola@firma.pl")
    ola = agent(url)

    def said(subject: str) -> Identity:
        return Identity("https://id.example", subject, "ola@firma.pl", True, None, False, "")

    in_store(url, lambda c: identities.agent_of(c, said("1"), NOW))
    assert in_store(url, lambda c: identities.agent_of(c, said("2"), NOW)) == NoAccess("other_subject", ola.id)
    assert okienko("reset-single-sign-on", "ola").exit_code == 0
    assert in_store(url, lambda c: identities.agent_of(c, said("2"), NOW)) == ola


@pytest.mark.parametrize(
    "words",
    [
        *(("agent", "add", "ola", "--name", "Ola"), ("agent", "list")),
        ("customer", "show", "ola@example.com"),
        *(("db", "current"), ("db", "downgrade", "base")),
    ],
    ids=" ".join,
)
def test_a_command_says_which_database_it_acts_on_and_makes_none(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OKIENKO_DATABASE_URL", raising=False)
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path / "data"))
    done = CliRunner().invoke(build(words[0]), words)
    assert done.exit_code == 1
    assert f"sqlite:///{tmp_path}/data/okienko.sqlite" in done.stderr
    assert "OKIENKO_DATA_DIR" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_code_for_the_telegram_group_is_printed_and_is_the_agents(okienko: Okienko, url: str) -> None:
    okienko("add", "ola", "--name", "Ola")
    found = present(re.search(r"^/join (\S{22})$", okienko("telegram", "ola").output, re.MULTILINE))
    made_at = agent(url).created_at
    assert in_store(url, lambda c: telegram.join(c, code=found[1], telegram_id=7, now=made_at)).login == "ola"
    assert okienko("telegram", "nobody").exit_code == 1
