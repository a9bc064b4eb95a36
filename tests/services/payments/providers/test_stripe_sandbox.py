"""Stripe's adapter against the sandbox: cards kept, charged without their payer, and what goes wrong on the way."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.faults import Mode
from services.errors import Forged, ProviderRefused, ProviderUnavailable, Unreadable
from services.payments.providers.base import Attempt, PaymentRequest, StoringProvider
from services.payments.providers.registry import PROVIDERS
from services.payments.providers.stripe import webhooks
from tests.kit.narrow import a, present
from tests.services.payments.providers.test_providers_sandbox import made, opened, renewal, stored_by, world
from tests.services.payments.providers.test_providers_sandbox import request as of_provider
from tests.services.standins import StandIns
from values.payment import StoredMethod

__all__ = ["world"]
STRIPE = next(entry for entry in PROVIDERS if entry.name == "stripe")
CERTAINLY_NOT: list[Mode] = ["timeout", "error", "down", "garbage", "reset"]


@pytest.fixture
def stripe(world: StandIns) -> StoringProvider:
    return a(StoringProvider, made(world, STRIPE))


def request(attempt: int = 1, **more: Any) -> PaymentRequest:
    return replace(of_provider(STRIPE, attempt), **more)


async def kept(world: StandIns, stripe: StoringProvider, card: str = "works") -> StoredMethod:
    return await stored_by(world, stripe, request(), card)


async def charges(world: StandIns, ref: str = "0renew-1") -> list[str]:
    return [book["status"] for book in await world.payments() if book["reference"] == ref]


# --- what the payer does ---


async def test_a_payer_who_pays_at_once_keeps_nothing(world: StandIns, stripe: StoringProvider) -> None:
    attempt = await opened(stripe, request())
    await world.pay()
    state = await stripe.ask(attempt)
    assert (state.status, state.stored) == ("paid", None)
    (book,) = await world.payments()
    assert (book["settled"], book["provider"], book["method"]) == (True, "stripe", "card")


@pytest.mark.parametrize(("card", "label"), [("works", "Visa …4242"), ("mastercard", "Mastercard …4444")])
async def test_a_card_is_kept_with_what_may_be_shown_of_it(
    world: StandIns, stripe: StoringProvider, card: str, label: str
) -> None:
    stored = await kept(world, stripe, card)
    assert (stored.label, stored.expires) == (label, date(2040, 12, 31))
    assert stored.customer.startswith("cus_")


async def test_a_kept_card_pays_again_and_another_is_kept_beside_it(world: StandIns, stripe: StoringProvider) -> None:
    stored = await kept(world, stripe)
    attempt = await opened(stripe, request(2, store_for="account-1", stored=stored))
    await world.pay()
    assert (await stripe.ask(attempt)).stored == stored
    attempt = await opened(stripe, request(3, store_for="account-1", stored=stored))
    await world.pay(card="mastercard")
    other = present((await stripe.ask(attempt)).stored)
    assert (other.customer, other.label) == (stored.customer, "Mastercard …4444")


async def test_a_declined_card_leaves_the_page_open_for_another(world: StandIns, stripe: StoringProvider) -> None:
    attempt = await opened(stripe, request())
    await world.pay(card="declined")
    assert (await stripe.ask(attempt)).status == "pending"
    assert (await stripe.read_notice(*world.notices[0])).kind == "failed"
    await world.pay(card="works")
    assert (await stripe.ask(attempt)).status == "paid"
    (book,) = await world.payments()
    assert book["status"] == "paid"


async def test_a_session_expires_by_itself_and_says_so(world: StandIns, stripe: StoringProvider) -> None:
    attempt = await opened(stripe, request(expires_in=timedelta(minutes=60)))
    world.clock.advance(3599)
    assert (await stripe.ask(attempt)).status == "pending"
    await world.sandbox.tick(world.clock.advance(1))
    assert (await stripe.ask(attempt)).status == "expired"
    assert (await stripe.read_notice(*world.notices[0])).kind == "other"
    await world.pay()
    assert (await stripe.ask(attempt)).status == "expired"


@pytest.mark.parametrize(("action", "end"), [("delayed", "paid"), ("delayed_fails", "failed")])
async def test_complete_is_not_paid(world: StandIns, stripe: StoringProvider, action: str, end: str) -> None:
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


async def test_both_events_of_one_payment_and_their_repeats_tell_the_same(
    world: StandIns, stripe: StoringProvider
) -> None:
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
async def test_what_only_looks_like_notice_isnt_believed(world: StandIns, stripe: StoringProvider, action: str) -> None:
    attempt = await opened(stripe, request())
    page = (await stripe.register(request())).redirect_url
    assert (await world.client.post(page, data={"action": action})).status_code == 200
    with pytest.raises(Forged):
        await stripe.read_notice(*world.notices[-1])
    assert (await stripe.ask(attempt)).status == "pending"


def test_a_proven_notice_of_unknown_form_is_unreadable_not_forged() -> None:
    for body in (b"[]", b"no json", b'{"id":"evt_1","type":"charge.refunded","livemode":false,"data":null}'):
        with pytest.raises(Unreadable):
            webhooks.read_notice(body, live=False)


async def test_a_notice_kept_back_is_refused_and_the_fresh_repeat_of_it_taken(
    world: StandIns, stripe: StoringProvider
) -> None:
    await opened(stripe, request())
    await world.pay()
    await stripe.read_notice(*world.notices[0])
    world.clock.advance(301)
    with pytest.raises(Forged):
        await stripe.read_notice(*world.notices[0])
    await world.pay()  # the same events once more, signed anew
    assert (await stripe.read_notice(*world.notices[-1])).kind in ("paid", "other")


async def test_a_notice_of_another_attempt_pays_nothing(world: StandIns, stripe: StoringProvider) -> None:
    first, second = await opened(stripe, request()), await opened(stripe, request(2))
    await world.pay()
    told = [await stripe.read_notice(*notice) for notice in world.notices]
    assert {notice.payment_ref for notice in told} == {second.payment_ref}
    with pytest.raises(ProviderRefused, match="other_payment"):
        await stripe.confirm(replace(first, provider_ref=second.provider_ref), told[0].facts)
    assert (await stripe.confirm(first, told[0].facts)).status == "pending"


# --- without the payer ---


@pytest.mark.parametrize(
    ("card", "refusal"), [("declined_later", "declined"), ("asks", "needs_payer")], ids=["declined", "asks"]
)
async def test_a_card_that_worked_may_be_refused_later(
    world: StandIns, stripe: StoringProvider, card: str, refusal: str
) -> None:
    charged = await stripe.charge(renewal(await kept(world, stripe, card)))
    assert (charged.state.status, charged.state.refusal) == ("failed", refusal)
    state = await stripe.ask(Attempt("0renew-1", charged.provider_ref, 12345, "PLN"))
    assert (state.status, state.refusal) == ("failed", refusal)
    await world.sandbox.tick(world.clock.now())
    assert (await stripe.read_notice(*world.notices[-1])).kind == "failed"


async def test_a_card_whose_months_are_over_is_gone(world: StandIns, stripe: StoringProvider) -> None:
    stored = await kept(world, stripe, "soon")
    assert stored.expires == date(2027, 1, 31)
    assert (await stripe.charge(renewal(stored))).state.status == "paid"
    world.clock.advance(73 * 86_400)
    assert (await stripe.charge(renewal(stored, "0renew-2"))).state.refusal == "gone"


async def test_a_card_that_was_forgotten_is_gone(world: StandIns, stripe: StoringProvider) -> None:
    stored = await kept(world, stripe)
    for _ in range(2):
        await stripe.forget(stored)
    world.clock.advance(2 * 86_400)
    await stripe.forget(stored)
    await stripe.forget(replace(stored, token="pm_never"))
    assert (await stripe.charge(renewal(stored))).state.refusal == "gone"
    assert (await stripe.charge(renewal(replace(stored, token="pm_never"), "0renew-2"))).state.refusal == "gone"
    await world.sandbox.tick(world.clock.now())
    assert (await stripe.read_notice(*world.notices[-1])).facts["event_type"] == "payment_method.detached"


@pytest.mark.parametrize("mode", CERTAINLY_NOT)
async def test_a_lasting_fault_is_unavailable_and_charges_nothing(
    world: StandIns, stripe: StoringProvider, mode: Mode
) -> None:
    stored = await kept(world, stripe)
    world.fault("stripe", mode, 50)
    for wish in (stripe.charge(renewal(stored)), stripe.forget(stored), stripe.register(request(9))):
        with pytest.raises(ProviderUnavailable):
            await wish
    assert await charges(world) == []
    world.fault("stripe", mode, 0)
    assert (await stripe.charge(renewal(stored))).state.status == "paid"


async def test_a_charge_whose_answer_never_came_is_found_even_when_stripe_forgot_the_key(
    world: StandIns, stripe: StoringProvider
) -> None:
    stored = await kept(world, stripe)
    world.fault("stripe", "lost", 50)
    with pytest.raises(ProviderUnavailable):
        await stripe.charge(renewal(stored))
    world.fault("stripe", "lost", 0)
    assert await charges(world) == [], "the look for an earlier one comes first"
    first = await stripe.charge(renewal(stored))
    world.clock.advance(3 * 86_400)
    again = await stripe.charge(renewal(stored))
    assert (again.provider_ref, again.state.status) == (first.provider_ref, "paid")
    assert await charges(world) == ["paid"]
    assert (await stripe.ask(Attempt("0renew-1", None, 12345, "PLN"))).status == "paid"


async def test_a_card_kept_without_a_charge_is_found_by_our_name(world: StandIns, stripe: StoringProvider) -> None:
    for attempt in (1, 2):
        await stripe.register(request(attempt, amount=0, store_for="account-1"))
    await world.pay(notify="none")
    found = [(await stripe.ask(Attempt(f"0a1b2c3d-{n}", None, 0, "PLN"))).status for n in (1, 2, 3)]
    assert found == ["pending", "paid", "pending"]


async def test_declined_charge_is_answered_alike_when_it_is_repeated(world: StandIns, stripe: StoringProvider) -> None:
    stored = await kept(world, stripe, "declined_later")
    first = await stripe.charge(renewal(stored))
    assert await stripe.charge(renewal(stored)) == first
    assert await charges(world) == ["failed"]


async def test_money_charged_goes_back_like_any_other(world: StandIns, stripe: StoringProvider) -> None:
    charged = await stripe.charge(renewal(await kept(world, stripe)))
    attempt = Attempt("0renew-1", charged.provider_ref, 12345, "PLN")
    for _ in range(2):
        await stripe.refund(attempt, amount=12345, key="r1", reason="Doppio", notify_url="http://desk.example/n")
        world.clock.advance(2 * 86_400)
    assert (await stripe.ask(attempt)).status == "refunded"


async def test_a_customer_removed_at_stripe_can_pay_again(world: StandIns, stripe: StoringProvider) -> None:
    stored = await kept(world, stripe)
    key = {"Authorization": f"Bearer {world.endpoints['stripe']['secret_key']}"}
    url = f"{world.endpoints['stripe']['url']}/v1/customers/{stored.customer}"
    assert (await world.client.delete(url, headers=key)).status_code == 200
    assert (await stripe.charge(renewal(stored))).state.refusal == "gone"
    attempt = await opened(stripe, request(2, store_for="account-2", stored=stored))
    await world.pay()
    assert present((await stripe.ask(attempt)).stored).customer != stored.customer
