"""A whole desk with a Bot API beside it, and people who write to its bot, by polling or by webhook."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.handlers.telegram.buttons import screen_of
from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi, hall, serve_bot_api, until
from tests.desk.running import PATIENCE_S, Running, running_desk

Json = dict[str, Any]
#: A busy machine is slow, not wrong: how long anything that must happen may take.
#: Who is there from the start on the sandbox's Telegram, speaks Polish and has +48512000999.
OLA = 501_000_001


async def soon(condition: Callable[[], Any]) -> None:
    """Returns once `condition()` holds."""
    await until(condition, seconds=PATIENCE_S)


class Talk(ABC):
    """One person's private chat with the bot, whichever Telegram it is held on."""

    desk: Running

    @property
    @abstractmethod
    def shown(self) -> list[Json]:
        """The bot's messages in the chat."""

    @property
    @abstractmethod
    def sharing(self) -> bool:
        """Whether the contact button is there."""

    @abstractmethod
    async def say(self, text: str) -> Json:
        """Writes something."""

    @abstractmethod
    async def share(self, phone: str) -> None:
        """Presses the contact button."""

    @abstractmethod
    async def press_key(self, data: str, message: Json) -> Json:
        """Presses a button of a message."""

    async def look(self) -> None:  # noqa: B027 - where nothing has to be asked
        """Sees what the chat shows now."""

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.shown]

    async def sees(self, condition: Callable[[], Any]) -> None:
        """Waits until it holds; else tells what the chat shows instead."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await asyncio.sleep(0.002)
                    await self.look()
        except TimeoutError:
            shown = [(message["text"], datas(message)) for message in self.shown[-3:]]
            called = (
                [(method, str(params)[:200]) for method, params in self.api.calls[-8:]]
                if isinstance(self, Chat)
                else ()
            )
            raise AssertionError(f"the chat ends with {shown}, after {called}") from None

    async def press_after(self, text: str, payload: str) -> None:
        """Writes something and presses what is offered for it."""
        await self.say(text)
        await self.press(payload)

    async def press(self, payload: str) -> Json:
        """Presses the newest button with this payload, as soon as it is there; returns what became of it."""
        return await self.press_key(*await self.finds(payload))

    async def finds(self, payload: str) -> tuple[str, Json]:
        """Waits for a button with this payload, behind others too; returns the newest one's data, and its message.

        Of a question that came twice the lower one is asked: what was opened on the other is left.
        """
        turned = set[tuple[int, str]]()
        while True:
            await self.sees(lambda: self.button(payload) or self._behind(turned))
            found, behind = self.button(payload), self._behind(turned)
            if found is not None and (behind is None or found[1] is behind[1]):
                return found
            data, message = behind or ("", {})
            turned.add((message["message_id"], data))
            await self.press_key(data, message)

    def _behind(self, turned: set[tuple[int, str]]) -> tuple[str, Json] | None:
        """A button of the newest question that only leads to others, and wasn't pressed yet."""
        ways = ((data, self.asking) for data in datas(self.asking) if screen_of(data))
        return next(((data, at) for data, at in ways if (at["message_id"], data) not in turned), None)

    @property
    def asking(self) -> Json:
        """The newest message with buttons."""
        return next((message for message in reversed(self.shown) if datas(message)), {})

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
        await self.sees(lambda: any(start in told(message) for message in self.shown))
        newest = next(told(message) for message in reversed(self.shown) if start in told(message))
        return start + newest.partition(start)[2].split()[0]


async def to_the_email(chat: Talk) -> None:
    """From the greeting to the question for the address."""
    await chat.say("/start")
    await chat.press("start:buy")
    await chat.press("account:new")
    await chat.reads("Jaki jest Twój adres e-mail")


@dataclass
class Chat(Talk):
    """A chat on a Bot API of the tests. `webhook`: updates are brought, again and again until they are taken."""

    api: BotApi
    desk: Running
    id: int
    webhook: bool = False
    language: str | None = "pl"
    statuses: tuple[int, ...] = ()

    @property
    def shown(self) -> list[Json]:
        return self.api.sent[self.id]

    @property
    def sharing(self) -> bool:
        return "keyboard" in (self.shown[-1]["reply_markup"] or {})

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
        await self.done_with(update)

    async def done_with(self, update: Json) -> None:
        """Waits until the desk has taken an update."""
        await soon(lambda: not any(u["update_id"] == update["update_id"] for u in self.api.pending))

    async def say(self, text: str, **more: Any) -> Json:
        """Writes something; returns the update."""
        return await self.send(text=text, **more)

    async def send(self, **content: Any) -> Json:
        """Sends something that may be no text; returns the update."""
        update = self.api.update(message=self.api.message(self.id, **content))
        await self.put(update)
        return update

    async def share(self, phone: str, owner: int | None = None) -> None:
        """Presses the contact button, or sends somebody else's card."""
        card = {"phone_number": phone, "first_name": "K", "user_id": self.id if owner is None else owner}
        await self.send(contact=card)

    async def press_key(self, data: str, message: Json) -> Json:
        update = self.api.press(self.id, data, dict(message))
        await self.put(update)
        return update


@dataclass
class SandboxChat(Talk):
    """A chat on the sandbox's own Telegram, through what its page asks."""

    desk: Running
    person: int = OLA
    seen: Json = field(default_factory=dict[str, Any])

    @property
    def shown(self) -> list[Json]:
        return [message for message in self.seen.get("messages", []) if message["from"]["is_bot"]]

    @property
    def sharing(self) -> bool:
        return self.seen.get("keyboard") is not None

    async def act(self, **wish: Any) -> Json:
        """Does something in the person's client."""
        answer = await self.desk.http.post(await self._path(), json=wish)
        assert answer.status_code == 200, answer.text
        await self.look()
        return answer.json()

    async def say(self, text: str) -> Json:
        command, _, payload = text.partition(" ")
        return await (self.act(do="start", payload=payload) if command == "/start" else self.act(do="say", text=text))

    async def share(self, phone: str) -> None:
        await self.act(do="share")
        assert self.seen["person"]["phone"] == f"+{phone}"

    async def press_key(self, data: str, message: Json) -> Json:
        return await self.act(do="press", message_id=message["message_id"], data=data)

    async def look(self) -> None:
        self.seen = (await self.desk.http.get(await self._path())).json()

    async def _path(self) -> str:
        """The chat's, once the bot has said that it is there."""
        people = "/sandbox/telegram/api/people"
        async with asyncio.timeout(PATIENCE_S):
            while not (bots := (await self.desk.http.get(people)).json()["bots"]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return f"/sandbox/telegram/api/chats/{bots[0]['username']}/{self.person}"


def told(message: Json) -> str:
    """The words of a message, and the addresses that its buttons and words lead to."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    keys = [button["url"] for row in rows for button in row if "url" in button]
    behind = [one["url"] for one in message.get("entities") or () if "url" in one]
    return "\n".join((message["text"], *keys, *behind))


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
