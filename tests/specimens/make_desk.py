"""Makes the specimen of a whole desk of this release: `python -m tests.specimens.make_desk`.

A desk's data folder (database and sandbox) with a customer at every place where one can be for long, and one on
Telegram whose answer couldn't be sent; none of them real; kept in the release's archive (`<version>.zip`). Run once,
when a release is closed; a released one is never made anew.
"""

import asyncio
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bot.handlers.telegram.bot_api import BotApi, Fault
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.specimens.archives import archive, desk, keep_desk
from tests.specimens.make import version

SECRET_KEY = "the key of the specimens' desk; it guards nothing"
PEOPLE = "people.json"
TELEGRAM_CHAT = 7
FILES = ("okienko.sqlite", "sandbox.sqlite3")

# Where the customers stand; each comes there on the straight way.
PLACES = tuple(
    """
    account.start account.email account.secure_page account.consents contact.phone contact.contact_code
    company.tax_number company.confirm order.method order.terms order.clauses order.pay order.email_link
    payment.payment einvoice.einvoice zone.zone
""".split()
)


async def code_not_sent_yet(scripted: Scripted) -> None:
    """The operator is out of order: the code is in the outbox and goes out later."""
    await scripted.run("contact.phone")
    await scripted.desk.fault("smsapi", "error", times=50)
    await scripted.say(scripted.person.phone)


async def code_mistyped(scripted: Scripted) -> None:
    """One try of the code is used up."""
    await scripted.run("contact.contact_code")
    right = await scripted.last_code()
    await scripted.say(f"{(int(right) + 1) % 10**6:06d}")


async def another_number(scripted: Scripted) -> None:
    """A number is proven, another one is to be: the code to that one is awaited."""
    await scripted.run("company.tax_number")
    scripted.person.phone = scripted.person.phone[:-1] + str((int(scripted.person.phone[-1]) + 1) % 10)
    await scripted.say("edit:phone")
    await scripted.say(scripted.person.phone)


async def waiting_for_a_person(scripted: Scripted) -> None:
    """The customer asked for a person in the middle."""
    await scripted.run("order.method")
    await scripted.say("/agent")


MORE: dict[str, Callable[[Scripted], Awaitable[None]]] = {
    "code mistyped": code_mistyped,
    "another number": another_number,
    "waiting for a person": waiting_for_a_person,
    "code not sent yet": code_not_sent_yet,  # the last one: nobody gets an SMS after it
}


async def unanswered(telegram: BotApi, desk: Running) -> dict[str, Any]:
    """Somebody on Telegram gives an e-mail address, and Telegram takes no answer; what Telegram knows of it all."""
    chat = Chat(telegram, desk, TELEGRAM_CHAT)
    await chat.press_after("/start", "start:buy")
    await chat.press("account:new")
    await chat.answered(2)
    telegram.faults["sendMessage"].extend([Fault(500, "Internal")] * 1000)
    await chat.taken(telegram.text(chat.id, "klient.telegram@example.com"))
    return {"update_id": telegram.update_id, "message_id": telegram.message_id}


async def people(desk: Running) -> dict[str, Any]:
    """Lets the customers come; tells who they are, where they stand and when that was."""
    known: dict[str, Any] = {}
    for number, place in enumerate((*PLACES, *MORE)):
        person = Person(email=f"klient.{number}@example.com", phone=f"+48512000{number * 2:03d}")
        scripted = Scripted(desk, person)
        await MORE[place](scripted) if place in MORE else await scripted.run(place)
        customer = scripted.customer
        known[place] = {"person": asdict(person), "sender": customer.sender, "at": customer.at}
    return {"secret_key": SECRET_KEY, "now": (await desk.advance(0))["now"], "people": known}


def closed(folder: Path) -> dict[str, bytes]:
    """The folder's databases without their gaps, and the list of people."""
    for name in FILES:
        database = sqlite3.connect(folder / name)
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("VACUUM")
        database.close()
    return {name: (folder / name).read_bytes() for name in (*FILES, PEOPLE)}


def unpack(release: str, folder: Path) -> tuple[dict[str, Any], datetime]:
    """A desk of an earlier release, ready to be started in `folder`: its people, and when they were left."""
    for name, content in desk(release).items():
        (folder / name).write_bytes(content)
    told = json.loads((folder / PEOPLE).read_text("utf-8"))
    return told, datetime.fromisoformat(told["now"])


async def make(target: Path) -> None:
    """Puts the desk into the archive `target`."""
    folder = Path(tempfile.mkdtemp())
    try:
        async with bot_api() as telegram, telegram_desk(folder, telegram, secret_key=SECRET_KEY) as desk:
            known = await unanswered(telegram, desk)
            told = {**await people(desk), "telegram": known}
        (folder / PEOPLE).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        keep_desk(target, closed(folder))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    asyncio.run(make(archive(version())))
