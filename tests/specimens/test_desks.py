"""A desk of an earlier release goes on as today's: same files, same key, every customer finishes what was begun."""

import asyncio
import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import build
from dialogs.versions import VERSION
from services.clock import SystemClock
from services.store import migrate
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.specimens.archives import releases
from tests.specimens.make import version
from tests.specimens.make_desk import TELEGRAM_CHAT, unpack
from values.consent import fingerprint

pytestmark = pytest.mark.anyio

# The present release's own is tried once it has become an earlier one.
DESKS = [release for release in releases() if release != version()]
PAUSE = timedelta(minutes=1)

# With something under way outside: a code, a letter, a payment, a call in the outbox.
UNDER_WAY = ("contact.contact_code", "code mistyped", "code not sent yet", "order.email_link", "payment.payment")


def after_a_minute(folder: Path, then: datetime) -> None:
    """Whenever this test runs, the desk was away for a minute; meanwhile the operator of SMS has come back."""
    offset = then + PAUSE - SystemClock().now()
    with sqlite3.connect(folder / "sandbox.sqlite3") as sandbox:
        sandbox.execute("DELETE FROM faults")
    with sqlite3.connect(folder / "okienko.sqlite") as database:
        database.execute("INSERT OR REPLACE INTO clock VALUES (1, ?)", (offset // timedelta(microseconds=1),))


# The order's card, behind which these releases awaited the letter's link; today's desk awaits it in front of the card.
LINK_LAST = (0, 18)
CARD = ("order.auto_renewal", "order.method", "order.terms", "order.clauses", "order.confirm", "order.pay")


def stands(at: str, release: str) -> str:
    """Return where a customer of an earlier release stands today."""
    link_last = tuple(map(int, release.split(".")[:2])) <= LINK_LAST
    return "order.email_link" if link_last and at in CARD else at


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


async def finish(desk: Running, known: dict[str, Any], release: str) -> None:
    """Stands where the customer stood, goes the rest of the way, and has each thing once."""
    scripted = await come_back(desk, known)
    if known["at"] != "contact.sending":
        assert scripted.customer.at == stands(known["at"], release)
    # Buttons are of a message, and those were seen before the upgrade: the question is asked again.
    await scripted.customer.say("/help")
    await scripted.run()
    assert [order["status"] for order in (await desk.card(scripted.person.email))["orders"]] == ["paid"]
    assert len([message["text"] for message in await desk.outbox(scripted.person.phone)]) == 1, "a code was sent again"


async def is_answered(chat: Chat, known: dict[str, Any]) -> None:
    """The answer that couldn't be sent is sent, nothing else is sent again, and the talk goes on."""
    chat.api.update_id, chat.api.message_id = known["update_id"], known["message_id"]
    assert "hasł" in await chat.answered(0)  # in the words of whichever release
    await chat.say("gdzie jestem")
    await chat.answered(1)
    assert len(chat.texts) == 2


async def all_finish(folder: Path, told: dict[str, Any], release: str, *places: str, **settings: Any) -> None:
    """Today's desk on these files; the customers of these places, by default all, go on at once."""
    async with (
        bot_api() as telegram,
        telegram_desk(folder, telegram, secret_key=told["secret_key"], **settings) as desk,
    ):
        at_todays_address(desk)
        await is_answered(Chat(telegram, desk, TELEGRAM_CHAT), told["telegram"])
        people = (told["people"][place] for place in places or told["people"])
        await asyncio.gather(*(finish(desk, known, release) for known in people))


async def test_every_customer_of_an_earlier_release_finishes(release: str, tmp_path: Path) -> None:
    told, then = unpack(release, tmp_path)
    after_a_minute(tmp_path, then)
    before = versions_stored(tmp_path)

    await all_finish(tmp_path, told, release)

    assert max(before) <= VERSION
    assert versions_stored(tmp_path) == {VERSION}
    assert migrate.current(f"sqlite:///{tmp_path}/okienko.sqlite") == migrate.find_newest()


async def test_consents_get_the_words_that_were_shown(release: str, tmp_path: Path) -> None:
    """The fingerprint proves the sentence; the full text of today, which nobody had been shown, isn't put under it."""
    told, then = unpack(release, tmp_path)
    after_a_minute(tmp_path, then)
    with sqlite3.connect(tmp_path / "okienko.sqlite") as database:
        shown = dict(database.execute("SELECT DISTINCT consent_id, text_sha256 FROM consent").fetchall())
        database.execute("UPDATE consent SET text_sha256 = ? WHERE consent_id = 'clauses'", ("0" * 64,))
    accepted = told["people"]["einvoice.einvoice"]["person"]["email"]

    async with bot_api() as telegram, telegram_desk(tmp_path, telegram, secret_key=told["secret_key"]) as desk:
        words = {one["id"]: one["words"] for one in (await desk.card(accepted))["consents"]}

    assert words.pop("clauses") is None, "nothing proves what they were"
    assert {id_: fingerprint(kept) for id_, kept in words.items()} == {id_: shown[id_] for id_ in words}
    assert words["terms"]


async def test_a_desk_moved_to_postgresql_goes_on(tmp_path: Path, postgres: str) -> None:
    """In mid-journey, with a code in the outbox: upgraded, moved by the command, and everybody finishes."""
    told, then = unpack(DESKS[0], tmp_path)
    after_a_minute(tmp_path, then)
    embedded = f"sqlite:///{tmp_path}/okienko.sqlite"
    commands = CliRunner()

    early = commands.invoke(build("db"), ["db", "copy", "--from", embedded, "--to", postgres])
    upgraded = commands.invoke(build("db"), ["db", "upgrade"], env={"OKIENKO_DATABASE_URL": embedded})
    copied = commands.invoke(build("db"), ["db", "copy", "--from", embedded, "--to", postgres])

    assert (early.exit_code, upgraded.exit_code, copied.exit_code) == (1, 0, 0), early.output + copied.output
    assert "okienko db upgrade" in early.stderr
    assert f"{len(told['people']) + 1:>9}  conversation" in copied.stdout, "all customers, and the one on Telegram"
    (tmp_path / "okienko.sqlite").unlink()
    await all_finish(tmp_path, told, DESKS[0], *UNDER_WAY, database_url=postgres)
    assert not (tmp_path / "okienko.sqlite").exists()


@pytest.fixture(params=DESKS)
def release(request: pytest.FixtureRequest) -> str:
    """Each release before this one, which has left a desk."""
    return request.param
