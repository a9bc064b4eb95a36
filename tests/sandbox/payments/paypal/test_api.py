"""PayPal's protocol: tokens, orders, captures, refunds, signed webhooks, the payer's page."""

import base64
import json
import zlib
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.attempts import Claim, ProviderAttempt
from sandbox.payments.paypal import PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, PAYPAL_WEBHOOK_ID
from tests.kit.narrow import a
from tests.sandbox.room import DESK, URL, Room

API = "/sandbox/paypal"
PAYMENT = "feed01"
EVENTS = "/webhooks/payments/paypal"


async def access(room: Room) -> dict[str, str]:
    form = {"grant_type": "client_credentials"}
    auth = (PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET)
    answer = (await room.client.post(f"{API}/v1/oauth2/token", data=form, auth=auth)).json()
    return {"Authorization": f"{answer['token_type']} {answer['access_token']}"}


def order_wish(value: Any = "49.00", attempt: int = 1, **context: str) -> dict[str, Any]:
    urls = {"return_url": f"{DESK}/p/back?a=1", "cancel_url": f"{DESK}/p/left", **context}
    unit = {"custom_id": f"{PAYMENT}-{attempt}", "amount": {"currency_code": "PLN", "value": value}}
    source = {"paypal": {"experience_context": urls}}
    return {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": source}


async def post(room: Room, path: str, body: Any = None, key: str | None = None, **headers: str) -> httpx.Response:
    keyed = {"PayPal-Request-Id": key} if key else {}
    sent = {**await access(room), **keyed, **headers}
    return await room.client.post(f"{API}{path}", json={} if body is None else body, headers=sent)


async def get(room: Room, path: str) -> httpx.Response:
    return await room.client.get(f"{API}{path}", headers=await access(room))


async def order(room: Room, **wish: Any) -> str:
    response = await post(room, "/v2/checkout/orders", order_wish(**wish), key="create-1")
    assert response.status_code == 201, response.text
    return response.json()["id"]


async def pay(room: Room, outcome: str = "paid", notify: str = "once") -> Any:
    return await room.post_api(f"payments/{PAYMENT}", outcome=outcome, notify=notify)


async def capture(room: Room, order_id: str, key: str = "capture-1") -> httpx.Response:
    return await post(room, f"/v2/checkout/orders/{order_id}/capture", key=key)


async def test_a_token_is_for_the_client_and_runs_out(room: Room) -> None:
    wrong = await room.client.post(f"{API}/v1/oauth2/token", data={}, auth=(PAYPAL_CLIENT_ID, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    headers = await access(room)
    assert (await room.client.get(f"{API}/v2/checkout/orders/X", headers=headers)).status_code == 404
    await room.post_api("clock", advance_s=32401)
    assert (await room.client.get(f"{API}/v2/checkout/orders/X", headers=headers)).status_code == 401
    assert (await room.client.get(f"{API}/v2/checkout/orders/X")).status_code == 401


async def test_an_order_is_created_and_shown_as_a_payment(room: Room) -> None:
    response = await post(room, "/v2/checkout/orders", order_wish(), key="create-1")
    body = response.json()
    links = {link["rel"]: link["href"] for link in body["links"]}
    assert (response.status_code, body["status"]) == (201, "PAYER_ACTION_REQUIRED")
    assert links["payer-action"] == f"{URL}/sandbox/paypal/checkoutnow?token={body['id']}"
    [payment] = await room.get_api("payments")
    assert (payment["id"], payment["method"], payment["amount"]) == (PAYMENT, "paypal", 4900)
    whole = (await get(room, f"/v2/checkout/orders/{body['id']}")).json()
    assert whole["purchase_units"][0]["amount"] == {"currency_code": "PLN", "value": "49.00"}
    assert whole["purchase_units"][0]["custom_id"] == f"{PAYMENT}-1"


async def test_the_same_request_id_gets_the_same_order_for_six_hours(room: Room) -> None:
    first = await post(room, "/v2/checkout/orders", order_wish(), key="k")
    again = await post(room, "/v2/checkout/orders", order_wish(), key="k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await post(room, "/v2/checkout/orders", order_wish(value="50.00"), key="k")
    assert (other.status_code, other.json()["details"][0]["issue"]) == (422, "DUPLICATE_REQUEST_ID")
    assert len(await room.get_api("attempts")) == 1
    await room.post_api("clock", advance_s=6 * 3600 + 1)
    assert (await post(room, "/v2/checkout/orders", order_wish(), key="k")).status_code == 201
    assert len(await room.get_api("attempts")) == 2


@pytest.mark.parametrize("value", ["49.000", "0.00", "-1.00", "49,00", 49, 49.0, "", None, "1e3"])
async def test_an_amount_is_a_decimal_string(room: Room, value: Any) -> None:
    assert (await post(room, "/v2/checkout/orders", order_wish(value=value), key="k")).status_code in (400, 422)
    assert await room.get_api("payments") == []


async def test_an_order_with_a_payment_source_needs_a_request_id(room: Room) -> None:
    response = await post(room, "/v2/checkout/orders", order_wish())
    assert (response.status_code, response.json()["details"][0]["issue"]) == (400, "PAYPAL_REQUEST_ID_REQUIRED")


async def test_a_card_page_is_the_method_card_and_representation_is_the_whole_order(room: Room) -> None:
    wish = order_wish(landing_page="GUEST_CHECKOUT")
    body = (await post(room, "/v2/checkout/orders", wish, key="k", Prefer="return=representation")).json()
    assert body["purchase_units"][0]["custom_id"] == f"{PAYMENT}-1"
    assert (await room.get_api("payments"))[0]["method"] == "card"


async def test_approved_is_not_paid_until_it_is_captured(room: Room) -> None:
    order_id = await order(room)
    refused = await capture(room, order_id, key="early")
    assert (refused.status_code, refused.json()["details"][0]["issue"]) == (422, "ORDER_NOT_APPROVED")
    entry = await pay(room)
    assert (entry["status"], entry["settled"]) == ("paid", False)
    assert (await get(room, f"/v2/checkout/orders/{order_id}")).json()["status"] == "APPROVED"
    done = await capture(room, order_id)
    taken = done.json()["purchase_units"][0]["payments"]["captures"][0]
    assert (done.status_code, done.json()["status"], taken["status"]) == (201, "COMPLETED", "COMPLETED")
    assert taken["amount"] == {"currency_code": "PLN", "value": "49.00"}
    assert (await capture(room, order_id)).status_code == 200
    again = await capture(room, order_id, key="another")
    assert (again.status_code, again.json()["details"][0]["issue"]) == (422, "ORDER_ALREADY_CAPTURED")
    assert (await room.get_api("payments"))[0]["settled"] is True


async def test_a_dispute_at_another_provider_is_none_here(room: Room) -> None:
    paid = ProviderAttempt("stripe", "feed02-1", "pi_1", "t", "card", 4900, "PLN", "2026-11-23T10:00:00Z")
    room.sandbox.world.book.open(paid.with_claim(Claim("c1", 4900, "open", paid.at)))
    assert (await get(room, "/v1/customer/disputes/PP-D-c1")).status_code == 404


async def test_a_failed_payment_is_approved_and_declined_at_the_capture(room: Room) -> None:
    order_id = await order(room)
    assert (await pay(room, "failed"))["status"] == "failed"
    body = (await capture(room, order_id)).json()
    assert body["status"] == "COMPLETED"
    assert body["purchase_units"][0]["payments"]["captures"][0]["status"] == "DECLINED"
    await room.sandbox.tick(room.clock.now())
    assert [e["event_type"] for e in room.desk.bodies()] == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.DENIED"]
    assert (await pay(room, "paid", "none"))["status"] == "failed"


async def verification(room: Room, index: int = 0, webhook_id: str = PAYPAL_WEBHOOK_ID, tamper: bytes = b"") -> str:
    _, headers, body = room.desk.notices[index]
    claimed = {
        "auth_algo": headers["paypal-auth-algo"],
        "cert_url": headers["paypal-cert-url"],
        "transmission_id": headers["paypal-transmission-id"],
        "transmission_sig": headers["paypal-transmission-sig"],
        "transmission_time": headers["paypal-transmission-time"],
        "webhook_id": webhook_id,
    }
    spliced = json.dumps(claimed)[:-1].encode() + b', "webhook_event": ' + (tamper or body) + b"}"
    path = f"{API}/v1/notifications/verify-webhook-signature"
    headers = {**await access(room), "Content-Type": "application/json"}
    return (await room.client.post(path, content=spliced, headers=headers)).json()["verification_status"]


async def test_events_are_signed_so_that_the_verify_call_and_the_certificate_agree(room: Room) -> None:
    await order(room)
    await pay(room)
    [(path, headers, body)] = room.desk.notices
    assert path == EVENTS
    assert json.loads(body)["resource"]["purchase_units"][0]["custom_id"] == f"{PAYMENT}-1"
    assert await verification(room) == "SUCCESS"
    assert await verification(room, webhook_id="ANOTHER") == "FAILURE"
    assert await verification(room, tamper=body.replace(b"49.00", b"00.01")) == "FAILURE"
    assert await verification(room, tamper=json.dumps(json.loads(body)).encode()) == "FAILURE"
    pem = (await room.client.get(headers["paypal-cert-url"])).content
    key = a(rsa.RSAPublicKey, x509.load_pem_x509_certificate(pem).public_key())
    sent = (headers["paypal-transmission-id"], headers["paypal-transmission-time"], PAYPAL_WEBHOOK_ID)
    signed = "|".join((*sent, str(zlib.crc32(body)))).encode()
    key.verify(base64.b64decode(headers["paypal-transmission-sig"]), signed, padding.PKCS1v15(), hashes.SHA256())


async def test_a_forged_event_is_a_failure_and_changes_nothing(room: Room) -> None:
    order_id = await order(room)
    assert (await pay(room, notify="forged"))["status"] == "pending"
    assert await verification(room) == "FAILURE"
    assert (await get(room, f"/v2/checkout/orders/{order_id}")).json()["status"] == "PAYER_ACTION_REQUIRED"


async def test_a_repeat_bears_the_same_event_id(room: Room) -> None:
    order_id = await order(room)
    await pay(room, notify="twice")
    first, second = room.desk.bodies()
    assert first["id"] == second["id"]
    assert room.desk.returns == [f"/p/back?a=1&token={order_id}&PayerID=PAYER00000001"]
    await capture(room, order_id)
    await room.sandbox.tick(room.clock.now())
    completed = room.desk.bodies()[2:]
    assert [event["event_type"] for event in completed] == ["PAYMENT.CAPTURE.COMPLETED"] * 2
    assert completed[0]["id"] == completed[1]["id"] != first["id"]
    assert completed[0]["resource"]["custom_id"] == f"{PAYMENT}-1"
    assert completed[0]["resource"]["supplementary_data"]["related_ids"]["order_id"] == order_id


async def test_an_event_not_taken_is_sent_again_with_growing_gaps(room: Room) -> None:
    await order(room)
    room.desk.status = 503
    await pay(room)
    await room.post_api("clock", advance_s=60)
    await room.post_api("clock", advance_s=119)
    assert len(room.desk.notices) == 2
    room.desk.status = 200
    await room.post_api("clock", advance_s=86400)
    assert len(room.desk.notices) == 3
    assert await verification(room, 2) == "SUCCESS"


async def test_refunds_are_bounded_idempotent_and_told(room: Room) -> None:
    order_id = await order(room)
    await pay(room)
    capture_id = (await capture(room, order_id)).json()["purchase_units"][0]["payments"]["captures"][0]["id"]
    path = f"/v2/payments/captures/{capture_id}/refund"
    part = {"amount": {"currency_code": "PLN", "value": "9.00"}}
    first = await post(room, path, part, key="r1")
    assert (first.status_code, first.json()["status"]) == (201, "COMPLETED")
    assert (await post(room, path, part, key="r1")).json() == first.json()
    too_much = {"amount": {"currency_code": "PLN", "value": "40.01"}}
    assert (await post(room, path, too_much, key="r2")).json()["details"][0]["issue"] == "REFUND_AMOUNT_EXCEEDED"
    assert (await get(room, f"/v2/payments/captures/{capture_id}")).json()["status"] == "PARTIALLY_REFUNDED"
    assert (await post(room, path, key="r3")).json()["amount"]["value"] == "40.00"
    assert (await post(room, path, key="r4")).json()["details"][0]["issue"] == "CAPTURE_FULLY_REFUNDED"
    [payment] = await room.get_api("payments")
    assert (payment["status"], payment["refunded"]) == ("refunded", 4900)
    shown = (await get(room, f"/v2/checkout/orders/{order_id}")).json()["purchase_units"][0]["payments"]
    assert [refund["amount"]["value"] for refund in shown["refunds"]] == ["9.00", "40.00"]
    await room.sandbox.tick(room.clock.now())
    assert room.desk.bodies()[-1]["event_type"] == "PAYMENT.CAPTURE.REFUNDED"


async def test_the_payers_page(room: Room) -> None:
    order_id = await order(room, locale="it-IT")
    page = f"{API}/checkoutnow?token={order_id}"
    shown = await room.client.get(page)
    assert (shown.status_code, "Paga" in shown.text) == (200, True)
    left = await room.client.post(page, data={"action": "leave"})
    assert left.headers["location"] == f"{DESK}/p/left?token={order_id}"
    assert (await room.client.post(page, data={"action": "nonsense"})).status_code == 422
    paid = await room.client.post(page, data={"action": "pay"})
    assert paid.headers["location"].startswith(f"{DESK}/p/back?a=1&token={order_id}&PayerID=")
    assert len(room.desk.notices) == 1
    assert (await room.client.get(page)).status_code == 410
    assert (await room.client.get(f"{API}/checkoutnow?token=none")).status_code == 404
