"""Przelewy24's protocol: signatures, register, verify, the notice and its repeats, refunds, the payer's page."""

from typing import Any

import httpx
import pytest

from sandbox.payments.przelewy24 import P24_API_KEY, P24_CRC, P24_MERCHANT_ID, P24_POS_ID
from sandbox.payments.przelewy24.webhooks import NOTICE, REFUND_NOTICE, REGISTER, VERIFY, sign
from tests.kit.rows import each_row
from tests.sandbox.room import DESK, Room

API = "/sandbox/przelewy24/api/v1"
AUTH = (str(P24_POS_ID), P24_API_KEY)
PAYMENT = "0a1b2c3d"


def registration(**changed: Any) -> dict[str, Any]:
    body = {
        "merchantId": P24_MERCHANT_ID,
        "posId": P24_POS_ID,
        "sessionId": f"{PAYMENT}-1",
        "amount": 4900,
        "currency": "PLN",
        "description": "FakturaSmart – Start <1>",
        "email": "anna@example.com",
        "country": "PL",
        "language": "pl",
        "urlReturn": f"{DESK}/p/back",
        "urlStatus": f"{DESK}/webhooks/payments/przelewy24",
        **changed,
    }
    return {"sign": sign(body, REGISTER, P24_CRC), **body}


async def register(room: Room, **changed: Any) -> httpx.Response:
    return await room.client.post(f"{API}/transaction/register", json=registration(**changed), auth=AUTH)


async def token(room: Room, **changed: Any) -> str:
    response = await register(room, **changed)
    assert response.status_code == 200, response.text
    return response.json()["data"]["token"]


async def verify(room: Room, notice: dict[str, Any], **changed: Any) -> httpx.Response:
    names = ("merchantId", "posId", "sessionId", "amount", "currency", "orderId")
    body = {**{name: notice[name] for name in names}, **changed}
    body = {"sign": sign(body, VERIFY, P24_CRC), **body}
    return await room.client.put(f"{API}/transaction/verify", json=body, auth=AUTH)


async def status(room: Room, session: str = f"{PAYMENT}-1") -> int:
    return (await room.client.get(f"{API}/transaction/by/sessionId/{session}", auth=AUTH)).json()["data"]["status"]


async def pay(room: Room, outcome: str = "paid", notify: str = "once") -> Any:
    return await room.post_api(f"payments/{PAYMENT}", outcome=outcome, notify=notify)


def test_the_published_vectors() -> None:
    seller = {"sessionId": "okienko-1", "merchantId": 999999, "amount": 4900, "currency": "PLN"}
    notice = {**seller, "posId": 999999, "originAmount": 4900, "orderId": 3000000001, "methodId": 154}
    found = sign(seller, REGISTER, "crc")
    assert found == "7c89fcbe45863f77c1a1d8e4487a5a42b884bd471d10985c77da16fb58b137c1fd8d104b2c61d5ae338c1bce37460abe"
    shown = sign({**notice, "statement": "p24-A/ż"}, NOTICE, "crc")
    assert shown == "95951c167ebe7fa74ed70001a03afe108c12b54a9389f32aeeffdf9b961f758f7cdc3bdaa641ab35d1e91a76c6886ac4"
    told = sign(notice, VERIFY, "crc")
    assert told == "ef80b5776736306d7a6075a48293806b854c590036448cbcb38d527157d90ce694a830cbbf4033d04febef1c7135fa70"


async def test_access_is_by_pos_id_and_api_key(room: Room) -> None:
    assert (await room.client.get(f"{API}/testAccess", auth=AUTH)).json() == {"data": True, "error": ""}
    refused = await room.client.get(f"{API}/testAccess", auth=(AUTH[0], P24_CRC))
    assert (refused.status_code, refused.json()["code"]) == (401, 401)


