"""The seller's API on a whole desk: the card, who is refused, start links, activations, its own description."""

import asyncio
import re
import shutil
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from bot.web.only_here import by_proxy
from services.orders import orders
from services.seller import events_out
from services.store.statements import Window
from services.store.tables.orders import payment, payment_attempt
from tests.desk.databases import on_each_database
from tests.desk.running import A_MOMENT_S, Customer, Running, running_desk
from tests.desk.scripted import Scripted, bought, only, until
from tests.desk.seller_api import INVOICE, MONEY, TOKEN
from tests.desk.test_money_back import seen_by_an_agent
from tests.kit.talks import plain
from tests.nightly import each_by_day

OPERATIONS = 32
UNSAID = ("POST /directory", "GET /export/{kind}", "POST /identity-keys")
FROM_ELSEWHERE = frozenset({"origin", "host", "sec-fetch-site"})


async def activate(desk: Running, activation: str, status: str = "active", **headers: str) -> Any:
    return await desk.http.patch(
        f"/api/v1/einvoice-activations/{activation}", json={"status": status}, headers=TOKEN | headers
    )


#: Of these the first three are tried on every way, all of them on one.
WRONG: tuple[dict[str, str | bytes], ...] = (
    {},
    *(
        {"authorization": said}
        for said in ("Bearer wrong", "Basic sandbox", "Bearer", "Bearer sandbo", "Bearer sandboxx")
    ),
    {"authorization": "sandbox"},
    {"authorization": b"Bearer \xff\xfe"},
    {"cookie": "authorization=sandbox"},
)


async def test_who_is_refused(desk: Running) -> None:
    described = (await desk.http.get("/api/v1/openapi.json")).json()["paths"]
    ways = [(method.upper(), f"/api/v1{path}") for path, found in described.items() for method in found]
    assert len(ways) >= OPERATIONS
    ways += [("GET", "/api/v1/nothing"), ("GET", "/api/v1/docs"), ("POST", "/api/v1/openapi.json/x")]
    for method, path in ways:
        for headers in WRONG if path == "/api/v1/customers" else WRONG[:3]:
            # The body isn't looked at before the token is: not even one that is none.
            sent: Any = headers
            refused = await desk.http.request(method, path, headers=sent, content=b'{"')
            assert refused.status_code == 401, (method, path)
            assert set(refused.json()) == {"error"}
            assert refused.headers["www-authenticate"] == "Bearer"
    unknown = await desk.http.get("/api/v1/customers", params={"email": "nobody@example.com"}, headers=TOKEN)
    assert (unknown.status_code, set(unknown.json())) == (404, {"error"})
    for method, path in (("GET", "/api/v1/nothing"), ("DELETE", "/api/v1/customers"), ("GET", "/api/v1/")):
        other = await desk.http.request(method, path, headers=TOKEN)
        assert other.status_code in (404, 405)
        assert set(other.json()) == {"error"}, path
    for params in ({"limit": 0}, {"limit": "many"}, {"cursor": "x"}, {"emial": "a@b.pl"}, {"email": "x" * 300}):
        malformed = await desk.http.get("/api/v1/customers", params=params, headers=TOKEN)
        assert (malformed.status_code, set(malformed.json())) == (422, {"error"})
    for odd in ("", "\x00", "a@b\x00", "%", "' OR 1=1 --", "\u202ea@example.com"):
        assert (await desk.http.get("/api/v1/customers", params={"email": odd}, headers=TOKEN)).status_code == 404


