import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import Forged, ProviderRefused, ProviderUnavailable, Unreadable
from services.payments.providers.base import Attempt, Refund, RegisteredAttempt
from services.payments.providers.paypal import webhooks
from services.payments.providers.paypal.adapter import PayPal
from services.payments.providers.paypal.models import decimal_string
from tests.kit.rows import each_row
from tests.services.outside import JSON, FarEnd, Step, breaker, noon, said, to_be_paid

REF = "a1b2c3-2"
ORDER = "5O190127TN364715T"
ATTEMPT = Attempt(REF, ORDER, 4900, "PLN")
TOKEN = said({"access_token": "tok", "token_type": "Bearer", "expires_in": 32400})
AMOUNT = {"currency_code": "PLN", "value": "49.00"}
OTHER_MONEY = (AMOUNT | {"value": "48.99"}, AMOUNT | {"currency_code": "EUR"})
BACK_IN_PART = {
    "captures": [{"id": "CAP0", "status": "PARTIALLY_REFUNDED", "amount": AMOUNT}],
    "refunds": [{"id": f"R{n}", "status": "COMPLETED", "amount": AMOUNT | {"value": "1.50"}} for n in range(2)],
}
SHORT = said({"id": ORDER, "status": "COMPLETED"}, 201)
REQUEST = to_be_paid("paypal", "paypal")


def created(status: str = "PAYER_ACTION_REQUIRED", http: int = 201, rel: str = "payer-action") -> httpx.Response:
    links = [
        {"rel": "self", "href": f"https://pp.example/v2/checkout/orders/{ORDER}"},
        {"rel": rel, "href": f"https://www.pp.example/checkoutnow?token={ORDER}"},
    ]
    return said({"id": ORDER, "status": status, "links": links}, http)


def order(status: str, *captures: str, http: int = 200, money: Any = AMOUNT, **unit: Any) -> httpx.Response:
    taken = [{"id": f"CAP{n}", "status": c, "amount": money} for n, c in enumerate(captures)]
    body = {"custom_id": REF, "amount": money, "payments": {"captures": taken}} | unit
    return said({"id": ORDER, "status": status, "purchase_units": [body]}, http)


