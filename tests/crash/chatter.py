"""A customer in a Telegram chat: does what the newest message asks for, and does so once, also if it came twice."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from bot.conversation.identity import conversation_id
from bot.conversation.outbound import TICKED
from bot.handlers.telegram.buttons import CHOSEN
from sandbox.testing.customer import WAYS, Person
from tests.crash.customers import NIP, WORDS
from tests.crash.office import Helped, Office
from tests.desk.stubborn import PATIENCE_S
from tests.desk.telegram_chat import Chat, Json, datas
from tests.desk.test_telegram_journey import DONE

#: Of what a message offers the first of these is pressed; his own method comes before them, and no other one.
PRESSED = (*WAYS, "said_back:yes", "consents:required", "confirm:yes")
END = "zone:my_account"
NEWS_S = 0.01


@dataclass
class Chatter:
    """Pages and the bank are reached by the front door. With an `office` a person is asked for at the tax number."""

    chat: Chat
    method: str
    office: Office | None = None
    _answered: set[str] = field(default_factory=set[str])

    @property
    def email(self) -> str:
        """His address."""
        return f"chat.{self.chat.id}@example.com"

    @property
    def phone(self) -> str:
        """His number."""
        return f"+48513{self.chat.id:06d}"

    @property
    def talk(self) -> str:
        """The conversation's id."""
        return conversation_id("telegram", str(self.chat.id))

    @property
    def locale(self) -> str:
        return self.chat.language or "en"

    async def states(self, words: str) -> None:
        """Withdraws from the contract, until that is acknowledged."""
        before = len(self.chat.shown)
        async with asyncio.timeout(PATIENCE_S):
            await self.chat.say(words)
            while len(self.chat.shown) == before:  # noqa: ASYNC110 - the stand-in has no event for it
                await asyncio.sleep(NEWS_S)

    async def run(self) -> None:
        """From the greeting to the end of the straight way."""
        async with asyncio.timeout(PATIENCE_S):
            await self.chat.say("/start")
            while not self.chat.shown or END not in offered(self.chat.shown[-1]):
                newest = self._unanswered()
                if newest is not None and self.office is not None and _says("NIP")(self, newest):
                    office, self.office = self.office, None
                    await self._is_helped(office)
                elif newest is not None and await self._answer(newest):
                    self._answered.add(_what(newest))
                else:
                    await asyncio.sleep(NEWS_S)

    async def _is_helped(self, office: Office) -> None:
        chat = self.chat
        await chat.say("/agent")
        corrects = NIP if chat.id % 2 else None
        one = Helped(self.talk, chat.id, corrects)
        await office.help(one, lambda: chat.taken(chat.api.update(message=chat.api.message(chat.id, text=WORDS))))
        # Only what comes after the agent's last words is the bot's question again.
        while not _comes_after(one.said[-1], chat.texts):  # noqa: ASYNC110 - the stand-in has no event for it
            await asyncio.sleep(NEWS_S)

    def _unanswered(self) -> Json | None:
        """The newest message as it is now: a card is edited in its place while it is being answered."""
        asking = (message for message in reversed(self.chat.shown) if not _only_looks_back(message))
        newest = next((dict(message) for message in asking), None)
        return None if newest is None or _what(newest) in self._answered else newest

    async def _answer(self, message: Json) -> bool:
        """Does what the message asks for; False if nothing can be done yet."""
        for asked, act in _TABLE:
            if asked(self, message):
                return await act(self, message) is not False
        chosen = next((way for way in (f"method:{self.method}", *PRESSED) if way in offered(message)), None)
        if chosen is not None:
            await self.chat.press(chosen)
        return chosen is not None

    def leads_to(self, message: Json, rel: str) -> bool:
        """Whether it has a link of ours: `s` to a page, `p` to a payment."""
        return f"{self.chat.desk.url}/{rel}/" in message["text"]

    async def fill_page(self, _message: Json) -> None:
        form = {"password": Person.password, "password_repeat": Person.password}
        answer = await self.chat.desk.http.post(await self.chat.follows("s"), data=form)
        assert answer.status_code in DONE, answer.text

    async def share_phone(self, _message: Json) -> None:
        await self.chat.share(self.phone.removeprefix("+"))

    async def type_code(self, _message: Json) -> bool:
        sent = await self.chat.desk.outbox(self.phone)
        if sent:
            await self.chat.say(re.findall(r"\b\d{6}\b", sent[-1]["text"])[0])
        return bool(sent)

    async def follow_mail(self, _message: Json) -> bool:
        letters = [letter for letter in await self.chat.desk.outbox(self.email) if letter["links"]]
        for letter in letters:
            path = httpx.URL(letter["links"][0]).raw_path.decode()
            assert (await self.chat.desk.http.post(path)).status_code in DONE
        return bool(letters)

    async def pay(self, message: Json) -> None:
        """Again and again: the provider's answer or its notice may have been lost."""
        card = await self.chat.desk.card(self.email)
        address = f"/sandbox/api/payments/{card['payments'][0]['id']}"
        while _what(self.chat.shown[-1]) == _what(message):
            await self.chat.desk.http.post(address, json={"outcome": "paid", "notify": "once"})
            await asyncio.sleep(0.3)


def offered(message: Json) -> set[str]:
    """The payloads of its buttons, but for answers that stand on a card already: pressing those changes nothing."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    standing = {b.get("callback_data") for row in rows for b in row if b["text"].startswith((CHOSEN, TICKED))}
    return {data.partition("|")[2] for data in datas(message) if data not in standing}


def _only_looks_back(message: Json) -> bool:
    """True of the answer to a press on a question that came twice: the card above it goes on."""
    ways = offered(message)
    return bool(ways) and all(way.startswith("edit:") for way in ways)


def _comes_after(words: str, texts: list[str]) -> bool:
    said = [words in text for text in texts]
    return any(said) and not said[-1]


def _what(message: Json) -> str:
    """Its words; of a card that came twice the newest one counts, whatever became of the other in its place."""
    on_card = any(payload.startswith(("method:", "einvoice:")) for payload in offered(message))
    return f"{message['message_id'] if on_card else ''} {message['text']}"


def _asks(payload: str) -> Callable[[Chatter, Json], bool]:
    return lambda _chatter, message: payload in offered(message)


def _says(words: str) -> Callable[[Chatter, Json], bool]:
    """A question without buttons; one that was answered keeps its words, and the answer below them."""
    return lambda _chatter, message: (
        words in message["text"] and not offered(message) and f"\n{CHOSEN} " not in message["text"]
    )


_TABLE: tuple[tuple[Callable[[Chatter, Json], bool], Callable[[Chatter, Json], Awaitable[object]]], ...] = (
    (lambda chatter, message: chatter.leads_to(message, "p"), Chatter.pay),
    (lambda chatter, message: chatter.leads_to(message, "s"), Chatter.fill_page),
    (lambda _chatter, message: "keyboard" in (message["reply_markup"] or {}), Chatter.share_phone),
    (_asks("contact_code:again"), Chatter.type_code),
    (_asks("email_link:again"), Chatter.follow_mail),
    (_says("NIP"), lambda chatter, _message: chatter.chat.say("123-456-32-18")),
    (_says("mail"), lambda chatter, _message: chatter.chat.say(chatter.email)),
)