@pytest.mark.stage("paid")
async def test_start_links(desk: Running, buyer: Scripted) -> None:
    known = (await desk.card(buyer.person.email))["id"]

    async def make(body: Any, key: str | None = None) -> Any:
        headers = TOKEN | ({"idempotency-key": key} if key else {})
        return await desk.http.post("/api/v1/start-links", json=body, headers=headers)

    first = await make({"entry": "buy"}, "key-1")
    assert first.status_code == 201
    await desk.advance(60)
    assert (await make({"entry": "buy"}, "key-1")).json() == first.json()
    assert (await make({"entry": "log_in"}, "key-1")).status_code == 409
    assert (await make({"entry": "buy"})).json()["token"] != first.json()["token"]
    personal = await make({"customer_id": known})
    assert personal.status_code == 201
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", personal.json()["token"])
    assert (await make({"customer_id": "nobody"})).status_code == 404
    for wrong in ({}, {"entry": "nowhere"}, {"entry": "buy", "customer_id": known}, {"customer_id": "\x00"}, [], "x"):
        assert (await make(wrong)).status_code == 422, wrong
    assert (await desk.http.get(first.json()["web"])).status_code == 200


async def test_the_seller_confirms_the_activation(tmp_path: Path) -> None:
    profile = shutil.copytree("profiles/fakturasmart", tmp_path / "profile")
    written = (profile / "profile.toml").read_text()
    (profile / "profile.toml").write_text(written.replace('einvoice_confirm = "desk"', 'einvoice_confirm = "seller"'))
    async with running_desk(tmp_path, profile=profile) as desk:
        scripted = await bought(desk)
        assert scripted.customer.custom["links"] == [], "nothing to log in to yet"
        stands = (await desk.card(scripted.person.email))["einvoice"]
        assert (stands["status"], stands["activated_at"]) == ("requested", None)
        told, done = len(scripted.customer.said), await activate(desk, stands["id"])
        assert (done.status_code, set(done.json())) == (200, {"id", "status", "email", "activated_at"})
        assert done.json()["status"] == "active"
        assert (await activate(desk, stands["id"])).json() == done.json(), "once more changes nothing"
        await scripted.customer.look()
        assert len(scripted.customer.said) == told + 1
        assert scripted.customer.link("login")
        assert (await desk.card(scripted.person.email))["einvoice"] == done.json()
        for unknown in ("nothing", "x" * 32, "%00", "a" * 500, "%0A", "x%0A"):
            refused = await activate(desk, unknown)
            assert (refused.status_code, list(refused.json())) == (404, ["error"])
        assert (await activate(desk, stands["id"], "sideways")).status_code == 422


@pytest.mark.stage("ordered")
async def test_nothing_is_activated_that_is_not_paid(desk: Running, buyer: Scripted) -> None:
    assert (await activate(desk, (await desk.card(buyer.person.email))["einvoice"]["id"])).status_code in (404, 409)
    assert (await desk.card(buyer.person.email))["einvoice"]["status"] == "off"


async def test_the_description_holds(desk: Running) -> None:
    described = await desk.http.get("/api/v1/openapi.json")
    assert described.status_code == 200
    await bought(desk)  # so that there is something in the lists
    schema = schemathesis.openapi.from_dict(described.json())
    found: Any = schema.get_all_operations()
    operations = [result.ok() for result in found]
    assert len(operations) == OPERATIONS
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            await asyncio.to_thread(answers_hold, desk.url, operation, mode)


