"""The one customer of tests: knows some facts, wants some answers, and does what is expected by a table.

Reads only what any client of the desk reads: the conversation's status, payloads, pages and the sandbox. So a client of
the REST channel may be written by somebody who has never seen the desk's code.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from sandbox.testing.desk import DeskClient, NotDone
from sandbox.testing.doors import CustomerDoor, RestDoor, wait_until_settled
from sandbox.testing.pages import code_in

MOST_STEPS: Final = 60
MOST_TRIES: Final = 2
_DONE: Final = (200, 303)
WAYS: Final = (
    *("start:buy", "account:new", "auto_renewal:yes", "term:1y", "terms:accept", "clauses:accept"),
    *("pay:now", "einvoice:activate"),
)
"""Of the choices offered the first of these is taken; a method comes before them."""


@dataclass
class Person:
    """A customer's own data, of somebody new each time, and their wishes.

    `ways` are the payloads they press where they are offered, the dearest first. `facts` are what they type at a step
    ("company.activation_code") or for a kind of answer ("quantity") that has no field here. `user_name` is what they
    log in by, where it isn't the e-mail.
    """

    method: str = "blik"
    locale: str = "pl"
    nip: str = "123-456-32-18"
    password: str = "Trzy-zielone-parasole-7"
    ways: tuple[str, ...] = WAYS
    email: str = field(default_factory=lambda: f"klient.{uuid4().hex[:10]}@example.com")
    phone: str = field(default_factory=lambda: f"+48512{uuid4().int % 10**6:06d}")
    person_name: str = "Anna Nowak"
    name: str = "Dobra Firma sp. z o.o."
    street: str = "ul. Prosta 1"
    postal_code: str = "00-001"
    city: str = "Warszawa"
    outcome: str = "paid"
    notify: str = "once"
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    user_name: str = ""


@dataclass
class Customer:
    """A person at one desk, by the door `via` (REST, if none is given).

    `acts` are what this one does otherwise, by what is expected. `trail` is where they were asked; `followed` are links
    of letters, used up. `tries` is how often the same answer is given in a row at one step; then it is refused.
    """

    desk: DeskClient
    person: Person = field(default_factory=Person)
    via: InitVar[CustomerDoor | None] = None
    door: CustomerDoor = field(init=False)
    trail: list[str] = field(default_factory=list[str])
    followed: set[str] = field(default_factory=set[str])
    acts: Mapping[str, Callable[[Any], Awaitable[None]]] = field(default_factory=dict[str, Any], kw_only=True)
    tries: int = field(default=MOST_TRIES, kw_only=True)
    _given: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]], repr=False)

    def __post_init__(self, via: CustomerDoor | None) -> None:
        """Come by that door."""
        self.door = via or RestDoor(self.desk.http, self.person.locale)

    async def run(self, *until: str, most: int = MOST_STEPS) -> Self:
        """Go on until one of these is expected (or stood at, as "dialog.step"), by default the end. Errors: NotDone."""
        wanted = until or ("nothing",)
        self._given.clear()
        if not self.door.expects:
            await self.say("/start")
        for _ in range(most):
            if self.door.expects in wanted or self.door.at in wanted:
                return self
            self.trail.append(self.door.at)
            last = self._given[-self.tries :]
            if len(last) == self.tries and {*last} == {(self.door.at, self.door.expects, last[0][-1])}:
                raise NotDone(f"“{last[0][-1]}” is refused at {self.door.at}: {self.door.said[-1:]}")
            await self.act()
        raise NotDone(f"never came to {wanted}: {self.trail[-8:]}, {self.door.said[-2:]}")

    async def act(self) -> None:
        """Do what is expected."""
        at, expects = self.door.at, self.door.expects
        known = self.person.facts.get(at) or self.person.facts.get(expects)
        if known is not None:
            await self.say(known)
        elif (act := self.acts.get(expects) or TABLE.get(expects)) is not None:
            await act(self)
        else:
            raise NotDone(f"{expects} is expected at {at}: give it in the person's facts")

    async def say(self, text: str) -> None:
        """Write something, or press a button by its payload."""
        self._given.append((self.door.at, self.door.expects, text))
        await self.door.say(text)

    async def choose(self) -> None:
        """Press what this person wants of what is offered."""
        ways = (f"method:{self.person.method}", *self.person.ways)
        chosen = next((way for way in ways if way in self.door.buttons), None)
        if chosen is None:
            raise NotDone(f"nothing wanted is offered at {self.door.at}: {self.door.buttons}")
        await self.say(chosen)

    async def fill_page(self) -> None:
        """Fill in the open step's page."""
        _sure(await self.submit(self.door.link("secure_page")["href"]))
        await self.door.look()

    async def submit(self, href: str, **typed: str) -> httpx.Response:
        """Fill in the form of a page and send it; `typed` wins over the person's own data."""
        self._given.append((self.door.at, self.door.expects, f"the form of {httpx.URL(href).path[:3]}…"))
        own, login = self.person.password, self.person.user_name or self.person.email
        return await self.desk.fill_in(href, **{"login": login, "password": own, "password_repeat": own, **typed})

    async def last_code(self) -> str:
        """Return the code in the newest SMS: its only group of six digits."""
        return code_in((await self.desk.outbox(self.person.phone))[-1]["text"])

    async def type_code(self) -> None:
        """Type the newest SMS's code."""
        await self.say(await self.last_code())

    async def follow_mail(self) -> None:
        """Follow the newest letter's link, on to a page if it leads to one; one that was followed is waited after."""
        link = (await self.desk.outbox(self.person.email))[-1]["links"][0]
        if link in self.followed:  # its turn is still to come: perhaps in another process
            await asyncio.sleep(0.05)
        else:
            self.followed.add(link)
            done = _sure(await self.submit(link))
            if done.status_code == 303:
                _sure(await self.submit(str(httpx.URL(link).join(done.headers["location"]))))
        await self.door.look()

    async def pay(self) -> None:
        """Pay by the open step's link, as the person means to."""
        try:
            link = self.door.link("payment")
        except NotDone:  # it was made meanwhile
            await self.door.look()
            link = self.door.link("payment")
        payment = link.get("id") or (await self.desk.card(self.person.email))["payments"][0]["id"]
        await self.desk.pay(payment, self.person.outcome, self.person.notify)
        await wait_until_settled(self.door)


Act = Callable[[Customer], Awaitable[object]]


def _typed(what: str) -> Act:
    """Say one of the person's data."""
    return lambda customer: customer.say(str(getattr(customer.person, what)))


def _said(payload: str) -> Act:
    return lambda customer: customer.say(payload)


def _sure(done: httpx.Response) -> httpx.Response:
    if done.status_code not in _DONE:
        raise NotDone(f"the page answers {done.status_code} {done.text[:200]}")
    return done


TABLE: Final[dict[str, Act]] = {
    "choice": lambda customer: customer.choose(),
    "consents": _said("consents:required"),
    "email": _typed("email"),
    "person_name": _typed("person_name"),
    "phone": _typed("phone"),
    "contact_code": lambda customer: customer.type_code(),
    "email_link": lambda customer: customer.follow_mail(),
    "secure_page": lambda customer: customer.fill_page(),
    "tax_number": _typed("nip"),
    "confirm_data": _said("confirm:yes"),
    "company_name": _typed("name"),
    "street": _typed("street"),
    "postal_code": _typed("postal_code"),
    "city": _typed("city"),
    "discount_code": _said("discount:skip"),
    "payment": lambda customer: customer.pay(),
    "wait": lambda customer: customer.door.look(),
}
"""Acts of a customer, by the answer that is expected of them."""
