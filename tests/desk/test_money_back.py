"""Money that came back: refunds made at the provider and disputes, booked, told, and never charged again.

The same stories at each provider: what tells them apart is in its adapter and in its stand-in.
"""

from unittest.mock import patch

import pytest

from services.payments import questions
from tests.desk import renewing
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.kit.talks import plain

pytestmark = pytest.mark.desk(profile=renewing.PROFILE)

GROSS = 46617
HOUR, DAY = 3600.0, 86400.0


async def unasked(desk: Running, method: str) -> Scripted:
    """The same, and no question about that payment is planned."""
    with patch.object(questions, "set_question_timer", lambda *_: None):
        return await renewing.payer(desk, method)


METHODS = {"stripe": "card", "paypal": "paypal", "przelewy24": "blik"}
paid_by = {provider: pytest.mark.stage(renewing.payer, method=method) for provider, method in METHODS.items()}
#: A test takes `provider` for its name; the mark brings its payer.
each_provider = pytest.mark.parametrize("provider", [pytest.param(name, marks=mark) for name, mark in paid_by.items()])
DISPUTING = ("stripe", "paypal")
disputing = pytest.mark.parametrize("provider", [pytest.param(name, marks=paid_by[name]) for name in DISPUTING])


@pytest.fixture
async def payment_id(desk: Running) -> str:
    """What the payer has paid."""
    return str((await desk.card(renewing.EMAIL))["payments"][0]["id"])


async def comes_back(desk: Running, payment_id: str, outcome: str = "refunded", **said: object) -> None:
    """The seller gives money back in the provider's panel, or the payer claims it there, and a minute passes."""
    await part_is_back(desk, payment_id, outcome=outcome, **said)
    await desk.advance(60)


async def part_is_back(desk: Running, payment_id: str, **said: object) -> None:
    """As it is said in the panel; else a part is given back there, of which no notice tells the desk."""
    panel = said or {"outcome": "refunded", "notify": "none", "amount": 10000}
    done = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=panel)
    assert done.status_code == 200, done.text


async def books(desk: Running) -> tuple[str, int, str | None]:
    """How the first payment stands; its order says the same sum."""
    card = await desk.card(renewing.EMAIL)
    payment, order = card["payments"][0], card["orders"][0]
    assert (order["status"], order["refunded_amount"]) == ("paid", payment["refunded_amount"])
    return payment["status"], payment["refunded_amount"], payment["disputed"]


async def seen_by_an_agent(desk: Running, email: str) -> str:
    """The customer's card at the agents' desk."""
    [conversation] = (await desk.card(email))["conversations"][-1:]
    anna = await AgentHttp.logged_in(desk)
    await anna.get(f"/desk/c/{conversation['id']}")
    return plain(anna.words)


