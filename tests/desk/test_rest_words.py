"""Customers who type what the buttons say, come in by another entry, or tick the consents one by one."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.testing.doors import RestDoor
from tests.desk.running import Customer, Running
from tests.desk.scripted import WAYS, Person, Scripted, bought
from tests.kit.talks import says


@dataclass
class TitlesDoor(RestDoor):
    """Presses by what the buttons are called."""

    titles: dict[str, str] = field(default_factory=dict[str, str])

    def _take(self, items: Any) -> Any:
        for item in items:
            if "text" in item:
                self.titles = {b["payload"]: b["title"] for b in item.get("buttons", [])}
        return super()._take(items)

    async def say(self, message: str, message_id: str | None = None) -> Any:
        """A payload that is offered is said by its title."""
        return await super().say(self.titles.get(message, message), message_id)


async def test_titles_typed_work_as_well_as_buttons(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="it", method="card"), TitlesDoor(desk.http, "it"))
    await scripted.run()
    card = await desk.card(scripted.person.email)
    assert (card["orders"][0]["method"], card["orders"][0]["status"]) == ("card", "paid")
    assert card["einvoice"]["status"] == "active"
    assert card["subscriptions"][0]["auto_renewal"] is True


async def test_signing_up_first_leads_the_same_way(desk: Running) -> None:
    scripted = await bought(desk, ways=("start:sign_up", *WAYS))
    assert "account.account" not in scripted.trail
    assert (await desk.card(scripted.person.email))["einvoice"]["status"] == "active"


@pytest.mark.stage("consents")
async def test_consents_one_by_one(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    boxes = [payload for payload in customer.buttons if payload.startswith("consents:toggle:")]
    assert len(boxes) == 4
    await customer.say("consents:done")
    assert customer.expects == "consents", "nothing is ticked beforehand"
    await customer.say("consents:toggle:marketing_email")
    await customer.say("consents:toggle:privacy")
    await says(customer, "consents:toggle:marketing_phone", "consents:toggle:marketing_phone", "consents:done")
    assert customer.expects == "consents"
    await customer.say("consents:toggle:data_processing")
    assert customer.expects == "consents"
    await customer.say("consents:done")
    assert customer.expects == "phone"
    card = await desk.card(buyer.person.email)
    assert {consent["id"] for consent in card["consents"]} == {"privacy", "data_processing", "marketing_email"}


@pytest.mark.stage("consents")
async def test_a_correction_in_one_sentence_keeps_the_rest(desk: Running, buyer: Scripted) -> None:
    await buyer.customer.say("źle, mój e-mail to poprawiony@example.com")
    assert buyer.customer.expects == "consents"
    buyer.person.email = "poprawiony@example.com"
    await buyer.run("order.method")
    await buyer.customer.say("pomyłka, nazwa firmy to Inna Firma S.A.")
    assert "Inna Firma S.A." in buyer.customer.said[-1]
    await buyer.run()
    card = await desk.card("poprawiony@example.com")
    assert (card["companies"][0]["name"], card["orders"][0]["status"]) == ("Inna Firma S.A.", "paid")


async def passed_on(customer: Customer, words: str) -> dict[str, Any]:
    """The `custom` of the answer to words that the customer didn't write."""
    body = {"sender": customer.sender, "message": words, "metadata": {"second_hand": True}}
    answer = await customer.http.post("/webhooks/rest/webhook", content=json.dumps(body))
    assert answer.status_code == 200
    return answer.json()[-1]["custom"]


@pytest.mark.stage("signed_up")
async def test_the_answer_tells_that_words_passed_on_did_nothing(desk: Running, buyer: Scripted) -> None:
    told = await passed_on(buyer.customer, "NIP 123-456-32-18")
    assert "second_hand" not in told, "a value is as good as a typed one"
    await buyer.customer.settled()
    assert buyer.customer.expects == "confirm_data"
    await buyer.run("order.pay")
    told = await passed_on(buyer.customer, "zamawiam i płacę")
    assert (told["second_hand"], told["step"]) == (True, "pay")
    custom = await buyer.customer.say("zamawiam i płacę")
    assert "second_hand" not in custom
    assert custom["expects"] == "payment"
