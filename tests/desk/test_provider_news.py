"""What a provider tells that is no money: a kept card that is gone, a wallet that was withdrawn, a disputed payment."""

import json

import pytest

from sandbox.payments.stripe import STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
from services.payments.providers.paypal import webhooks
from services.payments.providers.registry import NOTICE_ANSWERS
from services.payments.providers.stripe import webhooks as stripe_notices
from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, PROFILE, comes, comes_to, end_of, kept, looks, subscribed, taken
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import Scripted, until
from values import masked

pytestmark = pytest.mark.usefixtures("asked_seldom")
GONE = "operator płatności już tego nie przechowuje"


async def detached_at_stripe(desk: Running) -> None:
    """As its owner or the seller does it in Stripe's own pages."""
    card = (await kept(desk))["id"]
    path = f"/sandbox/stripe/v1/payment_methods/{card}/detach"
    done = await desk.http.post(path, headers={"authorization": f"Bearer {STRIPE_SECRET_KEY}"})
    assert done.status_code == 200, done.text


async def told(desk: Running, customer: Customer, words: str) -> bool:
    await customer.look()
    return any(words in said for said in customer.said)


@on_each_database
@pytest.mark.stage(subscribed, card="works")
@pytest.mark.desk(profile=PROFILE)
async def test_a_card_that_is_gone_at_the_provider_is_told_and_a_link_asked_for(desk: Running, buyer: Scripted) -> None:
    customer, end = buyer.customer, await end_of(desk)
    await detached_at_stripe(desk)
    await desk.advance(1)
    await until(lambda: told(desk, customer, GONE))
    await comes(desk, end, days=6.5)
    await comes_to(customer, "payment")
    assert "Pobraliśmy" not in await looks(customer)
    assert await taken(desk) == 1


@pytest.mark.stage(subscribed, card="works")
@pytest.mark.desk(profile=PROFILE)
async def test_what_the_customer_has_forgotten_is_no_news(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.say("zone:methods")
    [forget] = [b for b in customer.buttons if b.startswith("forget:")]
    await customer.say(forget)

    async def forgotten() -> bool:
        return not (await kept(desk))["kept"]

    await until(forgotten)
    await desk.advance(60)
    assert not await told(desk, customer, GONE)


def dispute(intent: str, id: str = "du_1") -> Json:
    disputed = {"id": id, "object": "dispute", "payment_intent": intent, "amount": 46617, "currency": "pln"}
    return {"id": f"evt_{id}", "type": "charge.dispute.created", "livemode": False, "data": {"object": disputed}}


async def stripe_tells(desk: Running, notice: Json) -> str:
    """The desk's answer to a notice that it takes."""
    body = json.dumps(notice).encode()
    moment = int(desk.installation.clock.now().timestamp())
    signature = f"t={moment},v1={stripe_notices.sign(moment, body, STRIPE_WEBHOOK_SECRET)}"
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    answer = await desk.http.post("/webhooks/payments/stripe", content=body, headers=headers)
    assert answer.status_code == 200
    return answer.text


async def intents(desk: Running) -> list[str]:
    """What Stripe calls the payments."""
    attempts = (await desk.http.get("/sandbox/api/attempts")).json()
    found: list[str] = []
    for attempt in attempts:
        path = "/sandbox/stripe/v1/payment_intents/search"
        query = {"query": f'metadata["payment_ref"]:"{attempt["reference"]}"'}
        answer = await desk.http.get(path, params=query, headers={"authorization": f"Bearer {STRIPE_SECRET_KEY}"})
        found += [intent["id"] for intent in answer.json()["data"]]
    return found


@on_each_database
@pytest.mark.stage(subscribed, card="works")
@pytest.mark.desk(profile=PROFILE)
async def test_a_dispute_goes_to_support_once_and_one_of_something_else_does_not(
    desk: Running, buyer: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    [paid] = await intents(desk)
    support = desk.installation.profile.brand.support_email
    before = len(await desk.outbox(support))
    assert await stripe_tells(desk, dispute(paid)) == "OK"
    monkeypatch.setitem(NOTICE_ANSWERS, "stripe", "TAKEN")
    assert await stripe_tells(desk, dispute(paid)) == "TAKEN"
    await stripe_tells(desk, dispute("pi_of_another_shop", "du_2"))
    order = (await desk.card(EMAIL))["orders"][0]["number"]

    async def mailed() -> bool:
        return len(await desk.outbox(support)) > before

    await until(mailed)
    await desk.advance(60)
    [letter] = (await desk.outbox(support))[before:]
    assert "kwestionowana" in letter["text"]
    assert all(word in letter["text"] for word in (order, "du_1", "466.17 PLN", masked.email(EMAIL)))
    assert EMAIL not in letter["text"]


def test_paypal_names_our_payment_in_a_dispute_and_the_token_of_a_wallet_that_is_gone() -> None:
    disputed = {
        "dispute_id": "PP-D-1",
        "dispute_amount": {"currency_code": "PLN", "value": "466.17"},
        "disputed_transactions": [{"seller_transaction_id": "CAPTURE1", "custom": "a1b2-1"}],
    }
    event = {"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": disputed}
    notice = webhooks.read_notice(json.dumps(event).encode())
    assert (notice.kind, notice.payment_ref, notice.amount, notice.currency) == ("disputed", "a1b2-1", 46617, "PLN")
    assert notice.facts["case"] == "PP-D-1"
    gone = {"id": "WH-2", "event_type": "VAULT.PAYMENT-TOKEN.DELETED", "resource": {"id": "8kk8451t"}}
    notice = webhooks.read_notice(json.dumps(gone).encode())
    assert (notice.kind, notice.provider_ref) == ("detached", "8kk8451t")
