"""What is in view on the chat page and on others, read off the page itself as a person would."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

SHOWN = Path(__file__).with_name("shown.js").read_text("utf-8")
HISTORY = """async () => {
  const kept = localStorage.getItem("okienko.session");
  let token = kept;
  try {
    token = JSON.parse(kept);
  } catch {
    // It was kept as it is.
  }
  const headers = { "okienko-chat": "1", ...(token ? { "okienko-session": token } : {}) };
  const answer = await fetch("/webchat/history?by-thumb", { headers, cache: "no-store" });
  const talk = answer.ok ? await answer.json() : { lines: [], standing: null };
  return talk.standing ? talk : JSON.parse(document.getElementById("talk").textContent);
}"""
"""The desk's standing of this conversation, asked for as its own scripts ask; `by-thumb` tells this question from
theirs on the wire. Looking begins nothing: whoever hasn't said anything yet sees the greeting that the page came with.
"""


@dataclass(frozen=True)
class View:
    """The chat as it stands: what the desk knows of it, and what the page shows.

    `first`: of each slip's line the first one that it showed.
    """

    lines: list[Any]
    standing: Any
    shown: list[tuple[str, str]]
    desk: list[str]
    busy: bool
    first: dict[str, str]

    @property
    def at(self) -> str:
        """The open step, as “dialog.step”."""
        return f"{self.standing['dialog']}.{self.standing['step']}" if self.standing else ""

    @property
    def dialog(self) -> str:
        """The open step's dialog."""
        return self.standing["dialog"] if self.standing else ""

    @property
    def expects(self) -> str:
        """What the open step expects."""
        return self.standing["expects"] if self.standing else "wait"

    @property
    def card(self) -> Any:
        """The open step's card, if it has one."""
        return (self.standing or {}).get("card") or {}

    @property
    def offered(self) -> dict[str, str]:
        """What can be pressed: payload → words. What is chosen already isn't pressed again."""
        asked = self._asked
        buttons = {button["payload"]: button["title"] for button in asked.get("buttons", [])}
        card = self.card or asked.get("card") or {}
        for row in card.get("rows", []):
            for choice in row.get("choices") or []:
                if choice.get("chosen"):
                    buttons.pop(choice["payload"], None)
                else:
                    buttons.setdefault(choice["payload"], choice["title"])
        return buttons

    @property
    def _asked(self) -> Any:
        """The line whose buttons may be pressed: said since the last answer, or of a choice that is still open."""
        answered = max((line["id"] for line in self.lines if line["author"] == "customer"), default=0)
        asking = [line for line in self.lines if line["author"] != "customer" and line["buttons"]]
        if asking and (asking[-1]["id"] > answered or self.expects in ("choice", "consents", "confirm_data")):
            return asking[-1]
        return {}

    def links(self, *rels: str) -> list[Any]:
        """The live ways of these kinds."""
        return [link for link in (self.standing or {}).get("links", []) if link["rel"] in rels]

    @property
    def last(self) -> int:
        """The number of the newest line."""
        return max((line["id"] for line in self.lines), default=0)

    def message_of(self, line_id: str, since: int = 0) -> str:
        """The name by which a message is counted: a slip whose card changes in place keeps that of its first line.

        One that was said up to `since` belongs to an earlier order. The greeting is read before it is a line.
        """
        if line_id not in self.first:
            return line_id
        greeting = next((str(line["id"]) for line in self.lines if line.get("seq") == 1), "0")
        if self.first[line_id] == greeting:
            return "0/0"
        return f"{self.first[line_id]}/{since if int(line_id) > since else 0}"

    @property
    def order(self) -> str:
        """All that the page shows of the order's card, and beside the messages, however its lines are broken."""
        orders = [str(line["id"]) for line in self.lines if (line.get("card") or {}).get("kind") == "order"]
        return _plain(text for scope, text in self.shown if scope in ("", *orders[-1:]))

    @property
    def undrawn(self) -> list[str]:
        """The key of the latest card that the desk has said in a message in view, if the page doesn't show it."""
        cards = [line["card"] for line in self.lines if line.get("card") and str(line["id"]) in self.desk][-1:]
        words = _plain(text for _, text in self.shown)
        return [card["key"] for card in cards if " ".join(card["title"].split()) not in words]


def _plain(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())


async def look(page: Page) -> View:
    """What stands on the chat page now."""
    history: Any = await page.evaluate(HISTORY)
    seen: Any = await page.evaluate(SHOWN)
    shown = [(slip, text) for slip, text in seen["shown"]]
    standing = history["standing"]
    if standing is not None:  # how long another code has to be waited for runs on by itself
        standing["codes"] = [{**code, "again_in": 0} for code in standing.get("codes", ())]
    return View(history["lines"], standing, shown, seen["desk"], seen["busy"], seen["first"])


async def texts(page: Page) -> list[str]:
    """What another page shows, block by block, once it stays: one page may lead on to the next by itself."""
    for _ in range(20):
        with suppress(BrowserError):
            await page.wait_for_load_state("networkidle")
            shown = [text for _, text in (await page.evaluate(SHOWN))["shown"]]
            if shown or page.is_closed():
                return shown
        await asyncio.sleep(0.2)
    return []


async def control(page: Page, payload: str, title: str) -> Locator:
    """The control that gives this answer: by what it sends, else by its words."""
    by_payload = page.locator(f'[data-payload="{payload}"]:visible, [data-data$="|{payload}"]:visible')
    if await by_payload.count():
        return by_payload.last
    for role in ("button", "checkbox", "radio", "switch", "link"):
        named = page.get_by_role(role, name=title)  # pyright: ignore[reportArgumentType]
        if await named.count():
            return named.last
    raise BrowserError(f"nothing to press for {payload} ({title})")
