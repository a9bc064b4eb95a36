"""Processes of one seller with other contents: a rollout is fine, a draft left running isn't."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app.profile_contents import ROLLOUT, ProfileWatch, digest
from services.store import migrate
from services.store.database import Store, open_store
from tests.architecture.rooms import ROOT


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    url = f"sqlite:///{tmp_path}/desk.sqlite"
    migrate.upgrade(url)
    found = open_store(url)
    yield found
    await found.close()


async def minutes(clock: Hands, count: float, *watches: ProfileWatch) -> list[str]:
    """Let them look each minute; the alarms of that time."""
    with capture_logs() as log:
        for _ in range(int(count)):
            clock.moment += timedelta(minutes=1)
            for watch in watches:
                await watch.look()
    return [f"{line['ours']} beside {line['theirs']}" for line in log if line["event"] == "profile_differs"]


async def test_other_contents_alarm_when_it_is_no_rollout_any_more(store: Store) -> None:
    clock = Hands()
    old, new = ProfileWatch(store, clock, "desk-1:7", "aaa"), ProfileWatch(store, clock, "desk-2:8", "bbb")
    assert await minutes(clock, ROLLOUT / timedelta(minutes=1), old, new) == []
    assert set(await minutes(clock, 3, old, new)) == {"aaa beside ['bbb']", "bbb beside ['aaa']"}


async def test_a_rollout_is_no_alarm_and_a_dead_process_no_other(store: Store) -> None:
    clock = Hands()
    old, new = ProfileWatch(store, clock, "desk-1:7", "aaa"), ProfileWatch(store, clock, "desk-2:8", "bbb")
    await minutes(clock, 5, old, new)
    after = ProfileWatch(store, clock, "desk-1:9", "bbb")  # the old one is killed, its note stays
    assert await minutes(clock, 30, new, after) == []


def test_the_digest_is_of_what_customers_meet(tmp_path: Path) -> None:
    folder = tmp_path / "seller"
    shutil.copytree(ROOT / "profiles" / "r2platnik", folder)
    before = digest(folder)
    (folder / "tests" / "more.txt").write_text("only played")
    (folder / ".profile.toml.swp").write_text("an editor's")
    assert before == digest(folder) == digest(ROOT / "profiles" / "r2platnik")
    with (folder / "profile.toml").open("a") as file:
        file.write("\n# another price\n")
    assert digest(folder) != before