async def test_register_gives_a_token_once_a_session(room: Room) -> None:
    assert len(await token(room)) == 35
    again = await register(room)
    assert (again.status_code, again.json()["code"]) == (400, 400)
    [payment] = await room.get_api("payments")
    assert (payment["id"], payment["provider"], payment["method"]) == (PAYMENT, "przelewy24", "przelewy24")
    assert (payment["amount"], payment["currency"], payment["status"]) == (4900, "PLN", "pending")
    assert int(payment["order_id"]) > 2**31


@pytest.mark.parametrize(
    "changed",
    [
        {"sign": "0" * 96},
        {"merchantId": 1},
        {"amount": 0},
        {"amount": "4900"},
        {"amount": 49.5},
        {"currency": "ABC"},
        {"language": "ru"},
        {"email": "a" * 45 + "@x.com"},
        {"urlReturn": ""},
        {"urlStatus": "javascript:1"},
        {"timeLimit": 100},
        {"sessionId": "x" * 101},
        {"description": None},
    ],
)
async def test_register_refuses_what_the_provider_refuses(room: Room, changed: dict[str, Any]) -> None:
    body = {**registration(**changed), **changed}
    response = await room.client.post(f"{API}/transaction/register", json=body, auth=AUTH)
    assert (response.status_code, response.json()["code"]) == (400, 400)
    assert await room.get_api("payments") == []


@each_row
async def test_the_method_is_told_by_the_channel(room: Room, asked: dict[str, int], method: str) -> None:
    await token(room, **asked)
    assert (await room.get_api("payments"))[0]["method"] == method


async def test_a_paid_payment_is_told_by_a_signed_notice_and_the_payer_comes_back(room: Room) -> None:
    await token(room, channel=8192)
    entry = await pay(room)
    assert (entry["status"], entry["settled"]) == ("paid", False)
    [(path, _, _)] = room.desk.notices
    [notice] = room.desk.bodies()
    assert path == "/webhooks/payments/przelewy24"
    assert notice["sign"] == sign(notice, NOTICE, P24_CRC)
    assert (notice["sessionId"], notice["amount"], notice["originAmount"]) == (f"{PAYMENT}-1", 4900, 4900)
    assert (notice["methodId"], notice["posId"]) == (154, P24_POS_ID)
    assert notice["statement"].endswith("/ż")
    assert room.desk.returns == ["/p/back"]
    assert await status(room) == 1
    assert (await verify(room, notice)).json() == {"data": {"status": "success"}, "responseCode": 0}
    assert await status(room) == 2
    assert (await room.get_api("payments"))[0]["settled"] is True


async def test_verify_refuses_another_amount_an_unpaid_and_a_wrong_signature(room: Room) -> None:
    await token(room)
    order = int((await room.get_api("payments"))[0]["order_id"])
    seller = {"merchantId": P24_MERCHANT_ID, "posId": P24_POS_ID, "sessionId": f"{PAYMENT}-1"}
    notice = {**seller, "amount": 4900, "currency": "PLN", "orderId": order}
    assert (await verify(room, notice)).status_code == 400
    await pay(room, notify="none")
    assert (await verify(room, notice, amount=4899)).status_code == 400
    assert (await verify(room, notice, orderId=order + 1)).status_code == 400
    wrong = {**notice, "sign": "0" * 96}
    assert (await room.client.put(f"{API}/transaction/verify", json=wrong, auth=AUTH)).status_code == 400
    assert await status(room) == 1
    assert (await verify(room, notice)).status_code == 200
    assert (await verify(room, notice)).status_code == 200


async def test_an_unknown_session_is_404(room: Room) -> None:
    response = await room.client.get(f"{API}/transaction/by/sessionId/none", auth=AUTH)
    assert (response.status_code, response.json()["error"]) == (404, "Transaction not found")


