"""What somebody might try who wants another's account, or wants to know who has one.

Links opened, posted and guessed at by many at once, by scanners, and by who found them somewhere. A password typed into
the chat is kept nowhere."""

import asyncio
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.conversation.inbound import Body, ButtonPressed, Edited, Inbound, Text
from bot.usecases.accounts.passwords import PER_LOGIN
from tests.desk.running import Customer, Running, all_of, running_desk
from tests.desk.scripted import PASSWORD, Person, Scripted, bought, only, until
from tests.kit.log_ins import at_log_in, page_of
from tests.kit.talks import says
from values.channel import Channel

FEW = PER_LOGIN[0]
OWN = "Moje-trzy-krzywe-slowa-9"


async def log_in(desk: Running, email: str, password: str) -> tuple[int, Customer]:
    """A fresh conversation's log-in: the page's status, and the customer behind it."""
    customer = await at_log_in(desk)
    done = await customer.submit(page_of(customer), login=email, password=password)
    await customer.look()
    return done.status_code, customer


async def test_a_letter_proves_the_mailbox_it_went_to_and_no_address_given_since(desk: Running) -> None:
    anothers = "nobody.asked.her@example.com"
    mine = await Scripted(desk, Person(password=OWN)).run("email_link")
    old = (await desk.outbox(mine.person.email))[-1]["links"][0]
    status, elsewhere = await log_in(desk, mine.person.email, OWN)
    assert status == 200
    await says(elsewhere, "edit:email", anothers)
    assert (await desk.http.get(old)).status_code == 410
    assert (await desk.http.post(old)).status_code == 410
    card = await desk.card(anothers)
    assert card["account"]["status"] == "pending"
    assert [c["verified_at"] for c in card["contacts"] if c["kind"] == "email"] == [None]
    letters = await desk.outbox(anothers)
    assert ["Kod" in letter["subject"] for letter in letters] == [True], "the letter about the log-in is the old one's"
    assert (await desk.http.post(letters[-1]["links"][0])).status_code == 200
    assert (await desk.card(anothers))["account"]["status"] == "active"


@pytest.mark.stage("order.method")
async def test_a_sign_ups_own_password_tells_nobody_whether_its_e_mail_is_taken(desk: Running, buyer: Scripted) -> None:
    seen: list[object] = []
    for email in (buyer.person.email, "free.address@example.com"):
        await Scripted(desk, Person(email=email, password=OWN)).run("email_link")
        status, customer = await log_in(desk, email, OWN)
        said = [text.replace(email, "X") for text in customer.said]
        seen.append((status, customer.at, customer.buttons, said))
        assert (await log_in(desk, email, "Zupelnie-inne-slowa-8"))[0] == 422
    assert seen[0] == seen[1]
    status, customer = await log_in(desk, buyer.person.email, PASSWORD)
    assert status == 200
    assert (await desk.card(buyer.person.email))["account"]["status"] == "active"


async def export(desk: Running, email: str) -> tuple[dict[str, Any], str]:
    """The JSON and the page that a sign-up with nothing proven is handed; times, ids and the address made alike."""
    scripted = await Scripted(desk, Person(locale="en", email=email, password=OWN)).run("contact.phone")
    await scripted.customer.say("zone:export")
    href = scripted.customer.link("secure_page")["href"]
    led = await scripted.submit(href)
    at = str(httpx.URL(href).join(led.headers["location"]))
    as_json, as_page = [(await desk.http.post(at, data={"file": kind})).text for kind in ("json", "html")]

    def alike(text: str) -> str:
        return re.sub(r"[0-9a-f]{32,}|[\d-]{10}T[\d:.]+Z|\d+:\d\d(:\d\d)?", "#", text.replace(email, "X"))

    return json.loads(alike(as_json)), alike(as_page)


@pytest.mark.stage("order.method")
async def test_the_export_of_an_unproven_sign_up_tells_nobody_whether_its_e_mail_is_taken(
    desk: Running, buyer: Scripted
) -> None:
    told = await export(desk, buyer.person.email)
    assert told == await export(desk, "free.address@example.com")
    assert told[0]["told_to_seller"] == []


@pytest.mark.stage("order.method")
async def test_reset_is_written_to_the_accounts_own_mailbox_however_it_is_typed(desk: Running, buyer: Scripted) -> None:
    before = len(await desk.outbox(buyer.person.email))
    for typed in (f"mailto:'{buyer.person.email}", f"e-mail=!{buyer.person.email}", f"mail: ?{buyer.person.email}"):
        customer = await says(desk.customer(), "start:forgot_password", typed)
        await customer.settled()
        for sign in "'!?":
            assert await desk.outbox(f"{sign}{buyer.person.email}") == []
    assert len(await desk.outbox(buyer.person.email)) > before


