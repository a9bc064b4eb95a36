"""Customers of an Italian seller, who fill a cart and have more to give than others."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.desk.running import Running
from tests.desk.scripted import TABLE, Person, Scripted

PROFILE = Path("profiles/certified_platform")
OFFICE = "ufficio@lucani.example"

WAYS = (
    *("start:buy", "addons:none", "account:new", "legal_form:company", "years:1", "terms:accept"),
    *("pay:now", "pec_ordinary:yes"),
)


@dataclass
class Buyer(Person):
    """Somebody who buys for an Italian company."""

    method: str = "card"
    locale: str = "it"
    nip: str = "12345670363"
    ways: tuple[str, ...] = WAYS
    sdi_code: str = "M5UXCR1"
    office: str = OFFICE
    quantity: str = "2"
    extra: list[str] = field(default_factory=list[str])


class Buying(Scripted):
    """A scripted customer who also has a cart to fill and a code to give."""

    async def act(self) -> None:
        here = self.customer
        assert isinstance(self.person, Buyer)
        if here.at == "order.addons" and self.person.extra:
            await here.say(f"addons:{self.person.extra.pop(0)}")
        elif here.expects == "quantity":
            await here.say(self.person.quantity)
        elif here.expects == "sdi_code":
            await here.say(self.person.sdi_code)
        elif here.at == "company.holder_email":
            await here.say(self.person.office)
        elif here.at == "order.method" and self.person.method in ("transfer", "postal_slip"):
            await here.say("method:other" if "method:other" in here.buttons else f"method:{self.person.method}")
        else:
            await TABLE[here.expects](self)


def buying(desk: Running, **person: Any) -> Buying:
    return Buying(desk, Buyer(**person))


async def mailed(desk: Running, to: str, *words: str) -> bool:
    """Return whether a letter to this address says all of that, in its subject or its words."""
    told = [f"{letter['subject']}\n{letter['text']}".casefold() for letter in await desk.outbox(to)]
    return any(all(word.casefold() in one for word in words) for one in told)
