"""The doors by which a customer comes to a desk: what is said there, and what is heard."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, Final, Protocol

import httpx

from sandbox.testing.desk import NotDone

Json = Any
PATIENCE_S: Final = 60.0
"""The longest wait for anything that comes at all, on the busiest machine (in seconds)."""
PAUSE_S: Final = 0.01


class CustomerDoor(Protocol):
    """A conversation as its customer has it: what another channel's author writes, so that a customer goes by it."""

    @property
    def said(self) -> Sequence[str]:
        """All that the desk has said, oldest first."""
        ...

    @property
    def buttons(self) -> Sequence[str]:
        """The payloads that the newest message offers."""
        ...

    @property
    def expects(self) -> str:
        """The kind of answer expected now, as `custom.expects` of docs/reference/rest.md; "" before the start."""
        ...

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"; the kind of answer again, where the door doesn't tell."""
        ...

    async def say(self, message: str, /) -> object:
        """Write something, or press a button by its payload."""
        ...

    async def look(self) -> object:
        """Read what was said since."""
        ...

    def link(self, rel: str, /) -> Mapping[str, Any]:
        """Return the open step's link of that kind. Errors: NotDone without one."""
        ...


@dataclass
class RestDoor:
    """The REST channel. With a client of a desk in this process it is the door to that one."""

    http: httpx.AsyncClient
    locale: str = "pl"
    sender: str = field(default_factory=lambda: token_urlsafe(18))
    said: list[str] = field(default_factory=list[str])
    custom: Json = None
    buttons: list[str] = field(default_factory=list[str])

    async def say(self, message: str, message_id: str | None = None) -> Json:
        """Write something; with a `message_id` it may be sent again safely."""
        metadata = {"locale": self.locale, **({"message_id": message_id} if message_id else {})}
        body = {"sender": self.sender, "message": message, "metadata": metadata}
        # Written out here: httpx's own JSON can't carry a lone surrogate.
        return await self.ask("POST", "webhook", content=json.dumps(body))

    async def speak(self, sound: bytes) -> Json:
        """Send a recording."""
        told = {"sender": self.sender, "metadata": json.dumps({"locale": self.locale})}
        return await self.ask("POST", "voice", data=told, files={"file": ("note", sound)})

    async def look(self) -> Json:
        """Read what was said since."""
        return await self.ask("GET", "events", params={"sender": self.sender})

    async def ask(self, method: str, what: str, **more: Any) -> Json:
        """Read the answer to a request of this channel. Errors: NotDone."""
        answer = await self.http.request(method, f"/webhooks/rest/{what}", **more)
        if answer.status_code != 200:
            raise NotDone(f"to {method} {what}: {answer.status_code} {answer.text[:200]}", answer.status_code)
        return self._take(answer.json())

    async def settled(self) -> Json:
        """Look until nothing that was caused from outside is being worked on."""
        await wait_until_settled(self)
        return self.custom

    def _take(self, items: Json) -> Json:
        *messages, last = items
        self.custom = last["custom"]
        for item in messages:
            self.said.append(item["text"])
            self.buttons = [button["payload"] for button in item.get("buttons", [])]
        return self.custom

    @property
    def expects(self) -> str:
        """The kind of answer that the open step takes."""
        return "" if self.custom is None else self.custom["expects"]

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"."""
        return "" if self.custom is None else f"{self.custom['dialog']}.{self.custom['step']}"

    def link(self, rel: str) -> Mapping[str, Any]:
        """Return the open step's link of that kind."""
        return link_of(rel, self.custom["links"])

    async def submit(self, href: str, **fields: str) -> httpx.Response:
        """Send a page's fields without looking at its form, as to a page that doesn't open any more."""
        return await self.http.post(href, data=fields)


async def wait_until_settled(door: CustomerDoor) -> None:
    """Look until nothing that was caused from outside is being worked on."""
    async with asyncio.timeout(PATIENCE_S):
        await door.look()
        while door.expects == "wait":
            await asyncio.sleep(PAUSE_S)
            await door.look()


def link_of(rel: str, links: Json) -> Mapping[str, Any]:
    """Return the link of that kind. Errors: NotDone without one."""
    found: Mapping[str, Any] | None = next((link for link in links if link["rel"] == rel), None)
    if found is None:
        raise NotDone(f"the open step has no link {rel}")
    return found
