"""The signing key: one for all processes on a database, whatever their data folders.

The sandbox's customers of a profile are on file from the desk's first start on a database, and only from that.

Its agents are let in while it is on, never while it is off.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.app.sandbox_people import SandboxAgents, SandboxPeople, move_out
from bot.app.secret_key import AnotherKey, key_of, load_or_make
from bot.app.settings import Settings
from bot.conversation.port import UnitOfWork
from services.accounts import account_search
from services.accounts.credentials import Argon2Hasher
from services.agents import agent_accounts, sessions
from services.clock import Clock
from services.directory import directory
from services.keyed_hash import ServerKey
from services.store.database import Store, open_store
from services.store.tables.core import installation
from tests.dialogs.driver import SELLER
from tests.kit.narrow import present
from tests.services.agents.conftest import Moved, put
from tests.services.databases import NOW, postgres_template, postgres_url, sqlite_template, sqlite_url

__all__ = ["postgres_template", "postgres_url", "sqlite_template", "sqlite_url"]

pytestmark = pytest.mark.anyio

FIRST, SECOND = "a" * 40, "b" * 40


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Store]:
    store = open_store(postgres_url)
    yield store
    await store.close()


async def key_of_at(given: Settings, store: Store) -> ServerKey:
    return await key_of(given, store, NOW)


def settings(folder: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **given)  # type: ignore[call-arg]


async def test_desks_with_different_folders_agree_on_a_made_key(shared: Store, tmp_path: Path) -> None:
    first = await key_of_at(settings(tmp_path / "first"), shared)
    assert len(first) >= 32
    assert await key_of_at(settings(tmp_path / "second"), shared) == first
    assert await key_of_at(settings(tmp_path / "first"), shared) == first
    assert not (tmp_path / "first").exists(), "no second truth in a file"


async def test_a_key_that_lies_in_the_folder_goes_on(shared: Store, tmp_path: Path) -> None:
    earlier = load_or_make(tmp_path)
    assert await key_of_at(settings(tmp_path), shared) == earlier.encode()
    assert await key_of_at(settings(tmp_path / "second"), shared) == earlier.encode()


async def test_on_sqlite_it_lies_in_the_folder(sqlite_url: str, tmp_path: Path) -> None:
    store = open_store(sqlite_url)
    assert await key_of_at(settings(tmp_path), store) == load_or_make(tmp_path).encode()
    await store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    store = open_store(request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url"))
    yield store
    await store.close()


async def test_a_live_desk_does_not_work_with_another_key_than_before(kept: Store, tmp_path: Path) -> None:
    live = settings(tmp_path, sandbox="off", secret_key=FIRST)
    assert await key_of_at(live, kept) == FIRST.encode()
    assert await key_of_at(live, kept) == FIRST.encode()
    other = settings(tmp_path, sandbox="off", secret_key=SECOND)
    with pytest.raises(AnotherKey, match="db keys --lost") as refused:
        await key_of_at(other, kept)
    assert FIRST not in str(refused.value) + str(await _row(kept))
    both = await key_of_at(settings(tmp_path, sandbox="off", secret_key=f"{SECOND}, {FIRST}"), kept)
    assert (both, both.former) == (SECOND.encode(), (FIRST.encode(),))
    assert await key_of_at(other, kept) == SECOND.encode()
    with pytest.raises(AnotherKey):
        await key_of_at(live, kept)


async def test_in_the_sandbox_a_given_key_may_change(shared: Store, tmp_path: Path) -> None:
    assert await key_of_at(settings(tmp_path, secret_key=FIRST), shared) == FIRST.encode()
    assert await key_of_at(settings(tmp_path, secret_key=SECOND), shared) == SECOND.encode()
    assert len(await key_of_at(settings(tmp_path, secret_key="short"), shared)) >= 32


async def _row(store: Store) -> Any:
    return await store.read(lambda c: c.execute(sa.select(installation)).all())


class Stopped:
    """A clock that shows one moment until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Store]:
    store = open_store(url)
    yield store
    await store.close()


def people(store: Store, profile: str, clock: Stopped) -> SandboxPeople:
    return SandboxPeople(store, cast(Clock, clock), Argon2Hasher(), replace(SELLER, id=profile), b"k" * 32)