def refused(issue: str, http: int = 422) -> httpx.Response:
    return said({"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue, "description": "anna"}]}, http)


def paypal(far: FarEnd) -> PayPal:
    return PayPal(
        far.client,
        url="https://pp.example/",
        client_id="id",
        client_secret="secret",
        webhook_id="WH1",
        clock=noon(),
        breaker=breaker("paypal"),
    )


def after_token(*steps: Step) -> FarEnd:
    return FarEnd(TOKEN, *steps)


# --- money ---


async def test_an_app_that_may_not_search_transactions_lists_nothing_and_raises_no_alarm() -> None:
    far = after_token(said({"name": "NOT_AUTHORIZED"}, 403))
    since = noon().now()
    assert await paypal(far).list_taken(since, since + timedelta(days=1)) is None
    assert far.done


def test_a_currency_without_cents_is_not_guessed_at() -> None:
    with pytest.raises(ProviderRefused, match="currency_unsupported"):
        decimal_string(4900, "JPY")


# --- register ---


async def test_an_order_is_created_under_its_reference() -> None:
    far = after_token(created())
    registered = await paypal(far).register(REQUEST)
    assert registered == RegisteredAttempt(ORDER, f"https://www.pp.example/checkoutnow?token={ORDER}")
    token, create = far.asked
    assert str(token.url) == "https://pp.example/v1/oauth2/token"
    assert str(create.url) == "https://pp.example/v2/checkout/orders"
    assert (create.headers["authorization"], create.headers["paypal-request-id"]) == ("Bearer tok", REF)
    body = json.loads(create.content)
    assert body["intent"] == "CAPTURE"
    assert body["purchase_units"] == [{"custom_id": REF, "description": REQUEST.description, "amount": AMOUNT}]
    context = body["payment_source"]["paypal"]["experience_context"]
    assert (context["return_url"], context["locale"]) == (REQUEST.return_url, "pl-PL")
    assert context["user_action"] == "PAY_NOW"


async def test_a_repeat_gives_the_same_order() -> None:
    far = after_token(httpx.ReadTimeout("lost"), created(http=200, rel="approve"), order("PAYER_ACTION_REQUIRED"))
    assert (await paypal(far).register(REQUEST)).provider_ref == ORDER
    assert {request.headers["paypal-request-id"] for request in far.asked[1:3]} == {REF}


# --- notices ---

HEADERS = {
    "Paypal-Auth-Algo": "SHA256withRSA",
    "Paypal-Cert-Url": "https://api.paypal.com/cert",
    "Paypal-Transmission-Id": "t1",
    "Paypal-Transmission-Sig": "sig",
    "Paypal-Transmission-Time": "2026-11-20T12:00:00Z",
}
CAPTURED = (
    b'{ "id":"WH-1" ,"event_type": "PAYMENT.CAPTURE.COMPLETED","resource":{"id":"CAP0","custom_id":"a1b2c3-2","amount":'
    b'{"currency_code":"PLN","value":"49.00"},"supplementary_data":{"related_ids":{"order_id":"5O190127TN364715T"}}},'
    b'"summary":"z\\u017c\xc5\xbc" }'
)
SUCCESS = said({"verification_status": "SUCCESS"})


def notice_of(event_type: str, resource: dict[str, Any]) -> bytes:
    return json.dumps({"id": "WH-2", "event_type": event_type, "resource": resource}).encode()


async def read(body: bytes, *answers: httpx.Response, headers: dict[str, str] | None = None) -> Any:
    return await paypal(after_token(*(answers or (SUCCESS,)))).read_notice(headers or HEADERS, body)


async def test_paypal_is_asked_about_the_notices_very_bytes() -> None:
    far = after_token(SUCCESS)
    notice = await paypal(far).read_notice(HEADERS, CAPTURED)
    asked = far.asked[1].content
    assert CAPTURED in asked
    assert {key: value for key, value in json.loads(asked).items() if key != "webhook_event"} == {
        "auth_algo": "SHA256withRSA",
        "cert_url": "https://api.paypal.com/cert",
        "transmission_id": "t1",
        "transmission_sig": "sig",
        "transmission_time": "2026-11-20T12:00:00Z",
        "webhook_id": "WH1",
    }
    assert (notice.payment_ref, notice.provider_ref, notice.kind, notice.dedup_key) == (REF, ORDER, "paid", "WH-1")
    assert (notice.amount, notice.currency) == (4900, "PLN")


@each_row
async def test_a_certificate_that_is_not_paypals_is_forged_without_asking(certificate: str) -> None:
    far = FarEnd()
    with pytest.raises(Forged):
        await paypal(far).read_notice({**HEADERS, "Paypal-Cert-Url": certificate}, CAPTURED)
    assert far.asked == []


async def test_an_approval_is_read() -> None:
    resource = {"id": ORDER, "status": "APPROVED", "purchase_units": [{"custom_id": REF, "amount": AMOUNT}]}
    notice = await read(notice_of("CHECKOUT.ORDER.APPROVED", resource))
    assert (notice.payment_ref, notice.provider_ref, notice.kind) == (REF, ORDER, "approved")
    assert notice.facts["order_id"] == ORDER


@each_row
async def test_other_notices_are_sorted(event: str, kind: str) -> None:
    assert (await read(notice_of(event, {"id": "x", "custom_id": REF}))).kind == kind
    assert (await read(notice_of(event, {}))).payment_ref == ""


@pytest.mark.parametrize(
    "answer", [said({"verification_status": "FAILURE"}), refused("INVALID_REQUEST", 400), refused("X", 422)]
)
async def test_what_paypal_does_not_vouch_for_is_forged(answer: httpx.Response) -> None:
    with pytest.raises(Forged) as raised:
        await read(CAPTURED, answer)
    assert str(raised.value) == "notice"


@pytest.mark.parametrize("missing", HEADERS)
async def test_a_notice_without_its_proof_is_forged_unasked(missing: str) -> None:
    with pytest.raises(Forged):
        await paypal(FarEnd()).read_notice({k: v for k, v in HEADERS.items() if k != missing}, CAPTURED)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{}, "webhook_id": "WH2"', b'{"a":1} {"b":2}', b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000]
)
async def test_a_body_that_could_bend_our_question_is_forged_unasked(body: bytes) -> None:
    with pytest.raises(Forged):
        await paypal(FarEnd()).read_notice(HEADERS, body)


async def test_a_proven_body_of_another_form_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        await read(b'{"hello": 1}')


@given(st.dictionaries(st.text(), JSON), st.text().filter(lambda kind: kind not in {*webhooks.KINDS, webhooks.KEPT}))
def test_a_proven_notice_of_another_kind_is_taken_whatever_its_shape(told: dict[str, Any], kind: str) -> None:
    for resource in (told, {"amount": {"total": "7.47", "currency": "USD"}}, {"links": None, "customer": None}):
        taken = webhooks.read_notice(
            json.dumps({"id": "WH-1", "resource": resource} | told | {"event_type": kind}).encode()
        )
        assert (taken.kind, "\0" in taken.dedup_key) == ("other", False)


def test_a_null_in_a_notice_is_as_good_as_nothing() -> None:
    nulls = dict.fromkeys(("links", "customer", "custom_id", "purchase_units", "supplementary_data", "metadata"))
    event = {"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": nulls | {"id": "CAP1"}}
    assert webhooks.read_notice(json.dumps(event).encode()).facts["capture_id"] == "CAP1"


async def test_when_paypal_can_not_be_asked_the_notice_is_to_come_again() -> None:
    with pytest.raises(ProviderUnavailable):
        await read(CAPTURED, *[said({}, 503)] * 3)


# --- the money ---


async def ask(*answers: Step, attempt: Attempt = ATTEMPT) -> str:
    far = after_token(*answers)
    state = await paypal(far).ask(attempt)
    assert far.done
    return state.status


async def test_approved_is_captured_and_then_paid() -> None:
    far = after_token(order("APPROVED"), order("COMPLETED", "COMPLETED", http=201))
    state = await paypal(far).confirm(ATTEMPT, {"kind": "approved", "order_id": ORDER})
    assert (state.status, state.amount) == ("paid", 4900)
    capture = far.asked[-1]
    assert (capture.method, capture.url.path) == ("POST", f"/v2/checkout/orders/{ORDER}/capture")
    assert capture.headers["paypal-request-id"] == f"{REF}-capture"


async def test_a_capture_whose_answer_got_lost_is_paid_once() -> None:
    far = after_token(order("APPROVED"), httpx.ReadTimeout("lost"), refused("ORDER_ALREADY_CAPTURED"),
                      order("COMPLETED", "COMPLETED"))  # fmt: skip
    assert (await paypal(far).ask(ATTEMPT)).status == "paid"
    assert far.done


async def test_another_payments_order_is_never_taken_for_this_one() -> None:
    with pytest.raises(ProviderRefused, match="other_payment"):
        await paypal(FarEnd()).confirm(replace(ATTEMPT, provider_ref=None), {"order_id": "../../v1/x"})


async def test_an_order_known_from_its_notice_only_is_settled() -> None:
    unknown = replace(ATTEMPT, provider_ref=None)
    far = after_token(order("COMPLETED", "COMPLETED"))
    assert (await paypal(far).confirm(unknown, {"order_id": ORDER})).status == "paid"
    assert (await paypal(FarEnd()).ask(unknown)).status == "pending"


# --- refunds ---


async def refund(*answers: Step) -> Refund:
    return await paypal(after_token(*answers)).refund(ATTEMPT, amount=900, key="k", reason="Doubled", notify_url="")


async def test_a_refund_goes_to_the_capture_under_its_key() -> None:
    far = after_token(order("COMPLETED", "COMPLETED"), said({"id": "R1", "status": "COMPLETED"}, 201))
    done = await paypal(far).refund(ATTEMPT, amount=900, key="k" * 200, reason="Doubled", notify_url="")
    assert done == Refund("completed", "R1")
    asked = far.asked[-1]
    assert asked.url.path == "/v2/payments/captures/CAP0/refund"
    assert json.loads(asked.content)["amount"] == {"currency_code": "PLN", "value": "9.00"}
    assert len(asked.headers["paypal-request-id"]) <= 108
    assert (await refund(order("COMPLETED", "COMPLETED"), said({"id": "R1", "status": "PENDING"}))).status == "pending"


async def test_which_capture_a_notice_is_about() -> None:
    assert (await read(CAPTURED)).facts["capture_id"] == "CAP0"
    up = [{"rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/R1"}]
    up.append({"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/CAP1"})
    refunded = {"id": "R1", "custom_id": REF, "amount": AMOUNT, "links": up}
    assert (await read(notice_of("PAYMENT.CAPTURE.REFUNDED", refunded))).facts["capture_id"] == "CAP1"
    approved = {"id": ORDER, "purchase_units": [{"custom_id": REF, "amount": AMOUNT}]}
    assert not (await read(notice_of("CHECKOUT.ORDER.APPROVED", approved))).facts.get("capture_id")
