"""The directory by the seller's API: put on file, brought up to date, read as the chat reads it, refused as a whole."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.testing.pages import code_in
from services.store.tables.seller import customer_on_file
from tests.crash.process import free_port
from tests.desk.databases import on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted, only, until
from tests.desk.seller_api import INVOICE, TOKEN
from tests.kit.talks import says

ANNA: dict[str, Any] = {
    "ref": "K-1",
    "customer_number": "1000 0017",
    "name": "Anna Nowak",
    "email": "Anna.Nowak@Example.com",
    "phone": "512 000 111",
    "programs": [{"product": "r2p", "serial": "S-1", "subscription_ends_at": "2026-12-21T00:00:00+01:00"}],
}


async def tell(desk: Running, *customers: Any, key: str | None = None) -> Any:
    headers = TOKEN | ({"idempotency-key": key} if key else {})
    return await desk.http.post("/api/v1/directory", json={"customers": customers}, headers=headers)


async def on_file(desk: Running, limit: int = 50) -> dict[str, Any]:
    """All customers on file, by their refs, read page by page."""
    found: dict[str, Any] = {}
    cursor: dict[str, str] = {}
    while True:
        page = (await desk.http.get("/api/v1/directory", params={"limit": str(limit), **cursor}, headers=TOKEN)).json()
        assert not found.keys() & {row["ref"] for row in page["items"]}
        found |= {row["ref"]: row for row in page["items"]}
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


@on_each_database
@pytest.mark.replicated
async def test_customers_are_put_on_file_and_brought_up_to_date(desk: Running) -> None:
    told = await tell(desk, ANNA, {"ref": "K-2"}, key="k-1")
    assert (told.status_code, told.json()) == (200, {"imported": 2})
    anna = (await on_file(desk))["K-1"]
    assert (anna["phone"], anna["email"].lower()) == ("+48512000111", "anna.nowak@example.com")
    assert anna["customer_id"] is None
    (program,) = anna["programs"]
    assert (program["serial"], program["subscription_ends_at"]) == ("S-1", "2026-12-20T23:00:00Z")
    assert (await tell(desk, ANNA | {"phone": "+48 512 000 999", "email": None, "programs": []})).status_code == 200
    now = await on_file(desk, limit=1)
    assert now.keys() == {"K-1", "K-2"}
    assert (now["K-1"]["phone"], now["K-1"]["email"], now["K-1"]["programs"]) == ("+48512000999", None, [])
    assert now["K-1"]["id"] == anna["id"]
    # The first answer once more, and nothing is taken back by it.
    assert (await tell(desk, ANNA, {"ref": "K-2"}, key="k-1")).json() == {"imported": 2}
    assert (await on_file(desk))["K-1"]["phone"] == "+48512000999"
    assert (await tell(desk, ANNA, key="k-1")).status_code == 409


@on_each_database
@pytest.mark.replicated
async def test_all_of_them_or_none(desk: Running) -> None:
    unread = await tell(desk, ANNA, {"ref": "K-2", "phone": "22 123 45 67", "email": "anna"}, {"ref": "K-3"})
    assert unread.status_code == 422
    assert "customers.1.phone: fixed_line" in unread.json()["error"]
    assert "customers.1.email: missing_at" in unread.json()["error"]
    assert "anna" not in unread.json()["error"], "what was given isn't repeated"
    anothers = await tell(desk, ANNA, {"ref": "K-9", "customer_number": ANNA["customer_number"]})
    assert (anothers.status_code, "customers.1" in anothers.json()["error"]) == (409, True)
    assert await on_file(desk) == {}


async def invoice(desk: Running, **told: Any) -> Any:
    return await desk.http.post("/api/v1/invoices", json=INVOICE | told, headers=TOKEN)


@on_each_database
@pytest.mark.replicated
@pytest.mark.desk(profile=Path("profiles/vectra"))
async def test_from_the_import_to_the_invoice(desk: Running) -> None:
    """A customer put on file registers by the number, the seller hears of it, an invoice is told and found."""
    numbered = {"ref": "K-7", "customer_number": "2000 0017", "phone": "512000712", "email": "ola@example.com"}
    assert (await tell(desk, numbered)).status_code == 200
    assert (await tell(desk, numbered | {"customer_number": "200"})).status_code == 422
    assert (await on_file(desk))["K-7"]["customer_number"] == "20000017"
    early = await invoice(desk, ref="K-7", number="F/11/0001")
    assert (early.status_code, early.json()["customer_id"]) == (201, None)

    chat = desk.customer()
    for said in ("start:sign_up", "20000017", "contact_channel:sms", "512000712"):
        await chat.say(said)
    await chat.say(code_in((await desk.outbox("+48512000712"))[-1]["text"]))
    page = chat.link("secure_page")["href"]
    done = await chat.submit(page, password="Zielony7Parasol", password_repeat="Zielony7Parasol")
    assert done.status_code in (200, 303), done.text

    card = await desk.card("ola@example.com")
    assert card is not None, "an e-mail on file finds its customer"
    assert (card["account"]["status"], (await on_file(desk))["K-7"]["customer_id"]) == ("active", card["id"])

    async def told_of() -> bool:
        arrived = (await desk.http.get("/sandbox/api/events")).json()
        mine = [event["type"] for event in arrived if event["data"].get("customer_id") == card["id"]]
        return sorted(mine) == ["account.created", "contact.verified"]

    await until(told_of)
    told = await invoice(desk, customer_id=card["id"])
    assert (told.status_code, told.json()["customer_id"]) == (201, card["id"])
    assert (await invoice(desk, customer_id=card["id"])).json() == told.json(), "known by its number"
    assert (await invoice(desk, ref="K-7")).json() == told.json(), "the same customer by another name"
    other = only([row for row in (await on_file(desk)).values() if row["customer_number"] == "10000058"])
    assert (await invoice(desk, ref=other["ref"])).status_code == 409, "another's number"
    assert (await invoice(desk, ref="K-404", number="F/1")).status_code == 404
    assert (await invoice(desk, customer_id="nobody", number="F/1")).status_code == 404
    query = {"customer_id": card["id"]}
    listed = (await desk.http.get("/api/v1/invoices", params=query, headers=TOKEN)).json()["items"]
    assert [row["number"] for row in listed] == ["F/11/0001", "F/11/0815"]


async def test_a_number_that_only_the_sellers_system_knows(tmp_path: Path) -> None:
    port = free_port()
    asks: dict[str, Any] = {
        "directory_url": f"http://127.0.0.1:{port}/sandbox/seller/directory",
        "directory_token": "sandbox-directory-token",
        "port": port,
    }
    async with running_desk(tmp_path, profile=Path("profiles/vectra"), **asks) as desk:
        gone = sa.delete(customer_on_file).where(customer_on_file.c.customer_number.in_(("10000017", "10000025")))
        await desk.installation.store.write(lambda connection: connection.execute(gone))
        await desk.fault("seller", "down", 9)  # events may use some of them up
        chat = desk.customer()
        await chat.say("start:sign_up")
        await chat.say("10000017")
        assert chat.expects == "customer_number"
        assert "nie odpowiada" in chat.said[-1], "nobody's number is called wrong"
        await desk.fault("seller", "down", 0)
        await desk.advance(301)  # the breaker lets it be asked again
        await chat.say("10000017")
        assert chat.expects == "choice", chat.said
        assert {button.partition(":")[0] for button in chat.buttons} == {"contact_channel"}
        assert len(await on_file(desk)) > 3
        other = await says(desk.customer(), "start:sign_up", "99999999")
        assert other.expects == "customer_number"
        assert "nie odpowiada" not in other.said[-1]
        calls = (await desk.http.get("/sandbox/api/calls", params={"provider": "seller"})).json()
        assert not any("10000017" in call["what"] for call in calls)


@on_each_database
@pytest.mark.replicated
async def test_a_customer_on_file_who_signs_up_by_email_is_recognised(desk: Running) -> None:
    """Before the e-mail is proven nobody is; whichever comes first, the import or the proof."""
    early, late = Scripted(desk), Scripted(desk)
    await tell(desk, {"ref": "K-1", "email": early.person.email, "phone": early.person.phone})
    await early.run("email_link")
    assert (await on_file(desk))["K-1"]["customer_id"] is None
    await early.run()
    await late.run()
    await tell(desk, {"ref": "K-2", "email": late.person.email.upper()})

    filed = await on_file(desk)
    for ref, known in (("K-1", early), ("K-2", late)):
        assert filed[ref]["customer_id"] == (await desk.card(known.person.email))["id"]
