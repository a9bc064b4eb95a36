import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import Forged, ProviderRefused, ProviderUnavailable
from services.payments.providers.base import Attempt, CodePayer, Method, Refund, RegisteredAttempt, State
from services.payments.providers.przelewy24.adapter import Przelewy24
from services.payments.providers.przelewy24.webhooks import CODE_NOTICE, NOTICE, REFUND_NOTICE, REGISTER, VERIFY, sign
from tests.services.outside import FarEnd, breaker, noon, said, to_be_paid
from values.private import Secret

CRC = "crc"
REF = "a1b2c3-2"
ATTEMPT = Attempt(REF, "token", 4900, "PLN")
OTHER_MONEY: tuple[dict[str, Any], ...] = ({"amount": 1}, {"amount": None}, {"currency": "EUR"})
REQUEST = to_be_paid("blik", "przelewy24")
ORDER_ID = 3_000_000_001
NOT_FOUND = said({"error": "Transaction not found", "code": 404}, 404)
VERIFIED = said({"data": {"status": "success"}, "responseCode": 0})
CODE_TAKEN = said({"data": {"orderId": ORDER_ID, "message": "ok"}, "responseCode": 0}, 201)
DUPLICATE = said({"error": "Incorrect sessionId", "code": 400}, 400)


def transaction(status: int, **changes: Any) -> httpx.Response:
    data = {"status": status, "orderId": ORDER_ID, "sessionId": REF, "amount": 4900, "currency": "PLN"} | changes
    return said({"data": data, "responseCode": 0})


def p24(far: FarEnd, crc: str = CRC) -> Przelewy24:
    return Przelewy24(
        far.client,
        url="https://p24.example",
        merchant_id=999999,
        pos_id=999999,
        api_key="api",
        crc=crc,
        clock=noon(),
        breaker=breaker("przelewy24"),
    )


def sent(far: FarEnd, number: int = -1) -> dict[str, Any]:
    return json.loads(far.asked[number].content)


# --- signatures ---


def test_the_known_signatures_come_out() -> None:
    paid = {
        "merchantId": 999999, "posId": 999999, "sessionId": "okienko-1", "amount": 4900, "originAmount": 4900,
        "currency": "PLN", "orderId": ORDER_ID, "methodId": 154, "statement": "p24-A/ż",
    }  # fmt: skip
    found = sign(REGISTER, paid, CRC)
    assert found == "7c89fcbe45863f77c1a1d8e4487a5a42b884bd471d10985c77da16fb58b137c1fd8d104b2c61d5ae338c1bce37460abe"
    shown = sign(NOTICE, paid, CRC)
    assert shown == "95951c167ebe7fa74ed70001a03afe108c12b54a9389f32aeeffdf9b961f758f7cdc3bdaa641ab35d1e91a76c6886ac4"
    told = sign(VERIFY, paid, CRC)
    assert told == "ef80b5776736306d7a6075a48293806b854c590036448cbcb38d527157d90ce694a830cbbf4033d04febef1c7135fa70"


# --- register ---


async def test_an_attempt_is_registered_and_leads_to_the_paywall() -> None:
    far = FarEnd(said({"data": {"token": "D35CD73C-0E0F2D-5A"}, "responseCode": 0}))
    registered = await p24(far).register(REQUEST)
    assert registered == RegisteredAttempt("D35CD73C-0E0F2D-5A", "https://p24.example/trnRequest/D35CD73C-0E0F2D-5A")
    request = far.asked[0]
    assert (request.method, str(request.url)) == ("POST", "https://p24.example/api/v1/transaction/register")
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"999999:api").decode()
    form = sent(far)
    assert form == {
        "merchantId": 999999,
        "posId": 999999,
        "sessionId": REF,
        "amount": 4900,
        "currency": "PLN",
        "description": "FakturaSmart, 1 rok",
        "email": "anna@example.com",
        "country": "PL",
        "language": "pl",
        "urlReturn": REQUEST.return_url,
        "urlStatus": REQUEST.notify_url,
        "timeLimit": 30,
        "channel": 8192,
        "sign": sign(REGISTER, form, CRC),
    }


@pytest.mark.parametrize(
    ("lasts", "minutes", "method", "channel"),
    [(timedelta(seconds=1), 1, "card", 1), (timedelta(days=3), 99, "przelewy24", None)],
)
async def test_the_paywall_has_the_method_and_a_time_that_it_takes(
    lasts: timedelta, minutes: int, method: Method, channel: int | None
) -> None:
    far = FarEnd(said({"data": {"token": "T"}}))
    await p24(far).register(replace(REQUEST, method=method, expires_in=lasts, locale="uk"))
    assert (sent(far).get("channel"), sent(far)["timeLimit"], sent(far)["language"]) == (channel, minutes, "en")


