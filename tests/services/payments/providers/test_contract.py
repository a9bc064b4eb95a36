"""What each provider's answers come to, in the words of all of them: one table of answers for each wish.

What a provider is sent, and how its notices are proven, stands with its adapter.
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.payments.providers import base
from tests.services.outside import FarEnd, Step, said
from tests.services.payments.providers.paypal import test_adapter as pp
from tests.services.payments.providers.paypal import test_vault as vault
from tests.services.payments.providers.przelewy24 import test_adapter as p
from tests.services.payments.providers.stripe import test_adapter as s
from values.private import Secret

Answers = list[Step]
LOST = httpx.ReadTimeout("lost")
FAILED = {"last_payment_error": {}}


@dataclass(frozen=True)
class Provider:
    """A provider at a far end, and what it is asked for."""

    adapter: Any
    request: base.PaymentRequest
    attempt: base.Attempt
    charge: base.Charge | None = None
    first: tuple[Step, ...] = ()

    def at(self, answers: Answers) -> tuple[base.PaymentProvider, FarEnd]:
        """Return its adapter at a far end that gives the answers."""
        far = FarEnd(*(self.first if answers else ()), *answers)
        return self.adapter(far), far


PROVIDERS = {
    "paypal": Provider(pp.paypal, pp.REQUEST, pp.ATTEMPT, vault.CHARGE, (pp.TOKEN,)),
    "p24": Provider(p.p24, p.REQUEST, p.ATTEMPT),
    "stripe": Provider(s.stripe, s.REQUEST, s.ATTEMPT, s.CHARGE),
}
PAYPAL, P24, STRIPE = PROVIDERS
REPLAYED = said(s.session(), 200, **s.REPLAYED)


def p24_refused(error: str, code: int = 400) -> httpx.Response:
    return said({"error": error, "code": code}, code)


@pytest.mark.parametrize(
    ("provider", "answers", "error", "reason"),
    [
        (PAYPAL, [pp.created(http=200), pp.order("APPROVED")], Conflict, "already_paid"),
        (PAYPAL, [pp.created(http=200), pp.order("COMPLETED")], Conflict, "already_paid"),
        (PAYPAL, [pp.refused("DUPLICATE_REQUEST_ID")], Conflict, "attempt_used"),
        (PAYPAL, [pp.created(http=200), pp.order("VOIDED")], Conflict, "attempt_used"),
        (PAYPAL, [pp.created(http=200), said({}, 404)], Conflict, "attempt_used"),
        (PAYPAL, [pp.created(http=200, rel="self"), pp.order("CREATED")], Conflict, "attempt_used"),
        (PAYPAL, [pp.refused("PREVIOUS_REQUEST_IN_PROGRESS", 409)], ProviderUnavailable, "in_progress"),
        (PAYPAL, [pp.refused("CURRENCY_NOT_SUPPORTED")], Misconfigured, ""),
        (P24, [p.DUPLICATE, p.transaction(1)], Conflict, "already_paid"),
        (P24, [p.DUPLICATE, p.transaction(2)], Conflict, "already_paid"),
        (P24, [LOST, p.DUPLICATE, p.transaction(0)], Conflict, "attempt_used"),
        (P24, [LOST, p.DUPLICATE, p.NOT_FOUND], Conflict, "attempt_used"),
        (P24, [p24_refused("Incorrect sign"), p.NOT_FOUND], Misconfigured, "registration_refused"),
        (P24, [p24_refused("Incorrect authentication", 401)], Misconfigured, "credentials_refused"),
        (STRIPE, [REPLAYED, said(s.session("complete", "paid"))], Conflict, "already_paid"),
        (STRIPE, [REPLAYED, said(s.session("complete", "unpaid"))], Conflict, "already_paid"),
        (STRIPE, [REPLAYED, said(s.session("expired", url=None))], Conflict, "attempt_used"),
        (STRIPE, [s.refused(type="idempotency_error")], Conflict, "attempt_used"),
        (STRIPE, [s.refused(409, type="idempotency_error")], ProviderUnavailable, "in_progress"),
        (STRIPE, [s.refused(param="currency")], Misconfigured, "registration_refused"),
        (STRIPE, [s.refused(401)], Misconfigured, "credentials_refused"),
    ],
)
async def test_a_registration_that_gives_no_page_says_why(
    provider: str, answers: Answers, error: type[Exception], reason: str
) -> None:
    adapter, far = PROVIDERS[provider].at(answers)
    with pytest.raises(error, match=reason or None):
        await adapter.register(PROVIDERS[provider].request)
    assert far.done


KEEP: dict[str, Any] = {"amount": 0, "store_for": "account-1"}


@pytest.mark.parametrize(("methods", "more"), [(("blik", "paypal", "paypal"), {}), (("card", "card", "blik"), KEEP)])
async def test_a_method_that_it_has_not_or_keeps_only_by_a_charge_is_not_sent(methods: Any, more: Any) -> None:
    for provider, method in zip((PAYPAL, P24, STRIPE), methods, strict=True):
        adapter, _ = PROVIDERS[provider].at([])
        with pytest.raises(ProviderRefused, match="method_unsupported"):
            await adapter.register(replace(PROVIDERS[provider].request, method=method, **more))


@pytest.mark.parametrize(
    ("provider", "answers", "status"),
    [
        (PAYPAL, [pp.order("CREATED")], "pending"),
        (PAYPAL, [pp.order("PAYER_ACTION_REQUIRED")], "pending"),
        (PAYPAL, [pp.order("VOIDED")], "expired"),
        (PAYPAL, [said({"name": "RESOURCE_NOT_FOUND"}, 404)], "expired"),
        (PAYPAL, [pp.order("COMPLETED", "COMPLETED")], "paid"),
        (PAYPAL, [pp.order("COMPLETED", "PENDING")], "pending"),
        (PAYPAL, [pp.order("COMPLETED", "DECLINED")], "failed"),
        (PAYPAL, [pp.order("COMPLETED", "DECLINED", "COMPLETED")], "paid"),
        (PAYPAL, [pp.order("COMPLETED", "REFUNDED")], "refunded"),
        (PAYPAL, [pp.order("COMPLETED", payments=pp.BACK_IN_PART)], "paid"),
        (PAYPAL, [pp.order("APPROVED"), pp.refused("INSTRUMENT_DECLINED")], "failed"),
        (PAYPAL, [pp.order("APPROVED"), pp.refused("TRANSACTION_REFUSED")], "failed"),
        (PAYPAL, [pp.order("APPROVED"), pp.refused("ORDER_NOT_APPROVED")], "pending"),
        (PAYPAL, [pp.order("APPROVED"), pp.SHORT, pp.order("COMPLETED", "COMPLETED")], "paid"),
        (P24, [p.NOT_FOUND], "pending"),
        (P24, [p.transaction(0)], "pending"),
        (P24, [p.transaction(0, amount=None, orderId=None)], "pending"),
        (P24, [p.transaction(1), p.VERIFIED], "paid"),
        (P24, [p.transaction(2)], "paid"),
        (P24, [p.transaction(3)], "refunded"),
        (STRIPE, [said(s.session())], "pending"),
        (STRIPE, [said(s.session(payment_intent=s.intent("requires_payment_method", **FAILED)))], "pending"),
        (STRIPE, [said(s.session("expired"))], "expired"),
        (STRIPE, [said(s.session("complete", payment_intent=s.intent("processing")))], "pending"),
        (STRIPE, [said(s.session("complete", payment_intent=s.intent("requires_payment_method", **FAILED)))], "failed"),
        (STRIPE, [said(s.session("complete", payment_intent=s.intent("canceled")))], "expired"),
        (STRIPE, [said(s.session("complete", "paid", payment_intent=None))], "paid"),
        (STRIPE, [said(s.session("complete", "paid", payment_intent=s.INTENT))], "paid"),
        (STRIPE, [s.paid(latest_charge={"amount_refunded": 24000})], "refunded"),
        (STRIPE, [s.refused(404, code="resource_missing")], "expired"),
    ],
)
async def test_asking_tells_how_it_stands(provider: str, answers: Answers, status: str) -> None:
    adapter, far = PROVIDERS[provider].at(answers)
    state = await adapter.ask(PROVIDERS[provider].attempt)
    assert (state.status, state.stored, far.done) == (status, None, True)


MISMATCHES = [
    *[(PAYPAL, pp.order("APPROVED", money=money)) for money in pp.OTHER_MONEY],
    *[(PAYPAL, pp.order("COMPLETED", "COMPLETED", money=money)) for money in pp.OTHER_MONEY],
    *[(P24, p.transaction(status, **other)) for status in (1, 2, 3) for other in p.OTHER_MONEY],
    (STRIPE, said(s.session("complete", "paid", amount_total=24001, payment_intent=s.intent()))),
    (STRIPE, said(s.session("complete", "paid", currency="pln", payment_intent=s.intent()))),
    (STRIPE, said(s.session("complete", "paid", payment_intent=s.intent(amount_received=23999)))),
]


@pytest.mark.parametrize(
    ("provider", "answers", "error", "reason"),
    [
        *[(provider, [answer], ProviderRefused, "amount_mismatch") for provider, answer in MISMATCHES],
        (PAYPAL, [pp.order("APPROVED", custom_id="other-1")], ProviderRefused, "other_payment"),
        (PAYPAL, [said({"id": pp.ORDER, "status": "APPROVED"})], ProviderRefused, "other_payment"),
        (PAYPAL, [pp.order("APPROVED"), pp.SHORT, pp.order("APPROVED")], ProviderUnavailable, "capture_unclear"),
        (PAYPAL, [pp.order("APPROVED"), pp.refused("SOMETHING_NEW")], ProviderUnavailable, "capture_failed"),
        (P24, [p.transaction(9)], ProviderUnavailable, ""),
        (STRIPE, [said(s.session("complete", "paid", client_reference_id="a1b2c3-1"))], ProviderRefused, "other_pay"),
    ],
)
async def test_money_that_is_another_or_unclear_is_not_taken_for_this(
    provider: str, answers: Answers, error: type[Exception], reason: str
) -> None:
    adapter, far = PROVIDERS[provider].at(answers)
    with pytest.raises(error, match=reason or None):
        await adapter.ask(PROVIDERS[provider].attempt)
    assert far.done


@pytest.mark.parametrize(
    ("provider", "answers", "error"),
    [
        (PAYPAL, [pp.order("APPROVED")], ProviderRefused),
        (PAYPAL, [said({}, 404)], ProviderRefused),
        (PAYPAL, [pp.order("COMPLETED", "COMPLETED"), pp.refused("CAPTURE_FULLY_REFUNDED")], ProviderRefused),
        (PAYPAL, [pp.order("COMPLETED", "COMPLETED"), said({"id": "R1", "status": "FAILED"}, 201)], ProviderRefused),
        (PAYPAL, [pp.order("COMPLETED", "COMPLETED"), pp.refused("INVALID_REQUEST", 400)], Misconfigured),
        (P24, [p.NOT_FOUND], ProviderRefused),
        (P24, [p.transaction(0)], ProviderRefused),
        (P24, [p.transaction(1)], ProviderRefused),
        (P24, [p.transaction(2), p.NOT_FOUND, said({"error": [{"message": "no funds"}]}, 409)], ProviderRefused),
        (P24, [p.transaction(2), p.NOT_FOUND, said({"data": [{"status": False}]}, 201)], ProviderRefused),
        (P24, [p.transaction(2), p.NOT_FOUND, p24_refused("Concurrent call")], ProviderUnavailable),
        (P24, [p.transaction(2), p.NOT_FOUND, p24_refused("Incorrect amount")], Misconfigured),
        (STRIPE, [said(s.session())], ProviderRefused),
        (STRIPE, [said(s.session("complete", payment_intent=s.intent("processing")))], ProviderRefused),
        (STRIPE, [s.refused(404)], ProviderRefused),
        (STRIPE, [s.paid(), s.NOTHING, s.refused(code="charge_already_refunded")], ProviderRefused),
        (STRIPE, [s.paid(), s.NOTHING, s.refused(param="amount")], ProviderRefused),
        (STRIPE, [s.paid(), s.NOTHING, said({"id": "re_1", "status": "failed"})], ProviderRefused),
    ],
)
async def test_refund_that_fails_says_whose_turn_it_is(provider: str, answers: Answers, error: type[Exception]) -> None:
    adapter, far = PROVIDERS[provider].at(answers)
    with pytest.raises(error, match="refund_refused" if error is ProviderRefused else None):
        await adapter.refund(PROVIDERS[provider].attempt, amount=900, key="k", reason="Doubled", notify_url="")
    assert far.done


def storing(provider: str, answers: Answers) -> tuple[base.StoringProvider, base.Charge, FarEnd]:
    """Return the adapter, a charge of a stored method, and the far end that gives the answers."""
    adapter, far = PROVIDERS[provider].at(answers)
    charge = PROVIDERS[provider].charge
    assert isinstance(adapter, base.StoringProvider)
    assert charge is not None
    return adapter, charge, far


@pytest.mark.parametrize(
    ("provider", "answer", "refusal"),
    [
        (PAYPAL, pp.refused("INSTRUMENT_DECLINED"), "declined"),
        (PAYPAL, pp.refused("PAYER_CANNOT_PAY"), "declined"),
        (PAYPAL, vault.paid(capture="DECLINED"), "declined"),
        (PAYPAL, pp.refused("PAYER_ACTION_REQUIRED"), "needs_payer"),
        (PAYPAL, pp.refused("REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"), "needs_payer"),
        (PAYPAL, vault.paid("PAYER_ACTION_REQUIRED", capture=""), "needs_payer"),
        (PAYPAL, pp.refused("TOKEN_ID_NOT_FOUND"), "gone"),
        (PAYPAL, pp.refused("AGREEMENT_ALREADY_CANCELLED"), "gone"),
        (PAYPAL, pp.refused("INVALID_RESOURCE_ID", 404), "gone"),
        (STRIPE, s.declined(decline_code="insufficient_funds"), "declined"),
        (STRIPE, s.declined(decline_code="generic_decline", advice_code="try_again_later"), "declined"),
        (STRIPE, s.declined(decline_code="do_not_honor", advice_code="do_not_try_again"), "gone"),
        (STRIPE, s.declined(decline_code="stolen_card"), "gone"),
        (STRIPE, s.declined("expired_card"), "gone"),
        (STRIPE, s.declined("authentication_required"), "needs_payer"),
        (STRIPE, s.declined(decline_code="authentication_required"), "needs_payer"),
        (STRIPE, s.declined(decline_code="generic_decline", advice_code="confirm_card_data"), "needs_payer"),
        (STRIPE, said(s.intent("requires_action")), "needs_payer"),
        (STRIPE, s.refused(code="resource_missing", param="payment_method"), "gone"),
        (STRIPE, s.refused(code="resource_missing", param="customer"), "gone"),
        (STRIPE, s.refused(param="payment_method"), "gone"),
    ],
)
async def test_a_refusal_of_a_charge_is_an_answer(provider: str, answer: httpx.Response, refusal: str) -> None:
    adapter, charge, _ = storing(provider, [s.NOTHING, answer] if provider == STRIPE else [answer])
    charged = await adapter.charge(charge)
    assert (charged.state.status, charged.state.refusal) == ("failed", refusal)


@pytest.mark.parametrize(
    ("provider", "answers", "error", "reason"),
    [
        (PAYPAL, [pp.refused("DUPLICATE_INVOICE_ID")], Conflict, "already_paid"),
        (PAYPAL, [pp.refused("DUPLICATE_REQUEST_ID")], Conflict, "attempt_used"),
        (PAYPAL, [pp.refused("NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE")], Misconfigured, ""),
        (PAYPAL, [vault.paid(http=200), said({}, 404)], ProviderUnavailable, "charge_unclear"),
        (STRIPE, [s.NOTHING, s.refused(type="idempotency_error")], Conflict, "attempt_used"),
        (STRIPE, [s.NOTHING, s.refused(param="currency")], Misconfigured, "charge_refused"),
        (STRIPE, [s.NOTHING, said(s.intent(amount_received=1))], ProviderRefused, "amount_mismatch"),
    ],
)
async def test_what_is_wrong_with_our_charge_is_no_refusal_of_what_is_stored(
    provider: str, answers: Answers, error: type[Exception], reason: str
) -> None:
    adapter, charge, _ = storing(provider, answers)
    with pytest.raises(error, match=reason or None):
        await adapter.charge(charge)


@pytest.mark.parametrize(
    ("provider", "answers", "refused"),
    [
        (PAYPAL, [httpx.Response(204)], ""),
        (PAYPAL, [said({}, 404)], ""),
        (PAYPAL, [pp.refused("X", 400), said({}, 404)], ""),
        (PAYPAL, [pp.refused("X", 400), said({"id": vault.KEPT.token})], "forget_refused"),
        (STRIPE, [said(s.METHOD)], ""),
        (STRIPE, [s.refused(404)], ""),
        (STRIPE, [s.refused(), said({"id": "pm_1"})], ""),
        (STRIPE, [s.refused(), s.refused(404)], ""),
        (STRIPE, [s.refused(), said(s.METHOD)], "detach_refused"),
    ],
)
async def test_what_is_stored_is_forgotten_once_and_for_all(provider: str, answers: Answers, refused: str) -> None:
    adapter, charge, far = storing(provider, answers)
    if refused:
        with pytest.raises(Misconfigured, match=refused):
            await adapter.forget(charge.stored)
    else:
        await adapter.forget(charge.stored)
    asked = far.asked[len(PROVIDERS[provider].first)]
    token = charge.stored.token
    at = f"/v3/vault/payment-tokens/{token}" if provider == PAYPAL else f"/v1/payment_methods/{token}/detach"
    assert (asked.method, asked.url.path, far.done) == ("DELETE" if provider == PAYPAL else "POST", at, True)


def coding(provider: str, answers: Answers) -> tuple[base.CodeProvider, base.PaymentRequest, FarEnd]:
    """Return the adapter, a payment by a code, and the far end that gives the answers."""
    adapter, far = PROVIDERS[provider].at(answers)
    assert isinstance(adapter, base.CodeProvider)
    return adapter, replace(PROVIDERS[provider].request, method="blik", currency="PLN"), far


def of_stripe(code: str, decline_code: str = "generic_decline", http: int = 402) -> httpx.Response:
    return s.refused(http, code=f"payment_method_{code}", decline_code=decline_code)


TIMED_OUT = {"code": "payment_method_provider_timeout"}


@pytest.mark.parametrize(
    ("provider", "answer", "refusal"),
    [
        (P24, said({"error": "…", "code": 28}, 400), "wrong"),
        (P24, said({"error": "…", "code": 35}, 409), "expired"),
        (P24, said({"error": "…", "code": 61}, 500), "limit"),
        (P24, p24_refused("…"), "declined"),
        (STRIPE, of_stripe("invalid_parameter", "code_invalid"), "wrong"),
        (STRIPE, of_stripe("invalid_parameter", http=400), "wrong"),
        (STRIPE, of_stripe("invalid_parameter", "code_expired"), "expired"),
        (STRIPE, of_stripe("provider_decline", "insufficient_funds"), "limit"),
        (STRIPE, of_stripe("provider_decline", "payment_limit_exceeded"), "limit"),
        (STRIPE, of_stripe("provider_decline", "customer_declined"), "declined"),
        (STRIPE, of_stripe("provider_decline", "recurring_not_supported_by_bank"), "unkept"),
        (STRIPE, of_stripe("something_new"), "declined"),
        (STRIPE, said(s.intent("requires_payment_method", last_payment_error=TIMED_OUT)), "unconfirmed"),
        (STRIPE, said(s.intent("succeeded")), None),
    ],
)
async def test_a_code_is_refused_in_the_words_of_all(provider: str, answer: httpx.Response, refusal: str) -> None:
    adapter, asked, _ = coding(provider, [answer])
    assert await adapter.pay_by_code(asked, s.INTENT, Secret("777493")) == refusal


@pytest.mark.parametrize("provider", [P24, STRIPE])
@pytest.mark.parametrize("lost", [LOST, said({"error": "Undefined", "code": 500}, 500)])
async def test_a_code_whose_answer_got_lost_is_not_sent_again(provider: str, lost: Step) -> None:
    adapter, asked, far = coding(provider, [lost])
    with pytest.raises(ProviderUnavailable) as raised:
        await adapter.pay_by_code(asked, s.INTENT, Secret("777493"))
    assert (raised.value.uncertain, len(far.asked)) == (True, 1)


@pytest.mark.parametrize(
    ("provider", "answers", "error"),
    [
        (P24, [said({}, 401)], Misconfigured),
        (P24, [p.DUPLICATE, p.transaction(0)], Conflict),
        (STRIPE, [s.refused(code="payment_method_unactivated")], Misconfigured),
        (STRIPE, [s.refused(403)], Misconfigured),
        (STRIPE, [s.refused(type="idempotency_error")], Conflict),
    ],
)
async def test_a_seller_whose_codes_are_not_taken_hears_why(
    provider: str, answers: Answers, error: type[Exception]
) -> None:
    adapter, asked, _ = coding(provider, answers)
    with pytest.raises(error):
        await adapter.open_for_code(asked)
