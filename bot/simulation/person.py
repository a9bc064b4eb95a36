"""The person behind a simulated customer, drawn from one seed, and what they type."""

import random
from typing import Any

from sandbox.testing.customer import Person
from values import phone
from values.meaning import Expects
from values.parsing import Ok
from values.seller import Seller
from values.specimens import specimens

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