def answers_hold(url: str, operation: Any, mode: GenerationMode) -> None:
    """Sends generated requests, in form or out of it, and holds the answers against the description."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=5 // each_by_day(2),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        database=None,
        derandomize=True,
    )
    def holds(case: schemathesis.Case) -> None:
        # Whether the bearer is asked for is tested above; here it is on every request.
        # What can't be read as an address or a number, or which day is later, no schema can say.
        unread = [positive_data_acceptance] if operation.label in UNSAID else []
        # To a proxy, or another site's page, the sandbox answers 403, which is no answer of the API.
        for added in [name for name in case.headers or () if by_proxy(name.lower()) or name.lower() in FROM_ELSEWHERE]:
            del case.headers[added]
        case.call_and_validate(base_url=f"{url}/api/v1", headers=TOKEN, excluded_checks=[ignored_auth, *unread])

    try:
        holds()
    except BaseExceptionGroup as found:  # no `Exception`: it would end the event loop that the tests share
        raise AssertionError("".join(traceback.format_exception(found))) from None


async def everything(desk: Running, path: str, limit: int, **query: str) -> list[Any]:
    """All rows of a list, page by page."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        asked = {"limit": str(limit), **query, **cursor}
        answer = await desk.http.get(f"/api/v1/{path}", params=asked, headers=TOKEN)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_every_list_comes_page_by_page(desk: Running) -> None:
    people = [await bought(desk) for _ in range(3)]
    cards = [await desk.card(one.person.email) for one in people]
    lists = {
        "customers": [card["id"] for card in cards],
        "companies": [card["companies"][0]["id"] for card in cards],
        "orders": [card["orders"][0]["id"] for card in cards],
        "subscriptions": [card["subscriptions"][0]["id"] for card in cards],
    }
    for path, ids in lists.items():
        for limit in (1, 2, 3, 50):
            assert [row["id"] for row in await everything(desk, path, limit)] == ids, (path, limit)
    assert len(await everything(desk, "events", 4)) == 3 * 7
    second = cards[1]["id"]
    for path in ("companies", "orders", "subscriptions"):
        (row,) = await everything(desk, path, 5, customer_id=second)
        assert row["customer_id"] == second
        one = row["number"] if path == "orders" else row["id"]
        single = await desk.http.get(f"/api/v1/{path}/{one}", headers=TOKEN)
        assert single.status_code == 200
        assert row.items() <= single.json().items()
    assert await everything(desk, "orders", 5, status="cancelled") == []
    assert (await desk.http.get(f"/api/v1/customers/{second}", headers=TOKEN)).json() == cards[1]
    for path in ("customers/x", "companies/x", "orders/x", "subscriptions/x"):
        assert (await desk.http.get(f"/api/v1/{path}", headers=TOKEN)).status_code == 404


async def transfer(desk: Running, number: str, key: str | None = None, **told: Any) -> Any:
    headers = TOKEN | ({"idempotency-key": key} if key else {})
    return await desk.http.post(f"/api/v1/orders/{number}/payments", json=told, headers=headers)


async def gives_back(
    desk: Running, id: str, headers: dict[str, str] = MONEY, *, reason: str = "Nadpłata"
) -> httpx.Response:
    """The seller's program says that the transfer was sent back."""
    return await desk.http.post(f"/api/v1/transfers/{id}/return", json={"reason": reason}, headers=headers)


async def tells(customer: Customer, words: str, times: int) -> bool:
    await customer.look()
    return "\n".join(customer.said).count(words) == times


