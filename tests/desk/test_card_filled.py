"""The card of customers who have done all that can be done: every field filled in, of its kind, under its name."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, logged_in
from tests.desk.renewing import PROFILE as RENEWING
from tests.desk.running import Json, Running
from tests.desk.scripted import Person, Scripted
from tests.desk.test_certified_journey import PROFILE as ITALIAN
from tests.desk.test_certified_journey import Buyer, Buying
from tests.desk.test_charges import pays_by_card

Kind = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def amount(value: Any) -> bool:
    return type(value) is int and value > 0


def flag(value: Any) -> bool:
    return type(value) is bool


def moment(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None


def one_of(*values: str) -> Kind:
    return lambda value: value in values


CHANNEL = one_of("telegram", "web", "rest", "terminal")
#: What sellers' programs were promised. More may stand beside it; nothing of it may be missing or mean another thing.
HEAD: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "email", "user_name", "phone", "locale"), text),
    "created_at": moment,
}
ROWS: Mapping[str, Mapping[str, Kind]] = {
    "account": {"status": one_of("pending", "active", "closed")},
    "contacts": {"kind": one_of("email", "phone"), "value": text, "verified_at": moment},
    "companies": {
        **dict.fromkeys(("id", "country", "tax_number", "name", "street", "postal_code", "city"), text),
        "sdi_code": text,
        "pec": text,
        "source": one_of("mf", "gus", "vies", "seller", "customer"),
        "check": one_of("verified", "pending", "not_found"),
        "confirmed_at": moment,
    },
    "consents": {
        **dict.fromkeys(("id", "version", "locale"), text),
        "given_at": moment,
        "withdrawn_at": moment,
        "channel": CHANNEL,
    },
    "orders": {
        **dict.fromkeys(("id", "number", "discount_code", "currency", "method"), text),
        **dict.fromkeys(("net", "vat", "gross"), amount),
        "status": one_of("draft", "placed", "paid", "failed", "cancelled"),
        "placed_at": moment,
    },
    "payments": {
        **dict.fromkeys(("id", "order_number", "method", "provider", "currency"), text),
        "amount": amount,
        "status": one_of("pending", "paid", "failed", "expired", "cancelled", "refunded"),
    },
    "subscriptions": {
        **dict.fromkeys(("id", "product"), text),
        "status": one_of("pending", "active", "grace", "ended"),
        "starts_at": moment,
        "ends_at": moment,
        "auto_renewal": flag,
    },
    "methods": {**dict.fromkeys(("id", "method", "label"), text), "default": flag},
    "einvoice": {"id": text, "status": one_of("off", "requested", "active"), "email": text, "activated_at": moment},
    "conversations": {"id": text, "channel": CHANNEL, "mode": one_of("bot", "waiting", "agent")},
}


def unfilled(card: Json) -> set[str]:
    """The fields that no row fills in. A row without one of them, or with something else in it, is a failure."""
    found = {name for name, kind in HEAD.items() if not kind(card[name])}
    for part, fields in ROWS.items():
        rows = card[part] if isinstance(card[part], list) else [card[part]]
        for name, kind in fields.items():
            values = [row[name] for row in rows]
            assert all(value is None or kind(value) for value in values), (part, name, values)
            if all(value is None for value in values):
                found.add(f"{part}.{name}")
    return found


@on_each_database
async def test_a_customer_who_has_done_everything_has_every_field_filled_in(desk: Running) -> None:
    scripted = await Scripted(desk, Person(method="card")).run("order.pay")
    customer, person = scripted.customer, scripted.person
    await customer.say("START20")
    await scripted.run()
    for _ in range(2):  # given, and taken back
        await customer.say("zone:consents")
        await customer.say("consents:toggle:marketing_email")
        await customer.say("consents:done")
    again = await Scripted(desk, Person(ways=("start:log_in",), email=person.email)).run()
    await again.customer.say("/agent")
    await again.customer.settled()

    card = await desk.card(person.email)
    assert unfilled(card) == {"companies.sdi_code", "companies.pec"}, "those are for Italy alone"
    assert card["account"] == {"status": "active", "answers": {}}
    assert {c["kind"]: c["value"] for c in card["contacts"]} == {"email": person.email, "phone": person.phone}
    [order] = card["orders"]
    assert order["items"] == [{"id": "standard", "quantity": 1, "years": 1}]
    assert order["discount_code"] == "START20"
    assert order["net"] + order["vat"] == order["gross"] == card["payments"][0]["amount"]
    taken_back = [consent for consent in card["consents"] if consent["withdrawn_at"]]
    assert [consent["id"] for consent in taken_back] == ["marketing_email"]
    assert taken_back[0]["given_at"] <= taken_back[0]["withdrawn_at"]
    assert card["einvoice"]["status"] == "active"
    assert [talk["channel"] for talk in card["conversations"]] == ["rest", "rest"]
    assert {talk["mode"] for talk in card["conversations"]} == {"bot", "waiting"}


@on_each_database
@pytest.mark.desk(profile=ITALIAN)
async def test_an_italian_company_has_its_code_and_its_pec(desk: Running) -> None:
    scripted = await Buying(desk, Buyer(method="transfer", sdi_code="officine@pec.lucani.example")).run()
    card = await desk.card(scripted.person.email)
    missing = unfilled(card)
    assert not {name for name in missing if name.startswith("companies.")}
    assert (card["companies"][0]["sdi_code"], card["companies"][0]["pec"]) == (
        "0000000",
        "officine@pec.lucani.example",
    )


@pytest.mark.desk(profile=RENEWING)
async def test_a_stored_card_is_shown_by_its_label_alone(desk: Running) -> None:
    await pays_by_card(desk, await logged_in(desk))
    card = await desk.card(EMAIL)
    [method] = card["methods"]
    assert set(method) == {"id", "method", "label", "default"}
    assert (method["method"], method["default"]) == ("card", True)
    written = json.dumps(card)
    [stored] = (await desk.http.get("/sandbox/api/methods")).json()
    assert stored["id"] not in written, "its name at the provider stays with the desk"
    shown = re.sub(r"\b[0-9a-f]{32}\b", "", written)  # an id may have a dozen digits in a row, too
    assert re.search(r"\d{12,}", re.sub(r'"(tax_number|phone|value)": "[^"]*"', "", shown)) is None