async def test_what_it_can_not_take_is_not_sent() -> None:
    with pytest.raises(ProviderRefused, match="email_unfit"):
        await p24(FarEnd()).register(replace(REQUEST, email="a" * 40 + "@example.com"))


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data":{"token":""}}', b'{"data":null}'])
async def test_garbage_is_no_registration(body: bytes) -> None:
    with pytest.raises(ProviderUnavailable):
        await p24(FarEnd(*[httpx.Response(200, content=body)] * 3)).register(REQUEST)


def test_a_request_shows_no_address_and_no_links() -> None:
    shown = (
        repr(REQUEST) + repr(RegisteredAttempt("D35CD73C", "https://p24.example/trnRequest/D35CD73C")) + repr(ATTEMPT)
    )
    assert not any(word in shown for word in ("anna@", "https://", "D35CD73C", "token"))


# --- notices ---


def paid_notice(crc: str = CRC, **changes: Any) -> dict[str, Any]:
    notice = {
        "merchantId": 999999, "posId": 999999, "sessionId": REF, "amount": 4900, "originAmount": 4900,
        "currency": "PLN", "orderId": ORDER_ID, "methodId": 154, "statement": "p24-A/ż",
    } | changes  # fmt: skip
    return notice | {"sign": sign(NOTICE, notice, crc)}


async def read(notice: dict[str, Any]) -> Any:
    return await p24(FarEnd()).read_notice({}, json.dumps(notice).encode())


async def test_a_notice_is_read() -> None:
    notice = await read(paid_notice())
    assert (notice.payment_ref, notice.provider_ref, notice.kind) == (REF, str(ORDER_ID), "paid")
    assert (notice.amount, notice.currency) == (4900, "PLN")
    assert notice.dedup_key.startswith(f"paid:{REF}:{ORDER_ID}:")
    assert json.loads(json.dumps(dict(notice.facts)))["order_id"] == ORDER_ID


async def test_a_notice_repeats_only_what_has_the_same_contents() -> None:
    right = (await read(paid_notice())).dedup_key
    assert (await read(dict(reversed(paid_notice().items())))).dedup_key == right
    others: tuple[dict[str, Any], ...] = (
        {"currency": "EUR"},
        {"amount": 1},
        {"originAmount": 1},
        {"methodId": 1},
        {"statement": "p24-B"},
    )
    keys = [(await read(paid_notice(**other))).dedup_key for other in others]
    assert len({right, *keys}) == 1 + len(others)


FORGED: list[dict[str, Any]] = [
    paid_notice() | {"amount": 1},
    paid_notice() | {"orderId": ORDER_ID + 1},
    paid_notice() | {"sign": ""},
    paid_notice() | {"sign": "ż"},
    paid_notice("other crc"),
    paid_notice(merchantId=1),
    paid_notice(posId=1),
    paid_notice() | {"amount": "4900"},
    paid_notice() | {"amount": 4900.0},
    {key: value for key, value in paid_notice().items() if key != "sign"},
    {},
]


@pytest.mark.parametrize("notice", FORGED, ids=range(len(FORGED)))
async def test_a_forged_notice_is_not_believed(notice: dict[str, Any]) -> None:
    with pytest.raises(Forged) as raised:
        await read(notice)
    assert str(raised.value) == "notice"


async def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(Forged):
        await p24(FarEnd(), crc="").read_notice({}, json.dumps(paid_notice("")).encode())


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
async def test_no_bytes_do_more_than_be_forged(body: bytes) -> None:
    lone = json.dumps(paid_notice(statement="X")).replace('"X"', '"\\ud800"').encode()
    for text in (body, lone, b'{"statement":"\\ud800",' + body, b"[" * 10_000):
        with pytest.raises(Forged):
            await p24(FarEnd()).read_notice({}, text)


@pytest.mark.parametrize(("status", "kind", "refund"), [(0, "refunded", "completed"), (1, "settling", "rejected")])
async def test_a_notice_of_a_refund_is_read(status: int, kind: str, refund: str) -> None:
    values = {
        "orderId": ORDER_ID, "sessionId": REF, "refundsUuid": "u1", "merchantId": 999999, "amount": 4900,
        "currency": "PLN", "status": status,
    }  # fmt: skip
    signed = values | {"requestId": "u1", "timestamp": 1, "sign": sign(REFUND_NOTICE, values, CRC)}
    notice = await read(signed)
    assert (notice.kind, notice.payment_ref, notice.facts["refund"]) == (kind, REF, refund)
    for wrong in ({"sign": "x"}, {"amount": 1}, {"merchantId": 1}):
        with pytest.raises(Forged):
            await read(signed | wrong)


# --- a code ---


async def test_a_code_goes_with_its_payer_once() -> None:
    far = FarEnd(said({"data": {"token": "T"}}), CODE_TAKEN)
    asked = replace(REQUEST, payer=CodePayer("203.0.113.7", "Firefox " * 99))
    token = await p24(far).open_for_code(asked)
    refusal = await p24(far).pay_by_code(REQUEST, token, Secret("777493"))
    assert (refusal, sent(far), len(far.asked)) == (None, {"token": "T", "blikCode": "777493"}, 2)
    form = sent(far, 0)
    assert form["additional"] == {"PSU": {"IP": "203.0.113.7", "userAgent": ("Firefox " * 99)[:255]}}
    assert (form["regulationAccept"], form["urlCardPaymentNotification"]) == (True, REQUEST.notify_url)