@on_each_database
@pytest.mark.replicated
@pytest.mark.stage("ordered")
async def test_a_transfer_pays_the_order_and_the_customer_is_told(desk: Running, buyer: Scripted) -> None:
    order = only((await desk.card(buyer.person.email))["orders"])
    owed: dict[str, Any] = {"amount": order["gross"], "currency": order["currency"]}
    wrong: dict[str, Any] = {
        "wrong_amount": {**owed, "amount": order["gross"] - 1, "reference": "WB/1"},
        "wrong_currency": {**owed, "currency": "EUR", "reference": "WB/2"},
    }
    for reason, told in wrong.items():
        refused = await transfer(desk, order["number"], **told)
        assert (refused.status_code, refused.json()["reason"]) == (409, reason)
    assert only((await desk.card(buyer.person.email))["orders"])["status"] == "placed"
    await buyer.customer.settled()
    await until(lambda: tells(buyer.customer, "Tej wpłaty nie mogliśmy zaliczyć", 2))
    said = len(buyer.customer.said)
    booked = await transfer(desk, order["number"], "key-1", **owed, reference="WB/3")
    assert (booked.status_code, booked.json()["status"]) == (201, "paid")
    # Told again: with its key, without it, as another transfer, and with the key for something else.
    assert (await transfer(desk, order["number"], "key-1", **owed, reference="WB/3")).json() == booked.json()
    known = await transfer(desk, order["number"], **owed, reference="WB/3")
    assert (known.status_code, known.json()["reason"]) == (409, "booked_before")
    twice = await transfer(desk, order["number"], "key-2", **owed, reference="WB/4")
    assert (twice.status_code, twice.json()["reason"]) == (409, "already_paid")
    again = await transfer(desk, order["number"], "key-2", **owed, reference="WB/4")
    assert (again.status_code, again.json()) == (409, twice.json())
    assert (await transfer(desk, order["number"], "key-1", **owed, reference="WB/5")).status_code == 409
    await until(lambda: tells(buyer.customer, "Odeślemy te pieniądze", 1))
    assert len(buyer.customer.said) == said + 2, "told once"
    assert buyer.customer.at == "einvoice.einvoice"
    listed = (await desk.http.get("/api/v1/transfers", params={"status": "kept"}, headers=TOKEN)).json()["items"]
    found = [(row["reference"], row["order_number"]) for row in listed]
    assert found == [(reference, order["number"]) for reference in ("WB/1", "WB/2", "WB/4")]
    every = (await desk.http.get("/api/v1/transfers", params={"status": "booked"}, headers=TOKEN)).json()["items"]
    refused = await gives_back(desk, only(every)["id"])
    assert (refused.status_code, set(refused.json())) == (409, {"error"})
    await desk.advance(A_MOMENT_S)
    letters = [letter["subject"] for letter in await desk.outbox(buyer.person.email)]
    assert sum("Wpłata w inn" in subject or "Druga wpłata" in subject for subject in letters) == 3
    await buyer.run()
    kept = (await desk.http.get(f"/api/v1/orders/{order['number']}", headers=TOKEN)).json()["transfers"]
    shown = [(one["reference"], one["status"]) for one in kept]
    assert shown == [("WB/1", "kept"), ("WB/2", "kept"), ("WB/3", "booked"), ("WB/4", "kept")]
    card = await desk.card(buyer.person.email)
    assert sorted(p["status"] for p in card["payments"]) == ["cancelled", "paid"]
    assert only(card["subscriptions"])["status"] == "active"


def _never_payable(connection: sa.Connection, order_id: str) -> None:
    """Cancel the order before it has any payment."""
    connection.execute(sa.delete(payment_attempt))
    connection.execute(sa.delete(payment))
    orders.cancel(connection, order_id=order_id, now=datetime.now(UTC))


