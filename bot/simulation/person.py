"""The person behind a simulated customer, drawn from one seed: what they type, and the diary of all done and read."""

import random
import re
from collections import Counter
from typing import Any

from msgspec import Struct, field

from sandbox.testing.customer import Person
from sandbox.testing.desk import NotDone
from values import phone
from values.kinds import specimens
from values.meaning import Expects
from values.parsing import Ok
from values.seller import Seller

PASSWORD = "Trzy-zielone-parasole-7"
_DIGITS = 4
"""The last digits of a country's example number, which are drawn."""


def draw(seller: Seller, people: dict[str, Any], seed: int, dice: random.Random) -> Person:
    """Draw a person for this seller; `people` is the sandbox's table of whom one may try."""
    known = [customer for customer in people["customers"] if customer["profile"] == seller.id]
    only_known = any("customer_number" in customer for customer in known) or not {"buy", "sign_up"} & {*seller.entries}
    picked = dice.choice(known) if known and (only_known or dice.random() < 0.3) else {}
    email = picked.get("email", f"customer.{seed}@example.com")
    # Registers that fail for a company are no fault that the simulation has set.
    answered = (one for one in people["companies"] if one.get("behaviour") not in ("down", "slow"))
    companies = [one["number"] for one in answered if one["country"] == seller.country]
    return Person(
        locale=dice.choice(seller.locales),
        email=email,
        phone=picked.get("phone", _phone(seller.country, dice)),
        user_name=picked.get("username", email),
        password=picked.get("password", PASSWORD),
        nip=picked.get("nip") or dice.choice(companies or specimens(Expects.tax_number, seller.country).valid),
        facts={"customer_number": number} if (number := picked.get("customer_number")) else {},
    )


def answer(person: Person, expects: str, country: str) -> str:
    """Return what the person types at a step that expects this, in a form that is right."""
    own = {"email": person.email, "phone": person.phone, "tax_number": person.nip, **person.facts}
    return own.get(expects) or (*specimens(Expects(expects), country).valid, "…")[0]


def _phone(country: str, dice: random.Random) -> str:
    parsed = phone.parse(phone.example(country), country, allowed=())
    if not isinstance(parsed, Ok):
        raise ValueError(f"no mobile numbers are known of {country}")
    return parsed.value[:-_DIGITS] + "".join(str(dice.randrange(10)) for _ in range(_DIGITS))


_UNFILLED = re.compile(r"\{\w+\}")
_CODE = re.compile(r"^\d{6}$")
"""Codes differ each time: they follow from what is drawn for each conversation."""
_LONGEST = 300


class Broken(NotDone):
    """Something that must hold doesn't: `what` names it, the message says how."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what}: {how}")
        self.what = what


class Diary(Struct):
    """`lines` can be read as a conversation: `>` said, `<` read, `~` done elsewhere."""

    lines: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])
    _typed: set[str] = field(default_factory=set[str])  # what looks like a place, and may be quoted back

    def said(self, message: str) -> None:
        """Note what the customer said or pressed."""
        self.counts["said"] += 1
        self._typed |= {*_UNFILLED.findall(message)}
        self.lines.append(f"> {_CODE.sub('the code', _short(message))}")

    def did(self, what: str, kind: str = "") -> None:
        """Note what happened elsewhere than in the chat; `kind` counts it."""
        if kind:
            self.counts[kind] += 1
        self.lines.append(f"~ {what}")

    def read(self, text: str, titles: tuple[str, ...]) -> None:
        """Note what the desk said. Errors: Broken for an empty text or an unfilled placeholder."""
        self.counts["read"] += 1
        self.lines.append(f"< {_short(text)}" + "".join(f" [{title}]" for title in titles))
        for words in (text, *titles):
            if not words.strip() or {*_UNFILLED.findall(words)} - self._typed:
                raise Broken("words", f"the desk said {words!r}")


def _short(text: str) -> str:
    shown = " ⏎ ".join(text.splitlines()).encode("utf-8", "replace").decode()
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
