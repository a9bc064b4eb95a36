"""Wallets that PayPal keeps: what is sent, what each answer means, and the whole of it against the sandbox."""

import json
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from services.errors import Conflict
from services.payments.providers.base import Attempt, Charge, PaymentRequest, StoringProvider
from services.payments.providers.registry import PROVIDERS
from tests.kit.narrow import a, present
from tests.services.outside import FarEnd, said
from tests.services.payments.providers.paypal.test_adapter import (
    AMOUNT,
    ATTEMPT,
    ORDER,
    REF,
    REQUEST,
    TOKEN,
    after_token,
)
from tests.services.payments.providers.paypal.test_adapter import paypal as adapter
from tests.services.payments.providers.test_providers_sandbox import made as in_sandbox
from tests.services.payments.providers.test_providers_sandbox import opened, renewal, stored_by, world
from tests.services.payments.providers.test_providers_sandbox import request as asked
from tests.services.standins import StandIns
from values.payment import StoredMethod

__all__ = ["world"]
PAYPAL = next(entry for entry in PROVIDERS if entry.name == "paypal")

KEPT = StoredMethod("8kk8451t", "208743798", "PayPal a…@example.com")
CHARGE = Charge(Attempt(REF, None, 4900, "PLN"), "Odnowienie", KEPT, "paypal")
VAULTED = {"vault": {"id": KEPT.token, "status": "VAULTED", "customer": {"id": KEPT.customer}}}


def paid(status: str = "COMPLETED", http: int = 201, capture: str = "COMPLETED", **wallet: Any) -> httpx.Response:
    taken = {"captures": [{"id": "CAP0", "status": capture, "amount": AMOUNT}]} if capture else {}
    unit = {"custom_id": REF, "amount": AMOUNT, "payments": taken}
    source = {"paypal": {"email_address": "anna@example.com", **wallet}}
    return said({"id": ORDER, "status": status, "purchase_units": [unit], "payment_source": source}, http)


def refused(issue: str, http: int = 422) -> httpx.Response:
    return said({"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue, "description": "anna"}]}, http)


# --- kept ---


async def test_a_wallet_is_asked_to_be_kept_for_an_account() -> None:
    opened = said({"id": ORDER, "status": "CREATED", "links": [{"rel": "approve", "href": "https://pp/x"}]}, 201)
    far = FarEnd(TOKEN, *[opened] * 4)
    desk = a(StoringProvider, adapter(far))
    for request in (
        REQUEST,
        replace(REQUEST, store_for="account-1"),
        replace(REQUEST, store_for="account-1", stored=KEPT),
        replace(REQUEST, store_for="account-1", method="card"),
    ):
        await desk.register(request)
    plain, kept, again, guest = (
        json.loads(request.content)["payment_source"]["paypal"].get("attributes") for request in far.asked[1:]
    )
    assert (plain, guest) == (None, None), "a card given as a guest isn't kept"
    assert (kept["vault"]["store_in_vault"], kept["vault"]["usage_type"]) == ("ON_SUCCESS", "MERCHANT")
    assert again == {"customer": {"id": KEPT.customer}}


async def test_a_payer_that_paypal_knows_no_more_can_pay_all_the_same() -> None:
    opened = said({"id": ORDER, "status": "CREATED", "links": [{"rel": "approve", "href": "https://pp/x"}]}, 201)
    far = after_token(refused("INVALID_CUSTOMER_ID", 400), opened)
    await adapter(far).register(replace(REQUEST, store_for="account-1", stored=KEPT))
    assert "vault" in json.loads(far.asked[2].content)["payment_source"]["paypal"]["attributes"]
    assert far.asked[2].headers["paypal-request-id"] == f"{REF}-anew"
    with pytest.raises(Conflict, match="attempt_used"):
        await adapter(after_token(refused("DUPLICATE_REQUEST_ID"))).register(replace(REQUEST, stored=KEPT))


async def test_what_was_kept_is_told_with_the_money() -> None:
    state = await adapter(after_token(paid(http=200, attributes=VAULTED))).ask(ATTEMPT)
    assert (state.status, state.stored) == ("paid", KEPT)
    late = paid(http=200, attributes={"vault": {"status": "APPROVED"}})
    assert (await adapter(after_token(late)).ask(ATTEMPT)).stored is None
    told = {"order_id": ORDER, "vault_id": KEPT.token, "vault_customer": KEPT.customer}
    assert (await adapter(after_token(late)).confirm(ATTEMPT, told)).stored == replace(KEPT, label="PayPal")


# --- charged ---


async def test_a_kept_wallet_is_charged() -> None:
    far = after_token(paid())
    charged = await adapter(far).charge(CHARGE)
    assert (charged.provider_ref, charged.state.status) == (ORDER, "paid")
    assert far.asked[1].headers["paypal-request-id"] == f"{REF}-charge"
    body = json.loads(far.asked[1].content)
    assert body["payment_source"]["paypal"] == {
        "vault_id": KEPT.token,
        "stored_credential": {
            "payment_initiator": "MERCHANT",
            "usage": "SUBSEQUENT",
            "usage_pattern": "RECURRING_PREPAID",
        },
    }
    (unit,) = body["purchase_units"]
    assert (unit["custom_id"], unit["invoice_id"], unit["amount"]) == (REF, REF, AMOUNT)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([paid(http=200), paid(http=200)], "paid"),
        ([said({"id": ORDER, "status": "COMPLETED"}, 201), paid(http=200)], "paid"),
        ([paid("APPROVED", capture=""), paid(), paid(http=200)], "paid"),
        ([paid("APPROVED", capture=""), refused("ORDER_ALREADY_CAPTURED"), paid(http=200)], "paid"),
        ([paid(capture="PENDING")], "pending"),
    ],
    ids=["repeat", "in short", "captured by us", "captured before", "under review"],
)
async def test_a_charge_is_followed_to_its_end(answers: list[httpx.Response], status: str) -> None:
    far = after_token(*answers)
    assert (await adapter(far).charge(CHARGE)).state.status == status
    assert far.done


