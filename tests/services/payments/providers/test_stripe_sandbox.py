"""Stripe's adapter against the sandbox: cards kept, charged without their payer, and what goes wrong on the way."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sandbox.faults import Mode
from services.errors import Forged, ProviderRefused, ProviderUnavailable
from services.payments.providers.base import Attempt, Charge, PaymentRequest
from services.payments.providers.stripe.adapter import Stripe
from tests.services.standins import PASSING, StandIns
from values.payment import StoredMethod

pytestmark = pytest.mark.anyio

CERTAINLY_NOT: list[Mode] = ["timeout", "error", "down", "garbage", "reset"]


@pytest.fixture
def world(tmp_path: Path) -> StandIns:
    return StandIns(tmp_path)


@pytest.fixture
def stripe(world: StandIns) -> Stripe:
    return Stripe(
        world.client, **world.endpoints["stripe"], clock=world.clock, breaker=world.breaker("stripe"), timeout_s=0.5
    )


def request(attempt: int = 1, *, store_for: str | None = None, stored: StoredMethod | None = None) -> PaymentRequest:
    return PaymentRequest(
        payment_id="0a1b2c3d",
        attempt=attempt,
        amount=29280,
        currency="EUR",
        description="Certified Platform, 1 anno – è",
        email="anna@example.com",
        locale="it",
        country="IT",
        method="card",
        return_url="http://desk.example/p/xyz/return",
        notify_url="http://desk.example/webhooks/payments/stripe",
        expires_in=timedelta(minutes=60),
        store_for=store_for,
        stored=stored,
    )


async def opened(stripe: Stripe, asked: PaymentRequest) -> Attempt:
    registered = await stripe.register(asked)
    return Attempt(asked.payment_ref, registered.provider_ref, asked.amount, asked.currency)


async def kept(world: StandIns, stripe: Stripe, card: str = "works") -> StoredMethod:
    """A card kept by a first payment."""
    attempt = await opened(stripe, request(store_for="account-1"))
    await world.pay(card=card)
    stored = (await stripe.ask(attempt)).stored
    assert stored is not None
    return stored


def charge(stored: StoredMethod, ref: str = "0renew-1", amount: int = 29280) -> Charge:
    return Charge(Attempt(ref, None, amount, "EUR"), "Rinnovo", stored)


async def charges(world: StandIns, ref: str = "0renew-1") -> list[str]:
    return [book["status"] for book in await world.payments() if book["reference"] == ref]


# --- what the payer does ---


async def test_a_payer_who_pays_at_once_keeps_nothing(world: StandIns, stripe: Stripe) -> None:
    attempt = await opened(stripe, request())
    await world.pay()
    state = await stripe.ask(attempt)
    assert (state.status, state.stored) == ("paid", None)
    (book,) = await world.payments()
    assert (book["settled"], book["provider"], book["method"]) == (True, "stripe", "card")


@pytest.mark.parametrize(("card", "label"), [("works", "Visa …4242"), ("mastercard", "Mastercard …4444")])
async def test_a_card_is_kept_with_what_may_be_shown_of_it(
    world: StandIns, stripe: Stripe, card: str, label: str
) -> None:
    stored = await kept(world, stripe, card)
    assert (stored.label, stored.expires) == (label, date(2040, 12, 31))
    assert stored.customer.startswith("cus_")


async def test_a_kept_card_pays_again_and_another_is_kept_beside_it(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe)
    attempt = await opened(stripe, request(2, store_for="account-1", stored=stored))
    await world.pay()
    assert (await stripe.ask(attempt)).stored == stored
    attempt = await opened(stripe, request(3, store_for="account-1", stored=stored))
    await world.pay(card="mastercard")
    other = (await stripe.ask(attempt)).stored
    assert other is not None
    assert (other.customer, other.label) == (stored.customer, "Mastercard …4444")


async def test_a_declined_card_leaves_the_page_open_for_another(world: StandIns, stripe: Stripe) -> None:
    attempt = await opened(stripe, request())
    await world.pay(card="declined")
    assert (await stripe.ask(attempt)).status == "pending"
    assert (await stripe.read_notice(*world.notices[0])).kind == "failed"
    await world.pay(card="works")
    assert (await stripe.ask(attempt)).status == "paid"
    (book,) = await world.payments()
    assert book["status"] == "paid"


async def test_a_session_expires_by_itself_and_says_so(world: StandIns, stripe: Stripe) -> None:
    attempt = await opened(stripe, request())
    world.clock.advance(3599)
    assert (await stripe.ask(attempt)).status == "pending"
    await world.sandbox.tick(world.clock.advance(1))
    assert (await stripe.ask(attempt)).status == "expired"
    assert (await stripe.read_notice(*world.notices[0])).kind == "other"
    await world.pay()
    assert (await stripe.ask(attempt)).status == "expired"


@pytest.mark.parametrize(("action", "end"), [("delayed", "paid"), ("delayed_fails", "failed")])
async def test_complete_is_not_paid(world: StandIns, stripe: Stripe, action: str, end: str) -> None:
    attempt = await opened(stripe, request(store_for="account-1"))
    page = (await stripe.register(request(store_for="account-1"))).redirect_url
    assert (await world.client.post(page, data={"action": action, "card": "works"})).status_code == 303
    assert (await stripe.ask(attempt)).status == "pending"
    notice = await stripe.read_notice(*world.notices[-1])
    assert (notice.kind, notice.facts["event_type"]) == ("other", "checkout.session.completed")
    assert (await stripe.confirm(attempt, notice.facts)).status == "pending"
    await world.sandbox.tick(world.clock.advance(3600))
    assert (await stripe.ask(attempt)).status == end
    kinds = {(await stripe.read_notice(*told)).kind for told in world.notices[1:]}
    assert kinds <= {"paid" if end == "paid" else "failed", "other"}
    assert (end == "paid") is ("paid" in kinds)


# --- notices ---


async def test_both_events_of_one_payment_and_their_repeats_tell_the_same(world: StandIns, stripe: Stripe) -> None:
    attempt = await opened(stripe, request())
    await world.pay(notify="twice")
    notices = [await stripe.read_notice(*told) for told in world.notices]
    assert len({notice.dedup_key for notice in notices}) == len(notices) / 2
    types = [str(notice.facts["event_type"]) for notice in notices]
    assert types == types[::-1], "shuffled: the second time in the other order"
    for notice in notices:
        assert notice.payment_ref == attempt.payment_ref
        assert (await stripe.confirm(attempt, json.loads(json.dumps(dict(notice.facts))))).status == "paid"


@pytest.mark.parametrize("action", ["forged", "other_mode", "stale"])
async def test_what_only_looks_like_a_notice_is_not_believed(world: StandIns, stripe: Stripe, action: str) -> None:
    attempt = await opened(stripe, request())
    page = (await stripe.register(request())).redirect_url
    assert (await world.client.post(page, data={"action": action})).status_code == 200
    with pytest.raises(Forged):
        await stripe.read_notice(*world.notices[-1])
    assert (await stripe.ask(attempt)).status == "pending"


async def test_a_notice_kept_back_is_refused_and_the_fresh_repeat_of_it_taken(world: StandIns, stripe: Stripe) -> None:
    await opened(stripe, request())
    await world.pay()
    await stripe.read_notice(*world.notices[0])
    world.clock.advance(301)
    with pytest.raises(Forged):
        await stripe.read_notice(*world.notices[0])
    await world.pay()  # the same events once more, signed anew
    again = await stripe.read_notice(*world.notices[-1])
    assert again.kind in ("paid", "other")


async def test_a_notice_of_another_attempt_pays_nothing(world: StandIns, stripe: Stripe) -> None:
    first = await opened(stripe, request())
    second = await opened(stripe, request(2))
    await world.pay()
    told = [await stripe.read_notice(*notice) for notice in world.notices]
    assert {notice.payment_ref for notice in told} == {second.payment_ref}
    with pytest.raises(ProviderRefused, match="other_payment"):
        await stripe.confirm(replace(first, provider_ref=second.provider_ref), told[0].facts)
    assert (await stripe.confirm(first, told[0].facts)).status == "pending"


# --- without the payer ---


async def test_a_kept_card_is_charged_while_its_payer_is_away(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe)
    charged = await stripe.charge(charge(stored))
    assert (charged.state.status, charged.state.amount, charged.state.refusal) == ("paid", 29280, None)
    attempt = Attempt("0renew-1", charged.provider_ref, 29280, "EUR")
    assert (await stripe.ask(attempt)).status == "paid"
    await world.sandbox.tick(world.clock.now())
    notice = await stripe.read_notice(*world.notices[-1])
    assert (notice.kind, notice.payment_ref) == ("paid", "0renew-1")
    assert (await stripe.confirm(attempt, notice.facts)).status == "paid"
    assert (await stripe.confirm(replace(attempt, provider_ref=None), notice.facts)).status == "paid"


@pytest.mark.parametrize(
    ("card", "refusal"), [("declined_later", "declined"), ("asks", "needs_payer")], ids=["declined", "asks"]
)
async def test_a_card_that_worked_may_be_refused_later(
    world: StandIns, stripe: Stripe, card: str, refusal: str
) -> None:
    charged = await stripe.charge(charge(await kept(world, stripe, card)))
    assert (charged.state.status, charged.state.refusal) == ("failed", refusal)
    attempt = Attempt("0renew-1", charged.provider_ref, 29280, "EUR")
    state = await stripe.ask(attempt)
    assert (state.status, state.refusal) == ("failed", refusal)
    await world.sandbox.tick(world.clock.now())
    assert (await stripe.read_notice(*world.notices[-1])).kind == "failed"


@pytest.mark.parametrize("comes_to", ["declined", "needs_payer", "gone"])
async def test_the_sandbox_lets_a_kept_card_be_refused_from_now_on(
    world: StandIns, stripe: Stripe, comes_to: str
) -> None:
    stored = await kept(world, stripe)
    await world.let_next(stored.token, comes_to)
    assert (await stripe.charge(charge(stored))).state.refusal == comes_to
    await world.let_next(stored.token, "works")
    assert (await stripe.charge(charge(stored))).state.refusal == comes_to, "answered alike"
    assert (await stripe.charge(charge(stored, "0renew-2"))).state.status == "paid"


async def test_a_card_whose_months_are_over_is_gone(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe, "soon")
    assert stored.expires == date(2027, 1, 31)
    assert (await stripe.charge(charge(stored))).state.status == "paid"
    world.clock.advance(73 * 86_400)
    assert (await stripe.charge(charge(stored, "0renew-2"))).state.refusal == "gone"


async def test_a_card_that_was_forgotten_is_gone(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe)
    for _ in range(2):
        await stripe.forget(stored)
    world.clock.advance(2 * 86_400)
    await stripe.forget(stored)
    await stripe.forget(replace(stored, token="pm_never"))
    assert (await stripe.charge(charge(stored))).state.refusal == "gone"
    assert (await stripe.charge(charge(replace(stored, token="pm_never"), "0renew-2"))).state.refusal == "gone"
    await world.sandbox.tick(world.clock.now())
    assert (await stripe.read_notice(*world.notices[-1])).facts["event_type"] == "payment_method.detached"


@pytest.mark.parametrize("mode", PASSING)
async def test_a_passing_fault_never_charges_twice(world: StandIns, stripe: Stripe, mode: Mode) -> None:
    stored = await kept(world, stripe)
    for times in (1, 2):
        world.fault("stripe", mode, times)
        assert (await stripe.charge(charge(stored))).state.status == "paid"
    assert await charges(world) == ["paid"]


@pytest.mark.parametrize("mode", CERTAINLY_NOT)
async def test_a_lasting_fault_is_unavailable_and_charges_nothing(world: StandIns, stripe: Stripe, mode: Mode) -> None:
    stored = await kept(world, stripe)
    world.fault("stripe", mode, 50)
    for wish in (stripe.charge(charge(stored)), stripe.forget(stored), stripe.register(request(9))):
        with pytest.raises(ProviderUnavailable):
            await wish
    assert await charges(world) == []
    world.fault("stripe", mode, 0)
    assert (await stripe.charge(charge(stored))).state.status == "paid"


async def test_a_charge_whose_answer_never_came_is_found_even_when_stripe_forgot_the_key(
    world: StandIns, stripe: Stripe
) -> None:
    stored = await kept(world, stripe)
    world.fault("stripe", "lost", 50)
    with pytest.raises(ProviderUnavailable):
        await stripe.charge(charge(stored))
    world.fault("stripe", "lost", 0)
    assert await charges(world) == [], "the look for an earlier one comes first"
    first = await stripe.charge(charge(stored))
    world.clock.advance(3 * 86_400)
    again = await stripe.charge(charge(stored))
    assert (again.provider_ref, again.state.status) == (first.provider_ref, "paid")
    assert await charges(world) == ["paid"]
    unanswered = Attempt("0renew-1", None, 29280, "EUR")
    assert (await stripe.ask(unanswered)).status == "paid"


async def test_a_declined_charge_is_answered_alike_when_it_is_repeated(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe, "declined_later")
    first = await stripe.charge(charge(stored))
    assert await stripe.charge(charge(stored)) == first
    assert await charges(world) == ["failed"]


async def test_money_charged_goes_back_like_any_other(world: StandIns, stripe: Stripe) -> None:
    charged = await stripe.charge(charge(await kept(world, stripe)))
    attempt = Attempt("0renew-1", charged.provider_ref, 29280, "EUR")
    for _ in range(2):
        await stripe.refund(attempt, amount=29280, key="r1", reason="Doppio", notify_url="http://desk.example/n")
        world.clock.advance(2 * 86_400)
    state = await stripe.ask(attempt)
    assert state.status == "refunded"


async def test_a_customer_removed_at_stripe_can_pay_again(world: StandIns, stripe: Stripe) -> None:
    stored = await kept(world, stripe)
    key = {"Authorization": f"Bearer {world.endpoints['stripe']['secret_key']}"}
    url = f"{world.endpoints['stripe']['url']}/v1/customers/{stored.customer}"
    assert (await world.client.delete(url, headers=key)).status_code == 200
    assert (await stripe.charge(charge(stored))).state.refusal == "gone"
    attempt = await opened(stripe, request(2, store_for="account-2", stored=stored))
    await world.pay()
    again = (await stripe.ask(attempt)).stored
    assert again is not None
    assert again.customer != stored.customer
