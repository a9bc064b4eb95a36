"""Hundreds of desks begin here: what comes out the same each time is made once."""

import sys
from collections import ChainMap
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina
from sqlalchemy import make_url

from services.store import migrate
from tests.conftest import database_of
from tests.desk.databases import desk_on, on
from tests.desk.quick_starts import Quick, in_place, made_once
from tests.desk.recogniser import Held
from tests.desk.running import Running, running_desk


@pytest.fixture(scope="session")
def _quick(tmp_path_factory: pytest.TempPathFactory) -> Quick:
    return made_once(tmp_path_factory.mktemp("schema") / "desk.sqlite")


@pytest.fixture(autouse=True)
def _made_once(_quick: Quick) -> Iterator[None]:
    """For this room's tests alone: others look at the very things that are made once here. What fails quickly is tried
    again as often as always, one try right after the other."""
    with in_place(_quick), stamina.set_testing(True, attempts=sys.maxsize, cap=True):
        yield


@pytest.fixture
def database() -> str:
    """The database of `desk`; `on_each_database` (databases.py) names both."""
    return "sqlite"


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> AsyncIterator[Running]:
    """A desk set as the marks `desk` of the test and its file say; two on PostgreSQL where they are `replicated`."""
    settings = ChainMap(*(mark.kwargs for mark in request.node.iter_markers("desk")))
    if request.node.get_closest_marker("replicated"):
        opening = desk_on(database, request, tmp_path, **settings)
    else:
        opening = running_desk(tmp_path, **on(database, request), **settings)
    async with opening as desk:
        yield desk


@pytest.fixture
def asked_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which a year goes by: awaited money is asked after four times a day, not every quarter of an hour.
    The quarter of an hour itself is tested where money is (test_notices.py)."""
    monkeypatch.setattr("dialogs.payment.POLL_EVERY", timedelta(hours=6))
    monkeypatch.setattr("bot.usecases.billing.settlement.ASK_AGAIN", timedelta(hours=6))
    monkeypatch.setattr("services.payments.questions.OFTEN", timedelta(days=30))
    monkeypatch.setattr("services.payments.questions.SELDOM", timedelta(days=30))


@pytest.fixture(scope="session")
def _migrated(postgres_server: str) -> Iterator[str]:
    """The name of a database that has the schema and nothing else."""
    with database_of(postgres_server) as url:
        migrate.upgrade(url)
        yield str(make_url(url).database)


@pytest.fixture
def postgres(postgres_server: str, _migrated: str) -> Iterator[str]:
    """As everywhere, but with the schema in it: making that anew takes longer than most tests here."""
    with database_of(postgres_server, _migrated) as url:
        yield url


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """A recogniser that hears when it is let."""
    held = Held()
    monkeypatch.setattr("services.hearing.transcriber.Transcriber.transcribe", held.transcribe)
    monkeypatch.setattr("bot.conversation.pipeline.waits", held.waits)
    return held
