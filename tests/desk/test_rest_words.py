"""Customers who type what the buttons say, come in by another entry, or tick the consents one by one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.desk.running import Customer, Running
from tests.desk.scripted import WAYS, Person, Scripted, bought


@dataclass
class Reader(Customer):
    """Remembers what the buttons are called."""

    titles: dict[str, str] = field(default_factory=dict[str, str])

    def _take(self, items: Any) -> Any:
        for item in items:
            if "text" in item:
                self.titles = {b["payload"]: b["title"] for b in item.get("buttons", [])}
        return super()._take(items)

    async def say(self, message: str, message_id: str | None = None) -> Any:
        """A payload that is offered is said by its title."""
        return await super().say(self.titles.get(message, message), message_id)


@pytest.mark.parametrize("locale", ["pl", "it", "en"])
async def test_titles_typed_work_as_well_as_buttons(desk: Running, locale: str) -> None:
    scripted = Scripted(desk, Person(locale=locale, method="card"))
    scripted.customer = Reader(desk.http, locale)
    await scripted.run()
    card = await desk.card(scripted.person.email)
    assert (card["orders"][0]["method"], card["orders"][0]["status"]) == ("card", "paid")
    assert card["einvoice"]["status"] == "active"
    assert card["subscriptions"][0]["auto_renewal"] is True


async def test_signing_up_first_leads_the_same_way(desk: Running) -> None:
    scripted = await bought(desk, ways=("start:sign_up", *WAYS))
    assert "account.account" not in scripted.trail
    assert (await desk.card(scripted.person.email))["einvoice"]["status"] == "active"


async def test_no_auto_renewal(desk: Running) -> None:
    scripted = await bought(desk, ways=("auto_renewal:no", *WAYS))
    assert (await desk.card(scripted.person.email))["subscriptions"][0]["auto_renewal"] is False


async def test_consents_one_by_one(desk: Running) -> None:
    scripted = await Scripted(desk).run("consents")
    customer = scripted.customer
    boxes = [payload for payload in customer.buttons if payload.startswith("consents:toggle:")]
    assert len(boxes) == 4
    await customer.say("consents:done")
    assert customer.expects == "consents", "nothing is ticked beforehand"
    await customer.say("consents:toggle:marketing_email")
    await customer.say("consents:toggle:privacy")
    await customer.say("consents:toggle:marketing_phone")
    await customer.say("consents:toggle:marketing_phone")
    await customer.say("consents:done")
    assert customer.expects == "consents"
    await customer.say("consents:toggle:data_processing")
    assert customer.expects == "consents"
    await customer.say("consents:done")
    assert customer.expects == "phone"
    card = await desk.card(scripted.person.email)
    assert {consent["id"] for consent in card["consents"]} == {"privacy", "data_processing", "marketing_email"}


async def test_all_consents_at_once(desk: Running) -> None:
    scripted = await Scripted(desk).run("consents")
    await scripted.customer.say("consents:all")
    card = await desk.card(scripted.person.email)
    assert len({consent["id"] for consent in card["consents"]}) == 4


async def test_a_correction_in_one_sentence_keeps_the_rest(desk: Running) -> None:
    scripted = await Scripted(desk).run("consents")
    await scripted.customer.say("źle, mój e-mail to poprawiony@example.com")
    assert scripted.customer.expects == "consents"
    scripted.person.email = "poprawiony@example.com"
    await scripted.run("order.method")
    await scripted.customer.say("pomyłka, nazwa firmy to Inna Firma S.A.")
    assert "Inna Firma S.A." in scripted.customer.said[-1]
    await scripted.run()
    card = await desk.card("poprawiony@example.com")
    assert card["companies"][0]["name"] == "Inna Firma S.A."
    assert card["orders"][0]["status"] == "paid"