@each_provider
@on_each_database
async def test_a_refunded_customer_is_told_and_charged_nothing_a_year_later(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    end = await renewing.end_of(desk)
    assert (await renewing.subscription(desk))["auto_renewal"] is True
    await comes_back(desk, payment_id, notify="twice")
    told = await renewing.tells(buyer.customer)
    assert told.count("zwrot całej wpłaty") == 1
    assert "466,17 zł" in told
    assert "się nie odnowi: nic więcej za nią nie pobierzemy" in told
    assert await books(desk) == ("refunded", GROSS, None)
    running = await renewing.subscription(desk)
    assert (running["status"], running["auto_renewal"], running["end_reason"]) == ("active", False, None)
    assert await renewing.end_of(desk) < end, "the year given back hadn't begun: it never does"
    [event] = await renewing.events(desk, "payment.refunded")
    assert (event["refunded"], event["refunded_amount"], event["payment_id"]) == (GROSS, GROSS, payment_id)
    await renewing.comes(desk, end, days=-2)
    ended = await renewing.subscription(desk)
    assert (ended["status"], ended["end_reason"]) == ("ended", "refunded")
    assert await renewing.taken(desk) == 0, "what was taken went back, and nothing after it"
    assert len((await desk.card(renewing.EMAIL))["orders"]) == 1
    assert "Pobraliśmy" not in await renewing.tells(buyer.customer)


@each_provider
async def test_a_refund_is_found_by_a_late_notice_or_within_a_day_by_none_and_a_forged_one_is_none(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    untouched = ("paid", 0, None)
    await comes_back(desk, payment_id, notify="forged")
    await desk.advance(1.1 * DAY)
    assert await books(desk) == untouched
    await comes_back(desk, payment_id, amount=10000, notify="late")
    assert await books(desk) == untouched
    await desk.advance(1.1 * HOUR)
    assert await books(desk) == ("paid", 10000, None)
    assert (await renewing.subscription(desk))["auto_renewal"] is True
    assert "zwrócono część: 100,00 zł" in await seen_by_an_agent(desk, renewing.EMAIL)
    await comes_back(desk, payment_id, notify="none")
    assert await books(desk) == ("paid", 10000, None)
    await desk.advance(1.1 * DAY)
    assert await books(desk) == ("refunded", GROSS, None)
    assert "zwrócono całość: 466,17 zł" in await seen_by_an_agent(desk, renewing.EMAIL)
    refunds = [
        (event["refunded"], event["refunded_amount"]) for event in await renewing.events(desk, "payment.refunded")
    ]
    assert refunds == [(10000, 10000), (GROSS - 10000, GROSS)]


@pytest.mark.parametrize(
    "provider", [pytest.param(name, marks=pytest.mark.stage(unasked, method=METHODS[name])) for name in DISPUTING]
)
async def test_before_a_charge_the_provider_is_asked_what_came_back(
    desk: Running, buyer: Scripted, provider: str, payment_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "set_question_timer", lambda *_: None)  # no other question finds it first
    end = await renewing.end_of(desk)
    await renewing.comes(desk, end, days=9)
    await comes_back(desk, payment_id, notify="none")
    assert await books(desk) == ("paid", 0, None)
    await renewing.comes(desk, end, days=6.5)
    assert await books(desk) == ("refunded", GROSS, None)
    assert await renewing.taken(desk) == 0
    assert "Pobraliśmy" not in await renewing.tells(buyer.customer)
    assert [order["status"] for order in (await desk.card(renewing.EMAIL))["orders"]] == ["paid", "cancelled"]


@disputing
@pytest.mark.parametrize("outcome", ["dispute_won", "dispute_lost"])
async def test_a_dispute_stops_the_renewal_until_it_is_won_and_the_customer_wants_it(
    desk: Running, buyer: Scripted, provider: str, payment_id: str, outcome: str
) -> None:
    customer, support, won = buyer.customer, desk.installation.profile.brand.support_email, outcome == "dispute_won"
    before = len(await desk.outbox(support))
    await comes_back(desk, payment_id, "disputed")
    await comes_back(desk, payment_id, "disputed")
    assert await books(desk) == ("paid", 0, "open")
    assert len(await desk.outbox(support)) == before + 1, "one ticket a case"
    assert "reklamację płatności" in await renewing.tells(customer)
    assert "reklamacja w banku lub PayPal w toku" in await seen_by_an_agent(desk, renewing.EMAIL)
    assert (await renewing.subscription(desk))["auto_renewal"] is False
    await comes_back(desk, payment_id, outcome)
    assert await books(desk) == (("paid", 0, "won") if won else ("refunded", GROSS, "lost"))
    assert ("wpłata zostaje u nas" if won else "pieniądze wracają do Ciebie") in await renewing.tells(customer)
    assert (await renewing.subscription(desk))["auto_renewal"] is False, "until the customer says so"
    assert [event["disputed"] for event in await renewing.events(desk, "payment.disputed")] == [
        "open",
        "won" if won else "lost",
    ]


@paid_by["przelewy24"]
async def test_przelewy24_tells_of_no_disputes(desk: Running, payment_id: str) -> None:
    refused = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": "disputed"})
    assert refused.status_code == 400


@each_provider
async def test_who_has_no_chat_is_written_to(desk: Running, buyer: Scripted, provider: str, payment_id: str) -> None:
    await desk.advance(3 * DAY)  # the chat was left
    before = len(await desk.outbox(renewing.EMAIL))
    await comes_back(desk, payment_id)
    letters = (await desk.outbox(renewing.EMAIL))[before:]  # and that the term before ends in a month, as for everybody
    [letter] = [one for one in letters if one["subject"].startswith("Zwrot wpłaty")]
    assert "466,17 zł" in plain(letter["text"])
    assert "się nie odnowi" in letter["text"]
    assert "zwrot całej wpłaty" in await renewing.tells(buyer.customer), "in the chat, too, for whoever comes back"