# --- against the sandbox ---


@pytest.fixture
def paypal(world: StandIns) -> StoringProvider:
    return a(StoringProvider, in_sandbox(world, PAYPAL))


def first(**more: Any) -> PaymentRequest:
    return replace(asked(PAYPAL), store_for="account-1", **more)


async def test_a_kept_wallet_is_used_again_by_its_payer(world: StandIns, paypal: StoringProvider) -> None:
    attempt = await opened(paypal, first(attempt=2, stored=await stored_by(world, paypal, first())))
    await world.pay(notify="none")
    state = await paypal.ask(attempt)
    assert (state.status, state.stored) == ("paid", None)
    assert len((await world.client.get("http://desk.example/sandbox/api/methods")).json()) == 1


async def test_a_wallet_kept_only_later_is_told_by_a_notice(world: StandIns, paypal: StoringProvider) -> None:
    attempt = await opened(paypal, first())
    await world.pay(notify="late")
    state = await paypal.ask(attempt)
    assert (state.status, state.stored) == ("paid", None)
    world.notices.clear()
    for _ in range(2):
        await world.sandbox.tick(world.clock.advance(3600))
    notices = [await paypal.read_notice(*told) for told in world.notices]
    (told,) = (notice for notice in notices if notice.facts["event_type"] == "VAULT.PAYMENT-TOKEN.CREATED")
    assert (told.kind, told.provider_ref) == ("approved", attempt.provider_ref)
    stored = present((await paypal.confirm(attempt, told.facts)).stored)
    assert (await paypal.charge(renewal(stored))).state.status == "paid"


async def test_a_repeat_after_paypal_forgot_the_key_takes_nothing(world: StandIns, paypal: StoringProvider) -> None:
    stored = await stored_by(world, paypal, first())
    await paypal.charge(renewal(stored))
    world.clock.advance(7 * 3600)
    with pytest.raises(Conflict, match="already_paid"):
        await paypal.charge(renewal(stored))
    assert len([book for book in await world.payments() if book["reference"] == "0renew-1"]) == 1
