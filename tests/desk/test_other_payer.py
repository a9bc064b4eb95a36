"""Somebody else pays: by a page that the customer passes on, with a card that is nobody's but theirs."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.desk import renewing
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted, bought, only, until
from tests.desk.test_api_journey import TOKEN
from tests.desk.test_certified_journey import PROFILE as BY_TRANSFER
from tests.desk.test_certified_journey import buying

DAY = 86400.0
LANGUAGES = {"pl": "Proforma nie jest fakturą VAT", "it": "documento non valido ai fini fiscali", "en": "not a VAT invoice"}


async def passed_on(buyer: Scripted) -> str:
    """The link that the customer is given when asked for by its button."""
    assert "payment:page" in buyer.customer.buttons
    await buyer.customer.say("payment:page")
    return str(buyer.customer.link("pay_page")["href"])


async def leads_on(desk: Running, href: str) -> str:
    """The payer presses the button; the address of the provider's page."""
    led = await desk.http.post(href)
    assert led.status_code == 200, led.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', led.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


async def payments(desk: Running) -> list[Any]:
    """What the stand-in's banks know, the attempts of all orders."""
    return list((await desk.http.get("/sandbox/api/payments")).json())


async def pays(desk: Running, payment_id: str, **more: str) -> None:
    done = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": "paid", **more})
    assert done.status_code == 200, done.text


@pytest.mark.stage("ordered")
@on_each_database
async def test_whoever_has_the_link_sees_what_for_and_pays_while_the_customer_is_told_once(
    desk: Running, buyer: Scripted
) -> None:
    href = await passed_on(buyer)
    order = only((await desk.card(buyer.person.email))["orders"])
    page = await desk.http.get(href)
    assert page.status_code == 200
    for shown in (order["number"], "Dobra Firma", "1234563218", "VAT"):
        assert shown in page.text, shown
    for kept in (buyer.person.email, buyer.person.phone, "Prosta", "Anna", "/p/", "/chat"):
        assert kept not in page.text, kept
    assert {name: page.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")} == {
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
    }
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert await payments(desk) == [], "who only looks opens nothing"

    theirs = await leads_on(desk, href)
    assert await leads_on(desk, href) == theirs, "the open attempt is reused"
    own = await desk.http.get(buyer.customer.link("payment")["href"], follow_redirects=False)
    assert own.headers["location"] != theirs, "the customer's own page is another"
    link = buyer.customer.link("payment")
    before = len(buyer.customer.said)
    await pays(desk, link["id"])
    await until(lambda: _comes_to(buyer, "nothing"))
    told = [said for said in buyer.customer.said[before:] if order["number"] in said]
    assert len(told) <= 1
    done = await desk.http.get(href)
    assert (done.status_code, "Zapłacone" in done.text, "<form" in done.text) == (200, True, False)
    again = await desk.http.post(href)
    assert (again.status_code, again.headers["location"]) == (303, httpx.URL(href).path)


async def _comes_to(buyer: Scripted, expects: str) -> bool:
    await buyer.customer.look()
    return buyer.customer.expects == expects
