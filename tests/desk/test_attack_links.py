"""Links opened, posted and guessed at by many at once, by scanners, and by who found them somewhere."""

import asyncio
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.desk.running import Running
from tests.desk.scripted import PASSWORD, Person, Scripted, bought, only, until
from tests.kit.log_ins import at_log_in, page_of


async def test_of_many_that_set_a_password_at_once_one_has_set_it(desk: Running) -> None:
    buyer = await Scripted(desk).run("secure_page")
    page = buyer.customer.link("secure_page")["href"]

    async def post(n: int) -> int:
        mine = f"To-jest-haslo-numer-{n}"
        return (await buyer.customer.submit(page, password=mine, password_repeat=mine)).status_code

    answers = await asyncio.gather(*(post(n) for n in range(12)))
    assert Counter(answers) == {200: 1, 410: 11}
    winner = f"To-jest-haslo-numer-{answers.index(200)}"
    await buyer.customer.look()
    assert sum(text.startswith("Hasło przyjęte") for text in buyer.customer.said) == 1
    await buyer.run("email_link")
    loser = f"To-jest-haslo-numer-{(answers.index(200) + 1) % 12}"
    for password, status in ((loser, 422), (PASSWORD, 422), (winner, 200)):
        login = await at_log_in(desk)
        typed = {"login": buyer.person.email, "password": password}
        assert (await login.submit(page_of(login), **typed)).status_code == status


@pytest.mark.stage("email_link")
async def test_scanners_neither_confirm_nor_pay(desk: Running, buyer: Scripted) -> None:
    confirm = (await desk.outbox(buyer.person.email))[-1]["links"][0]
    await asyncio.gather(*(desk.http.request(way, confirm) for way in ("GET", "HEAD", "OPTIONS") * 5))
    assert (await desk.card(buyer.person.email))["account"]["status"] == "pending"
    await buyer.run("payment")
    link = buyer.customer.link("payment")["href"]
    for agent in ("TelegramBot (like TwitterBot)", "WhatsApp/2.23", "facebookexternalhit/1.1", "Slackbot 1.0"):
        looked = await desk.http.get(link, headers={"user-agent": agent})
        assert looked.status_code == 200
        assert "location" not in looked.headers
    await asyncio.gather(*(desk.http.get(f"{link}/return") for _ in range(5)))
    card = await desk.card(buyer.person.email)
    assert only(card["orders"])["status"] == "placed"
    assert {payment["status"] for payment in card["payments"]} <= {"pending", "failed"}


@pytest.mark.stage("ordered")
async def test_a_payment_link_opened_by_many_at_once_is_one_payment(desk: Running, buyer: Scripted) -> None:
    link = buyer.customer.link("payment")["href"]
    led = await asyncio.gather(*(desk.http.get(link) for _ in range(10)))
    assert {answer.status_code for answer in led} == {303}
    assert len({answer.headers["location"] for answer in led}) == 1
    assert {answer.headers["referrer-policy"] for answer in led} == {"no-referrer"}
    await desk.pay(buyer.customer.link("payment")["id"])

    async def paid() -> bool:
        return [p["status"] for p in (await desk.card(buyer.person.email))["payments"]] == ["paid"]

    await until(paid)
    assert (await desk.http.get(link)).status_code == 200


@pytest.mark.parametrize("method", ["blik", "paypal"])
async def test_notices_that_nobody_signed_book_nothing(desk: Running, method: str) -> None:
    paid = await bought(desk, method=method)
    buyer = await Scripted(desk, Person(method=method)).run("payment")
    await desk.http.get(buyer.customer.link("payment")["href"])
    payment = buyer.customer.link("payment")["id"]
    for provider in ("przelewy24", "paypal", "stripe", "PAYPAL", "..", "%2e%2e", "przelewy24/"):
        for body in _forged(payment, paid.person.email):
            answer = await desk.http.post(f"/webhooks/payments/{provider}", content=body, headers=PAYPAL)
            assert answer.status_code in (400, 404, 405, 413), (provider, body[:40])
    card = await desk.card(buyer.person.email)
    assert only(card["payments"])["status"] == "pending"
    assert only(card["orders"])["status"] == "placed"
    assert (await desk.card(paid.person.email))["orders"][0]["status"] == "paid"


PAYPAL = {
    "paypal-auth-algo": "SHA256withRSA",
    "paypal-cert-url": "http://127.0.0.1:1/evil.pem",
    "paypal-transmission-id": "1",
    "paypal-transmission-sig": "AAAA",
    "paypal-transmission-time": "2026-11-20T10:00:00Z",
}


def _forged(payment: str, email: str) -> list[bytes]:
    reference = f"{payment}-1"
    p24: dict[str, Any] = {
        "merchantId": 1,
        "posId": 1,
        "sessionId": reference,
        "amount": 1,
        "originAmount": 1,
        "currency": "PLN",
        "orderId": 1,
        "methodId": 1,
        "statement": email,
        "sign": "0" * 96,
    }
    unit = {"custom_id": reference, "amount": {"currency_code": "PLN", "value": "367.77"}}
    event = {
        "id": "WH-1",
        "event_type": "CHECKOUT.ORDER.APPROVED",
        "resource": {"id": "1AB", "purchase_units": [unit]},
    }
    # A second object behind the first would add words of its own to what PayPal is asked.
    smuggled = json.dumps(event).encode() + b', "verification_status": "SUCCESS"'
    odd = (b"", b"{}", b"[]", b"null", b"[" * 50_000, b"\xff\xfe", b"{" + b'"a":1,' * 60_000, smuggled)
    return [json.dumps(p24).encode(), json.dumps(p24 | {"sign": ""}).encode(), json.dumps(event).encode(), *odd]


async def test_a_link_is_found_by_its_whole_token_only(desk: Running) -> None:
    buyer = await Scripted(desk).run("secure_page")
    page = buyer.customer.link("secure_page")["href"]
    token = page.rpartition("/")[2]
    tokens = (
        token[:-1],
        token + "A",
        token.swapcase(),
        token + "%00",
        "%00",
        "../" + token,
        token + "/",
        "a" * 5000,
    )
    for wrong in tokens:
        for way in ("GET", "HEAD", "POST"):
            answer: httpx.Response = await desk.http.request(way, f"/s/{wrong}")
            assert answer.status_code == 404, (way, wrong[:60])
            assert token not in answer.text
    assert (await desk.http.get(page)).status_code == 200
