"""A customer in a Telegram chat: does what the newest message asks for, and does so once, also if it came twice."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from bot.conversation.identity import conversation_id
from bot.conversation.outbound import TICKED
from bot.handlers.telegram.buttons import CHOSEN
from sandbox.testing.customer import WAYS
from sandbox.testing.doors import link_of
from sandbox.testing.pages import code_in
from tests.crash.customers import NIP, WORDS
from tests.crash.office import Helped, Office
from tests.desk.stubborn import PATIENCE_S, Stubborn, person
from tests.desk.telegram_chat import Chat, Json, datas
from tests.desk.test_telegram_journey import DONE

#: Of what a message offers the first of these is pressed; his own method comes before them, and no other one.
PRESSED = (*WAYS, "terms_clauses:accept", "said_back:yes", "consents:required", "confirm:yes")
END = "zone:my_account"
NEWS_S = 0.01


@dataclass
class ChatDoor:
    """A chat as its customer has it. What a message asks for is expected until it is among the `answered`.

    `looks` counts how often the customer only looked.
    """

    chat: Chat
    answered: set[str] = field(default_factory=set[str])
    looks: int = 0
    begun: bool = False

    @property
    def said(self) -> list[str]:
        """The bot's words, oldest first."""
        return self.chat.texts

    @property
    def buttons(self) -> list[str]:
        """The payloads of the newest message that asks for something."""
        return sorted(offered(found)) if (found := self.newest()) is not None else []

    @property
    def expects(self) -> str:
        """What the newest message asks for; "wait" once that was done."""
        if not self.chat.shown:
            return "wait" if self.begun else ""
        if END in offered(self.chat.shown[-1]):
            return "nothing"
        if (newest := self.newest()) is None or _what(newest) in self.answered:
            return "wait"
        return next((expects for asked, expects in _SIGNS if asked(self, newest)), "choice")

    @property
    def at(self) -> str:
        """What is expected: the chat doesn't tell the step."""
        return self.expects

    async def say(self, message: str) -> None:
        """Write it, press the newest button with this payload, or share the number that is asked for."""
        self.begun = True
        if self.expects == "phone":
            await self.chat.share(message.removeprefix("+"))
        elif message in self.buttons:
            await self.chat.press(message)
        else:
            await self.chat.say(message)

    async def look(self) -> None:
        """Wait a moment for news."""
        self.looks += 1
        await asyncio.sleep(NEWS_S)

    def link(self, rel: str) -> Mapping[str, Any]:
        """Return the newest message's link: `s` to a page, `p` to a payment."""
        return link_of(rel, [{"rel": rel, "href": href} for text in self.said[-1:] for href in self.hrefs(text, rel)])

    def hrefs(self, text: str, rel: str) -> list[str]:
        """Return the links of ours of that kind."""
        return [word for word in text.split() if word.startswith(f"{self.chat.desk.url}/{rel}/")]

    def newest(self) -> Json | None:
        """The newest message as it is now: a card is edited in its place while it is being answered."""
        asking = (message for message in reversed(self.chat.shown) if not _only_looks_back(message))
        return next((dict(message) for message in asking), None)


@dataclass
class Chatter(Stubborn):
    """The customer by such a door. With an `office` a person is asked for at the tax number."""

    door: ChatDoor = field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    office: Office | None = field(default=None, kw_only=True)

    @property
    def chat(self) -> Chat:
        """The chat; pages and the bank are reached by the front door."""
        return self.door.chat

    @property
    def talk(self) -> str:
        """The conversation's id."""
        return conversation_id("telegram", str(self.chat.id))

    async def states(self, words: str) -> None:
        """Withdraws from the contract, until that is acknowledged."""
        before = len(self.chat.shown)
        async with asyncio.timeout(PATIENCE_S):
            await self.chat.say(words)
            while len(self.chat.shown) == before:
                await self.door.look()

    async def run(self, *until: str, **more: Any) -> Self:
        """From the greeting to the end of the straight way, with an agent's help if there is an office."""
        if self.office is not None:
            office, self.office = self.office, None
            await super().run("tax_number", **more)
            await self._is_helped(office)
        return await super().run(*until, **more)

    async def act(self) -> None:
        """Do what is asked for, once; whoever has only looked hasn't done it."""
        asked, looks = self.door.newest(), self.door.looks
        await super().act()
        if asked is not None and self.door.looks == looks:
            self.door.answered.add(_what(asked))

    async def _is_helped(self, office: Office) -> None:
        chat = self.chat
        await chat.say("/agent")
        corrects = NIP if chat.id % 2 else None
        one = Helped(self.talk, chat.id, corrects)
        await office.help(one, lambda: chat.taken(chat.api.update(message=chat.api.message(chat.id, text=WORDS))))
        # Only what comes after the agent's last words is the bot's question again.
        while not _comes_after(one.said[-1], chat.texts):
            await self.door.look()