async def test_a_notice_not_verified_is_repeated_as_the_provider_states(room: Room) -> None:
    await token(room)
    room.desk.status = 500
    await pay(room)
    for minutes, expected in ((2, 1), (1, 2), (2, 3), (10, 4), (15, 5), (30, 6), (90, 7), (299, 7), (1, 8), (600, 8)):
        await room.post_api("clock", advance_s=minutes * 60)
        assert len(room.desk.notices) == expected
    assert len({body for _, _, body in room.desk.notices}) == 1


async def test_repeats_end_with_the_verify(room: Room) -> None:
    await token(room)
    await pay(room)
    assert (await room.get_api("clock"))["next_due"] == "2026-11-20T12:03:00+00:00"
    await verify(room, room.desk.bodies()[0])
    assert (await room.get_api("clock"))["next_due"] is None
    await room.post_api("clock", advance_s=86400)
    assert len(room.desk.notices) == 1


async def test_a_failure_sends_no_notice_and_brings_the_payer_back(room: Room) -> None:
    await token(room)
    assert (await pay(room, "failed"))["status"] == "failed"
    assert (room.desk.notices, room.desk.returns) == ([], ["/p/back"])
    assert await status(room) == 0


async def test_twice_late_forged_none_and_abandoned(room: Room) -> None:
    await token(room)
    assert (await pay(room, "abandoned"))["status"] == "pending"
    assert (await pay(room, notify="forged"))["status"] == "pending"
    [forged] = room.desk.bodies()
    assert forged["sign"] != sign(forged, NOTICE, P24_CRC)
    assert (await pay(room, notify="none"))["status"] == "paid"
    assert len(room.desk.notices) == 1
    await pay(room, notify="late")
    await room.post_api("clock", advance_s=3599)
    assert len(room.desk.notices) == 1
    await room.post_api("clock", advance_s=1)
    assert (len(room.desk.notices), room.desk.returns) == (2, [])
    await pay(room, notify="twice")
    assert (len(room.desk.notices), len(room.desk.returns)) == (4, 1)


async def test_a_late_notice_goes_though_the_seller_verified_meanwhile(room: Room) -> None:
    await token(room)
    await pay(room, notify="late")
    [payment] = await room.get_api("payments")
    seller = {"merchantId": P24_MERCHANT_ID, "posId": P24_POS_ID, "sessionId": f"{PAYMENT}-1"}
    await verify(room, {**seller, "amount": 4900, "currency": "PLN", "orderId": int(payment["order_id"])})
    await room.post_api("clock", advance_s=3600)
    assert len(room.desk.notices) == 1


async def test_what_is_paid_stays_paid(room: Room) -> None:
    await token(room)
    await pay(room)
    for outcome in ("paid", "failed", "abandoned"):
        assert (await pay(room, outcome, "none"))["status"] == "paid"


async def test_the_newest_attempt_is_the_payment(room: Room) -> None:
    await token(room)
    await pay(room, "failed")
    await token(room, sessionId=f"{PAYMENT}-2")
    [payment] = await room.get_api("payments")
    assert (payment["reference"], payment["status"]) == (f"{PAYMENT}-2", "pending")
    assert [attempt["status"] for attempt in await room.get_api("attempts")] == ["failed", "pending"]


async def refund(room: Room, request_id: str, amount: int, order: int, **changed: Any) -> httpx.Response:
    item = {"orderId": order, "sessionId": f"{PAYMENT}-1", "amount": amount, "description": "second payment"}
    body = {"requestId": request_id, "refundsUuid": "u-1", "refunds": [item], "urlStatus": f"{DESK}/refunds", **changed}
    return await room.client.post(f"{API}/transaction/refund", json=body, auth=AUTH)


