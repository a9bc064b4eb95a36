"""Stripe's protocol: forms, keys, sessions, charges without the payer, signed events, the payer's page."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.attempts import KeptMethod, Vault
from sandbox.database import stamp
from sandbox.ledger import Ledger
from sandbox.payments.stripe import STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
from sandbox.payments.stripe.api import parse
from sandbox.payments.stripe.shapes import StripeError
from tests.kit.narrow import present
from tests.sandbox.room import DESK, Room, noon
from tests.table import table

API = "/sandbox/stripe/v1"
PAYMENT = "feed01"
NOON = int(noon().timestamp())
KEY = {"Authorization": f"Bearer {STRIPE_SECRET_KEY}"}


def wish(attempt: str = "1", **more: str) -> dict[str, str]:
    return {
        "mode": "payment",
        "client_reference_id": f"{PAYMENT}-{attempt}",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "4900",
        "line_items[0][price_data][product_data][name]": "Base",
        "payment_intent_data[metadata][payment_ref]": f"{PAYMENT}-{attempt}",
        "success_url": f"{DESK}/p/x/return?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{DESK}/p/x/left",
        "expires_at": str(NOON + 3600),
        **more,
    }


async def post(room: Room, path: str, form: dict[str, str], key: str | None = None) -> httpx.Response:
    keyed = {"Idempotency-Key": key} if key else {}
    return await room.client.post(f"{API}/{path}", data=form, headers={**KEY, **keyed})


async def get(room: Room, path: str, *expand: str) -> Any:
    answer = await room.client.get(f"{API}/{path}", params={"expand[]": list(expand)}, headers=KEY)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(room: Room, **more: str) -> Any:
    answer = await post(room, "checkout/sessions", wish(**more))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def kept(room: Room, card: str = "works") -> tuple[str, str]:
    """A customer, and his card kept by a first payment."""
    customer = (await post(room, "customers", {"email": "a@example.com"})).json()["id"]
    await opened(room, **{"customer": customer, "payment_intent_data[setup_future_usage]": "off_session"})
    await room.post_api(f"payments/{PAYMENT}", outcome="paid", card=card)
    (method,) = await room.get_api("methods")
    return customer, method["id"]


def renewal(customer: str, method: str, **more: str) -> dict[str, str]:
    money = {"amount": "100", "currency": "eur", "confirm": "true", "off_session": "true"}
    return {**money, "customer": customer, "payment_method": method, "metadata[payment_ref]": "renew-1", **more}


async def press(room: Room, session: Any, **form: str) -> httpx.Response:
    return await room.client.post(session["url"], data=form)


# --- forms and keys ---


def test_forms_are_read_as_stripe_reads_them() -> None:
    known = {"a[#][b]", "metadata[*]", "c[metadata][*]", "expand[#]", "d"}
    text = "a[0][b]=1&a[1][b]=2&metadata[x y]=%C5%BC&c[metadata][ref]=r&expand[]=one&expand[]=two&d="
    assert parse(text, known) == {
        "a": [{"b": "1"}, {"b": "2"}],
        "metadata": {"x y": "ż"},
        "c": {"metadata": {"ref": "r"}},
        "expand": ["one", "two"],
        "d": "",
    }


@table("text", ["x=1", "d[a]=1", "a[0]=1", "a[0][b=1", "[b]=1", "metadata=1"])
def test_a_name_that_stripe_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(StripeError) as raised:
        parse(text, {"a[#][b]", "metadata[*]", "d"})
    assert raised.value.error["code"] == "parameter_unknown"


async def test_only_the_account_itself_may_call(room: Room) -> None:
    for headers in ({}, {"Authorization": "Bearer sk_test_other"}):
        assert (await room.client.get(f"{API}/payment_methods/pm_1", headers=headers)).status_code == 401
    basic = await room.client.get(f"{API}/payment_methods/pm_1", auth=(STRIPE_SECRET_KEY, ""))
    assert (basic.status_code, basic.json()["error"]["code"]) == (404, "resource_missing")
    assert (await room.client.post(f"{API}/customers", json={"email": "a@example.com"}, headers=KEY)).status_code == 400


async def test_a_key_replays_its_answer_for_a_day_and_takes_no_other_wish(room: Room) -> None:
    first = await post(room, "checkout/sessions", wish(), "k1")
    again = await post(room, "checkout/sessions", dict(reversed(wish().items())), "k1")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert "Idempotent-Replayed" not in first.headers
    for path, form in (("checkout/sessions", wish(locale="it")), ("customers", {"email": "a@example.com"})):
        other = await post(room, path, form, "k1")
        assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert len(await room.get_api("attempts")) == 1
    await room.post_api("clock", advance_s=86_401)
    assert (await post(room, "customers", {"email": "a@example.com"}, "k1")).status_code == 200


async def test_a_wish_that_is_not_well_formed_uses_no_key_up(room: Room) -> None:
    assert (await post(room, "checkout/sessions", wish(locale="xx"), "k1")).status_code == 400
    assert (await post(room, "checkout/sessions", wish(), "k1")).status_code == 200


# --- sessions ---


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"expires_at": str(NOON + 1799)}, "expires_at"),
        ({"expires_at": str(NOON + 86_401)}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"mode": "subscription"}, "mode"),
        ({"customer": "cus_never"}, "customer"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"success_url": "desk"}, "success_url"),
        ({"locale": "pl-PL"}, "locale"),
        ({"line_items[0][price_data][currency]": "EUR"}, "line_items[0][price_data][currency]"),
        ({"line_items[0][price_data][unit_amount]": "49.00"}, "line_items[0][price_data][unit_amount]"),
        ({"saved_payment_method_options[allow_redisplay_filters][0]": "always"}, "saved_payment_method_options"),
    ],
    ids=range(11),
)
async def test_what_stripe_would_refuse_is_refused(room: Room, more: dict[str, str], param: str) -> None:
    answer = await post(room, "checkout/sessions", wish(**more))
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert await room.get_api("payments") == []


async def test_a_session_from_its_opening_to_its_payment(room: Room) -> None:
    session = await opened(room)
    assert (session["status"], session["payment_status"], session["payment_intent"]) == ("open", "unpaid", None)
    (payment,) = await room.get_api("payments")
    assert (payment["id"], payment["provider"], payment["method"]) == (PAYMENT, "stripe", "card")
    assert payment["amount"] == 4900
    played = await room.post_api(f"payments/{PAYMENT}", outcome="paid")
    assert (played["status"], played["settled"]) == ("paid", True)
    paid = await get(room, f"checkout/sessions/{session['id']}", "payment_intent.payment_method")
    assert (paid["status"], paid["payment_status"], paid["url"]) == ("complete", "paid", None)
    assert paid["payment_intent"]["status"] == "succeeded"
    assert paid["payment_intent"]["payment_method"]["customer"] is None
    assert room.desk.returns == [f"/p/x/return?session={session['id']}"]
    assert (await get(room, f"checkout/sessions/{session['id']}"))["payment_intent"].startswith("pi_")


async def test_a_session_is_expired_by_hand_or_by_its_hour(room: Room) -> None:
    first = await opened(room)
    assert (await post(room, f"checkout/sessions/{first['id']}/expire", {})).json()["status"] == "expired"
    assert (await post(room, f"checkout/sessions/{first['id']}/expire", {})).status_code == 400
    assert (await room.client.get(f"/sandbox/stripe/c/pay/{first['id']}")).status_code == 410
    second = await opened(room)
    await room.post_api("clock", advance_s=3600)
    assert (await get(room, f"checkout/sessions/{second['id']}"))["status"] == "expired"
    types = [body["type"] for body in room.desk.bodies()]
    assert types.count("checkout.session.expired") == 2, "one by hand, one at its hour"


# --- events ---


async def test_events_are_signed_over_their_bytes_and_repeated_until_taken(room: Room) -> None:
    await opened(room)
    room.desk.status = 500
    await room.post_api(f"payments/{PAYMENT}", outcome="paid")
    room.desk.status = 200
    await room.post_api("clock", advance_s=60)
    path, headers, body = room.desk.notices[-1]
    assert path == "/webhooks/payments/stripe"
    fields = re.findall(r"(\w+)=([0-9a-f]+)", headers["stripe-signature"])
    moment = dict(fields)["t"]
    right = hmac.new(STRIPE_WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert [value == right for name, value in fields if name == "v1"] == [False, True]
    assert int(moment) == NOON + 60, "a repeat is signed afresh"
    sent = [(json.loads(body)["id"], json.loads(body)["type"]) for _, _, body in room.desk.notices]
    assert len(sent) == 6
    assert len(set(sent)) == 3
    assert {kind for _, kind in sent} == {"payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"}


# --- the page ---


async def test_the_page_shows_the_cards_one_may_try(room: Room) -> None:
    page = (await room.client.get((await opened(room, locale="it"))["url"])).text
    assert "4242 4242 4242 4242 – funziona" in page
    assert "TEST" in page
    assert "49,00&nbsp;EUR" in page
    assert (await room.client.get("/sandbox/stripe/c/pay/cs_never")).status_code == 404


async def test_a_declined_card_is_told_on_the_page_and_another_pays(room: Room) -> None:
    session = await opened(room, locale="en")
    declined = await press(room, session, action="pay", card="declined")
    assert (declined.status_code, "declined. Choose another" in declined.text) == (402, True)
    assert [body["type"] for body in room.desk.bodies()] == ["payment_intent.payment_failed"]
    paid = await press(room, session, action="pay", card="mastercard")
    assert (paid.status_code, paid.headers["location"]) == (303, f"{DESK}/p/x/return?session={session['id']}")
    assert (await press(room, session, action="pay")).status_code == 303
    assert (await room.client.get(session["url"])).status_code == 410


async def test_a_bank_that_asks_is_answered_on_the_page(room: Room) -> None:
    session = await opened(room, locale="en")
    assert 'name="confirmed" value="asks"' in (await press(room, session, action="pay", card="asks")).text
    (payment,) = await room.get_api("payments")
    assert payment["status"] == "pending"
    assert (await press(room, session, action="pay", card="asks", confirmed="asks")).status_code == 303
    (payment,) = await room.get_api("payments")
    assert payment["status"] == "paid"


async def test_whoever_refuses_or_leaves_comes_back_by_the_other_address(room: Room) -> None:
    session = await opened(room)
    for action in ("refuse", "leave"):
        assert (await press(room, session, action=action)).headers["location"] == f"{DESK}/p/x/left"
    assert (await press(room, session, action="dance")).status_code == 422
    assert (await get(room, f"checkout/sessions/{session['id']}"))["status"] == "open"


async def test_blik_is_paid_by_its_code_on_the_page(room: Room) -> None:
    blik = {"payment_method_types[0]": "blik"}
    assert (await post(room, "checkout/sessions", wish(**blik))).json()["error"]["param"] == "payment_method_types"
    session = await opened(room, **blik, **{"line_items[0][price_data][currency]": "pln"})
    page = (await room.client.get(session["url"])).text
    assert ('name="blik_code"' in page, "4242" in page) == (True, False)
    assert (await press(room, session, action="pay", blik_code="123456")).status_code == 422
    assert (await press(room, session, action="pay", blik_code="777456")).status_code == 303
    paid = await get(room, f"checkout/sessions/{session['id']}", "payment_intent.payment_method")
    assert (paid["payment_status"], paid["payment_intent"]["payment_method"]["type"]) == ("paid", "blik")


async def test_an_intent_takes_one_code_and_is_cancelled_until_it_is_confirmed(room: Room) -> None:
    opening = {"amount": "4900", "currency": "pln", "payment_method_types[0]": "blik"}
    code = {"payment_method_data[type]": "blik", "payment_method_options[blik][code]": "666493", "return_url": DESK}
    paths = [f"payment_intents/{(await post(room, 'payment_intents', opening)).json()['id']}" for _ in range(2)]
    for path in paths:
        assert (await post(room, f"{path}/confirm", {"return_url": DESK})).status_code == 400
        asked = (await post(room, f"{path}/confirm", code)).json()
        assert (asked["status"], asked["next_action"]["type"]) == ("requires_action", "blik_authorize")
        assert (await post(room, f"{path}/confirm", code)).json()["error"]["code"] == "payment_intent_unexpected_state"
    assert (await post(room, f"{paths[0]}/cancel", {})).json()["status"] == "canceled"
    assert (await post(room, f"{paths[0]}/cancel", {})).status_code == 400
    await room.post_api("clock", advance_s=60)
    (told,) = room.desk.bodies()
    error = told["data"]["object"]["last_payment_error"]
    assert (told["type"], error["code"]) == ("payment_intent.payment_failed", "payment_method_provider_timeout")


async def test_a_kept_card_is_shown_to_its_customer_only(room: Room) -> None:
    customer, method = await kept(room, "mastercard")
    filters = {"saved_payment_method_options[allow_redisplay_filters][0]": "limited"}
    shown = await opened(room, attempt="2", customer=customer, **filters)
    assert f'value="{method}" checked' in (await room.client.get(shown["url"])).text
    hidden = await opened(room, attempt="3", customer=(await post(room, "customers", {})).json()["id"], **filters)
    assert method not in (await room.client.get(hidden["url"])).text


# --- without the payer ---


async def test_a_charge_without_the_payer_and_its_refusals(room: Room) -> None:
    customer, method = await kept(room)
    paid = await post(room, "payment_intents", renewal(customer, method), "r1")
    assert (paid.status_code, paid.json()["status"], paid.json()["amount_received"]) == (200, "succeeded", 100)
    for comes_to, code in (
        ("declined", "card_declined"),
        ("needs_payer", "authentication_required"),
        ("gone", "expired_card"),
    ):
        await room.post_api(f"methods/{method}", next=comes_to)
        refused = await post(room, "payment_intents", renewal(customer, method), f"r-{comes_to}")
        error = refused.json()["error"]
        assert (refused.status_code, error["type"], error["code"]) == (402, "card_error", code)
        assert error["payment_intent"]["status"] == "requires_payment_method"
        again = await post(room, "payment_intents", renewal(customer, method), f"r-{comes_to}")
        assert (again.status_code, again.json()) == (402, refused.json())
    assert [book["status"] for book in await room.get_api("attempts")] == ["paid", "paid", *["failed"] * 3]
    query = f"{API}/payment_intents/search"
    found = await room.client.get(query, params={"query": 'metadata["payment_ref"]:"renew-1"'}, headers=KEY)
    assert len(found.json()["data"]) == 4
    assert (await room.client.get(query, params={"query": "amount>1"}, headers=KEY)).status_code == 400


async def test_a_charge_needs_its_own_customers_kept_card(room: Room) -> None:
    customer, method = await kept(room)
    other = (await post(room, "customers", {})).json()["id"]
    for wrong, param in (
        (renewal(other, method), "payment_method"),
        (renewal("cus_never", method), "customer"),
        (renewal(customer, "pm_never"), "payment_method"),
        (renewal(customer, method, off_session="false"), "off_session"),
        (renewal(customer, method, amount="-1"), "amount"),
    ):
        answer = await post(room, "payment_intents", wrong)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert (await post(room, f"payment_methods/{method}/detach", {})).json()["customer"] is None
    assert (await post(room, f"payment_methods/{method}/detach", {})).status_code == 400
    assert (await post(room, "payment_intents", renewal(customer, method))).status_code == 400
    assert [entry["kept"] for entry in await room.get_api("methods")] == [False]


async def test_refunds_stop_at_what_was_paid(room: Room) -> None:
    session = await opened(room)
    await room.post_api(f"payments/{PAYMENT}", outcome="paid")
    intent = (await get(room, f"checkout/sessions/{session['id']}"))["payment_intent"]
    part = await post(room, "refunds", {"payment_intent": intent, "amount": "900", "metadata[key]": "a"})
    assert (part.json()["status"], part.json()["metadata"]) == ("succeeded", {"key": "a"})
    over = await post(room, "refunds", {"payment_intent": intent, "amount": "4001"})
    assert over.json()["error"]["param"] == "amount"
    assert (await post(room, "refunds", {"payment_intent": intent})).json()["amount"] == 4000
    done = await post(room, "refunds", {"payment_intent": intent})
    assert done.json()["error"]["code"] == "charge_already_refunded"
    listed = await room.client.get(f"{API}/refunds", params={"payment_intent": intent}, headers=KEY)
    assert [refund["amount"] for refund in listed.json()["data"]] == [4000, 900]
    await room.post_api("clock", advance_s=1)
    assert "charge.refunded" in [body["type"] for body in room.desk.bodies()]


# --- the instruments, and what stays ---


async def test_the_instruments_take_no_card_or_way_that_is_not_there(room: Room) -> None:
    await opened(room)
    for path, body in (
        (f"payments/{PAYMENT}", {"outcome": "paid", "card": "gold"}),
        ("methods/pm_1", {"next": "dances"}),
    ):
        assert (await room.client.post(f"/sandbox/api/{path}", json=body)).status_code == 400
    assert (await room.client.post("/sandbox/api/methods/pm_1", json={"next": "gone"})).status_code == 404


async def test_kept_cards_and_their_customers_outlive_a_reset(room: Room) -> None:
    customer, method = await kept(room)
    await room.post_api("reset")
    assert await room.get_api("attempts") == []
    assert (await post(room, "payment_intents", renewal(customer, method))).status_code == 200


def test_what_is_kept_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    Vault(Ledger(path)).keep(KeptMethod("stripe", "pm_1", "cus_1", "Visa …4242", stamp(noon()), details={"a": 1}))
    again = Vault(Ledger(path))
    assert again.let_next("pm_1", "declined") is not None
    found = present(Vault(Ledger(path)).get("stripe", "pm_1"))
    assert (found.next, found.details, found.kept) == ("declined", {"a": 1}, True)
    assert again.get("paypal", "pm_1") is None


# --- what a desk must not rely on ---


async def test_of_a_deleted_customer_stripe_knows_no_more_than_that(room: Room) -> None:
    customer = (await post(room, "customers", {"email": "a@example.com"})).json()["id"]
    assert (await room.client.delete(f"{API}/customers/{customer}", headers=KEY)).json()["deleted"] is True
    assert await get(room, f"customers/{customer}") == {"id": customer, "object": "customer", "deleted": True}
    assert (await post(room, "checkout/sessions", wish(customer=customer))).status_code == 400
    assert (await room.client.get(f"{API}/customers/cus_unknown", headers=KEY)).status_code == 404


@pytest.mark.parametrize(("currency", "least"), [("pln", 200), ("eur", 50), ("gbp", 30)])
async def test_a_sum_below_the_least_of_its_currency_is_refused(room: Room, currency: str, least: int) -> None:
    def price(amount: int) -> dict[str, str]:
        return {"line_items[0][price_data][currency]": currency, "line_items[0][price_data][unit_amount]": str(amount)}

    refused = await post(room, "checkout/sessions", wish(**price(least - 1)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "amount_too_small")
    assert (await post(room, "checkout/sessions", wish(**price(least)))).status_code == 200
    customer, method = await kept(room)
    refused = await post(room, "payment_intents", renewal(customer, method, currency=currency, amount=str(least - 1)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "amount_too_small")
