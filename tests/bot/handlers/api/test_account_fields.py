"""The places of an account field, as docs/dev/add-an-account-field.md lists them: one left out fails here."""

import re
from pathlib import Path

from bot.handlers.api.shapes import CustomerListed
from bot.usecases.agents.talk_view import CardView
from services.accounts.accounts import AccountRecord
from services.privacy import sections
from services.seller import card
from services.store.tables.accounts import account
from tests.services.domain.people import NOW
from values.account_view import ANSWERS

ROOT = Path(__file__).parents[4]
# What the seller's API and agents don't show of the account itself, though its holder gets it.
HOLDERS_OWN = {"person_name", "contacts_demanded", "activated_at", "closed_at"}
# What agents see elsewhere on the card: among the contacts, as the conversation's language, in links.
ELSEWHERE = {"id", "email", "user_name", "phone", "locale"}


def head() -> dict[str, object]:
    anna = AccountRecord("a1", "a@example.com", "a@example.com", "a", None, "pl", "active", False, None, NOW, None)
    return card.head(anna, [])


def test_what_is_exported_of_an_account_is_on_its_card() -> None:
    shown = head()
    nested = shown["account"]
    assert isinstance(nested, dict)
    assert {*sections.fields(account)} - HOLDERS_OWN == {*shown, *nested} - {"phone", "account"}, "card.head"


def test_the_sellers_api_returns_what_is_on_the_card() -> None:
    assert [*CustomerListed.model_fields] == [*head()], "CustomerListed in bot/handlers/api/shapes.py"


def test_agents_see_what_is_on_the_card() -> None:
    template = (ROOT / "bot/web/templates/desk/parts/card.html").read_text(encoding="utf-8")
    assert {*head()} - ELSEWHERE - {*ANSWERS} <= {*re.findall(r"card\.account\.(\w+)", template)}, "card.html"
    assert "in card.answers" in template
    shown = CardView({**head(), "legal_form": "company"}, contacts=(), codes=(), opened=False)
    assert shown.answers == [("legal_form", "company")]


def test_the_page_about_personal_data_names_what_is_exported_of_an_account() -> None:
    page = (ROOT / "docs/how-to/personal-data.md").read_text(encoding="utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("| `account` |"))
    times = {"created_at", "activated_at", "closed_at"}
    assert {*sections.fields(account)} - times - {*ANSWERS} == {*re.findall(r"`(\w+)`", row)} - {"account"}, (
        "personal-data.md"
    )
