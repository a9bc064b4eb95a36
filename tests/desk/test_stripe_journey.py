"""Cards through Stripe at a whole desk: a forged notice, a declined card, the payment again, every notice twice."""

import pytest

from tests.desk.italian import PROFILE, buying
from tests.desk.running import Running
from tests.desk.scripted import only


async def told(desk: Running) -> list[str]:
    """How the desk answered what Stripe's stand-in sent it."""
    calls = (await desk.http.get("/sandbox/api/calls?provider=stripe")).json()
    return [call["outcome"] for call in calls if call["what"].startswith("POST /webhooks/payments/stripe")]


async def status(desk: Running, email: str) -> tuple[str, str, str]:
    payment = only((card := await desk.card(email))["payments"])
    return only(card["orders"])["status"], payment["status"], payment["provider"]


@pytest.mark.desk(profile=PROFILE)
async def test_a_card_is_declined_and_another_pays_once(desk: Running) -> None:
    scripted = await buying(desk).run("payment")
    email, payment = scripted.person.email, scripted.customer.link("payment")["id"]
    await desk.pay(payment, "paid", "forged")
    assert await told(desk) == ["400"]
    assert await status(desk, email) == ("placed", "pending", "stripe")
    await desk.pay(payment, "failed")
    await scripted.customer.settled()
    assert await status(desk, email) == ("placed", "failed", "stripe")
    await desk.pay(payment, "paid", "twice")
    await scripted.customer.settled()
    assert await status(desk, email) == ("paid", "paid", "stripe")
    assert set((await told(desk))[1:]) == {"200"}
    said = len(scripted.customer.said)
    await desk.pay(payment, "paid", "twice")
    await scripted.customer.settled()
    assert len(scripted.customer.said) == said
    books = (await desk.http.get("/sandbox/api/attempts")).json()
    assert sorted(book["status"] for book in books) == ["failed", "paid"]
