"""The places outside where agents sit, as one: a group on Telegram, a seller's help desk."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bot.handlers.telegram.bot_api import Fault
from tests.bot.handlers.telegram.forum_api import Topic
from tests.desk.forum import Forum, forum_on
from tests.desk.helpdesk import Helpdesk, help_desk
from tests.desk.post_office import Notice
from tests.desk.running import Running
from tests.desk.scripted import until

MINUTES = 200
"""Longer than a place is left alone after an outage."""


@dataclass
class Group:
    """A Telegram group with a topic for each conversation."""

    forum: Forum
    refusal: Fault

    @property
    def desk(self) -> Running:
        return self.forum.desk

    @property
    def _topic(self) -> Topic | None:
        return next(reversed(self.forum.api.topics.values()), None)

    async def count(self) -> int:
        """Return how many conversations stand there."""
        return len(self.forum.api.topics)

    async def lines(self) -> list[str]:
        """Return what stands in the newest, in its order."""
        return self._topic.texts if self._topic else []

    async def heard(self) -> list[tuple[str, bytes]]:
        """Return its recordings with the words that go with each."""
        messages = self._topic.messages if self._topic else []
        return [(one["caption"], one["sound"]) for one in messages if one.get("sound") is not None]

    async def writes(self, words: str) -> None:
        anna = await self.forum.agent("anna", 71)
        await anna.says(self.forum.api.only, words)

    async def removes(self) -> None:
        self.forum.api.removes_by_hand(self.forum.api.only.id)

    def goes_away(self) -> None:
        self.forum.api.trouble = Fault(502, "Bad Gateway")

    def comes_back(self) -> None:
        self.forum.api.trouble = None

    def refuses_recordings(self, _patch: pytest.MonkeyPatch) -> None:
        self.forum.api.faults["sendVoice"].append(self.refusal)

    def fails_once(self, fault: Fault) -> None:
        self.forum.api.faults["sendVoice"].append(fault)


@dataclass
class Office:
    """A help desk of the seller's."""

    helpdesk: Helpdesk

    @property
    def desk(self) -> Running:
        return self.helpdesk.desk

    async def count(self) -> int:
        return len(await self.helpdesk.listed())

    async def lines(self) -> list[str]:
        listed = await self.helpdesk.listed()
        return [one["content"] or "" for one in listed[-1]["messages"]] if listed else []

    async def heard(self) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        for message in [message for one in await self.helpdesk.listed() for message in one["messages"]]:
            for file in message.get("attachments", ()):
                assert (message["message_type"], message["private"]) == (0, False), "the customer's"
                found.append((message["content"], (await self.desk.http.get(file["data_url"])).content))
        return found

    async def writes(self, words: str) -> None:
        await self.helpdesk.act("say", words)

    async def removes(self) -> None:
        await self.helpdesk.act("delete")

    def goes_away(self) -> None:
        self.helpdesk.office.lose = lambda _: True

    def comes_back(self) -> None:
        self.helpdesk.office.lose = lambda _: False

    def refuses_recordings(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr("sandbox.chatwoot.api.LARGEST", 10)

    def fails_once(self, _fault: Fault) -> None:
        """Lose the answer to the next that is sent there: it has been done."""
        sent = 0

        def lose(asked: Notice) -> bool:
            nonlocal sent
            sent += asked.method == "POST"
            return asked.method == "POST" and sent == 1

        self.helpdesk.office.lose = lose


AgentsPlace = Group | Office
REFUSALS = {"group": Fault(400, "Bad Request: file is too big"), "group-413": Fault(413, "Request Entity Too Large")}


async def stands(place: AgentsPlace, words: str, *, after_s: int = 0) -> list[str]:
    """Wait until the words stand there, the clock put on by `after_s` at each look; return all that stands there."""
    found: list[str] = []

    async def there() -> bool:
        if after_s:
            await place.desk.advance(after_s)
        found[:] = await place.lines()
        return any(words in line for line in found)

    try:
        await until(there)
    except TimeoutError:
        raise AssertionError(f"{words!r} isn't in {found}") from None
    return found


@asynccontextmanager
async def agents_place(
    kind: str, database: str, request: pytest.FixtureRequest, folder: Path
) -> AsyncGenerator[AgentsPlace]:
    """A desk whose agents sit in a place of this kind."""
    if kind in REFUSALS:
        async with forum_on(database, request, folder) as forum:
            yield Group(forum, REFUSALS[kind])
    else:
        async with help_desk(database, request, folder) as (_, helpdesk):
            yield Office(helpdesk)
