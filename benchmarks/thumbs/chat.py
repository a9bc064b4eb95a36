"""The chat as a customer watches it: until it has come to rest, until something new is said."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from benchmarks.thumbs.hands import PAUSE_S, Hands
from benchmarks.thumbs.journeys import Stuck
from benchmarks.thumbs.pages import Pages, in_chat
from benchmarks.thumbs.screen import View, look

PATIENCE_S, CALM_S = 30.0, 0.5


@dataclass
class Chat:
    """The page of the chat; it may go to the desk's own pages and to the bank's by itself."""

    page: Page
    pages: Pages
    hands: Hands

    async def settled(self) -> View:
        """The chat once it has come to rest; whoever was sent elsewhere waits for what comes of it."""
        calm, before = 0.0, None
        view = await self.look()
        waited = 0.0
        while waited < PATIENCE_S:
            now = (view.lines, view.standing, view.shown)
            answered = bool(view.lines) and view.lines[-1]["author"] != "customer"
            resting = now == before and not view.busy and view.expects != "wait" and (answered or calm > 2 * CALM_S)
            calm = calm + PAUSE_S if resting or now == before else 0.0
            if calm >= CALM_S and (resting or calm > 4 * CALM_S) and view.expects != "wait":
                return view
            before = now
            await asyncio.sleep(PAUSE_S)
            waited += PAUSE_S
            view = await self.look()
        raise Stuck(f"no rest at {view.at}: {self.hands.trail[-5:]}")

    async def look(self) -> View:
        """Look at the chat; where it has led on to the bank's page by itself, first do there what is to be done."""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            if in_chat(self.page):
                with suppress(BrowserError):  # it is just being left
                    return await look(self.page)
            else:
                self.hands.tally.banks += "/s/" not in self.page.url
                await self.pages.fill(self.page, "page")
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"not in the chat any more: {self.hands.trail[-5:]}")

    async def until_changed(self, view: View) -> None:
        """Wait until the desk has taken the answer."""
        if not await self.changes(view, PATIENCE_S):
            raise Stuck(f"at {view.at}: nothing came of {self.hands.trail[-1]}")

    async def changes(self, view: View, within_s: float) -> bool:
        """Tell whether the desk says anything new in this time."""
        for _ in range(int(within_s / PAUSE_S)):
            now = await self.look()
            if (now.standing, now.lines) != (view.standing, view.lines):
                return True
            await asyncio.sleep(PAUSE_S)
        return False
