"""A Telegram customer who never gives up, at a desk that may die at any moment; `acting` is told what he is about."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.handlers.telegram.buttons import screen_of
from tests.desk.telegram_chat import Chat, Json, datas
from tests.desk.test_telegram_journey import DONE, order, sign_up, to_the_link


async def _at_once() -> None:
    """Doesn't wait."""


@dataclass
class TracedChat(Chat):
    """A chat in which each act is told of before."""

    acting: Callable[[str], None] = field(default=lambda _what: None)
    quiet: Callable[[], Awaitable[None]] = field(default=_at_once)

    @property
    def email(self) -> str:
        return f"chat.{self.id}@example.com"

    @property
    def phone(self) -> str:
        return f"+48513{self.id:06d}"

    async def put(self, update: Json) -> None:
        await self._do(_about(update))
        await super().put(update)

    async def _do(self, what: str) -> None:
        """Before each act: the desk is let finish the one before, so that what it does is of one act only."""
        await self.quiet()
        self.acting(what)

    @property
    def asking(self) -> Json:
        """The question with the highest number, not the lowest in the chat: after a kill an earlier card may have come
        once more below the one that has gone on in its place. Of one that came twice the lower."""
        return max((message for message in reversed(self.shown) if datas(message)), key=_asked_at, default={})

    def button(self, payload: str) -> tuple[str, Json] | None:
        """Only what the newest question offers: one sent twice must not lead back to an older one."""
        asking = self.asking
        return next(((data, asking) for data in datas(asking) if data.partition("|")[2] == payload), None)

    async def press_key(self, data: str, message: Json) -> Json:
        """Press a key that only leads to others until they are there: after a kill nobody takes up that press."""
        keys, pressed = datas(message), await super().press_key(data, message)
        while screen_of(data):
            await self.done_with(pressed)
            await self.quiet()
            if datas(self.asking) != keys:
                break
            pressed = await super().press_key(data, self.asking)
        return pressed

    async def confirm_the_email(self) -> None:
        """Follows the letter's link."""
        await self.sees(lambda: self.button("email_link:again"))
        await self._do("follows the mail")
        assert (await self.desk.http.post((await self.letters())[-1]["links"][0])).status_code in DONE

    async def letters(self) -> list[Json]:
        """Those that came, once there are any."""
        while not (found := await self.desk.outbox(self.email)):
            await self.waits()
        return found

    async def waits(self) -> None:
        """For what is to come by itself."""
        await asyncio.sleep(0.05)

    async def pay(self) -> None:
        """Pays by the link."""
        await self.follows("p")
        payment = (await self.desk.card(self.email))["payments"][0]
        await self._do("pays")
        body = {"outcome": "paid", "notify": "once"}
        paid = await self.desk.http.post(f"/sandbox/api/payments/{payment['id']}", json=body)
        assert paid.status_code in (200, 409), paid.text


async def walked(chat: TracedChat) -> None:
    """The whole journey in one chat, from the greeting to active e-invoices."""
    await sign_up(chat, chat.email, chat.phone)
    await to_the_link(chat)
    await chat.confirm_the_email()
    await order(chat)
    await chat.pay()
    await chat.press("einvoice:activate")
    await chat.sees(lambda: chat.button("zone:my_account"))


def _asked_at(message: Json) -> int:
    """The number of the question that a message's buttons answer."""
    return max((int(number) for data in datas(message) if (number := data.partition("|")[0]).isdecimal()), default=0)


def _about(update: Json) -> str:
    """What it is, the same for every customer."""
    if (query := update.get("callback_query")) is not None:
        return f"presses {query['data'].partition('|')[2]}"
    message = update["message"]
    if "contact" in message:
        return "shares the phone"
    text: str = message["text"]
    kinds = {"/start": text.startswith("/"), "the e-mail": "@" in text, "the tax number": "-" in text}
    return f"says {next((kind for kind, is_it in kinds.items() if is_it), 'the code')}"


async def judged_chat(chat: TracedChat, cut: Callable[[], int]) -> None:
    """One of everything, letters aside. `cut` says how often a message was sent and the desk didn't know or keep it:
    only then may one come twice. (That may happen while it is judged, too.)"""
    card = await chat.desk.card(chat.email)
    assert (card["account"]["status"], card["einvoice"]["status"]) == ("active", "active")
    assert [order["status"] for order in card["orders"]] == ["paid"]
    assert [payment["status"] for payment in card["payments"]] == ["paid"]
    attempts = (await chat.desk.http.get("/sandbox/api/attempts")).json()
    mine = [attempt for attempt in attempts if attempt["id"] == card["payments"][0]["id"]]
    assert [attempt["status"] for attempt in mine if attempt["status"] == "paid"] == ["paid"], mine
    assert len(await chat.desk.outbox(chat.phone)) == 1, "an SMS was doubled"
    twice = [text for text, times in Counter(chat.texts).items() if times > 1]
    assert len(chat.texts) - len(set(chat.texts)) <= cut(), twice
