"""A whole desk with a Bot API beside it, and people who write to its bot, by polling or by webhook."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi, hall, serve_bot_api, until
from tests.desk.running import Running, running_desk

Json = dict[str, Any]
#: A busy machine is slow, not wrong: how long anything that must happen may take.
PATIENCE_S = 60.0


async def soon(condition: Callable[[], Any]) -> None:
    """Returns once `condition()` holds."""
    await until(condition, seconds=PATIENCE_S)


@dataclass
class Chat:
    """One person's private chat with the bot. `webhook`: updates are brought, again and again until they are taken."""

    api: BotApi
    desk: Running
    id: int
    webhook: bool = False
    language: str | None = "pl"
    statuses: tuple[int, ...] = ()

    @property
    def shown(self) -> list[Json]:
        """The bot's messages in the chat."""
        return self.api.sent[self.id]

    @property
    def texts(self) -> list[str]:
        return self.api.texts(self.id)

    async def sees(self, condition: Callable[[], Any]) -> None:
        """Waits until it holds; else tells what the chat shows instead."""
        try:
            await soon(condition)
        except TimeoutError:
            shown = [(message["text"], datas(message)) for message in self.shown[-3:]]
            raise AssertionError(f"the chat ends with {shown}") from None

    async def put(self, update: Json) -> None:
        """Telegram passes the update on, until the desk has it."""
        person = next(iter(content for name, content in update.items() if name != "update_id"))["from"]
        if self.language is None:
            person.pop("language_code", None)
        else:
            person["language_code"] = self.language
        if not self.webhook:
            self.api.queue(update)
            return
        for _ in range(20):
            self.statuses = (*self.statuses, await self.api.bring(update))
            if self.statuses[-1] == 200:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never taken: {self.statuses[-5:]}")

    async def taken(self, update: Json) -> None:
        """Puts an update and waits until the desk is done with it, whatever it says."""
        await self.put(update)
        await soon(lambda: not any(u["update_id"] == update["update_id"] for u in self.api.pending))

    async def say(self, text: str, **more: Any) -> Json:
        """Writes something; returns the update."""
        update = self.api.update(message=self.api.message(self.id, text=text, **more))
        await self.put(update)
        return update

    async def send(self, **content: Any) -> Json:
        """Sends something that may be no text; returns the update."""
        update = self.api.update(message=self.api.message(self.id, **content))
        await self.put(update)
        return update

    async def share(self, phone: str, owner: int | None = None) -> None:
        """Presses the contact button, or sends somebody else's card."""
        card = {"phone_number": phone, "first_name": "K", "user_id": self.id if owner is None else owner}
        await self.send(contact=card)

    async def press_after(self, text: str, payload: str) -> None:
        """Writes something and presses what is offered for it."""
        await self.say(text)
        await self.press(payload)

    async def press(self, payload: str) -> Json:
        """Presses the newest button with this payload, as soon as it is there; returns the update."""
        await self.sees(lambda: self.button(payload))
        found = self.button(payload)
        assert found is not None
        data, message = found
        update = self.api.press(self.id, data, dict(message))
        await self.put(update)
        return update

    def button(self, payload: str) -> tuple[str, Json] | None:
        """The data of the newest button with this payload, and its message."""
        for message in reversed(self.shown):
            for data in datas(message):
                if data.partition("|")[2] == payload:
                    return data, message
        return None

    async def reads(self, part: str, *, after: int = 0) -> str:
        """Waits for a message that contains `part`, not looking at the first `after` messages; returns its text."""
        await self.sees(lambda: any(part in text for text in self.texts[after:]))
        return next(text for text in reversed(self.texts[after:]) if part in text)

    async def answered(self, after: int) -> str:
        """Waits for a message beyond the first `after`; returns the newest one's text."""
        await self.sees(lambda: len(self.shown) > after)
        return self.texts[-1]

    async def follows(self, rel: str) -> str:
        """The address of a link of ours in the newest message that has one: `s` a page, `p` a payment."""
        start = f"{self.desk.url}/{rel}/"
        text = await self.reads(start)
        return start + text.partition(start)[2].split()[0]


def datas(message: Json) -> list[str]:
    """The data of all buttons that can be pressed."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


@asynccontextmanager
async def bot_api() -> AsyncGenerator[BotApi]:
    """A Bot API without any past; it outlives the desks that talk to it."""
    async with hall() as telegrams:
        yield serve_bot_api(telegrams)


@asynccontextmanager
async def telegram_desk(
    folder: Path, api: BotApi, *, webhook: bool = False, **settings: Any
) -> AsyncGenerator[Running]:
    """A desk with this bot; with a webhook it is ready once Telegram knows where to."""
    mode = "webhook" if webhook else "polling"
    given = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_mode": mode, **settings}
    api.webhook = None
    async with running_desk(folder, **given) as desk:
        if webhook:
            await soon(lambda: api.webhook)
        yield desk