def chatter(chat: Chat, method: str, office: Office | None) -> Chatter:
    """Return the one in this chat."""
    own = {"email": f"chat.{chat.id}@example.com", "phone": f"+48513{chat.id:06d}", "locale": chat.language or "en"}
    return Chatter(chat.desk, person(method, ways=PRESSED, **own), ChatDoor(chat), acts=ACTS, office=office)


# --- what is asked for → what is done ---


async def choose(one: Chatter) -> None:
    """Press what is wanted, if it is offered."""
    ways, offers = (f"method:{one.person.method}", *one.person.ways), one.door.buttons
    chosen = next((way for way in ways if way in offers), None)
    await (one.door.look() if chosen is None else one.say(chosen))


async def fill_page(one: Chatter) -> None:
    """Choose a password."""
    form = {"password": one.person.password, "password_repeat": one.person.password}
    answer = await one.desk.http.post(await one.chat.follows("s"), data=form)
    assert answer.status_code in DONE, answer.text


async def type_code(one: Chatter) -> None:
    """Type the newest SMS's code, once there is one."""
    sent = await one.desk.outbox(one.phone)
    await (one.say(code_in(sent[0]["text"])) if sent else one.door.look())


async def follow_mail(one: Chatter) -> None:
    """Follow every letter's link, once there is one."""
    letters = [letter for letter in await one.desk.outbox(one.email) if letter["links"]]
    for letter in letters:
        assert (await one.desk.http.post(httpx.URL(letter["links"][0]).raw_path.decode())).status_code in DONE
    if not letters:
        await one.door.look()


async def pay(one: Chatter) -> None:
    """Again and again: the provider's answer or its notice may have been lost."""
    asked, card = one.door.newest(), await one.desk.card(one.email)
    address = f"/sandbox/api/payments/{card['payments'][0]['id']}"
    while asked is not None and _what(one.chat.shown[-1]) == _what(asked):
        await one.desk.http.post(address, json={"outcome": "paid", "notify": "once"})
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


def _asks(payload: str) -> Callable[[ChatDoor, Json], bool]:
    return lambda _door, message: payload in offered(message)


def _leads(rel: str) -> Callable[[ChatDoor, Json], bool]:
    return lambda door, message: bool(door.hrefs(message["text"], rel))


def _says(words: str) -> Callable[[ChatDoor, Json], bool]:
    """A question without buttons; one that was answered keeps its words, and the answer below them."""
    return lambda _door, message: (
        words in message["text"] and not offered(message) and f"\n{CHOSEN} " not in message["text"]
    )


_SIGNS: tuple[tuple[Callable[[ChatDoor, Json], bool], str], ...] = (
    (_leads("p"), "payment"),
    (_leads("s"), "secure_page"),
    (lambda _door, message: "keyboard" in (message["reply_markup"] or {}), "phone"),
    (_asks("contact_code:again"), "contact_code"),
    (_asks("email_link:again"), "email_link"),
    (_says("NIP"), "tax_number"),
    (_says("mail"), "email"),
)
ACTS = {
    "choice": choose,
    "contact_code": type_code,
    "email_link": follow_mail,
    "secure_page": fill_page,
    "payment": pay,
}
