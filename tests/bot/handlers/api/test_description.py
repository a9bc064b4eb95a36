"""The API's description: what is told of it, field by field."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.handlers.api import dependencies
from bot.handlers.api.app import make_seller_api
from bot.handlers.api.gate import FLOOD, Gate
from bot.handlers.api.shapes import CustomerListed
from bot.usecases.agents.talk_view import CardView
from bot.web.flood import Flood
from bot.web.network import counts_all
from services.accounts.accounts import AccountRecord
from services.privacy import sections
from services.seller import card, seller_events
from services.store.tables.accounts import account
from tests.kit.rows import each_row
from tests.services.domain.people import NOW
from values.account_view import ANSWERS


@cache
def description() -> Mapping[str, Any]:
    return make_seller_api().openapi()


def ways() -> list[Any]:
    return [way for of in description()["paths"].values() for way in of.values()]


VERBS = tuple("list get import switch record book create cancel change return quote split unbook retire".split())


def test_every_way_has_a_name_of_its_own_and_a_tag_that_is_explained() -> None:
    names = [way["operationId"] for way in ways()]
    assert len({*names}) == len(names)
    assert all(name.partition("_")[0] in VERBS for name in names)
    explained = {tag["name"] for tag in description()["tags"] if tag["description"]}
    assert {tag for way in ways() for tag in way["tags"]} == explained


def test_what_every_way_may_answer_is_there() -> None:
    assert all({"401", "413", "422", "429", "503"} <= {*way["responses"]} for way in ways())


def test_every_event_is_a_webhook() -> None:
    sent = re.findall(r'"([a-z]+\.[a-z_]+)"', inspect.getsource(seller_events))
    assert {*description()["webhooks"]} == {*seller_events.MEANINGS} == {*sent}
    paid = description()["webhooks"]["payment.paid"]["post"]
    assert paid["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Event"}
    assert {*description()["components"]["schemas"]["Event"]["properties"]} == {"type", "timestamp", "data"}


def test_contacts_of_an_import_say_their_form() -> None:
    fields = description()["components"]["schemas"]["ImportedCustomer"]["properties"]
    assert fields["email"]["format"] == "email"
    assert fields["phone"]["pattern"].startswith("^")


@each_row
async def test_a_refused_method_is_told_all_that_are_taken(path: str, allowed: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_seller_api()), base_url="http://desk") as http:
        answer = await http.delete(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


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
    found = {*sections.fields(account)} - times - {*ANSWERS}
    assert found == {*re.findall(r"`(\w+)`", row)} - {"account"}, "personal-data.md"


# --- the gate of the seller's API: guesses at the token are counted, whoever has it isn't held up ---


TOKEN, NEWER = "t" * 32, "n" * 32
RIGHT = {"authorization": f"Bearer {TOKEN}"}


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("in")(scope, receive, send)


def client(gate: Gate, address: str = "203.0.113.9") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(gate, client=(address, 1)), base_url="http://desk")


async def test_guesses_are_counted_by_network_and_hold_up_nobody_with_the_token() -> None:
    gate = Gate(answered, (SecretStr(NEWER), SecretStr(TOKEN)), Flood(FLOOD, now=lambda: 0.0), counts_all)
    async with client(gate) as http, client(gate, "192.0.2.99") as elsewhere:
        guesses = [await http.get("/customers", headers={"authorization": f"Bearer {n}"}) for n in range(61)]
        assert [answer.status_code for answer in guesses] == [401] * 60 + [429]
        assert int(guesses[-1].headers["retry-after"]) > 0
        assert (await http.get("/customers", headers=RIGHT)).status_code == 200
        assert (await http.get(dependencies.DESCRIPTION)).status_code == 429
        assert (await elsewhere.get("/customers")).status_code == 401


async def test_the_open_description_takes_no_large_body() -> None:
    async with client(Gate(answered, (SecretStr(NEWER), SecretStr(TOKEN)), Flood(None), counts_all)) as http:
        assert (await http.post(dependencies.DESCRIPTION, content=b"x" * 70_000)).status_code == 413
        assert (await http.post(dependencies.DESCRIPTION, content=b"x" * 70_000, headers=RIGHT)).status_code == 200
