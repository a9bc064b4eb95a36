"""A whole desk with an agents' group beside its bot: members who read, write and press in its topics."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.agents import agent_accounts, telegram
from services.support import handoffs
from tests.bot.handlers.telegram.bot_api import TOKEN, hall, serve_bot_api
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi, Json, Topic
from tests.desk.replicas import Replicas, replicas
from tests.desk.running import Running, running_desk
from tests.desk.telegram_chat import soon
from tests.kit.narrow import present
from tests.kit.talks import place_of

#: As most of those who look into the group call it.
id_of = place_of


async def brought(api: ForumBotApi, update: Json) -> Json:
    """Telegram brings it until a desk has confirmed that it needs it no more."""
    api.put(update)
    await soon(lambda: not any(one["update_id"] == update["update_id"] for one in api.pending))
    return update


@dataclass
class Forum:
    """The group, the desks behind the bot (one on SQLite, two on PostgreSQL), and all of them as one."""

    api: ForumBotApi
    desks: Replicas

    @property
    def desk(self) -> Running:
        return self.desks.all

    def member(self, number: int) -> "Member":
        return Member(self, number)

    async def agent(self, login: str, number: int) -> "Member":
        """One of the sandbox's agents, who has told the bot their Telegram account."""
        found = await self.account(login)
        store, clock = self.desk.installation.store, self.desk.installation.clock
        code = f"code-of-{login}-{number}"
        await store.write(lambda c: telegram.issue(c, code=code, agent_id=found.id, now=clock.now()))
        member = self.member(number)
        await member.done(self.api.says(number, None, f"/join {code}"))
        return member

    async def account(self, login: str) -> agent_accounts.Agent:
        return present(await self.desk.installation.store.read(lambda c: agent_accounts.by_login(c, login)))

    async def topic(self, *, name: str = "") -> Topic:
        """The only topic of which the name holds that, as soon as its card is there."""

        def there() -> list[Topic]:
            return [topic for topic in self.api.topics.values() if name in topic.name and topic.messages]

        await soon(there)
        (found,) = there()
        return found

    async def reads(self, topic: Topic, part: str) -> None:
        """Waits until the topic has these words."""
        try:
            await soon(lambda: part in topic.whole)
        except TimeoutError:
            raise AssertionError(f"{part!r} isn't in {topic.texts}") from None

    async def request(self, conversation_id: str) -> handoffs.HandoffRecord | None:
        return await self.desk.installation.store.read(lambda c: handoffs.find_open_request(c, conversation_id))


@dataclass
class Member:
    """Somebody in the group."""

    forum: Forum
    id: int

    async def says(self, topic: Topic, text: str) -> Json:
        return await self.done(self.forum.api.says(self.id, topic.id, text))

    async def sends(self, topic: Topic, **content: Any) -> Json:
        api = self.forum.api
        return await self.done(api.update(message=api.writes(self.id, topic.id, **content)))

    async def presses(self, topic: Topic, act: str) -> str:
        """Presses a button; what the press was answered."""
        api = self.forum.api
        await soon(lambda: any(f"desk:{act}" in str(message.get("reply_markup")) for message in topic.messages))
        before = len(api.answers)
        await self.done(api.presses(self.id, topic.id, f"desk:{act}"))
        await soon(lambda: len(api.answers) > before)
        return str(api.answers[-1].get("text", ""))

    async def done(self, update: Json) -> Json:
        """Telegram brings it; returns when the desk has confirmed that it needs it no more."""
        return await brought(self.forum.api, update)


@asynccontextmanager
async def forum_on(
    database: str, request: pytest.FixtureRequest, folder: Path, *, api: ForumBotApi | None = None, **settings: Any
) -> AsyncGenerator[Forum]:
    """A desk whose agents have a group; on PostgreSQL two."""
    async with hall() as telegrams:
        served = api or ForumBotApi()
        serve_bot_api(telegrams, served)
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": served.base_url, **settings}
        given["telegram_desk_chat"] = GROUP
        if database == "postgresql":
            async with replicas(folder, request.getfixturevalue("postgres"), **given) as desks:
                yield Forum(served, desks)
        else:
            async with running_desk(folder, **given) as desk:
                yield Forum(served, Replicas([desk], desk))
