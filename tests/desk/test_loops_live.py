"""A desk whose loops fail: once, and each begins again; for ever, and customers are served all the same."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.usecases.privacy.housekeeping import Housekeeping
from services import tasks
from services.clock import SystemClock
from services.store import announce
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.databases import desk_on, on_each_database
from tests.kit.talks import says


class Boom(Exception):
    """Whatever a loop didn't expect."""


#: Loops that every desk has, and those of each database.
EVERY = {"delivery-sweep", "events-sweep", "housekeeping", "refusals", "telegram", "telegram-profile"}
OF = {
    "sqlite": EVERY | {"timers", "worker-claims", "worker-leases", "sandbox-timers"},
    "postgresql": EVERY | {"queue", "queue-sweep", "leases", "listener", "presence", "floods"},
}


@on_each_database
async def test_each_loop_that_fails_begins_again(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, kept = Counter[str](), tasks.keep

    def throwing(name: str, body: Callable[[], Awaitable[None]]) -> object:
        async def thrown() -> None:
            begun[name] += 1
            if begun[name] == 1:
                raise Boom
            await body()

        return kept(name, thrown)

    monkeypatch.setattr(tasks, "keep", throwing)
    monkeypatch.setattr(tasks, "FIRST_PAUSE_S", 0.01)
    with capture_logs() as log:
        async with desk_on(database, request, tmp_path, telegram_mode="polling") as desk:
            await until(lambda: all(begun[name] > 1 for name in OF[database]))
            assert (await says(desk.customer(), "/start")).at
            assert (await desk.http.get("/readyz")).json() == {"status": "ready", "down": []}
    assert {line["loop"] for line in log if line["event"] == "loop_failed"} >= OF[database]


async def test_whichever_fails_for_ever_customers_are_served(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tasks.keep
    needed = {"worker-claims", "sandbox-timers"}  # what brings a machine's answer; without them a message waits for it

    def throwing(name: str, body: Callable[[], Awaitable[None]]) -> object:
        async def thrown() -> None:
            raise Boom

        return kept(name, body if name in needed else thrown)

    monkeypatch.setattr(tasks, "keep", throwing)
    monkeypatch.setattr(tasks, "FIRST_PAUSE_S", 0.01)
    async with desk_on("sqlite", request, tmp_path) as desk:
        assert (await says(desk.customer(), "/start")).at
        told = await desk.http.get("/readyz")
        assert told.status_code == 200
        assert {"timers", "delivery-sweep", "refusals"} <= set(told.json()["down"])
        assert 'okienko_loop_up{loop="timers"} 0.0' in (await desk.http.get("/metrics")).text


APPEND_ONLY = {
    "sqlite": ["create trigger no_delete before delete on audit begin select raise(abort, 'append-only'); end"],
    "postgresql": [
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'append-only'; end $$",
        "create trigger no_delete before delete on audit for each statement execute function refuse()",
    ],
}


@on_each_database
async def test_a_table_that_refuses_deletion_keeps_no_other_rule_from_its_work(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with desk_on(database, request, tmp_path) as desk:
        await says(desk.customer(), "/start")
        installation = desk.installation
        store, metrics = installation.store, installation.deps.metrics
        later = SystemClock(installation.clock.offset + timedelta(days=3 * 366))
        housekeeping = Housekeeping(store, later, installation.profile.seller.privacy, metrics.retention)

        def refuse(connection: sa.Connection) -> None:
            for statement in APPEND_ONLY[database]:
                connection.execute(sa.text(statement))
            connection.execute(
                sa.text("insert into audit (at, what, details) values ('2001-01-01 00:00:00', 'x', '{}')")
            )

        await store.write(refuse)
        with capture_logs() as log:
            await housekeeping.run_once()
        told = [line for line in log if line["event"] == "retention_failed"]
        assert {(line["rule"], line["alarm"]) for line in told} == {("audit", True)}
        left = await store.read(lambda c: c.execute(sa.text("select count(*) from conversation")).scalar_one())
        assert left == 0, "the rest went on"
        assert "retention: audit" in metrics.down()
        assert 'okienko_retention_failed{rule="audit"} 1.0' in metrics.text(()).decode()


async def test_a_listener_hears_on_after_words_that_arent_ours(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    async with desk_on("postgresql", request, tmp_path) as desk:
        store, clock = desk.installation.store, desk.installation.clock
        for said in ('["a","x"]', "[]", "null", "garbage", '["a",{}]'):
            await store.write(
                lambda c, said=said: c.execute(
                    sa.text("select pg_notify(:channel, :said)"), {"channel": announce.CLOCK, "said": said}
                )
            )
        moved = str(3_600_000_000)
        await store.write(lambda c: announce.tell(c, announce.CLOCK, "another process", moved))
        await until(lambda: clock.offset.total_seconds() == 3600)
