"""Doors of two channels, as their authors would write them: the one customer of tests goes by each.

A door is all that a channel needs, to be tried by a customer who signs up, orders and pays: `CustomerDoor` of
`sandbox.testing` says what it must tell. Their test: tests/docs/test_sample_doors.py.
"""

import asyncio
import json
from collections.abc import Mapping
from itertools import chain
from secrets import token_hex
from typing import Any, Final

import httpx

from sandbox.testing.desk import A_MOMENT_S, DeskClient
from sandbox.testing.doors import PATIENCE_S, PAUSE_S, link_of

Json = Any
_OURS: Final = {"okienko-chat": "1", "content-type": "application/json"}
_TELEGRAM: Final = "/sandbox/telegram/api"
_STANDING: Final = ("✓", "☑")
_PATHS: Final = {"secure_page": "/s/", "payment": "/p/"}
_SIGNS: Final = {
    "consents:required": "consents",
    "confirm:yes": "confirm_data",
    "contact_code:again": "contact_code",
    "email_link:again": "email_link",
    "zone:my_account": "nothing",
}


class WebDoor:
    """The web chat, as its page asks for it; `http` is a browser of this customer's own."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http, self.own = http, dict(_OURS)
        self.said = list[str]()
        self.buttons = list[str]()
        self._standing: Json = {"expects": "", "links": ()}

    async def say(self, message: str) -> None:
        """Write something, or press a button by its payload."""
        if not self.http.cookies:
            (await self.http.get("/chat")).raise_for_status()
        body = {"text": message, "message_id": token_hex(8)}
        (await self.http.post("/webchat/messages", content=json.dumps(body), headers=self.own)).raise_for_status()
        await self.look()

    async def look(self) -> None:
        """Read the conversation anew, once the desk has come to rest."""
        async with asyncio.timeout(PATIENCE_S):
            while (found := await self._read())["expects"] == "wait":  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(PAUSE_S)
        self._standing = found

    async def _read(self) -> Json:
        talk = (await self.http.get("/webchat/history", headers=self.own)).raise_for_status().json()
        lines = [line for line in talk["lines"] if line["author"] != "customer"]
        self.said = [line["text"] for line in lines]
        self.buttons = [button["payload"] for button in lines[-1]["buttons"]] if lines else []
        return talk["standing"]

    @property
    def expects(self) -> str:
        """The kind of answer that the open step takes."""
        return self._standing["expects"]

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"."""
        return f"{self._standing['dialog']}.{self._standing['step']}" if self.said else ""

    def link(self, rel: str) -> Mapping[str, Any]:
        """Return the open step's link of that kind."""
        return link_of(rel, self._standing["links"])


class TelegramDoor:
    """A private chat with the bot of the sandbox's Telegram. The desk's `telegram_mode` is "polling" there.

    Telegram tells nothing of the status: `expects` is read from what the newest message offers, and of a question that
    is answered by typing from its words. `asks` has for some of them what is typed: {"NIP": "tax_number"}.
    """

    def __init__(self, desk: DeskClient, asks: Mapping[str, str], phone: str, language: str = "pl") -> None:
        self._desk, self._http, self._asks = desk, desk.http, asks
        self._person = {"first_name": "K", "language_code": language, "phone": phone}
        self._path = ""
        self._seen: Json = {"messages": ()}

    @property
    def shown(self) -> list[Json]:
        """The bot's messages in the chat."""
        return [message for message in self._seen["messages"] if message["from"]["is_bot"]]

    @property
    def said(self) -> list[str]:
        """The bot's words, oldest first."""
        return [message["text"] for message in self.shown]

    @property
    def buttons(self) -> list[str]:
        """The payloads of the newest message."""
        return [*_pressed(self.shown[-1])] if self.shown else []

    async def say(self, message: str) -> None:
        """Write something, or press the newest button with this payload; a phone number is shared where it is asked."""
        before = self.shown
        await self._act(**self._wish(message))
        async with asyncio.timeout(PATIENCE_S):
            while self.shown == before:
                await asyncio.sleep(PAUSE_S)
                await self.look()
        await self._desk.advance(A_MOMENT_S)  # more may follow
        await self.look()

    def _wish(self, message: str) -> Json:
        command, _, payload = message.partition(" ")
        if command == "/start":
            return {"do": "start", "payload": payload}
        if self.expects == "phone":
            return {"do": "share"}
        for shown in reversed(self.shown):
            if (data := _pressed(shown).get(message)) is not None:
                return {"do": "press", "message_id": shown["message_id"], "data": data}
        return {"do": "say", "text": message}

    async def _act(self, **wish: Any) -> None:
        if not self._path:
            self._path = await self._come()
        (await self._http.post(self._path, json=wish)).raise_for_status()

    async def _come(self) -> str:
        """Return the path of a new person's chat, once the bot has said that it is there."""
        me = (await self._http.post(f"{_TELEGRAM}/people", json=self._person)).raise_for_status().json()
        async with asyncio.timeout(PATIENCE_S):
            while not (bots := (await self._http.get(f"{_TELEGRAM}/people")).json()["bots"]):  # noqa: ASYNC110
                await asyncio.sleep(PAUSE_S)
        return f"{_TELEGRAM}/chats/{bots[0]['username']}/{me['id']}"

    async def look(self) -> None:
        """See what the chat shows now."""
        self._seen = (await self._http.get(self._path)).raise_for_status().json()

    @property
    def expects(self) -> str:
        """What the newest message asks for, as far as it can be seen."""
        if not self.shown:
            return ""
        if self._seen["keyboard"]:
            return "phone"
        offered = self.buttons
        found = (expects for payload, expects in _SIGNS.items() if payload in offered)
        hrefs = _hrefs(self.shown[-1])
        linked = (rel for rel, path in _PATHS.items() if any(path in href for href in hrefs))
        asked = (expects for words, expects in self._asks.items() if words in self.said[-1])
        return next(chain(linked, found, ["choice"] if offered else asked), "wait")

    @property
    def at(self) -> str:
        """What is expected: the chat doesn't tell the step."""
        return self.expects

    def link(self, rel: str) -> Mapping[str, Any]:
        """Return the newest message's link of that kind."""
        hrefs = [href for href in _hrefs(self.shown[-1]) if _PATHS[rel] in href]
        return link_of(rel, [{"rel": rel, "href": href} for href in hrefs])


def _pressed(message: Json) -> dict[str, str]:
    """Return a message's buttons, the data to press by their payloads; one pressed again is taken back."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    keys = (key for row in rows for key in row if "callback_data" in key and not key["text"].startswith(_STANDING))
    return {key["callback_data"].partition("|")[2]: key["callback_data"] for key in keys}


def _hrefs(message: Json) -> list[str]:
    """Return the addresses that a message leads to."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    behind = (entity["url"] for entity in message.get("entities") or () if "url" in entity)
    return [*(button["url"] for row in rows for button in row if "url" in button), *behind, *message["text"].split()]
