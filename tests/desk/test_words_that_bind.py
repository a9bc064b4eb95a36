"""Binding answers on a whole desk: what was written before a question was shown doesn't answer it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.conversation.inbound import Inbound, Text
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import PASSWORD, Scripted
from values.channel import Channel

BEFORE = "Ta wiadomość wyszła, zanim pojawiło się pytanie"


async def says(scripted: Scripted, message: str, seen: int) -> Any:
    """Writes something on the REST channel, having seen the messages up to that number."""
    customer = scripted.customer
    body = {"sender": customer.sender, "message": message, "metadata": {"seen": seen}}
    answer = await customer.http.post("/webhooks/rest/webhook", content=json.dumps(body))
    assert answer.status_code == 200
    return customer._take(answer.json())


def ticked(customer: Customer) -> bool:
    """Return whether the clauses have been agreed to: then their button isn't offered any more."""
    return "clauses:accept" not in customer.buttons


@pytest.mark.stage("order.terms")
@pytest.mark.parametrize("words", ["tak", "akceptuję", "terms:accept"])
async def test_what_was_written_before_the_question_was_seen_is_no_answer(
    desk: Running, buyer: Scripted, words: str
) -> None:
    customer = buyer.customer
    asked = customer.custom["seq"]
    await says(buyer, words, seen=asked - 1)
    assert customer.at == "order.terms"
    assert BEFORE in customer.said[-1]
    await says(buyer, words, seen=asked)
    assert customer.at == "order.clauses"


@pytest.mark.stage("order.terms")
async def test_a_question_that_was_only_repeated_since_was_seen(desk: Running, buyer: Scripted) -> None:
    asked = buyer.customer.custom["seq"]
    await buyer.customer.say("/help")
    await says(buyer, "akceptuję", seen=asked)
    assert buyer.customer.at == "order.clauses"


@pytest.mark.stage("order.terms")
async def test_a_press_in_another_row_is_as_old_as_the_card_it_was_seen_on(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    asked = customer.custom["seq"]
    await customer.say("START20")
    assert (customer.at, customer.custom["seq"] > asked) == ("order.terms", True)
    await says(buyer, "clauses:accept", seen=asked)
    assert BEFORE in customer.said[-1]
    assert not ticked(customer)
    await says(buyer, "clauses:accept", seen=customer.custom["seq"])
    assert ticked(customer)


@pytest.mark.stage("order.terms")
async def test_press_in_another_row_may_be_older_than_change_that_binds_nobody(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    asked = customer.custom["seq"]
    await customer.say("method:card")
    await says(buyer, "clauses:accept", seen=asked)
    assert ticked(customer)


@pytest.mark.stage("order.pay")
async def test_the_order_isnt_placed_at_a_sum_that_wasnt_seen(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    asked = customer.custom["seq"]
    await customer.say("START20")
    assert customer.at == "order.pay"
    for order in ("zamawiam", "pay:now"):
        await says(buyer, order, seen=asked)
        assert (customer.at, BEFORE in customer.said[-1]) == ("order.pay", True)
    await says(buyer, "zamawiam", seen=customer.custom["seq"])
    assert customer.at == "payment.payment"


@pytest.mark.stage("order.terms")
async def test_without_a_number_a_press_counts_as_it_came(desk: Running, buyer: Scripted) -> None:
    await buyer.customer.say("START20")
    await buyer.customer.say("clauses:accept")
    assert ticked(buyer.customer)


@pytest.mark.stage("order.terms")
async def test_two_answers_at_once_answer_one_question(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    both = (Inbound(Channel.REST, customer.sender, f"{customer.sender}:{n}", Text("tak")) for n in range(2))
    await asyncio.gather(*map(desk.installation.desk.receive, both))
    await customer.say("/help")
    assert customer.at == "order.clauses"


async def test_it_holds_after_a_restart(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("order.terms")
        asked = scripted.customer.custom["seq"]
    async with running_desk(tmp_path) as desk:
        scripted.customer.http = desk.http
        await says(scripted, "tak", seen=asked - 1)
        assert scripted.customer.at == "order.terms"
        await says(scripted, "tak", seen=asked)
        assert scripted.customer.at == "order.clauses"


async def test_a_typed_title_is_its_press_after_a_restart_too_and_is_kept_as_words(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("order.terms")
    async with running_desk(tmp_path) as desk:
        customer = scripted.customer
        customer.http = desk.http
        await customer.say("Potwierdzam")  # the clauses' button, and a yes to the terms
        assert (customer.at, ticked(customer)) == ("order.terms", False)
        await customer.say("akceptuję regulamin i klauzule.")
        assert customer.at == "order.pay"
        await customer.say("zamawiam")
        given = (await desk.card(scripted.person.email))["consents"]
        assert {one["how"] for one in given if one["id"] in ("terms", "clauses")} == {"word"}


class Browser:
    """A page of the web chat, as its requests."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.count = 0

    async def posts(self, path: str, **fields: Any) -> None:
        self.count += 1
        body = json.dumps({"message_id": f"m{self.count}", **fields})
        headers = {"content-type": "application/json", "okienko-chat": "1"}
        answer = await self.http.post(f"/webchat/{path}", content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def standing(self) -> Any:
        return (await self.http.get("/webchat/history", headers={"okienko-chat": "1"})).json()["standing"]


async def test_the_web_chat_says_what_it_has_drawn(desk: Running) -> None:
    await desk.http.get("/chat")
    page = Browser(desk.http)
    await page.posts("press", payload="start:sign_up")
    await page.posts("messages", text="nowa@example.com", seen=1)
    link = next(link for link in (await page.standing())["links"] if link["rel"] == "secure_page")
    await desk.http.post(link["href"], data={"password": PASSWORD, "password_repeat": PASSWORD})
    before = await page.standing()
    assert before["step"] == "consents"
    await page.posts("messages", text="tylko wymagane", seen=before["seq"] - 1)
    assert (await page.standing())["step"] == "consents"
    await page.posts("messages", text="tylko wymagane", seen=before["seq"])
    assert (await page.standing())["step"] == "phone"
