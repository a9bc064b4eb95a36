"""The API's OpenAPI: names that generators make good clients of, its events, and what each way takes."""

import inspect
import re

import httpx
import pytest

from bot.handlers.api.app import described
from services.seller import seller_events
from services.seller.seller_events import MEANINGS

DESCRIPTION = described().openapi()
WAYS = [way for ways in DESCRIPTION["paths"].values() for way in ways.values()]
VERBS = ("list", "get", "import", "switch", "record", "book", "create")


def test_every_way_has_a_name_of_its_own_and_a_tag_that_is_explained() -> None:
    names = [way["operationId"] for way in WAYS]
    assert len({*names}) == len(names)
    assert all(name.partition("_")[0] in VERBS for name in names)
    explained = {tag["name"] for tag in DESCRIPTION["tags"] if tag["description"]}
    assert {tag for way in WAYS for tag in way["tags"]} == explained


def test_what_every_way_may_answer_is_there() -> None:
    assert all({"401", "413", "422", "429", "503"} <= {*way["responses"]} for way in WAYS)


def test_every_event_is_a_webhook() -> None:
    sent = re.findall(r'"([a-z]+\.[a-z_]+)"', inspect.getsource(seller_events))
    assert {*DESCRIPTION["webhooks"]} == {*MEANINGS} == {*sent}
    paid = DESCRIPTION["webhooks"]["payment.paid"]["post"]
    assert paid["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Event"}
    assert {*DESCRIPTION["components"]["schemas"]["Event"]["properties"]} == {"type", "timestamp", "data"}


def test_contacts_of_an_import_say_their_form() -> None:
    fields = DESCRIPTION["components"]["schemas"]["ImportedCustomer"]["properties"]
    assert fields["email"]["format"] == "email"
    assert fields["phone"]["pattern"].startswith("^")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/directory", "GET, POST"),
        ("/invoices", "GET, POST"),
        ("/customers", "GET"),
        ("/orders/FS/2026/000001", "GET"),
        ("/orders/FS/2026/000001/payments", "POST"),
        ("/start-links", "POST"),
        ("/einvoice-activations/a1", "PATCH"),
    ],
)
async def test_a_refused_method_is_told_all_that_are_taken(path: str, allowed: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(described()), base_url="http://desk") as http:
        answer = await http.delete(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