async def test_a_refund_is_taken_once_and_told_by_a_signed_notice(room: Room) -> None:
    await token(room)
    await pay(room)
    order = room.desk.bodies()[0]["orderId"]
    assert (await refund(room, "r-0", 4900, order)).status_code == 409
    await verify(room, room.desk.bodies()[0])
    assert (await refund(room, "r-1", 4901, order)).status_code == 409
    first = await refund(room, "r-1", 900, order)
    assert (first.status_code, first.json()["data"][0]["status"]) == (201, True)
    again = await refund(room, "r-1", 900, order)
    assert (again.status_code, again.json()["error"]) == (400, "Request already exists")
    assert await status(room) == 2
    await refund(room, "r-2", 4000, order)
    assert await status(room) == 3
    await room.sandbox.tick(room.clock.now())
    told = [body for body in room.desk.bodies() if "refundsUuid" in body]
    assert [body["amount"] for body in told] == [900, 4000]
    assert all(body["sign"] == sign(body, REFUND_NOTICE, P24_CRC) and body["status"] == 0 for body in told)
    [payment] = await room.get_api("payments")
    assert (payment["status"], payment["refunded"]) == ("refunded", 4900)
    listed = await room.client.get(f"{API}/refund/by/orderId/{order}", auth=AUTH)
    assert [entry["requestId"] for entry in listed.json()["data"]["refunds"]] == ["r-1", "r-2"]


async def press(room: Room, page: str, **form: str) -> httpx.Response:
    return await room.client.post(page, data=form)


async def test_the_payers_page_pays_and_leads_back(room: Room) -> None:
    page = f"/sandbox/przelewy24/trnRequest/{await token(room, channel=8192)}"
    shown = await room.client.get(page)
    assert shown.status_code == 200
    assert "49,00&nbsp;PLN" in shown.text
    assert "FakturaSmart – Start &lt;1&gt;" in shown.text
    assert "TEST" in shown.text
    assert (await room.get_api("payments"))[0]["status"] == "pending"
    wrong = await press(room, page, action="pay", method="blik", blik_code="123456")
    assert (wrong.status_code, "odrzucony" in wrong.text) == (422, True)
    paid = await press(room, page, action="pay", method="blik", blik_code="777001")
    assert (paid.status_code, paid.headers["location"]) == (303, f"{DESK}/p/back")
    assert room.desk.bodies()[0]["methodId"] == 154
    assert room.desk.returns == []
    assert (await room.client.get(page)).status_code == 410
    assert (await press(room, page, action="pay")).status_code == 303
    assert len(room.desk.notices) == 1


async def test_the_payers_page_refuses_leaves_and_sends_odd_notices(room: Room) -> None:
    page = f"/sandbox/przelewy24/trnRequest/{await token(room)}"
    assert (await press(room, page, action="leave")).status_code == 200
    assert (await press(room, page, action="nonsense")).status_code == 422
    for action in ("forged", "other_amount", "swap_pos"):
        await press(room, page, action=action)
    forged, other, swapped = room.desk.bodies()
    assert forged["sign"] != sign(forged, NOTICE, P24_CRC)
    assert (other["amount"], other["originAmount"]) == (4899, 4900)
    assert other["sign"] == sign(other, NOTICE, P24_CRC)
    assert swapped["posId"] != P24_POS_ID
    assert (await room.get_api("payments"))[0]["status"] == "pending"
    assert (await press(room, page, action="refuse")).status_code == 303
    assert (await room.get_api("payments"))[0]["status"] == "failed"
    assert (await press(room, page, action="pay", method="card")).status_code == 303
    assert room.desk.bodies()[-1]["methodId"] == 242


async def test_the_payers_page_closes_after_its_time(room: Room) -> None:
    page = f"/sandbox/przelewy24/trnRequest/{await token(room, timeLimit=15)}"
    await room.post_api("clock", advance_s=15 * 60)
    assert (await room.client.get(page)).status_code == 200
    await room.post_api("clock", advance_s=1)
    assert (await room.client.get(page)).status_code == 410
    assert (await press(room, page, action="pay")).status_code == 410
    assert (await room.client.get("/sandbox/przelewy24/trnRequest/none")).status_code == 404
