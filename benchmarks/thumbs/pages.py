"""The pages outside the chat: a secret is typed there, and the bank's is one of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from benchmarks.thumbs.hands import EMPTIED, FIELDS, PAUSE_S, Hands
from benchmarks.thumbs.screen import texts

GLANCE_MS, CHECKED_MS, LOADED_MS = 1_000, 10_000, 20_000
MOST_FORMS = 4
OWN_PAGES = ("/s/", "/p/")
CHAT, TELEGRAM = "/chat", "/sandbox/telegram/"
SEND = "form button:visible:not([name=forgot]):not([type=button])"
PROPOSES = "#propose:visible"


@dataclass
class Pages:
    """Goes through pages by this thumb.

    `known` tells what is typed into a field, by its name; `proposed` is the password that a page proposed and this
    customer took.
    """

    hands: Hands
    known: Callable[[str], str]
    picture: Callable[[Page, str], Awaitable[None]]
    proposed: str = ""
    _visited: int = 0

    async def fill(self, page: Page, at: str) -> None:
        """Go through a page and return to the chat; one that is done may close by itself at any moment."""
        self._visited += 1
        try:
            await self._go_through(page, at)
        except BrowserError:
            if not page.is_closed():
                raise

    async def _go_through(self, page: Page, at: str) -> None:
        """Fill in and send the forms of a page, one after the other, then return to the chat."""
        for number in range(MOST_FORMS):
            await _loaded(page)
            checking = await page.locator("#again").count()  # asked first: the page may go back at this very moment
            if in_chat(page) or (checking and await _gone(page, CHECKED_MS)):
                return  # whether the bank's notice is still being waited for is chance: that page isn't counted
            await self._read(page, f"{at}-page{number}")
            if not await page.locator(SEND).count():
                break
            await self._send(page, at, f"{at}-page{number}-filled")
            if await _gone(page):
                return
        await self._return(page, at)

    async def _send(self, page: Page, at: str, picture: str) -> None:
        """Fill in one form and press its button. What the desk has filled in stays; a real bank knows nothing yet."""
        tally, elsewhere = self.hands.tally, not urlsplit(page.url).path.startswith(OWN_PAGES)
        taps, hint = tally.taps, ""
        if await page.locator(PROPOSES).count():
            await self.hands.tap(page.locator(PROPOSES), f"{at}: take the proposed password")
            self.proposed = await page.locator("#password").input_value()
        for box in await page.locator(FIELDS).all():
            if elsewhere:
                await box.evaluate(EMPTIED)
            if await box.input_value():
                continue
            name = await box.get_attribute("name") or ""
            line = self.proposed if name == "password" and self.proposed else self.known(name)
            await self.hands.type(box, line, f"{at}: fill in the page")
            tally.fields += not elsewhere
            await self._read(page, picture)
            hint = await self.hands.go_on(box)
        tally.decisions += 1
        if hint != "go":
            await self.hands.tap(page.locator(SEND).first, f"{at}: send the page")
        tally.bank_taps += (tally.taps - taps) * elsewhere

    async def _return(self, page: Page, at: str) -> None:
        """Come back to the chat by the page's own button, else by closing it: one tap either way."""
        if in_chat(page):
            return
        back = page.locator("#back:visible")
        if await back.count():
            await self.hands.tap(back.last, f"{at}: back to the chat")
            await asyncio.sleep(5 * PAUSE_S)
        else:
            self.hands.act(f"{at}: close the page")
        if page.context.pages[0] is not page and not page.is_closed():
            await page.close()

    async def _read(self, page: Page, name: str) -> None:
        """Count what a page shows."""
        if page.is_closed():
            return
        self.hands.tally.read_page(f"page {self._visited}", await texts(page))
        await self.picture(page, name)


def in_chat(page: Page) -> bool:
    """Tell whether a page is the chat, there or on Telegram."""
    path = urlsplit(page.url).path
    return path == CHAT or path.startswith(TELEGRAM)


async def _loaded(page: Page) -> None:
    """Wait until a page has loaded, or isn't there any more: the chat, with its stream open, never comes to an end."""
    for _ in range(int(LOADED_MS / GLANCE_MS)):
        if page.is_closed() or in_chat(page):
            return
        with suppress(BrowserError):
            await page.wait_for_load_state("networkidle", timeout=GLANCE_MS)
            return


async def _gone(page: Page, within_ms: int = GLANCE_MS) -> bool:
    """Wait for a sent page to close or go back by itself; False if it stays long enough to be read and pressed."""
    await _loaded(page)
    for _ in range(int(within_ms / 1000 / PAUSE_S)):
        if page.is_closed() or in_chat(page):
            return True
        await asyncio.sleep(PAUSE_S)
    return False