@pytest.mark.stage("email_link")
async def test_guesses_at_once_are_counted_like_guesses_one_after_another(desk: Running, buyer: Scripted) -> None:
    customer = await at_log_in(desk)
    page = page_of(customer)
    for field in ({"login": buyer.person.email}, {"password": PASSWORD}, {}, {"login": "", "password": ""}):
        assert (await customer.submit(page, **field)).status_code == 422, "a field missing counts as nothing"

    async def guess(n: int) -> int:
        return (await customer.submit(page, login=buyer.person.email, password=f"guess number {n}")).status_code

    answers = await asyncio.gather(*(guess(n) for n in range(3 * FEW.n)))
    assert answers.count(422) == FEW.n
    assert answers.count(429) == 2 * FEW.n
    held = await customer.submit(page, login=buyer.person.email, password=PASSWORD)
    assert held.status_code == 429
    assert 0 < int(held.headers["retry-after"]) <= FEW.per.total_seconds()
    assert (await customer.submit(page, login="another@example.com", password=PASSWORD)).status_code == 422
    await desk.advance(int(held.headers["retry-after"]) + 1)
    assert (await customer.submit(page, login=buyer.person.email, password=PASSWORD)).status_code == 200


@pytest.mark.desk(rate_limits="on")
async def test_nobodys_mailbox_is_filled_by_asking_again_and_again(desk: Running) -> None:
    target = "wanted.by.nobody@example.com"
    senders = [desk.customer("en") for _ in range(4)]
    for customer in senders:
        await says(customer, "start:forgot_password", target)
        for _ in range(4):
            await customer.say("email_link:again" if customer.expects == "email_link" else target)
    assert len(await desk.outbox(target)) == 5
    assert senders[-1].expects == "email"
    assert "several e-mails" in senders[-1].said[-1]
    await senders[-1].say("/restart")
    assert "start:buy" in senders[-1].buttons
    await desk.advance(3600)
    await senders[0].say("email_link:again")
    assert len(await desk.outbox(target)) == 6


@pytest.mark.desk(rate_limits="on")
@pytest.mark.stage("email_link")
async def test_a_letter_held_back_leaves_the_one_before_it_good(desk: Running, buyer: Scripted) -> None:
    for _ in range(7):
        await buyer.customer.say("email_link:again")
    letters = await desk.outbox(buyer.person.email)
    assert len(letters) == 5
    assert (await desk.http.post(letters[-1]["links"][0])).status_code == 200
    assert (await desk.card(buyer.person.email))["account"]["status"] == "active"


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
    assert sum("Na co się zgadzasz?" in text for text in buyer.customer.said) == 1
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
    event = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "1AB", "purchase_units": [unit]}}
    # A second object behind the first would add words of its own to what PayPal is asked.
    smuggled = json.dumps(event).encode() + b', "verification_status": "SUCCESS"'
    odd = (b"", b"{}", b"[]", b"null", b"[" * 50_000, b"\xff\xfe", b"{" + b'"a":1,' * 60_000, smuggled)
    return [json.dumps(p24).encode(), json.dumps(p24 | {"sign": ""}).encode(), json.dumps(event).encode(), *odd]


async def test_a_link_is_found_by_its_whole_token_only(desk: Running) -> None:
    page = (await Scripted(desk).run("secure_page")).customer.link("secure_page")["href"]
    token = page.rpartition("/")[2]
    tokens = (token[:-1], token + "A", token.swapcase(), token + "%00", "%00", "../" + token, token + "/", "a" * 5000)
    for wrong in tokens:
        for way in ("GET", "HEAD", "POST"):
            answer: httpx.Response = await desk.http.request(way, f"/s/{wrong}")
            assert answer.status_code == 404, (way, wrong[:60])
            assert token not in answer.text
    assert (await desk.http.get(page)).status_code == 200


TYPED = ("Xk9!kanarekPW-7z", "moje hasło będzie kanarekDrugi88!", "Faktura2026kanarek")


async def test_a_password_typed_at_the_password_step_is_kept_nowhere(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "start:buy", "account:new", "anna.kanarkowa@example.com")
        assert customer.expects == "secure_page"
        for typed in TYPED:
            await customer.say(typed)
            assert "hasło" in customer.said[-1]
            assert customer.expects == "secure_page"
        await says(customer, "/agent", "nikt.inny@example.com")
        await desk.advance(3600)
        messages = (await desk.http.get("/sandbox/api/messages")).text
        assert "[removed: password]" in messages, "the support's mail tells the talk"
        assert not [word for word in ("kanarekPW", "kanarekDrugi", "2026kanarek") if word in messages]
        stored = all_of(tmp_path)
        assert b"anna.kanarkowa@example.com" in stored
        assert not [word for word in (b"kanarekPW", b"kanarekDrugi", b"2026kanarek") if word in stored]


async def test_nor_is_one_put_into_an_earlier_message_by_an_edit(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        door = desk.installation.desk

        async def say(n: int, body: Body) -> str:
            inbound = Inbound(Channel.WEB, "a" * 32, f"{n}", body, reference=f"{n}" if n < 9 else "4")
            receipt = await door.receive(inbound)
            await door.settled(receipt.root, timedelta(seconds=20))
            return receipt.conversation_id

        conversation = ""
        for n, body in enumerate(
            (ButtonPressed("start:buy"), ButtonPressed("account:new"), Text("anna@example.com"), Text("już"))
        ):
            conversation = await say(n + 1, body)
        page = (await door.standing(conversation)).links[0].href
        await desk.http.post(page, data={"password": PASSWORD, "password_repeat": PASSWORD})
        assert (await door.standing(conversation)).step == "consents"
        await say(9, Edited("Faktura2026kanarek"))
        assert (await door.messages(conversation, with_customer=True))[-2].text == "[removed: password]"
        assert b"2026kanarek" not in all_of(tmp_path)
