"""Cards over REST: which comes when, what its rows do, and clients that know nothing of them."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from services.store.tables.accounts import consent
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted, only
from tests.kit.talks import says

ROWS = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
#: The step of the first row that lacks an answer; renewal may be left alone.
MISSING = ("method", "terms", "clauses")


@dataclass
class Watching(Customer):
    """Notes where it stood and with which card, and that the card can be read in the text of its message."""

    cards: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])

    def _take(self, items: Any) -> Any:
        custom = super()._take(items)
        card = custom.get("card")
        self.cards.append((self.at, None if card is None else card["kind"]))
        if card is not None and len(items) > 1:
            told = "\n".join(item["text"] for item in items if "text" in item)
            for said in (card["title"], *(row["value"] for row in card["rows"]), card.get("total", "")):
                assert said in told, (self.at, said)
        return custom

    def kinds(self, at: str) -> set[str | None]:
        """The kinds of card that came while it stood there."""
        return {kind for step, kind in self.cards if step == at}


async def test_each_part_of_the_straight_way_has_its_card(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="it"))
    here = scripted.customer = Watching(desk.http, "it")
    await scripted.run()
    await here.say("zone:my_account")

    assert here.kinds("account.start") == {"offer"}
    assert here.kinds("company.confirm") == {"company"}
    order = {at for at, kind in here.cards if kind == "order"}
    assert order == {"order.method", "order.terms", "order.clauses", "order.pay"}
    assert all(here.kinds(at) == {"order"} for at in order)
    assert here.kinds("payment.payment") == {"payment"}
    assert "receipt" in here.kinds("einvoice.einvoice")
    assert here.cards[-1] == ("zone.zone", "zone")
    assert here.kinds("account.email") == {None}


def row(customer: Customer, name: str) -> Any:
    return only([one for one in customer.custom["card"]["rows"] if one["name"] == name])


def chosen(customer: Customer) -> set[str]:
    """The payloads of the answers that stand on the card, without what covers several of them."""
    rows = (one for one in customer.custom["card"]["rows"] if not one.get("covers"))
    choices = [choice for one in rows for choice in one.get("choices", [])]
    return {choice["payload"] for choice in choices if choice["chosen"]}


async def test_the_rows_are_answered_in_any_order(desk: Running) -> None:
    order = ("terms:accept", "method:blik", "clauses:accept", "auto_renewal:yes")
    scripted = await Scripted(desk).run("order.method")
    customer, lacks = scripted.customer, list(MISSING)
    assert set(ROWS) <= set(customer.buttons), "all that is missing is offered at once"
    for payload in order:
        await customer.say(payload)
        answered = payload.partition(":")[0]
        lacks = [step for step in lacks if step != answered]
        assert customer.at == f"order.{(*lacks, 'pay')[0]}"
        assert ("missing" in customer.custom["card"], "pay:now" in customer.buttons) == (bool(lacks), not lacks)
        assert len(chosen(customer)) == order.index(payload) + 1
        assert payload not in customer.buttons
    await scripted.run()
    card = await desk.card(scripted.person.email)
    assert (only(card["orders"])["status"], only(card["orders"])["method"]) == ("paid", "blik")
    assert only(card["subscriptions"])["auto_renewal"] is True
    assert {"terms", "clauses"} <= {one["id"] for one in card["consents"] if not one["withdrawn_at"]}


@pytest.mark.stage("order.pay")
async def test_an_answer_is_changed_in_its_row_and_by_its_edit(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    changed_by = {one["name"]: one["edit"] for one in customer.custom["card"]["rows"] if "edit" in one}
    named = ("discount", "auto_renewal", "method", "terms", "clauses")
    assert changed_by == {name: f"edit:{name}" for name in named} | {"company": "edit:confirm"}
    await customer.say("method:card")
    assert (customer.at, "method:card" in chosen(customer)) == ("order.pay", True)
    await customer.say(changed_by["method"])
    assert (customer.at, customer.custom["card"]["kind"]) == ("order.method", "order")
    await customer.say("method:paypal")
    assert (customer.at, row(customer, "method")["value"]) == ("order.pay", "PayPal")

    await customer.say("terms:withdraw")
    assert (customer.at, "pay:now" in customer.buttons) == ("order.terms", False)
    await customer.say("pay:now")
    assert customer.at == "order.terms"
    await says(customer, "terms:accept", changed_by["clauses"])
    assert customer.at == "order.clauses", "the tick isn't taken back by asking"
    assert customer.buttons == ["clauses:accept"], "the tick isn't taken back by asking"
    await customer.say("clauses:accept")
    assert customer.at == "order.pay"

    await says(customer, changed_by["discount"], "START20")
    assert (customer.at, "START20" in row(customer, "discount")["value"]) == ("order.pay", True)
    assert "294,22" in customer.custom["card"]["total"]
    await buyer.run()
    card = await desk.card(buyer.person.email)
    assert (only(card["orders"])["method"], only(card["orders"])["gross"]) == ("paypal", 29422)
    acts = sa.select(consent.c.given).where(consent.c.consent_id == "terms").order_by(consent.c.id)
    given = await desk.installation.store.read(lambda connection: connection.scalars(acts).all())
    assert given == [True, False, True], "the tick that was taken back is on record"


@pytest.mark.stage("company.confirm")
async def test_each_row_of_the_company_is_changed_by_its_edit(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    rows = [one["name"] for one in customer.custom["card"]["rows"]]
    assert rows == ["tax_number", "company_name", "street", "postal_code", "city"]
    for name, value in (("city", "Sopot"), ("company_name", "Inna Nazwa S.A."), ("street", "ul. Nowa 5")):
        await customer.say(row(customer, name)["edit"])
        assert customer.custom["step"] == name
        await customer.say(value)
        assert (customer.at, row(customer, name)["value"]) == ("company.confirm", value)
    await buyer.run()


#: A client of before the cards: each press in its place, whatever the answers say.
FIXED = (
    *("confirm:yes", "auto_renewal:no", "method:blik", "terms:accept", "clauses:accept"),
    *("confirm:yes", "pay:now"),
)


@pytest.mark.stage("company.confirm")
async def test_a_client_that_presses_a_fixed_sequence_still_ends_paid(desk: Running, buyer: Scripted) -> None:
    await buyer.follow_mail()
    for payload in FIXED:
        await buyer.customer.say(payload)
    assert buyer.customer.expects == "payment"
    await buyer.pay()
    await buyer.customer.say("einvoice:activate")
    card = await desk.card(buyer.person.email)
    assert [(order["status"], order["method"]) for order in card["orders"]] == [("paid", "blik")]
    assert only(card["subscriptions"])["auto_renewal"] is False
    assert card["einvoice"]["status"] == "active"


async def test_the_consent_to_einvoices_is_a_row_of_the_receipt(desk: Running) -> None:
    buyer = await Scripted(desk).run("einvoice.einvoice")
    customer = buyer.customer
    agreed = row(customer, "einvoice")
    assert customer.custom["card"]["kind"] == "receipt"
    assert agreed["value"] == "Zgadzam się wystawiać i otrzymywać e-faktury przez FakturaSmart."
    assert [(one["payload"], one["chosen"]) for one in agreed["choices"]] == [("einvoice:activate", False)]
    assert {"einvoice:activate", "einvoice:details", "einvoice:later"} <= set(customer.buttons)
    await customer.say("einvoice:details")
    assert "edit:invoice_email" in customer.buttons, "where the invoices go is told there, and may be changed"
    await customer.say("einvoice:activate")
    assert (row(customer, "einvoice")["value"], customer.custom["card"]["kind"]) == (buyer.person.email, "receipt")
    acts = sa.select(consent.c.version, consent.c.how).where(consent.c.consent_id == "einvoice")
    given = await desk.installation.store.read(lambda connection: connection.execute(acts).all())
    assert [tuple(one) for one in given] == [("2026-11", "button")]
