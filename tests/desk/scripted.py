"""A customer who follows a table: what is expected → what is done. Reads only `custom`, payloads, sandbox and pages.

This is how a client of the REST channel may be written by somebody who has never seen the desk's code.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bot.simulation.pages import PageForm, code_in
from tests.desk.running import PATIENCE_S, Customer, Running

PASSWORD = "Trzy-zielone-parasole-7"
MOST_STEPS = 60

# Of the choices offered the first of these is taken; a method comes before them.
WAYS = (
    "start:buy",
    "account:new",
    "auto_renewal:yes",
    "terms:accept",
    "clauses:accept",
    "pay:now",
    "einvoice:activate",
)


@dataclass
class Person:
    """What the customer knows of himself; a new one each time."""

    method: str = "blik"
    locale: str = "pl"
    nip: str = "123-456-32-18"
    password: str = PASSWORD
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


@dataclass
class Scripted:
    """One customer at one desk. `trail` is where he was asked what; `followed` are links of letters, used up."""

    desk: Running
    person: Person = field(default_factory=Person)
    customer: Customer = field(init=False)
    trail: list[str] = field(default_factory=list[str])
    followed: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.customer = self.desk.customer(self.person.locale)

    async def run(self, *until: str, most: int = MOST_STEPS) -> "Scripted":
        """Goes on until one of these is expected (or stood at, as "dialog.step"), by default the end."""
        wanted = until or ("nothing",)
        if self.customer.custom is None:
            await self.customer.say("/start")
        for _ in range(most):
            if self.customer.expects in wanted or self.customer.at in wanted:
                return self
            self.trail.append(self.customer.at)
            await self.act()
        raise AssertionError(f"never came to {wanted}: {self.trail[-8:]}, {self.customer.said[-2:]}")

    async def act(self) -> None:
        """Does what is expected."""
        await TABLE[self.customer.expects](self)

    async def choose(self) -> None:
        offered = self.customer.buttons
        ways = (f"method:{self.person.method}", *self.person.ways)
        chosen = next((way for way in ways if way in offered), None)
        assert chosen is not None, (self.customer.at, offered)
        await self.customer.say(chosen)

    async def say(self, text: str) -> None:
        await self.customer.say(text)

    async def fill_page(self) -> None:
        """GET the page, fill in its fields, POST them."""
        done = await self.submit(self.customer.link("secure_page")["href"])
        assert done.status_code in (200, 303), (done.status_code, done.text)
        await self.customer.look()

    async def submit(self, href: str, **typed: str) -> httpx.Response:
        """Fills the form of a page and sends it to its action; `typed` wins over the person's own data."""
        page = await self.desk.http.get(href)
        assert page.status_code == 200, (page.status_code, page.text)
        form = PageForm(page.text)
        assert form.method == "post"
        assert form.action, "a client posts the fields to the form's action"
        known = {
            "login": self.person.email,
            "password": self.person.password,
            "password_repeat": self.person.password,
            **typed,
        }
        fields = {name: known.get(name, value) for name, value in form.fields.items()}
        return await self.desk.http.post(httpx.URL(href).join(form.action), data=fields)

    async def submit_again(self, href: str) -> httpx.Response:
        """Posts to a page that doesn't open any more."""
        known = {"login": self.person.email, "password": self.person.password}
        return await self.desk.http.post(href, data=known)

    async def last_code(self) -> str:
        """The code in the newest SMS: its only group of six digits."""
        messages = await self.desk.outbox(self.person.phone)
        return code_in(messages[-1]["text"])

    async def type_code(self) -> None:
        await self.say(await self.last_code())

    async def follow_mail(self) -> None:
        """The newest letter's acting link: looked at, then posted; on to a page if it leads to one."""
        letter = (await self.desk.outbox(self.person.email))[-1]
        if letter["links"][0] in self.followed:  # its turn is still to come: perhaps in another process
            await asyncio.sleep(0.05)
            await self.customer.look()
            return
        self.followed.add(letter["links"][0])
        done = await self.submit(letter["links"][0])
        assert done.status_code in (200, 303), (done.status_code, done.text)
        if done.status_code == 303:
            done = await self.submit(str(httpx.URL(letter["links"][0]).join(done.headers["location"])))
            assert done.status_code in (200, 303), (done.status_code, done.text)
        await self.customer.look()

    async def pay(self) -> None:
        if not any(link["rel"] == "payment" for link in self.customer.custom["links"]):
            await self.customer.look()
        await self.desk.pay(self.customer.link("payment")["id"], self.person.outcome, self.person.notify)
        await self.customer.settled()

    async def wait(self) -> None:
        await self.customer.look()


def typed(what: str) -> Callable[[Scripted], Awaitable[None]]:
    """Says one of the person's data."""

    async def say(scripted: Scripted) -> None:
        await scripted.say(str(getattr(scripted.person, what)))

    return say


def said(payload: str) -> Callable[[Scripted], Awaitable[None]]:
    """Says a payload."""

    async def say(scripted: Scripted) -> None:
        await scripted.say(payload)

    return say


TABLE: dict[str, Callable[[Scripted], Awaitable[None]]] = {
    "choice": lambda scripted: scripted.choose(),
    "consents": said("consents:required"),
    "email": typed("email"),
    "person_name": typed("person_name"),
    "phone": typed("phone"),
    "contact_code": lambda scripted: scripted.type_code(),
    "email_link": lambda scripted: scripted.follow_mail(),
    "secure_page": lambda scripted: scripted.fill_page(),
    "tax_number": typed("nip"),
    "confirm_data": said("confirm:yes"),
    "company_name": typed("name"),
    "street": typed("street"),
    "postal_code": typed("postal_code"),
    "city": typed("city"),
    "discount_code": said("discount:skip"),
    "payment": lambda scripted: scripted.pay(),
    "wait": lambda scripted: scripted.wait(),
}


async def bought(desk: Running, **person: Any) -> Scripted:
    """A customer who has gone the whole straight way."""
    return await Scripted(desk, Person(**person)).run()


async def logs_in_again(customer: Customer, email: str, password: str = PASSWORD) -> None:
    """The log-in has ended: the customer gives the password, and what was asked for goes on."""
    assert (customer.at, customer.expects) == ("account.secure_page", "secure_page")
    done = await customer.submit(customer.link("secure_page")["href"], login=email, password=password)
    assert done.status_code in (200, 303), done.text
    await customer.settled()


def only(rows: list[Any]) -> Any:
    """The one row there is."""
    assert len(rows) == 1, rows
    return rows[0]


async def until(holds: Callable[[], Awaitable[object]], seconds: float = PATIENCE_S) -> None:
    """Looks again and again until it holds."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(0.01)
    except TimeoutError as late:
        raise TimeoutError(f"after {seconds} s not {getattr(holds, '__qualname__', holds)}") from late
