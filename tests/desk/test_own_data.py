"""A person's own data over the whole desk: handed out by the page and by command, and deleted; on both databases."""

import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.store.tables.schema import metadata
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import PASSWORD, Person, Scripted, bought, until


async def held(desk: Running) -> str:
    """Every text of the database, the queue's own tables included."""

    def read(connection: sa.Connection) -> str:
        names = sa.inspect(connection).get_table_names()
        found = [
            json.dumps([str(value) for value in row], ensure_ascii=False)
            for name in names
            if name != "alembic_version"
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        ]
        assert set(names) >= set(metadata.tables)
        return "\n".join(found)

    return await desk.installation.store.read(read)


async def page(scripted: Scripted, wish: str) -> str:
    """The wish's one-time page, asked for in the chat."""
    await scripted.customer.say(wish)
    if wish == "zone:erase":
        assert scripted.customer.at == "zone.erase"
        await scripted.customer.say("erase:yes")
    assert (scripted.customer.at, scripted.customer.expects) == ("zone.secure_page", "secure_page")
    return scripted.customer.link("secure_page")["href"]


async def files(scripted: Scripted, href: str) -> tuple[dict[str, Any], str]:
    """Both files, each from the page behind the log-in."""
    led = await scripted.submit(href)
    assert led.status_code == 303
    at, http = str(httpx.URL(href).join(led.headers["location"])), scripted.desk.http
    assert (await http.get(at)).text.count('name="file"') == 2
    as_json, as_page = [await http.post(at, data={"file": kind}) for kind in ("json", "html")]
    for answer in (as_json, as_page):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["content-disposition"].startswith('attachment; filename="okienko-')
    assert (await http.post(at, data={"file": "json"})).status_code == 410
    return as_json.json(), as_page.text


@pytest.mark.stage("paid", name="<b>Dobra</b>")
@on_each_database
@pytest.mark.replicated
async def test_all_data_handed_out_and_then_deleted(desk: Running, buyer: Scripted) -> None:
    person, customer = buyer.person, buyer.customer
    other = await Scripted(desk, Person(ways=("start:log_in",), email=person.email)).run()

    href = await page(buyer, "zone:export")
    assert (await buyer.submit(href, password="not the password 1")).status_code == 422
    stranger = await bought(desk)
    assert (await stranger.submit(href)).status_code == 422, "another customer's password"
    found, shown = await files(buyer, href)
    assert found["account"]["email"] == person.email
    assert found["orders"][0]["status"] == found["payments"][0]["status"] == "paid"
    said = [line["text"] for talk in found["conversations"] for line in talk["messages"]]
    assert any(person.phone in text for text in said)
    assert PASSWORD not in json.dumps(found)
    assert person.email in shown
    assert "<script" not in shown
    await customer.settled()
    assert "hasł" in customer.said[-1]

    href = await page(buyer, "zone:erase")
    assert (await buyer.submit(href, password="not the password 1")).status_code == 422
    assert (await desk.card(person.email)) is not None
    assert (await buyer.submit(href)).status_code == 200
    assert (await buyer.submit_again(href)).status_code == 410
    await customer.settled()
    await other.customer.settled()
    assert "usunięt" in customer.said[-1]
    assert "usunięt" in other.customer.said[-1]
    assert customer.at == other.customer.at == "account.start"
    assert await desk.card(person.email) is None

    async def letter_gone() -> bool:
        return "Konto usunięte" in (await desk.outbox(person.email))[-1]["subject"]

    await until(letter_gone)
    await until(lambda: forgotten(desk, person.email, person.phone, *found_words(found)))
    again = await Scripted(desk, Person(email=person.email)).run("payment")
    assert (await desk.card(person.email))["orders"][0]["status"] == "placed"
    assert again.customer.expects == "payment"
    assert await desk.card(stranger.person.email) is not None


def found_words(found: dict[str, Any]) -> list[str]:
    """What the customer had written, but for what the invoices are made out to and ordinary words."""
    typed = [line["text"] for talk in found["conversations"] for line in talk["messages"] if line["from"] == "customer"]
    return [text for text in typed if "@" in text or text.startswith("+")]


async def forgotten(desk: Running, *words: str) -> bool:
    stands = await held(desk)
    return not [word for word in words if word in stands]
