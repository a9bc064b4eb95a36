"""Hostile texts on the whole way: every one is answered, nothing is evaluated, nothing proven, paid or leaked by it."""

import json
from pathlib import Path

import sqlalchemy as sa

from tests.desk import hostile
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.nightly import portion

STEPS = (
    *("account.start", "account.email", "secure_page", "consents", "contact.phone", "contact_code"),
    *("tax_number", "company.confirm", "email_link", "order.method", "order.clauses", "order.pay"),
    *("payment", "zone.zone"),
)


async def fire(customer: Scripted, text: str) -> str:
    """Says it; gives all that was answered."""
    before = len(customer.customer.said)
    await customer.customer.say(text)
    answered = customer.customer.said[before:]
    assert answered, ascii(text[:40])
    return "\n".join(answered)


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def failed_turns(desk: Running) -> list[str]:
    asked = sa.text("SELECT data FROM journal WHERE kind = 'failed'")
    return list(await desk.installation.store.read(lambda c: [str(row[0]) for row in c.execute(asked)]))


def somebody(locale: str) -> Person:
    """Nobody whose own number or address looks like the answer to 7 × 7."""
    people = iter(lambda: Person(locale=locale), None)
    return next(person for person in people if "49" not in person.phone + person.email)


async def test_every_text_is_answered_and_none_goes_further_than_a_customer_may(tmp_path: Path) -> None:
    assert len(hostile.ALL) >= 300
    async with running_desk(tmp_path) as desk:
        for n, step in enumerate(STEPS):
            locale = ("pl", "it", "en")[n % 3]
            share = {text for more in portion((0, 5), 2) for text in hostile.ALL[(n + more) % len(STEPS) :: len(STEPS)]}
            customer: Scripted | None = None
            for text in sorted(share):
                if customer is None:
                    customer = await Scripted(desk, somebody(locale)).run(step)
                at, answered = customer.customer.at, await fire(customer, text)
                assert "49" not in answered or "7*7" in answered or text not in ("{{7*7}}", "${7*7}", "#{7*7}")
                card = await desk.card(customer.person.email)
                if step != "zone.zone":
                    assert card is None or not any(order["status"] == "paid" for order in card["orders"]), ascii(text)
                if n <= STEPS.index("email_link"):
                    assert card is None or card["account"]["status"] == "pending", ascii(text)
                if n < STEPS.index("payment"):
                    assert card is None or not card["orders"], ascii(text)
                if n < STEPS.index("contact_code"):
                    assert customer.customer.custom["dialog"] in ("account", "contact", "handoff"), ascii(text)
                if customer.customer.at != at:
                    customer = None
        assert await failed_turns(desk) == []
    written = on_disk(tmp_path)
    for canary in hostile.CANARIES:
        assert canary.encode() not in written, canary
        assert json.dumps(canary)[1:-1].encode() not in written, canary
