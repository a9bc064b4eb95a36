"""Hundreds of desks begin here: what comes out the same each time is made once."""

import os
import sys
from collections import ChainMap
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina
from playwright.async_api import Browser, BrowserContext, async_playwright
from sqlalchemy import make_url

from services.store import migrate
from tests.conftest import database_of
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import desk_on, on
from tests.desk.forum import Forum, forum_on
from tests.desk.helpdesk import Helpdesk, help_desk
from tests.desk.quick_starts import Quick, in_place, made_once
from tests.desk.recogniser import Held
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted
from tests.desk.stages import Stage, desk_at
from tests.desk.visitor import FLAGS
from tests.kit.browsers import DESKTOP, PHONE, window


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


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Each database, as a setting of a desk that the test opens itself."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres")}


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run's stages are kept (stages.py): one folder for all its processes."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "stages"


@pytest.fixture
async def _met(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, stages: Path
) -> AsyncIterator[tuple[Running, Scripted | None]]:
    settings = dict(ChainMap(*(mark.kwargs for mark in request.node.iter_markers("desk"))))
    mark = request.node.get_closest_marker("stage")
    stage = mark and Stage.of(*mark.args, **mark.kwargs)
    replicated = request.node.get_closest_marker("replicated")
    if stage and database == "sqlite" and not replicated:
        async with desk_at(stages, tmp_path, stage, **settings) as met:
            yield met
        return
    if replicated:
        opening = desk_on(database, request, tmp_path, **settings)
    else:
        opening = running_desk(tmp_path, **on(database, request), **settings)
    async with opening as desk:
        yield desk, stage and await stage.walk(desk, **stage.person)


@pytest.fixture
def desk(_met: tuple[Running, Scripted | None]) -> Running:
    """A desk set as the marks `desk` of the test and its file say; two on PostgreSQL where they are `replicated`."""
    return _met[0]


@pytest.fixture
def buyer(_met: tuple[Running, Scripted | None]) -> Scripted:
    """The one who stands at `desk` where the mark `stage` of the test or its file says (stages.py)."""
    assert _met[1] is not None, "no mark `stage`"
    return _met[1]


@pytest.fixture
def asked_seldom(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    """For tests in which a year goes by: awaited money is asked after four times a day, not every quarter of an hour,
    and of a file what has served its time is swept once a week. The quarter of an hour itself is tested where money is
    (test_notices.py), the day in test_housekeeping.py."""
    monkeypatch.setattr("dialogs.payment.POLL_EVERY", timedelta(hours=6))
    monkeypatch.setattr("bot.usecases.billing.settlement.ASK_AGAIN", timedelta(hours=6))
    monkeypatch.setattr("services.payments.questions.OFTEN", timedelta(days=30))
    monkeypatch.setattr("services.payments.questions.SELDOM", timedelta(days=30))
    if database == "sqlite":
        monkeypatch.setattr("bot.usecases.privacy.housekeeping.A_DAY", timedelta(days=7))


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


@pytest.fixture
async def forum(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Forum]:
    """A desk whose agents have a group (forum.py)."""
    async with forum_on(database, request, tmp_path) as found:
        yield found


@pytest.fixture
async def helpdesk(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Helpdesk]:
    """A desk whose seller keeps a help desk (helpdesk.py)."""
    async with help_desk(database, request, tmp_path) as (_, found):
        yield found


@pytest.fixture(scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    """One for all tests of a process, each in windows of its own (tests/kit/browsers.py)."""
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)


@pytest.fixture
async def phone(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A window as wide as a phone."""
    async with window(chromium, PHONE) as context:
        yield context


@pytest.fixture
async def office(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A window on a desktop."""
    async with window(chromium, DESKTOP) as context:
        yield context


@pytest.fixture
async def anna(desk: Running) -> AgentHttp:
    """An agent at the console without scripts."""
    return await AgentHttp.logged_in(desk)


@pytest.fixture
async def marek(desk: Running) -> AgentHttp:
    """A supervisor there."""
    return await AgentHttp.logged_in(desk, "marek")
