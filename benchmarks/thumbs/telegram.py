"""Plays a journey on the sandbox's Telegram, pressing what is offered there, and counts what it takes.

`python -m benchmarks.thumbs.telegram [--locale it] [--pictures DIR]`; the model is that of benchmarks/thumb.py.
"""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from httpx import AsyncClient
from playwright.async_api import Page, async_playwright

from benchmarks.thumb import FLAGS, PHONE, desk_of
from benchmarks.thumbs.hands import PAUSE_S, Hands
from benchmarks.thumbs.journeys import FAKTURASMART, Journey, Stuck
from benchmarks.thumbs.pages import Pages
from benchmarks.thumbs.sandbox import CODE, Sandbox
from benchmarks.thumbs.tally import Tally
from bot.app import logs

PERSONS = {"pl": 501_000_001, "it": 501_000_002, "en": 501_000_003}
"""Who is there from the start, by language."""
MOST_STEPS, PATIENCE_S, CALM_S = 40, 30.0, 0.6
ACCOUNT, TYPED = "account:new", ("email", "phone", "tax_number")
"""Where no account is there yet, its data are asked for, and typed at once."""
END = "zone:my_account"


@dataclass
class TelegramPlayer:
    """A customer with Telegram on a phone: `chat` is the path of what the sandbox knows of the talk."""

    journey: Journey
    page: Page
    sandbox: Sandbox
    chat: str
    pictures: Path | None = None
    tally: Tally = field(default_factory=Tally)
    _given: set[str] = field(default_factory=set[str])
    _screens: int = 0

    def __post_init__(self) -> None:
        """Take the phone in hand."""
        self.hands = Hands(self.tally)
        self._pages = Pages(self.hands, self._known_page, self._picture)

    async def play(self) -> None:
        """Press Start, and go on until the journey's end is offered."""
        await self.page.locator(".does:visible").wait_for()
        self.tally.read_page("before", [await self.page.locator(".does:visible").inner_text()])
        await self.hands.tap(self.page.locator("#start"), "Start")
        for _ in range(MOST_STEPS):
            keys, text = await self._settled()
            await self._picture(self.page, "chat")
            if END in keys:
                return
            await self._act(keys, text)
            self.tally.decisions += 1
        raise Stuck(f"no end after {self.hands.trail[-5:]}")

    async def _act(self, keys: dict[str, Any], text: str) -> None:
        """Give the next answer."""
        way = next((way for way in self.journey.ways if way in keys and way not in self._given), None)
        if ACCOUNT in keys:
            await self._write(" ".join(self.journey.typed[name] for name in TYPED))
        elif "contact_code:again" in keys:
            letter = [await self._code("email")] if "e-mail" in text.lower() else []
            await self._write(" ".join([await self._code("sms"), *letter]))
        elif "email_link:again" in keys:
            await self._write(await self._code("email"))
        elif way is not None:
            self._given.add(way)
            await self.hands.tap(self.page.locator(f'[data-data="{keys[way]["callback_data"]}"]').last, f"press {way}")
        elif link := next((key["url"] for key in keys.values() if "url" in key), None):
            await self._visit(link)
        else:
            raise Stuck(f"none of {sorted(keys)} after {self.hands.trail[-5:]}")

    async def _visit(self, href: str) -> None:
        """Go by a button to a page of the desk's or the bank's, do what is to be done there, and come back."""
        path = urlsplit(href).path
        self.tally.banks += path.startswith("/p/")
        async with self.page.context.expect_page() as opening:
            await self.hands.tap(self.page.locator(f'a.key[href*="{path}"]').last, f"follow {path[:3]}")
        await self._pages.fill(await opening.value, path[:3])
        await asyncio.sleep(CALM_S)

    async def _write(self, line: str) -> None:
        """Type into the chat, and press the arrow."""
        await self.hands.type(self.page.locator("#text"), line, f"type {line}")
        await self.page.keyboard.press("Enter")
        self.tally.keys += 1
        self.tally.lines += 1
        self.tally.fields += 1

    async def _code(self, kind: str) -> str:
        self.hands.leave(kind)
        found = CODE.search((await self.sandbox.newest(kind))["text"])
        if found is None:
            raise Stuck(f"no code in the {kind}")
        return found[0]

    async def _settled(self) -> tuple[dict[str, Any], str]:
        """The last message's buttons by what they send, and its words, once nothing changes any more."""
        calm, before = 0.0, ""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            now = (await self.sandbox.http.get(self.chat)).json()
            seen = json.dumps(now["messages"])
            said = [one for one in now["messages"] if one["from"]["is_bot"]]
            calm = calm + PAUSE_S if seen == before and said and not now["typing"] else 0.0
            if calm >= CALM_S and now["messages"][-1]["from"]["is_bot"]:
                self._read(said)
                return _keys(said[-1]), said[-1]["text"]
            before = seen
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"no rest after {self.hands.trail[-5:]}")

    def _read(self, said: Sequence[Any]) -> None:
        """Count what the chat shows: the bot's messages with their buttons."""
        for one in said:
            self.tally.hear(str(one["message_id"]))
        rows = [(str(one["message_id"]), "\n".join((one["text"], *_titles(one)))) for one in said]
        self.tally.read(rows)

    def _known_page(self, name: str) -> str:
        return self.journey.typed[f"page.{'password' if name.startswith('password') else name}"]

    async def _picture(self, page: Page, name: str) -> None:
        if self.pictures is not None:
            self._screens += 1
            self.pictures.mkdir(parents=True, exist_ok=True)
            await asyncio.sleep(1)  # the stand-in looks for news twice a second
            await page.screenshot(path=self.pictures / f"{self._screens:02d}-{name.replace('/', '')}.png")


def _rows(message: Any) -> list[Any]:
    return [key for row in (message.get("reply_markup") or {}).get("inline_keyboard", ()) for key in row]


def _titles(message: Any) -> list[str]:
    return [key["text"] for key in _rows(message)]


def _keys(message: Any) -> dict[str, Any]:
    return {
        key.get("callback_data", key.get("url", "")).partition("|")[2] or key["text"]: key for key in _rows(message)
    }


async def measure(journey: Journey, chromium: str, pictures: Path | None) -> TelegramPlayer:
    """Play the journey on a desk of its own."""
    async with desk_of(journey) as address, AsyncClient(base_url=address) as http, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await (await browser.new_context(**PHONE, locale=journey.locale)).new_page()
        page.context.set_default_timeout(20_000)
        while not (bots := (await http.get("/sandbox/telegram/api/people")).json()["bots"]):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_S)
        bot, person = bots[0]["username"], PERSONS[journey.locale[:2]]
        await page.goto(f"{address}/sandbox/telegram/{bot}#{person}")
        player = TelegramPlayer(journey, page, Sandbox(http), f"/sandbox/telegram/api/chats/{bot}/{person}", pictures)
        await player.play()
        await browser.close()
        return player


def main(arguments: Sequence[str] | None = None) -> int:
    """The script's entry."""
    parser = argparse.ArgumentParser(description="Count what FakturaSmart's happy path takes on Telegram.")
    parser.add_argument("--locale", choices=sorted(PERSONS), default="pl")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="take a picture of every screen")
    asked = parser.parse_args(arguments)
    logs.configure("error")
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    player = asyncio.run(measure(replace(FAKTURASMART, locale=asked.locale), chromium, asked.pictures))
    counts = player.tally.counts()
    print(json.dumps(counts.figures()))
    print(*player.hands.trail, sep="\n")
    print(json.dumps(player.tally.words_by_message()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
