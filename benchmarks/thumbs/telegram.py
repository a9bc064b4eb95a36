"""Plays a journey on the sandbox's Telegram, by what is offered there, and counts what it takes.

`python -m benchmarks.thumbs.telegram [--locale it] [--page] [--pictures DIR]`; model and limits are those of
benchmarks/thumb.py.
"""

import argparse
import asyncio
import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from httpx import AsyncClient
from playwright.async_api import async_playwright

from benchmarks.thumb import FLAGS, PHONE, desk_of
from benchmarks.thumbs import limits
from benchmarks.thumbs.chat import Chat
from benchmarks.thumbs.hands import PAUSE_S
from benchmarks.thumbs.journeys import TELEGRAM, Journey
from benchmarks.thumbs.player import ORDERS, Player
from benchmarks.thumbs.sandbox import Sandbox
from benchmarks.thumbs.screen import View
from benchmarks.thumbs.tally import Tally, unquoted, words
from bot.app import logs
from bot.conversation.outbound import Reply
from bot.handlers.telegram.buttons import Looks
from bot.handlers.telegram.command_menu import shipped_words
from bot.handlers.telegram.send import _forms

PERSONS = {"pl": 501_000_001, "it": 501_000_002, "en": 501_000_003}
"""Who is there from the start, by language."""
STEPS = {
    "zone:my_account": ("", "nothing"),
    "account:new": ("account.account", "choice"),
    "contact_code:again": ("contact.contact_code", "contact_code"),
    "email_link:again": ("account.email_link", "email_link"),
    "/p/": ("payment.wait", "payment"),
    "/s/": ("account.password", "secure_page"),
}
"""Steps and what they expect, by what is offered: the first of these that is. Where none is, there is a choice."""


@dataclass
class TelegramChat(Chat):
    """The chat on the sandbox's Telegram: `path` is that of what the sandbox knows of the talk."""

    http: AsyncClient
    path: str

    async def look(self) -> View:
        """Look at the chat, which shows what the sandbox knows."""
        now = (await self.http.get(self.path)).json()
        lines = [_line(message) for message in now["messages"]]
        told = [line for line in lines if line["author"] == "desk"]
        shown = [(str(line["id"]), "\n".join((line["text"], *line["titles"]))) for line in told]
        desk = [str(line["id"]) for line in told]
        return View(lines, _standing(lines[-1]) if lines else None, shown, desk, bool(now["typing"]), {})


def _line(message: Any) -> dict[str, Any]:
    """A message as the desk's own history has it, with its links beside its buttons."""
    keys = [key for row in (message.get("reply_markup") or {}).get("inline_keyboard", ()) for key in row]
    links = [key["url"] for key in keys if "url" in key]
    sent = [(key["callback_data"].partition("|")[2], key["text"]) for key in keys if "callback_data" in key]
    orders = {"kind": "order", "key": "order", "title": message["text"].partition("\n")[0]}
    return {
        "card": orders if any(payload == ORDERS for payload, _ in sent) else None,
        "id": message["message_id"],
        "seq": message["message_id"],
        "author": "desk" if message["from"]["is_bot"] else "customer",
        "text": message["text"],
        "titles": [key["text"] for key in keys],
        "buttons": [{"payload": payload, "title": title} for payload, title in sent if payload],
        "links": [{"rel": STEPS[at][1], "href": url} for url in links if (at := urlsplit(url).path[:3]) in STEPS],
    }


def _standing(last: Any) -> dict[str, Any]:
    offered = {button["payload"] for button in last["buttons"]} | {
        urlsplit(link["href"]).path[:3] for link in last["links"]
    }
    at, expects = next((step for sign, step in STEPS.items() if sign in offered), ("", "choice"))
    dialog, _, step = at.partition(".")
    return {"dialog": dialog, "step": step, "expects": expects, "links": last["links"]}


async def measure(journey: Journey, chromium: str, pictures: Path | None) -> Player:
    """Play the journey on a desk of its own, from Start until its end is offered."""
    async with desk_of(journey) as address, AsyncClient(base_url=address) as http, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await (await browser.new_context(**PHONE, locale=journey.locale)).new_page()
        page.context.set_default_timeout(20_000)
        while not (bots := (await http.get("/sandbox/telegram/api/people")).json()["bots"]):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_S)
        bot, person = bots[0]["username"], PERSONS[journey.locale[:2]]
        await page.goto(f"{address}/sandbox/telegram/{bot}#{person}")
        player = Player(journey, page, Sandbox(http), pictures)
        player.chat = TelegramChat(
            page, player.pages, player.hands, http, f"/sandbox/telegram/api/chats/{bot}/{person}"
        )
        await page.locator(".does:visible").wait_for()
        player.tally.read_page("before", [await page.locator(".does:visible").inner_text()])
        await player.hands.tap(page.locator("#start"), "Start")
        await player.play(journey.ways, pictured=True)
        await browser.close()
        return player


def read(messages: Iterable[Reply], quotations: Sequence[str]) -> dict[str, int]:
    """The words of these messages as Telegram shows them: of the largest one, and of all that somebody reads.

    A card that changes in its place counts what it gains.
    """
    tally, largest, looks = Tally(quotations), 0, Looks(shipped_words())
    for message in messages:
        form = next(_forms(message, looks))
        keys = [str(key["text"]) for row in (form.markup or {}).get("inline_keyboard", ()) for key in row]
        shown = "\n".join((re.sub("<[^>]+>", "", "\n".join(form.parts)), *keys))
        tally.read([(message.card.key if message.card else str(message.id), shown)])
        largest = max(largest, len(words(unquoted(shown, quotations))))
    return {"largest": largest, "straight": tally.counts().own_words}


def figures(player: Player) -> dict[str, int]:
    """The figures of a journey that have limits."""
    misses = {"hidden": player.hidden, "out_of_view": player.hands.out_of_view}
    return limits.limited({**player.tally.counts().figures(), **misses})


def main(arguments: Sequence[str] | None = None) -> int:
    """The script's entry."""
    parser = argparse.ArgumentParser(description="Count what FakturaSmart's happy path takes on Telegram.")
    parser.add_argument("--locale", choices=sorted(PERSONS), default="pl")
    parser.add_argument("--page", action="store_true", help="as benchmarks.thumb")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="take a picture of every screen")
    asked = parser.parse_args(arguments)
    logs.configure("error")
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    journey = next(one for one in TELEGRAM if one.locale == asked.locale)
    player = asyncio.run(measure(journey, chromium, asked.pictures))
    print(json.dumps(player.tally.counts().figures()))
    print(*player.trail, sep="\n")
    print(json.dumps({"words_by_message": player.tally.words_by_message(), "hidden": sorted(player.hidden)}))
    found = {journey.name: figures(player)}
    over = (limits.lower if asked.page else limits.above)("thumb", found)
    print(*over, sep="\n", file=sys.stderr)
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
