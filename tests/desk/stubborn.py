"""A customer who never gives up: on the REST channel, at a desk that may die and come back at any moment.

Every message has its `message_id` and is repeated until it is answered; pages and mails are asked for again.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, pairwise
from typing import Any, Protocol
from uuid import uuid4

import httpx

Json = Any
PASSWORD = "Trzy-zielone-parasole-7"
#: How long all of it may take on a busy machine, and one question.
PATIENCE_S = 240.0
ANSWER_S = 15.0
WAYS = (
    "start:buy",
    "account:new",
    "auto_renewal:yes",
    "method:blik",
    "terms:accept",
    "clauses:accept",
    "pay:now",
    "einvoice:activate",
    "said_back:yes",
)
SOUND = b"OggS" + bytes(400)
MOST_NOTES, MOST_LOOKS = 2, 40
"""So many recordings of one number, and so many looks for what was heard, before it is typed."""
_numbers = count(1)


class Asks(Protocol):
    """Brings a request to the desk until there is an answer."""

    async def request(self, method: str, path: str, /, **more: Any) -> httpx.Response:
        """The answer."""
        ...


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
class Stubborn:
    """`http` reaches the desk. `acting` is told what is about to be done. One who `speaks` says the number aloud."""

    http: Asks
    method: str = "method:blik"
    acting: Callable[[str], None] = lambda _what: None
    locale: str = "pl"
    patience_s: float = PATIENCE_S
    email: str = field(default_factory=lambda: f"klient.{uuid4().hex[:10]}@example.com")
    phone: str = field(default_factory=lambda: f"+48512{next(_numbers):06d}")
    sender: str = field(default_factory=lambda: uuid4().hex)
    speaks: bool = False
    custom: Json = None
    buttons: tuple[str, ...] = ()
    seqs: list[int] = field(default_factory=list[int])
    heard_in_vain: int = 0

    async def run(self) -> None:
        """From the greeting to the end of the straight way."""
        async with asyncio.timeout(self.patience_s):
            await self.say("/start")
            await self.go_on()

    async def go_on(self, until: str = "nothing") -> None:
        """Does what is expected, until that is."""
        while self.custom["expects"] != until:
            await _TABLE[self.custom["expects"]](self)

    @property
    def at(self) -> str:
        return "start" if self.custom is None else f"{self.custom['dialog']}.{self.custom['step']}"

    async def say(self, message: str) -> None:
        self.acting(f"{self.at} says {message}" if ":" in message else f"{self.at} says")
        body = {
            "sender": self.sender,
            "message": message,
            "metadata": {"message_id": uuid4().hex, "locale": self.locale},
        }
        self._take(await self.ask("POST", "/webhooks/rest/webhook", json=body))

    async def look(self) -> None:
        self.acting(f"{self.at} looks")
        self._take(await self.ask("GET", "/webhooks/rest/events", params={"sender": self.sender}))
        if self.custom["expects"] == "wait":
            await asyncio.sleep(0.05)

    async def ask(self, method: str, path: str, **more: Any) -> Json:
        return (await self.do(method, path, **more)).json()

    async def do(self, method: str, path: str, good: tuple[int, ...] = (200,), **more: Any) -> httpx.Response:
        answer = await self.http.request(method, path, **more)
        assert answer.status_code in good, (method, path, answer.status_code, answer.text)
        return answer

    def _take(self, items: Json) -> None:
        *messages, last = items
        self.custom = last["custom"]
        self.seqs.append(self.custom["seq"])
        for item in messages:
            if "buttons" in item:
                self.buttons = tuple(button["payload"] for button in item["buttons"])

    async def messages(self, to: str) -> list[Json]:
        return await self.ask("GET", "/sandbox/api/messages", params={"to": to})

    async def card(self) -> Json:
        found = await self.do(
            "GET",
            "/api/v1/customers",
            params={"email": self.email},
            headers={"authorization": "Bearer sandbox"},
            good=(200, 404),
        )
        return found.json() if found.status_code == 200 else None

    def _link(self, rel: str) -> Json:
        return next((link for link in self.custom["links"] if link["rel"] == rel), None)

    # what is expected → what is done

    async def choose(self) -> None:
        ways = (self.method, *WAYS)
        step = self.custom["step"]
        # The answer that carried the buttons may have been lost with the desk: the step says which they are.
        chosen = next((way for way in ways if way in self.buttons), None)
        chosen = next((way for way in ways if way.partition(":")[0] == step), chosen)
        if chosen is None:
            await self.say("/help")
        else:
            await self.say(chosen)

    async def fill_page(self) -> None:
        if (link := self._link("secure_page")) is not None:
            self.acting(f"{self.at} fills the page")
            form = {"password": PASSWORD, "password_repeat": PASSWORD}
            await self.do("POST", _path(link["href"]), good=(200, 303, 410), data=form)
        await self.look()

    async def type_code(self) -> None:
        if sent := await self.messages(self.phone):
            await self.say(re.findall(r"\b\d{6}\b", sent[-1]["text"])[0])
        else:
            await self.look()

    async def give_number(self) -> None:
        """Speaks it, has it listened to and says yes to it; types it where that came to nothing."""
        if self.speaks and self.heard_in_vain < MOST_NOTES:
            self.heard_in_vain += 1
            await self.speak_number()
        else:
            await self.say(self.phone)

    async def speak_number(self) -> None:
        """Sends the recording and has it listened to, until it was heard or for long enough."""
        note = SOUND + self.phone.encode()
        told = {"text": " ".join(self.phone), "sha256": sha256(note).hexdigest()}
        self.acting(f"{self.at} speaks")
        await self.do("POST", "/sandbox/api/recordings", json=told)
        form = {"sender": self.sender, "metadata": json.dumps({"message_id": uuid4().hex, "locale": self.locale})}
        self._take(await self.ask("POST", "/webhooks/rest/voice", data=form, files={"file": ("note.ogg", note)}))
        await self.say("voice:listen")
        for _ in range(MOST_LOOKS):
            if self.custom["expects"] != "phone":
                return
            await self.look()
            await asyncio.sleep(0.05)

    async def follow_mail(self) -> None:
        for letter in await self.messages(self.email):
            if not letter["links"]:  # an order's confirmation asks for nothing
                continue
            self.acting(f"{self.at} follows the mail")
            await self.do("POST", _path(letter["links"][0]), good=(200, 303, 410))
        await self.look()

    async def pay(self) -> None:
        if (link := self._link("payment")) is not None:
            self.acting(f"{self.at} pays")
            body = {"outcome": "paid", "notify": "once"}
            # 404: the provider didn't answer, so there is nothing to pay yet.
            await self.do("POST", f"/sandbox/api/payments/{link['id']}", good=(200, 404, 409), json=body)
        await self.look()


def _path(href: str) -> str:
    return httpx.URL(href).raw_path.decode()


def _says(words: str) -> Callable[[Stubborn], Awaitable[None]]:
    return lambda customer: customer.say(words)


_TABLE: dict[str, Callable[[Stubborn], Awaitable[None]]] = {
    "choice": Stubborn.choose,
    "consents": _says("consents:required"),
    "email": lambda customer: customer.say(customer.email),
    "phone": Stubborn.give_number,
    "contact_code": Stubborn.type_code,
    "email_link": Stubborn.follow_mail,
    "secure_page": Stubborn.fill_page,
    "tax_number": _says("123-456-32-18"),
    "confirm_data": _says("confirm:yes"),
    "company_name": _says("Dobra Firma sp. z o.o."),
    "street": _says("ul. Prosta 1"),
    "postal_code": _says("00-001"),
    "city": _says("Warszawa"),
    "payment": Stubborn.pay,
    "wait": Stubborn.look,
}


async def judged(customer: Stubborn, seen: Sequence[int] | None = None) -> None:
    """Once at the end: everything happened, and everything once. The sandbox's ledger says what reached the outside.

    Letters are judged where it is known what each death saw of them (`judged_letters`).
    """
    card = await customer.card()
    assert card is not None, "no account"
    assert card["account"]["status"] == "active"
    assert [order["status"] for order in card["orders"]] == ["paid"], card["orders"]
    assert [payment["status"] for payment in card["payments"]] == ["paid"], card["payments"]
    assert card["einvoice"]["status"] == "active"
    assert len(card["companies"]) == 1
    assert sorted(consent["id"] for consent in card["consents"]) == sorted({c["id"] for c in card["consents"]})
    codes = await customer.messages(customer.phone)
    assert len(codes) == 1, "an SMS was doubled"
    if seen is not None:
        judged_letters(await customer.messages(customer.email), seen)
    paid = [p for p in await customer.ask("GET", "/sandbox/api/attempts") if p["id"] == card["payments"][0]["id"]]
    assert [attempt["status"] for attempt in paid if attempt["status"] == "paid"] == ["paid"], paid
    assert customer.seqs == sorted(customer.seqs), "seq went back"


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
