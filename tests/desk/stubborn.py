"""A customer who never gives up: on the REST channel, at a desk that may die and come back at any moment.

Every message has its `message_id` and is repeated until it is answered; pages and mails are asked for again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, pairwise
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from sandbox.testing.customer import WAYS, Customer, Person
from sandbox.testing.desk import DeskClient, NotDone
from sandbox.testing.doors import RestDoor
from sandbox.testing.pages import code_in

Json = Any
#: How long all of it may take on a busy machine, and one question.
PATIENCE_S = 480.0
ANSWER_S = 15.0
#: A message that the desk has said wrongly is said again as often as it takes.
MOST_TRIES = 100_000
SOUND = b"OggS" + bytes(400)
MOST_NOTES, MOST_LOOKS = 2, 40
"""So many recordings of one number, and so many looks for what was heard, before it is typed."""
_numbers = count(1)


class Insistent(httpx.AsyncClient):
    """Asks until there is an answer, whatever becomes of the desk meanwhile; the desk keeps its address.

    While `desk_up` is cleared nobody asks: a dozen who knock at a shut door keep a small machine busy.
    """

    def __init__(self, base_url: str, pause_s: float = 0.05) -> None:
        super().__init__(base_url=base_url, trust_env=False, timeout=ANSWER_S)
        self.pause_s = pause_s
        self.unanswered = 0
        self.desk_up = asyncio.Event()
        self.desk_up.set()

    async def request(self, *args: Any, **more: Any) -> httpx.Response:
        while True:
            await self.desk_up.wait()
            try:
                answer = await super().request(*args, **more)
                if answer.status_code not in (502, 503):  # 502: the sandbox beside the desk is away
                    return answer
            except httpx.HTTPError:
                pass
            self.unanswered += 1
            await asyncio.sleep(self.pause_s)


@dataclass
class StubbornDoor(RestDoor):
    """The REST channel. `acting` is told what is about to be done, `seqs` are the statuses' numbers so far."""

    acting: Callable[[str], None] = lambda _what: None
    seqs: list[int] = field(default_factory=list[int])

    def does(self, what: str) -> None:
        """Tell what is about to be done here."""
        self.acting(f"{self.at or 'start'} {what}")

    async def say(self, message: str, message_id: str | None = None) -> Json:
        self.does(f"says {message}" if ":" in message else "says")
        return await super().say(message, message_id or uuid4().hex)

    async def speak(self, sound: bytes) -> Json:
        """Sent again it is the same recording."""
        told = {"sender": self.sender, "metadata": json.dumps({"message_id": uuid4().hex, "locale": self.locale})}
        return await self.ask("POST", "voice", data=told, files={"file": ("note.ogg", sound)})

    async def look(self) -> Json:
        self.does("looks")
        await super().look()
        if self.expects == "wait":
            await asyncio.sleep(0.05)
        return self.custom

    async def everything(self) -> list[str]:
        """All that was ever said here."""
        found = await self.http.get("/webhooks/rest/events", params={"sender": self.sender, "after": 0})
        return [item["text"] for item in found.json() if "text" in item]

    def _take(self, items: Json) -> Json:
        before = self.buttons
        self.seqs.append(items[-1]["custom"]["seq"])
        super()._take(items)
        # The answer that carried the buttons comes once; the step keeps them.
        buttons = (item["buttons"] for item in reversed(items[:-1]) if item.get("buttons"))
        self.buttons = next(([button["payload"] for button in each] for each in buttons), before)
        return self.custom


@dataclass
class Stubborn(Customer):
    """The customer by such a door. One who `speaks` says the number aloud."""

    door: StubbornDoor = field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    speaks: bool = field(default=False, kw_only=True)
    patience_s: float = field(default=PATIENCE_S, kw_only=True)
    tries: int = field(default=MOST_TRIES, kw_only=True)
    heard_in_vain: int = 0

    @property
    def email(self) -> str:
        """Their address."""
        return self.person.email

    @property
    def phone(self) -> str:
        """Their number."""
        return self.person.phone

    async def run(self, *until: str, most: int = MOST_TRIES) -> Self:
        """As often as it takes, for so long as there is patience."""
        async with asyncio.timeout(self.patience_s):
            return await super().run(*until, most=most)


def stubborn(http: httpx.AsyncClient, method: str = "blik", acting: Callable[[str], None] | None = None) -> Stubborn:
    """Return somebody new, whose door is reached by `http`."""
    door = StubbornDoor(http) if acting is None else StubbornDoor(http, acting=acting)
    return Stubborn(DeskClient(http), person(method), door, acts=ACTS)


def person(method: str = "blik", **own: Any) -> Person:
    """Return somebody whose number nobody else has."""
    told: dict[str, Any] = {"phone": f"+48512{next(_numbers):06d}", "ways": (*WAYS, "said_back:yes"), **own}
    return Person(method, **told)


# --- what is expected → what is done ---


async def choose(customer: Stubborn) -> None:
    """Press what is wanted; the answer with the buttons may be lost with the desk: the step says which they are."""
    ways, step = (f"method:{customer.person.method}", *customer.person.ways), customer.door.custom["step"]
    chosen = next((way for way in ways if way in customer.door.buttons), "/help")
    await customer.say(next((way for way in ways if way.partition(":")[0] == step), chosen))


