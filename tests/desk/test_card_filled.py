"""The card by the seller's API: its fields and no others, their kinds, each filled in by who has done all."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.desk.databases import on_each_database
from tests.desk.italian import PROFILE as ITALIAN
from tests.desk.italian import Buyer, Buying
from tests.desk.renewing import EMAIL, subscribed
from tests.desk.renewing import PROFILE as RENEWING
from tests.desk.running import Json, Running
from tests.desk.scripted import Person, Scripted
from tests.kit.talks import says
from values.account_view import ANSWERS

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


def texts(names: str) -> Mapping[str, Kind]:
    return dict.fromkeys(names.split(), text)


CHANNEL = one_of("telegram", "web", "rest", "terminal")
#: What sellers' programs were promised: nothing of it may be missing or mean another thing.
HEAD: Mapping[str, Kind] = {**texts("id email user_name phone locale"), "created_at": moment}
ROWS: Mapping[str, Mapping[str, Kind]] = {
    "account": {"status": one_of("pending", "active", "closed")},
    "contacts": {"kind": one_of("email", "phone"), "value": text, "verified_at": moment},
    "companies": {
        **texts("id country tax_number name street postal_code city sdi_code pec"),
        "source": one_of("mf", "gus", "vies", "seller", "customer"),
        "check": one_of("verified", "pending", "not_found"),
        "confirmed_at": moment,
    },
    "consents": {**texts("id version locale"), "given_at": moment, "withdrawn_at": moment, "channel": CHANNEL},
    "orders": {
        **texts("id number discount_code currency method"),
        **dict.fromkeys(("net", "vat", "gross"), amount),
        "status": one_of("draft", "placed", "paid", "failed", "cancelled"),
        "placed_at": moment,
    },
    "payments": {
        **texts("id order_number method provider currency"),
        "amount": amount,
        "status": one_of("pending", "paid", "failed", "expired", "cancelled", "refunded"),
    },
    "subscriptions": {
        **texts("id product"),
        "status": one_of("pending", "active", "grace", "ended"),
        **dict.fromkeys(("starts_at", "ends_at"), moment),
        "auto_renewal": flag,
    },
    "methods": {**texts("id method label"), "default": flag},
    "einvoice": {"id": text, "status": one_of("off", "requested", "active"), "email": text, "activated_at": moment},
    "conversations": {"id": text, "channel": CHANNEL, "mode": one_of("bot", "waiting", "agent")},
}
#: What has come to stand beside it since.
BESIDE = {
    "account": "answers",
    "companies": "contact_form contact_forms vat_checked_at vat_check_id answers",
    "consents": "how words",
    "orders": "company_id items tax withdrawn_at refunded_amount answers",
    "payments": "refunded_amount disputed",
    "subscriptions": "end_reason next_plan next_quantity quantity seats term trial_ends_at years",
}


def rows_of(card: Json, part: str) -> list[Json]:
    return card[part] if isinstance(card[part], list) else [card[part]]


def has_its_fields(card: Json) -> None:
    """The card has these and no others."""
    assert set(card) == {*HEAD, *ROWS, *ANSWERS}
    for part, fields in ROWS.items():
        for row in rows_of(card, part):
            assert set(row) == {*fields, *BESIDE.get(part, "").split()}, part


def unfilled(card: Json) -> set[str]:
    """The fields that no row fills in. A row without one of them, or with something else in it, is a failure."""
    found = {name for name, kind in HEAD.items() if not kind(card[name])}
    for part, fields in ROWS.items():
        rows = rows_of(card, part)
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
        await says(customer, "zone:consents", "consents:toggle:marketing_email", "consents:done")
    again = await Scripted(desk, Person(ways=("start:log_in",), email=person.email)).run()
    await again.customer.say("/agent")
    await again.customer.settled()

    card = await desk.card(person.email)
    has_its_fields(card)
    assert unfilled(card) == {"companies.sdi_code", "companies.pec"}, "those are for Italy alone"
    assert card["account"] == {"status": "active", "answers": {}}
    assert {c["kind"]: c["value"] for c in card["contacts"]} == {"email": person.email, "phone": person.phone}
    [order] = card["orders"]
    assert order["items"] == [{"id": "standard", "quantity": 1, "term": "P1Y", "years": 1}]
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
    assert not {name for name in unfilled(card) if name.startswith("companies.")}
    assert (card["companies"][0]["sdi_code"], card["companies"][0]["pec"]) == ("0000000", "officine@pec.lucani.example")


@pytest.mark.desk(profile=RENEWING)
@pytest.mark.stage(subscribed, card="works")
async def test_a_stored_card_is_shown_by_its_label_alone(desk: Running) -> None:
    card = await desk.card(EMAIL)
    [method] = card["methods"]
    assert set(method) == {"id", "method", "label", "default"}
    assert (method["method"], method["default"]) == ("card", True)
    written = json.dumps(card)
    [stored] = (await desk.http.get("/sandbox/api/methods")).json()
    assert stored["id"] not in written, "its name at the provider stays with the desk"
    shown = re.sub(r"\b[0-9a-f]{32}\b", "", written)  # an id may have a dozen digits in a row, too
    assert re.search(r"\d{12,}", re.sub(r'"(tax_number|phone|value)": "[^"]*"', "", shown)) is None


async def test_the_card_of_an_unfinished_sign_up(desk: Running) -> None:
    scripted = await Scripted(desk).run("consents")
    assert await desk.card(scripted.person.email) is None, "no account yet"
    await scripted.run("phone")
    card = await desk.card(scripted.person.email)
    has_its_fields(card)
    assert (card["account"]["status"], card["phone"]) == ("pending", None)
    assert (card["orders"], card["payments"], card["companies"], card["einvoice"]["status"]) == ([], [], [], "off")
    await scripted.run("tax_number")
    card = await desk.card(scripted.person.email)
    assert card["account"]["status"] == "pending", "the e-mail isn't proven yet"
    await scripted.follow_mail()
    assert (await desk.card(scripted.person.email))["account"]["status"] == "active"
