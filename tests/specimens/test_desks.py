"""A desk of an earlier release goes on as today's: same files, same key, every customer finishes what was begun."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import build
from dialogs.versions import VERSION
from services.store import migrate
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.specimens.make import HERE
from tests.specimens.make_desk import unpack

pytestmark = pytest.mark.anyio

DESKS = sorted(HERE.glob("*/desk.zip"))
PAUSE = timedelta(minutes=1)

# With something under way outside: a code, a letter, a payment, a call in the outbox.
UNDER_WAY = (
    "contact.contact_code",
    "code mistyped",
    "code not sent yet",
    "order.email_link",
    "payment.payment",
)


def set_clock(folder: Path, moment: datetime) -> None:
    """Lets the desk's clock stand at `moment` now: whenever this test runs, the customers were away for a minute."""
    offset = moment - datetime.now(UTC)
    with sqlite3.connect(folder / "okienko.sqlite") as database:
        database.execute("INSERT OR REPLACE INTO clock VALUES (1, ?)", (offset // timedelta(microseconds=1),))


def versions_stored(folder: Path) -> set[int]:
    with sqlite3.connect(folder / "okienko.sqlite") as database:
        return {json.loads(state)["v"] for (state,) in database.execute("SELECT state FROM conversation")}


def at_todays_address(desk: Running) -> None:
    """The links in letters name the address that the desk had then; a real one keeps its address."""

    async def moved(request: httpx.Request) -> None:
        request.url = request.url.copy_with(port=desk.http.base_url.port)

    desk.http.event_hooks = {"request": [moved]}


async def come_back(desk: Running, known: dict[str, Any]) -> Scripted:
    """The customer looks at the chat that was left open."""
    scripted = Scripted(desk, Person(**known["person"] | {"ways": tuple(known["person"]["ways"])}))
    scripted.customer.sender = known["sender"]
    await scripted.customer.look()
    return scripted


async def finish(desk: Running, known: dict[str, Any]) -> None:
    """Stands where the customer stood, goes the rest of the way, and has each thing once."""
    scripted = await come_back(desk, known)
    if known["at"] != "contact.sending":
        assert scripted.customer.at == known["at"]
    # Buttons are of a message, and those were seen before the upgrade: the question is asked again.
    await scripted.customer.say("/help")
    await scripted.run()
    card = await desk.card(scripted.person.email)
    assert [order["status"] for order in card["orders"]] == ["paid"]
    sent = [message["text"] for message in await desk.outbox(scripted.person.phone)]
    assert len(sent) == 1, "a code was sent again"


async def all_finish(folder: Path, told: dict[str, Any], *places: str, **settings: Any) -> None:
    """Today's desk on these files; the customers of these places, by default all, go on at once."""
    async with running_desk(folder, secret_key=told["secret_key"], **settings) as desk:
        at_todays_address(desk)
        await desk.fault("smsapi", "error", times=0)
        people = (told["people"][place] for place in places or told["people"])
        await asyncio.gather(*(finish(desk, known) for known in people))


async def test_every_customer_of_an_earlier_release_finishes(file: Path, tmp_path: Path) -> None:
    told, then = unpack(file, tmp_path)
    set_clock(tmp_path, then + PAUSE)
    before = versions_stored(tmp_path)

    await all_finish(tmp_path, told)

    assert max(before) <= VERSION
    assert versions_stored(tmp_path) == {VERSION}
    assert migrate.current(f"sqlite:///{tmp_path}/okienko.sqlite") == migrate.revisions()[0]


async def test_a_desk_moved_to_postgresql_goes_on(tmp_path: Path, postgres: str) -> None:
    """In mid-journey, with a code in the outbox: upgraded, moved by the command, and everybody finishes."""
    told, then = unpack(DESKS[0], tmp_path)
    set_clock(tmp_path, then + PAUSE)
    embedded = f"sqlite:///{tmp_path}/okienko.sqlite"
    commands = CliRunner()

    early = commands.invoke(build("db"), ["db", "copy", "--from", embedded, "--to", postgres])
    upgraded = commands.invoke(build("db"), ["db", "upgrade"], env={"OKIENKO_DATABASE_URL": embedded})
    copied = commands.invoke(build("db"), ["db", "copy", "--from", embedded, "--to", postgres])

    assert (early.exit_code, upgraded.exit_code, copied.exit_code) == (1, 0, 0), early.output + copied.output
    assert "okienko db upgrade" in early.stderr
    assert f"{len(told['people']):>9}  conversation" in copied.stdout
    (tmp_path / "okienko.sqlite").unlink()
    await all_finish(tmp_path, told, *UNDER_WAY, database_url=postgres)
    assert not (tmp_path / "okienko.sqlite").exists()


@pytest.fixture(params=DESKS, ids=lambda file: file.parent.name)
def file(request: pytest.FixtureRequest) -> Path:
    """A packed desk of each release."""
    return request.param