@pytest.mark.parametrize(
    ("number", "refusal"), [("0", None), ("err60", "limit"), ("70", "unconfirmed"), ("65", "declined")]
)
async def test_a_notice_of_a_code_says_why_it_failed(number: str, refusal: str | None) -> None:
    told = {"orderId": ORDER_ID, "sessionId": REF, "method": 154, "result": {"error": number, "message": "ż/"}}
    signed = told | {"sign": sign(CODE_NOTICE, told, CRC)}
    for body in (signed, {"data": signed}):
        notice = await read(body)
        assert (notice.kind, notice.facts["refusal"]) == ("failed" if refusal else "other", refusal)
        state = await p24(FarEnd(transaction(0))).confirm(ATTEMPT, notice.facts)
        assert (state.status, state.refusal) == ("failed" if refusal else "pending", refusal)
    for wrong in ({"result": {"error": "61"}}, {"sign": "x"}):
        with pytest.raises(Forged):
            await read({"data": signed | wrong})


# --- the money ---


async def facts(**changes: Any) -> Any:
    return (await read(paid_notice(**changes))).facts


async def test_a_notice_is_confirmed_with_our_own_amount() -> None:
    far = FarEnd(VERIFIED)
    assert await p24(far).confirm(ATTEMPT, await facts()) == State("paid", 4900, "PLN")
    assert (far.asked[0].method, far.asked[0].url.path) == ("PUT", "/api/v1/transaction/verify")
    form = sent(far)
    assert (form["amount"], form["currency"], form["orderId"], form["sessionId"]) == (4900, "PLN", ORDER_ID, REF)
    assert form["sign"] == sign(VERIFY, form, CRC)


@pytest.mark.parametrize("change", [{"amount": 4899}, {"originAmount": 4899}, {"amount": 5000}, {"currency": "EUR"}])
async def test_other_money_is_never_verified(change: dict[str, Any]) -> None:
    with pytest.raises(ProviderRefused, match="amount_mismatch"):
        await p24(FarEnd()).confirm(ATTEMPT, await facts(**change))


async def test_another_attempts_notice_is_never_verified() -> None:
    with pytest.raises(ProviderRefused, match="other_payment"):
        await p24(FarEnd()).confirm(ATTEMPT, await facts(sessionId="other-1"))


async def test_a_verify_whose_answer_got_lost_is_still_paid() -> None:
    far = FarEnd(httpx.ReadTimeout("lost"), said({"error": "already verified", "code": 400}, 400), transaction(2))
    assert (await p24(far).confirm(ATTEMPT, await facts())).status == "paid"


async def test_a_verify_that_is_refused_is_not_paid() -> None:
    refusal = said({"error": "Incorrect sign", "code": 400}, 400)
    for reading in (transaction(1), NOT_FOUND):
        with pytest.raises(ProviderRefused, match="not_verified"):
            await p24(FarEnd(refusal, reading)).confirm(ATTEMPT, await facts())
    with pytest.raises(ProviderRefused, match="not_verified"):
        await p24(FarEnd(said({"data": {"status": "failure"}}), transaction(0))).confirm(ATTEMPT, await facts())


# --- refunds ---


async def refund(*answers: httpx.Response) -> Refund:
    return await p24(FarEnd(*answers)).refund(
        ATTEMPT, amount=4900, key="k" * 90, reason="Doubled", notify_url="https://d/n"
    )


async def test_a_refund_is_taken_on_once_per_key() -> None:
    none_yet = said({"error": "Refund not found", "code": 404}, 404)
    far = FarEnd(transaction(2), none_yet, said({"data": [{"orderId": ORDER_ID, "status": True}]}, 201))
    done = await p24(far).refund(ATTEMPT, amount=900, key="k" * 90, reason="Doubled " * 9, notify_url="https://d/n")
    form = sent(far)
    assert done == Refund("pending", form["requestId"])
    assert len(form["requestId"]) <= 45
    assert len(form["refundsUuid"]) <= 35
    (item,) = form["refunds"]
    assert (item["orderId"], item["sessionId"], item["amount"]) == (ORDER_ID, REF, 900)
    assert len(item["description"]) <= 35
    refused = said({"error": "Request already exists", "code": 400}, 400)
    assert await refund(transaction(2), none_yet, refused) == done
    known = {"requestId": form["requestId"], "amount": 900}
    read = said({"data": {"refunds": [{"requestId": "another", "status": 1}, known | {"status": 1}]}})
    assert await refund(transaction(2), read) == Refund("completed", form["requestId"])
    with pytest.raises(ProviderRefused, match="refund_refused"):
        await refund(transaction(2), said({"data": {"refunds": [known | {"status": 4}]}}))
