"""The customer's card: exactly the fields that the API promises."""

import json
from typing import Any

import sqlalchemy as sa

from services.contacts import contacts
from services.einvoicing import einvoices
from services.seller import card
from services.seller.rows import format_moment
from tests.kit.narrow import present
from tests.services.domain.people import NOW, agreed, customer, later, owing, pay, sign_up
from values.account_view import ANSWERS

ANNA = "anna@example.com"


def whole(connection: sa.Connection) -> dict[str, Any]:
    """The card of a customer who has gone all the way, as it leaves the desk."""
    owing(connection)
    agreed(connection, "2026-11")
    pay(connection, now=later(minutes=1))
    einvoices.activate(connection, account_id="a1", email=None, by_seller=False, now=later(minutes=2))
    return json.loads(json.dumps(present(card.card(connection, ANNA))))


def test_the_whole_card(connection: sa.Connection) -> None:
    shown = whole(connection)
    ids = {name: [row.pop("id") for row in shown[name]] for name in ("subscriptions", "methods")}
    ids["einvoice"] = [shown["einvoice"].pop("id")]
    assert all(len(id) == 32 for rows in ids.values() for id in rows)
    assert shown == {
        "id": "a1",
        "email": ANNA,
        "user_name": ANNA,
        "phone": "+48600700800",
        "locale": "pl",
        "created_at": "2026-11-20T12:00:00Z",
        "account": {"status": "active", "answers": {}},
        **dict.fromkeys(ANSWERS),
        "contacts": [
            {"kind": "email", "value": ANNA, "verified_at": "2026-11-20T12:00:00Z"},
            {"kind": "phone", "value": "+48600700800", "verified_at": "2026-11-20T12:00:00Z"},
        ],
        "companies": [
            {
                "id": "f1",
                "country": "PL",
                "tax_number": "1234563218",
                "name": "Pracownia Bursztyn sp. z o.o.",
                "street": "ul. Długa 12/4",
                "postal_code": "80-831",
                "city": "Gdańsk",
                "sdi_code": None,
                "pec": None,
                "source": "mf",
                "check": "verified",
                "confirmed_at": "2026-11-20T12:00:00Z",
                "vat_checked_at": None,
                "vat_check_id": None,
                "answers": {},
            }
        ],
        "consents": [
            {
                "id": "privacy",
                "version": "2026-11",
                "locale": "pl",
                "given_at": "2026-11-20T12:00:00Z",
                "withdrawn_at": None,
                "channel": "rest",
                "how": "button",
                "words": "Zgadzam się.",
            }
        ],
        "orders": [
            {
                "id": "o1",
                "number": "FS/2026/000001",
                "company_id": "f1",
                "items": [{"id": "standard", "quantity": 1, "term": "P1Y", "years": 1}],
                "discount_code": None,
                "net": 29900,
                "vat": 6877,
                "gross": 36777,
                "currency": "PLN",
                "tax": {
                    "percent": 23,
                    "reason": "home",
                    "country": None,
                    "vat_number": None,
                    "checked_at": None,
                    "check_id": None,
                },
                "method": "blik",
                "status": "paid",
                "refunded_amount": 0,
                "placed_at": "2026-11-20T12:00:00Z",
                "withdrawn_at": None,
                "answers": {},
            }
        ],
        "payments": [
            {
                "id": "p1",
                "order_number": "FS/2026/000001",
                "method": "blik",
                "provider": "przelewy24",
                "amount": 36777,
                "currency": "PLN",
                "status": "paid",
                "refunded_amount": 0,
                "disputed": None,
            }
        ],
        "subscriptions": [
            {
                "product": "standard",
                "quantity": 1,
                "seats": 1,
                "next_quantity": None,
                "next_plan": None,
                "term": "P1Y",
                "years": 1,
                "status": "active",
                "starts_at": "2026-11-20T12:01:00Z",
                "ends_at": "2027-11-20T12:01:00Z",
                "trial_ends_at": None,
                "auto_renewal": True,
                "end_reason": None,
            }
        ],
        "methods": [{"method": "blik", "label": "BLIK", "default": True}],
        "einvoice": {"status": "active", "email": ANNA, "activated_at": "2026-11-20T12:02:00Z"},
        "conversations": [{"id": "talk-a1", "channel": "rest", "mode": "bot"}],
    }


def test_an_account_just_made_has_a_card_of_empty_lists(connection: sa.Connection) -> None:
    sign_up(connection)
    shown = present(card.card(connection, ANNA))
    assert (shown["account"], shown["phone"]) == ({"status": "pending", "answers": {}}, None)
    lists = ("companies", "consents", "orders", "payments", "subscriptions", "methods")
    assert [shown[name] for name in lists] == [[]] * 6
    assert (shown["einvoice"]["status"], shown["einvoice"]["email"]) == ("off", None)


def test_an_email_on_file_finds_it_and_an_unknown_one_does_not(connection: sa.Connection) -> None:
    customer(connection)
    contacts.prove(connection, account_id="a1", kind="email", value="b@example.com", key="b@example.com", now=NOW)
    assert card.card(connection, "b@example.com") == card.card(connection, ANNA)
    assert card.card(connection, "nobody@example.com") is None


def test_a_shadow_is_not_on_anybodys_card(connection: sa.Connection) -> None:
    customer(connection)
    sign_up(connection, "a2")
    shown = present(card.card(connection, ANNA))
    assert (shown["id"], [c["id"] for c in shown["conversations"]]) == ("a1", ["talk-a1"])


def test_times_are_utc_with_a_z() -> None:
    assert format_moment(None) is None
    assert format_moment(later(microseconds=5)) == "2026-11-20T12:00:00.000005Z"
