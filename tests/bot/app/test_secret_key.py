"""The signing key: one for all processes on a database, whatever their data folders."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app.secret_key import AnotherKey, key_of, load_or_make
from bot.app.settings import Settings
from services.keyed_hash import ServerKey
from services.store.database import Store, open_store
from services.store.tables.core import installation
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
    url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url")
    store = open_store(url)
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