@pytest.mark.stage("ordered")
async def test_transfer_for_order_cancelled_before_any_payment_is_kept_and_told(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    order = only((await desk.card(email))["orders"])
    await desk.installation.store.write(lambda connection: _never_payable(connection, order["id"]))
    refused = await transfer(desk, order["number"], amount=100, currency="PLN", reference="WB/1")
    assert (refused.status_code, refused.json()["reason"]) == (409, "cancelled")
    listed = (await desk.http.get("/api/v1/transfers", params={"status": "kept"}, headers=TOKEN)).json()["items"]
    found = [(row["reference"], row["amount"], row["order_number"]) for row in listed]
    id = only(listed)["id"]
    assert found == [("WB/1", 100, order["number"])]
    events = await desk.installation.store.read(lambda c: events_out.list_events(c, Window(9), type="transfer.kept"))
    assert [one.event.data["reason"] for one in events] == ["cancelled"]
    await until(lambda: tells(buyer.customer, "Odeślemy te pieniądze", 1))
    card = await seen_by_an_agent(desk, email)
    assert "niezaliczony przelew 1,00 zł" in card
    assert "zamówienie jest anulowane; do odesłania" in card
    assert sum("anulowan" in letter["text"] for letter in await desk.outbox(email)) == 1
    assert (await gives_back(desk, id, TOKEN)).json() == {"error": "scope"}
    assert [(await gives_back(desk, f"{id}{odd}")).status_code for odd in ("9", "x", "9" * 30, "%00")] == [404] * 3 + [
        422
    ]
    assert (await gives_back(desk, id, reason="")).status_code == 422
    pressed = await asyncio.gather(*(gives_back(desk, id) for _ in range(3)))
    assert [(one.status_code, one.json()["status"]) for one in pressed] == [(200, "refunded")] * 3
    [told] = await desk.installation.store.read(
        lambda c: events_out.list_events(c, Window(9), type="transfer.returned")
    )
    assert [told.event.data[name] for name in ("transfer_id", "amount", "reason")] == [id, 100, "Nadpłata"]
    await until(lambda: tells(buyer.customer, "odesłaliśmy na konto", 1))
    await desk.advance(A_MOMENT_S)
    assert sum("Wpłatę 1,00 zł" in plain(letter["text"]) for letter in await desk.outbox(email)) == 1
    assert "niezaliczony przelew" not in await seen_by_an_agent(desk, email)
    again = await transfer(desk, order["number"], amount=100, currency="PLN", reference="WB/1")
    assert (again.status_code, again.json()["reason"]) == (409, "booked_before")


LICENCE = {"product": "x", "serial": "1", "subscription_ends_at": "2026-12-21T00:00:00"}
#: By path: what is right, whose records are meant, and the changes that make each refused.
NO_SUCH: dict[str, tuple[dict[str, Any], tuple[dict[str, Any], ...]]] = {
    "orders/FS/2026/000001/payments": (
        {"amount": 36777, "currency": "PLN", "reference": "WB/1"},
        (
            *({"amount": wrong} for wrong in (0, -1, 1.5, "36777", True, 10**13)),
            *({"currency": wrong} for wrong in ("zł", "pln")),
            *({"reference": wrong} for wrong in ("", "a\x00b", "x" * 141)),
            {"paid_by": "Jan"},
        ),
    ),
    "invoices": (
        INVOICE,
        (
            {},
            {"ref": "K", "customer_id": "x"},
            *({"ref": "K", "issued_on": wrong} for wrong in ("yesterday", 1795392000)),
            *({"ref": "K", "due_on": wrong} for wrong in (0, "0", "2026-12-04T00:00:00")),
            {"ref": "K", "gross": 1.5},
            *({"ref": "K", "url": wrong} for wrong in ("javascript:alert(1)", "http://example.com/x")),
            *({"ref": "K", "pdf": wrong} for wrong in ("no base64", "R0lGODlh", "JVBERi0" + "A" * 2_796_201)),
            {"ref": "K", "pdf": "JVBERi0xLjc=", "url": "https://example.com/1.pdf"},
            {"ref": "K", "ksef_number": "FV/1"},
            {"ref": "K", "kind": "receipt"},
            {"ref": "K", "currency": "złoty"},
        ),
    ),
    "directory": (
        {"ref": "K"},
        (
            *({"ref": wrong} for wrong in (None, "", "a\x00")),
            {"phone": 5},
            {"legal_form": "cooperative"},
            {"country": "Polska"},
            *({"programs": [wrong]} for wrong in ({"product": "x"}, LICENCE)),
            {"password": "x"},
        ),
    ),
}


async def test_what_is_no_transfer_invoice_or_customer_is_refused(desk: Running) -> None:
    async def answered(path: str, *bodies: Any) -> int:
        told = {"customers": bodies} if path == "directory" else bodies[0]
        return (await desk.http.post(f"/api/v1/{path}", json=told, headers=TOKEN)).status_code

    for path, (right, changes) in NO_SUCH.items():
        assert await answered(path, right | ({"ref": "K"} if path == "invoices" else {})) in (200, 404)
        for wrong in changes:
            assert await answered(path, {k: v for k, v in (right | wrong).items() if v is not None}) == 422, wrong
    assert await answered("directory") == 422
    assert await answered("directory", *[{"ref": f"K-{n}"} for n in range(1001)]) == 422


async def test_a_body_without_end_is_cut_off(desk: Running) -> None:
    long = await desk.http.post("/api/v1/start-links", content=b"x" * (5 * 1024 * 1024), headers=TOKEN)
    assert (long.status_code, long.json()) == (413, {"error": "too_long"})