async def fill_page(customer: Stubborn) -> None:
    """Send the page's fields, whether it was sent before or not."""
    if (link := linked(customer, "secure_page")) is not None:
        customer.door.does("fills the page")
        own = customer.person.password
        await sent(customer, link["href"], (200, 303, 410), data={"password": own, "password_repeat": own})
    await customer.door.look()


async def type_code(customer: Stubborn) -> None:
    """Type the newest SMS's code, once there is one."""
    if texts := await customer.desk.outbox(customer.phone):
        await customer.say(code_in(texts[-1]["text"]))
    else:
        await customer.door.look()


async def give_number(customer: Stubborn) -> None:
    """Speak it, have it listened to and say yes to it; type it where that came to nothing."""
    if customer.speaks and customer.heard_in_vain < MOST_NOTES:
        customer.heard_in_vain += 1
        await speak_number(customer)
    else:
        await customer.say(customer.phone)


async def speak_number(customer: Stubborn) -> None:
    """Send the recording and have it listened to, until it was heard or for long enough."""
    note = SOUND + customer.phone.encode()
    customer.door.does("speaks")
    told = {"text": " ".join(customer.phone), "sha256": sha256(note).hexdigest()}
    await customer.desk.ask("POST", "/sandbox/api/recordings", json=told)
    await customer.door.speak(note)
    await customer.say("voice:listen")
    for _ in range(MOST_LOOKS):
        if customer.door.expects != "phone":
            return
        await customer.door.look()
        await asyncio.sleep(0.05)


async def follow_mail(customer: Stubborn) -> None:
    """Follow every letter's link; an order's confirmation asks for nothing."""
    for letter in await customer.desk.outbox(customer.email):
        if letter["links"]:
            customer.door.does("follows the mail")
            await sent(customer, letter["links"][0], (200, 303, 410))
    await customer.door.look()


async def pay(customer: Stubborn) -> None:
    """Pay at the provider's page; where it didn't answer (404) there is nothing to pay yet."""
    if (link := linked(customer, "payment")) is not None:
        customer.door.does("pays")
        paid = {"outcome": "paid", "notify": "once"}
        await sent(customer, f"/sandbox/api/payments/{link['id']}", (200, 404, 409), json=paid)
    await customer.door.look()


def linked(customer: Stubborn, rel: str) -> Json | None:
    """Return the open step's link of that kind, None without one."""
    try:
        return customer.door.link(rel)
    except NotDone:
        return None


async def sent(customer: Stubborn, href: str, good: tuple[int, ...], **more: Any) -> None:
    """Post it to the desk, by the customer's own way there."""
    answer = await customer.desk.request("POST", httpx.URL(href).raw_path.decode(), **more)
    assert answer.status_code in good, (href, answer.status_code, answer.text)


ACTS: Final[dict[str, Callable[[Any], Awaitable[None]]]] = {
    "choice": choose,
    "phone": give_number,
    "contact_code": type_code,
    "email_link": follow_mail,
    "secure_page": fill_page,
    "payment": pay,
}


async def judged(customer: Stubborn, seen: Sequence[int] | None = None) -> None:
    """Once at the end: everything happened, and everything once. The sandbox's ledger says what reached the outside.

    Letters are judged where it is known what each death saw of them (`judged_letters`).
    """
    card = await customer.desk.card(customer.email)
    assert card is not None, "no account"
    assert card["account"]["status"] == "active"
    assert [order["status"] for order in card["orders"]] == ["paid"], card["orders"]
    assert [payment["status"] for payment in card["payments"]] == ["paid"], card["payments"]
    assert (card["einvoice"]["status"], len(card["companies"])) == ("active", 1)
    assert sorted(consent["id"] for consent in card["consents"]) == sorted({c["id"] for c in card["consents"]})
    assert len(await customer.desk.outbox(customer.phone)) == 1, "an SMS was doubled"
    if seen is not None:
        judged_letters(await customer.desk.outbox(customer.email), seen)
    paid = [p for p in await customer.desk.attempts() if p["id"] == card["payments"][0]["id"]]
    assert [attempt["status"] for attempt in paid if attempt["status"] == "paid"] == ["paid"], paid
    assert customer.door.seqs == sorted(customer.door.seqs), "seq went back"


def judged_letters(letters: Sequence[Json], seen: Sequence[int]) -> None:
    """A letter can be told from its double only by who reads it: it may come again where the desk died after it.

    `seen` has for every death the number of the ledger's newest message then.
    """
    for key in told_apart(letters):
        for earlier, later in pairwise(int(letter["id"]) for letter in letters if letter["key"] == key):
            assert any(earlier <= newest < later for newest in seen), "a letter was doubled"


def told_apart(letters: Sequence[Json]) -> set[str]:
    """The letters' keys: each reason to write has one, the address, the order and, once paid, the service.

    Sent again, a letter keeps its key; its words may differ, where its code was used meanwhile.
    """
    keys = {letter["key"] for letter in letters}
    assert 1 <= len(keys) <= 3, "more letters than reasons: the address, the order and the service are confirmed"
    told = sorted({(letter["subject"], letter["key"]) for letter in letters})
    assert all(one != other for (one, _), (other, _) in pairwise(told)), f"one reason, two keys: {told}"
    return keys