async def test_whoever_is_registered_has_an_account_and_the_others_have_none(opened: Store) -> None:
    await people(opened, "vectra", Stopped()).move_in()

    def look(connection: sa.Connection) -> dict[str, directory.CustomerOnFile | None]:
        numbers = ("10000017", "10000025", "10000033", "10000041", "10000058")
        return {number: directory.by_number(connection, number) for number in numbers}

    found = await opened.read(look)
    assert all(found.values())
    assert [number for number, known in found.items() if known and known.account_id] == ["10000058"]
    nobody = present(found["10000041"])
    assert (nobody.email, nobody.phone) == (None, None)


async def test_programs_end_so_many_days_after_the_first_start(opened: Store) -> None:
    clock = Stopped()
    await people(opened, "r2platnik", clock).move_in()
    clock.at = NOW + timedelta(days=3)
    await people(opened, "r2platnik", clock).move_in()

    def look(connection: sa.Connection) -> list[directory.ProgramRecord]:
        known = present(directory.by_email(connection, "kadry@bursztyn.example.com"))
        assert known.account_id is not None
        return directory.programs_of(connection, known.id)

    ends = {p.product: p.subscription_ends_at for p in await opened.read(look)}
    assert ends == {"r2platnik": NOW + timedelta(days=31), "r2faktury": NOW + timedelta(days=200)}


async def test_a_password_of_the_list_logs_in(opened: Store) -> None:
    await people(opened, "certified_platform", Stopped()).move_in()
    (candidate,) = await opened.read(lambda connection: account_search.login_candidates(connection, "4455667@aruba.it"))
    assert await Argon2Hasher().verify(candidate.password_hash, "Privata2026!x")


async def test_a_profile_without_people_gets_none(opened: Store) -> None:
    await people(opened, "fakturasmart", Stopped()).move_in()
    assert await opened.read(lambda connection: directory.by_number(connection, "10000017")) is None


async def test_with_the_sandbox_off_no_published_password_logs_in_and_with_it_on_again_it_does(opened: Store) -> None:
    moving = people(opened, "certified_platform", Stopped())
    await moving.move_in()

    def logged_in(connection: sa.Connection) -> list[account_search.LoginCandidate]:
        return account_search.login_candidates(connection, "4455667@aruba.it")

    assert await opened.read(logged_in)
    await opened.write(lambda c: move_out(cast(UnitOfWork, Bare(c))))
    assert await opened.read(logged_in) == []
    await opened.write(lambda c: move_out(cast(UnitOfWork, Bare(c))))
    await moving.move_in()
    (candidate,) = await opened.read(logged_in)
    assert await Argon2Hasher().verify(candidate.password_hash, "Privata2026!x")


@dataclass(frozen=True)
class Bare:
    """A transaction in which nobody is to be told anything."""

    connection: sa.Connection


async def roles(store: Store) -> dict[str, tuple[str, bool]]:
    return {
        agent.login: (agent.role, agent.disabled_at is None) for agent in await store.read(agent_accounts.list_agents)
    }


async def test_they_move_in_and_out(store: Store) -> None:
    moving, hasher = SandboxAgents(store, Moved()), Argon2Hasher()
    await store.write(lambda c: put(c, "ola"))
    for _ in range(2):
        await moving.move_in(hasher)
        assert await roles(store) == {"anna": ("agent", True), "marek": ("supervisor", True), "ola": ("agent", True)}
    anna = present(await store.read(lambda c: agent_accounts.by_login(c, "anna")))
    assert await hasher.verify(anna.password_hash or "", "sandbox")
    await store.write(lambda c: sessions.begin(c, session_id="s", token="t", agent_id=anna.id, now=NOW))
    for _ in range(2):
        await moving.move_out()
        assert await roles(store) == {"anna": ("agent", False), "marek": ("supervisor", False), "ola": ("agent", True)}
    assert await store.read(lambda c: sessions.find(c, "t", NOW)) is None
    await moving.move_in(hasher)
    assert (await roles(store))["anna"] == ("agent", True)


async def test_a_real_agent_of_the_name_is_left_alone(store: Store) -> None:
    moving, hasher = SandboxAgents(store, Moved()), Argon2Hasher()
    await store.write(lambda c: put(c, "anna", "admin"))
    await moving.move_in(hasher)
    found = present(await store.read(lambda c: agent_accounts.by_login(c, "anna")))
    assert (found.role, found.password_hash) == ("admin", "hash of right")
    await moving.move_out()
    assert (await roles(store))["anna"] == ("admin", True)
