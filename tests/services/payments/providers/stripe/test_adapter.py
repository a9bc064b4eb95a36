"""Stripe's adapter at a far end that answers by a script: what is sent, and what each answer means."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sandbox.payments.stripe.api import parse, pattern
from services.errors import Misconfigured, ProviderRefused, StillPending
from services.payments.providers.base import Attempt, Charge, Refund, RegisteredAttempt, StoringProvider
from services.payments.providers.stripe.adapter import Stripe
from services.payments.providers.stripe.form import encode, pairs
from tests.kit.clock import ManualClock
from tests.services.outside import NOON, FarEnd, breaker, noon, said, to_be_paid
from values.payment import StoredMethod
from values.private import Secret

REF = "a1b2c3-2"
SESSION = "cs_test_a1"
INTENT = "pi_1"
ATTEMPT = Attempt(REF, SESSION, 24000, "EUR")
KEPT = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2030, 2, 28))
REQUEST = replace(
    to_be_paid("card", "stripe"),
    amount=24000,
    currency="EUR",
    description="Certified Platform CP/2026/000001",
    locale="it",
    country="IT",
    return_url="https://desk.example/p/xyz/return",
    expires_in=timedelta(minutes=60),
)
CHARGE = Charge(Attempt(REF, None, 24000, "EUR"), "Rinnovo", KEPT, "card")
CARD = {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2030}
METHOD = {"id": "pm_1", "customer": "cus_1", "card": CARD}


def intent(status: str = "succeeded", **more: Any) -> dict[str, Any]:
    paid = 24000 if status == "succeeded" else 0
    body = {"id": INTENT, "status": status, "amount": 24000, "amount_received": paid, "currency": "eur"}
    return body | {"metadata": {"payment_ref": REF}, "payment_method": METHOD} | more


def session(status: str = "open", payment_status: str = "unpaid", **more: Any) -> dict[str, Any]:
    body = {"id": SESSION, "status": status, "payment_status": payment_status, "client_reference_id": REF}
    return body | {"amount_total": 24000, "currency": "eur", "url": "https://pay.example/c/1"} | more


def paid(**more: Any) -> httpx.Response:
    return said(session("complete", "paid", payment_intent=intent(**more)))


def refused(http: int = 400, **error: Any) -> httpx.Response:
    return said({"error": {"type": "invalid_request_error", "message": "anna@example.com", **error}}, http)


def declined(code: str = "card_declined", **error: Any) -> httpx.Response:
    return refused(402, **{"type": "card_error", "code": code, "payment_intent": {"id": INTENT}, **error})


NOTHING = said({"data": []})
REPLAYED = {"Idempotent-Replayed": "true"}


def stripe(far: FarEnd, clock: ManualClock | None = None) -> Stripe:
    return Stripe(
        far.client,
        url="https://stripe.example/",
        secret_key="sk_test_1",
        webhook_secret="whsec_test",
        clock=clock or noon(),
        breaker=breaker("stripe"),
    )


def test_it_keeps_ways_to_pay() -> None:
    assert isinstance(stripe(FarEnd()), StoringProvider)


# --- register ---


async def test_a_session_is_opened_under_its_reference() -> None:
    far = FarEnd(said(session()))
    assert await stripe(far).register(REQUEST) == RegisteredAttempt(SESSION, "https://pay.example/c/1")
    (asked,) = far.asked
    assert str(asked.url) == "https://stripe.example/v1/checkout/sessions"
    assert asked.headers["authorization"] == "Bearer sk_test_1"
    assert asked.headers["stripe-version"] == "2026-06-24.dahlia"
    assert asked.headers["idempotency-key"] == f"okienko:{REF}:session"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    expires = int((NOON + timedelta(minutes=60)).timestamp())
    assert far.form() == {
        "mode": "payment",
        "client_reference_id": REF,
        "metadata[payment_ref]": REF,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "24000",
        "line_items[0][price_data][product_data][name]": REQUEST.description,
        "payment_method_types[0]": "card",
        "adaptive_pricing[enabled]": "false",
        "payment_intent_data[description]": REQUEST.description,
        "payment_intent_data[metadata][payment_ref]": REF,
        "customer_email": "anna@example.com",
        "success_url": REQUEST.return_url,
        "cancel_url": REQUEST.return_url,
        "expires_at": str(expires),
        "locale": "it",
    }


@pytest.mark.parametrize(("asked", "given"), [(5, 31), (60, 60), (7 * 24 * 60, 24 * 60 - 1)])
async def test_a_session_lives_as_long_as_stripe_lets_it(asked: int, given: int) -> None:
    far = FarEnd(said(session()))
    await stripe(far).register(replace(REQUEST, expires_in=timedelta(minutes=asked)))
    assert int(far.form()["expires_at"]) == (NOON + timedelta(minutes=given)).timestamp()


async def test_a_card_is_kept_for_an_account() -> None:
    far = FarEnd(said({"id": "cus_9"}), said(session()), said({"id": "cus_9"}), said(session()))
    for _ in range(2):
        await stripe(far).register(replace(REQUEST, store_for="account-1"))
    form = far.form()
    assert (form["customer"], form["payment_intent_data[setup_future_usage]"]) == ("cus_9", "off_session")
    assert "customer_email" not in form
    assert far.form(0) == {"email": "anna@example.com", "metadata[account]": "account-1"}
    keys = [request.headers["idempotency-key"] for request in far.asked]
    assert keys[0] == keys[2], "one customer for an account"
    assert "anna" not in "".join(keys)


async def test_a_kept_card_is_shown_to_its_payer() -> None:
    far = FarEnd(said(session()))
    await stripe(far).register(replace(REQUEST, stored=KEPT))
    form = far.form()
    assert form["customer"] == "cus_1"
    found = [form[f"saved_payment_method_options[allow_redisplay_filters][{n}]"] for n in range(3)]
    assert found == ["always", "limited", "unspecified"]
    assert "payment_intent_data[setup_future_usage]" not in form


async def test_a_customer_removed_at_stripe_keeps_nobody_from_paying() -> None:
    far = FarEnd(refused(code="resource_missing", param="customer"), said({"id": "cus_2"}), said(session()))
    await stripe(far).register(replace(REQUEST, stored=KEPT, store_for="account-1"))
    assert far.form()["customer"] == "cus_2"
    assert len({request.headers["idempotency-key"] for request in far.asked}) == 3


async def test_a_customer_that_stripe_only_remembers_is_made_anew() -> None:
    gone = refused(code="resource_missing", param="customer")
    far = FarEnd(said({"id": "cus_1"}, 200, **REPLAYED), gone, said({"id": "cus_2"}), said(session()))
    await stripe(far).register(replace(REQUEST, store_for="account-1"))
    assert far.form()["customer"] == "cus_2"
    assert len({request.headers["idempotency-key"] for request in far.asked}) == 4


async def test_a_repeat_of_an_open_session_is_the_same_session() -> None:
    far = FarEnd(httpx.ReadTimeout("lost"), said(session(), 200, **REPLAYED), said(session()))
    assert (await stripe(far).register(REQUEST)).provider_ref == SESSION
    assert {request.headers["idempotency-key"] for request in far.asked[:2]} == {f"okienko:{REF}:session"}


# --- how an attempt stands ---


async def test_a_paid_session_says_all() -> None:
    far = FarEnd(paid(setup_future_usage="off_session", latest_charge={"amount_refunded": 0}))
    state = await stripe(far).ask(ATTEMPT)
    assert (state.status, state.amount, state.currency) == ("paid", 24000, "EUR")
    assert state.stored == KEPT
    assert far.asked[0].url.params.get_list("expand[0]") == ["payment_intent.payment_method"]


async def test_another_attempts_session_is_not_ours() -> None:
    with pytest.raises(ProviderRefused, match="other_payment"):
        await stripe(FarEnd(said(intent(metadata={})))).ask(replace(ATTEMPT, provider_ref=INTENT))
    with pytest.raises(ProviderRefused, match="other_payment"):
        await stripe(FarEnd()).ask(replace(ATTEMPT, provider_ref="cs_1/../refunds"))


async def test_an_unanswered_registration_is_found_by_the_notice_or_by_name() -> None:
    unanswered = replace(ATTEMPT, provider_ref=None)
    far = FarEnd(paid(), said(intent()), said({"data": [intent("canceled"), intent()]}), NOTHING)
    adapter = stripe(far)
    assert (await adapter.confirm(unanswered, {"session_id": SESSION})).status == "paid"
    assert (await adapter.confirm(unanswered, {"session_id": None, "intent_id": INTENT})).status == "paid"
    assert (await adapter.ask(unanswered)).status == "paid"
    assert far.asked[2].url.params["query"] == f'metadata["payment_ref"]:"{REF}"'
    assert (await adapter.ask(unanswered)).status == "pending"


# --- charged while the payer is away ---


async def test_a_kept_card_is_charged() -> None:
    far = FarEnd(NOTHING, said(intent(payment_method="pm_1", latest_charge={"amount_refunded": 0})))
    charged = await stripe(far).charge(CHARGE)
    assert (charged.provider_ref, charged.state.status) == (INTENT, "paid")
    assert far.asked[1].headers["idempotency-key"] == f"okienko:{REF}:charge"
    assert far.form() == {
        "amount": "24000",
        "currency": "eur",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "payment_method_types[0]": "card",
        "confirm": "true",
        "off_session": "true",
        "description": "Rinnovo",
        "metadata[payment_ref]": REF,
        "expand[0]": "latest_charge",
    }


async def test_a_charge_whose_answer_was_lost_is_found_and_not_made_again() -> None:
    far = FarEnd(said({"data": [intent(latest_charge={"amount_refunded": 0})]}))
    assert (await stripe(far).charge(CHARGE)).state.status == "paid"
    failed = intent("requires_payment_method", last_payment_error={"code": "authentication_required"})
    far = FarEnd(said({"data": [failed]}))
    assert (await stripe(far).charge(CHARGE)).state.refusal == "needs_payer"
    far = FarEnd(NOTHING, httpx.ReadTimeout("lost"), said(intent()))
    assert (await stripe(far).charge(CHARGE)).state.status == "paid"
    assert len({request.headers["idempotency-key"] for request in far.asked[1:]}) == 1


# --- paid by a code ---


BLIK = replace(REQUEST, method="blik", currency="PLN")
OPENED = replace(ATTEMPT, provider_ref=INTENT, currency="PLN")


async def test_an_intent_is_opened_and_then_confirmed_by_the_code_once() -> None:
    far = FarEnd(httpx.ReadTimeout("lost"), said(intent("requires_payment_method")), said(intent("requires_action")))
    opened = await stripe(far).open_for_code(BLIK)
    assert (opened, await stripe(far).pay_by_code(BLIK, opened, Secret("777493"))) == (INTENT, None)
    assert far.form(1) == {
        "amount": "24000",
        "currency": "pln",
        "payment_method_types[0]": "blik",
        "description": REQUEST.description,
        "metadata[payment_ref]": REF,
    }
    assert far.form() == {
        "payment_method_data[type]": "blik",
        "payment_method_data[billing_details][email]": "anna@example.com",
        "payment_method_options[blik][code]": "777493",
        "return_url": REQUEST.return_url,
    }
    told = [(one.headers["idempotency-key"], one.headers["stripe-version"]) for one in far.asked]
    opening = (f"okienko:{REF}:intent", "2026-06-24.dahlia")
    assert told == [opening, opening, (f"okienko:{REF}:confirm", "2026-09-30.endive")]


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([said(intent("canceled")), said(intent("canceled"))], "expired"),
        ([refused(code="payment_intent_unexpected_state"), said(intent(currency="pln"))], "paid"),
        ([refused(code="payment_intent_unexpected_state"), said(intent("processing"))], None),
    ],
)
async def test_a_code_is_over_once_its_intent_is(answers: list[httpx.Response], status: str | None) -> None:
    far = FarEnd(*answers)
    if status is None:
        with pytest.raises(StillPending):
            await stripe(far).end_code(OPENED)
    else:
        assert (await stripe(far).end_code(OPENED)).status == status
    assert far.asked[0].url.path == f"/v1/payment_intents/{INTENT}/cancel"
    assert (await stripe(FarEnd()).end_code(replace(OPENED, provider_ref=None))).status == "expired"


# --- money back ---


async def back(far: FarEnd, amount: int = 100) -> Refund:
    return await stripe(far).refund(ATTEMPT, amount=amount, key="r1", reason="Doppio", notify_url="https://x")


async def test_money_goes_back_once_per_key() -> None:
    far = FarEnd(paid(), NOTHING, said({"id": "re_1", "status": "succeeded"}))
    assert await back(far) == Refund("completed", "re_1")
    form = far.form()
    assert (form["payment_intent"], form["amount"], form["metadata[reason]"]) == (INTENT, "100", "Doppio")
    known = {"id": "re_1", "status": "pending", "metadata": {"key": form["metadata[key]"]}}
    other = {"id": "re_0", "status": "succeeded", "metadata": {"key": "x"}}
    assert await back(FarEnd(paid(), said({"data": [other, known]}))) == Refund("pending", "re_1")


async def test_no_name_or_card_is_shown_by_what_goes_to_logs() -> None:
    far = FarEnd(*[declined()] * 3)
    with pytest.raises(Misconfigured) as raised:
        await stripe(far).register(replace(REQUEST, store_for="account-1"))
    assert "anna" not in str(raised.value)
    assert "pm_1" not in repr(KEPT)
    assert json.dumps(repr(CHARGE)).count("cus_1") == 0


# --- the form that Stripe is sent: whatever is in it, the far end reads the same out of it ---


NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda name: name != "metadata")
LEAVES = st.text(max_size=12) | st.integers(-10, 10**9) | st.booleans() | st.none()
TREES = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)


def left(tree: Any) -> Any:
    """What of it can be said in a form: texts, nothing that is None or empty."""
    if isinstance(tree, bool):
        return "true" if tree else "false"
    if isinstance(tree, dict):
        inner = {name: left(value) for name, value in tree.items()}
        return {name: value for name, value in inner.items() if value is not None} or None
    if isinstance(tree, list):
        return [value for value in map(left, tree) if value is not None] or None
    return None if tree is None else str(tree)


@given(TREES)
def test_what_is_written_is_what_is_read(tree: dict[str, Any]) -> None:
    known = {pattern(name) for name, _ in pairs(tree)}
    assert parse(encode(tree).decode(), known) == (left(tree) or {})


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=3))
def test_metadata_bear_any_text(metadata: dict[str, str]) -> None:
    plain = {name: value for name, value in metadata.items() if not set(name) & set("[]") and not name.isdecimal()}
    found = parse(encode({"metadata": plain}).decode(), {"metadata[*]", "metadata[#]"})
    assert found == ({"metadata": plain} if plain else {})


def test_names_are_nested_in_brackets() -> None:
    form = {"line_items": [{"price_data": {"unit_amount": 4900}}], "confirm": True, "left": None, "ż": "ó &="}
    found = encode(form)
    assert found == b"line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=4900&confirm=true&%C5%BC=%C3%B3+%26%3D"
