"""Somebody else pays: by a page that the customer passes on, with a card that is nobody's but theirs."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.web.policy import SECRET_PAGE
from services.payments import record
from services.store.tables.core import conversation
from services.store.tables.orders import sales_order
from tests.desk import renewing
from tests.desk.databases import on_each_database
from tests.desk.italian import PROFILE as BY_TRANSFER
from tests.desk.italian import buying
from tests.desk.running import Running
from tests.desk.scripted import Scripted, only, until
from tests.desk.seller_api import PAPER, TOKEN, tell
from tests.kit.narrow import present

HOUR, DAY = 3600.0, 86400.0


async def passed_on(buyer: Scripted) -> str:
    """The link that a customer is given who asks for it."""
    await buyer.customer.say("payment:page")
    return str(buyer.customer.link("pay_page")["href"])


async def leads_on(desk: Running, href: str, **chosen: str) -> str:
    """The payer presses a button; the address of the provider's page."""
    led = await desk.http.post(href, data=chosen) if chosen else await desk.http.post(href)
    assert led.status_code == 200, led.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', led.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


async def attempts(desk: Running, buyer: Scripted) -> list[str]:
    """How the attempts of the buyer's payment stand."""
    payment_id = only((await desk.card(buyer.person.email))["payments"])["id"]
    found = await desk.installation.store.read(lambda connection: record.attempts_of(connection, payment_id))
    return [attempt.status for attempt in found]


async def pays(desk: Running, at_provider: str, **more: str) -> None:
    """The stand-in's page is filled in and sent."""
    done = await desk.http.post(at_provider, data={"action": "pay", "method": "blik", "blik_code": "777123", **more})
    assert done.status_code in (200, 303), done.text


@pytest.mark.stage("ordered")
@on_each_database
async def test_whoever_has_the_link_sees_what_for_and_pays_while_the_customer_is_told_once(
    desk: Running, buyer: Scripted
) -> None:
    href = await passed_on(buyer)
    order = only((await desk.card(buyer.person.email))["orders"])
    page = await desk.http.get(href)
    assert page.status_code == 200
    full = (await desk.http.get(f"/api/v1/orders/{order['number']}", headers=TOKEN)).json()
    assert full["pay_page"] == href
    for shown in (order["number"], full["invoice_to"]["name"], full["invoice_to"]["tax_number"], "VAT"):
        assert shown in page.text, shown
    for kept in (buyer.person.email, buyer.person.phone, "Prosta", "Anna", "/p/", "/chat"):
        assert kept not in page.text, kept
    assert {name: page.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")} == {
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
    }
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert await attempts(desk, buyer) == [], "who only looks opens nothing"

    theirs = await leads_on(desk, href)
    assert await leads_on(desk, href) == theirs, "the open attempt is reused"
    before = len(buyer.customer.said)
    await pays(desk, theirs)

    async def thanked() -> bool:
        return "Zapłacone" in (await desk.http.get(f"{href}/return")).text

    await until(thanked)  # until then it says that the payment is asked after
    await until(lambda: goes_on(buyer))
    assert len([said for said in buyer.customer.said[before:] if "opłacone" in said]) <= 1
    done = await desk.http.get(href)
    assert (done.status_code, "Zapłacone" in done.text, "<form" in done.text) == (200, True, False)
    again = await desk.http.post(href)
    assert (again.status_code, again.headers["location"]) == (303, httpx.URL(href).path)
    assert (await desk.http.get(f"/api/v1/orders/{order['number']}", headers=TOKEN)).json()["pay_page"] is None


@pytest.mark.stage("ordered")
async def test_both_pay_at_once_and_one_of_them_gets_the_money_back(desk: Running, buyer: Scripted) -> None:
    theirs = await leads_on(desk, await passed_on(buyer))
    own = (await desk.http.get(buyer.customer.link("payment")["href"])).headers["location"]
    assert own != theirs, "each has a page of their own at the provider"
    await asyncio.gather(pays(desk, own), pays(desk, theirs))
    await until(lambda: goes_on(buyer))
    await desk.advance(HOUR)
    card = await desk.card(buyer.person.email)
    assert only(card["orders"])["status"] == "paid"
    assert only(card["payments"])["status"] == "paid"
    assert sorted(await attempts(desk, buyer)) == ["paid", "refunded"]


@pytest.mark.stage("ordered")
async def test_what_is_cancelled_lapsed_or_unknown_takes_nothing(desk: Running, buyer: Scripted) -> None:
    href = await passed_on(buyer)
    for wrong in (f"{href[:-1]}{'0' if href[-1] != '0' else '1'}", f"{desk.url}/pay/{href[-64:]}", f"{desk.url}/pay/x"):
        assert (await desk.http.get(wrong)).status_code == (await desk.http.post(wrong)).status_code == 404
    await buyer.customer.say("/cancel")
    for answer in (await desk.http.get(href), await desk.http.get(f"{href}/return")):
        assert (answer.status_code, "anulowane" in answer.text, "<form" in answer.text) == (410, True, False)
    assert (await desk.http.post(href)).status_code == 303
    assert await attempts(desk, buyer) == []
    other = await Scripted(desk).run("payment")
    lapsing = await passed_on(other)
    assert httpx.URL(lapsing).path != httpx.URL(href).path
    await desk.advance(30 * DAY)
    late = await desk.http.get(lapsing)
    assert (late.status_code, "nie zostało opłacone na czas" in late.text) == (410, True)
    assert (await desk.http.post(lapsing)).status_code == 303


@pytest.mark.stage("ordered")
@on_each_database
async def test_the_payer_may_choose_another_way_online_than_the_customer(desk: Running, buyer: Scripted) -> None:
    href = await passed_on(buyer)
    page = (await desk.http.get(href)).text
    own = only((await desk.card(buyer.person.email))["payments"])["method"]
    others = re.findall(r'name="method" value="(\w+)"', page)
    assert own not in others
    assert "paypal" in others
    for wrong in ("transfer", "cash", "<b>", "free"):
        assert (await desk.http.post(href, data={"method": wrong})).status_code == 404
    assert await attempts(desk, buyer) == [], "by what isn't offered nothing is opened"
    theirs = await leads_on(desk, href, method="paypal")
    assert "/sandbox/paypal/" in theirs
    assert await leads_on(desk, href, method="paypal") == theirs, "the open attempt is reused"
    assert (await leads_on(desk, href)) != theirs, "each way has an attempt of its own"
    await pays(desk, theirs, method="paypal")
    await desk.http.get(f"{href}/return")
    await desk.advance(HOUR)
    payment = only((await desk.card(buyer.person.email))["payments"])
    assert (payment["status"], payment["method"], payment["provider"]) == ("paid", "paypal", "paypal")
    assert (await desk.http.get("/sandbox/api/methods")).json() == [], "a payer's wallet is nobody's but theirs"
    back = {"outcome": "refunded", "notify": "once"}
    assert (await desk.http.post(f"/sandbox/api/payments/{payment['id']}", json=back)).is_success
    await desk.advance(60)
    assert only((await desk.card(buyer.person.email))["payments"])["status"] == "refunded"


HOSTILE = """"'><script>alert(1)</script>{{ 7*7 }}&amp;\u202e"""


def is_shown_as_words(page: str) -> bool:
    """Whether nothing of the hostile words has become a part of the page."""
    shown = "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}&amp;amp;"
    return page.count(shown) >= 3 and "<script>alert" not in page


@pytest.mark.stage("ordered")
async def test_hostile_words_are_shown_as_words_in_every_language_and_the_order_is_read_once(
    desk: Running, buyer: Scripted
) -> None:
    href = await passed_on(buyer)
    store = desk.installation.store
    order = present(await store.read(lambda c: c.execute(sa.select(sales_order)).mappings().first()))
    hostile = {"billing": dict.fromkeys(order["billing"], HOSTILE) | {"country": "PL"}}
    hostile |= {"items": [{**order["items"][0], "id": HOSTILE}], "number": HOSTILE}
    await store.write(lambda c: c.execute(sa.update(sales_order).values(**hostile)))
    for locale in ("pl", "en", "it"):
        await store.write(lambda c, locale=locale: c.execute(sa.update(conversation).values(locale=locale)))
        with asked(sales_order.name) as queries:
            page = await desk.http.get(href)
        assert f'<html lang="{locale}"' in page.text
        assert is_shown_as_words(page.text), page.text
        assert page.headers["content-security-policy"] == SECRET_PAGE["content-security-policy"]
        assert len(queries) == 1, queries
    await store.write(lambda c: c.execute(sa.update(sales_order).values(number="FS/2026/000001")))
    path = "/api/v1/orders/FS/2026/000001"
    with asked(sales_order.name) as queries:
        assert (await desk.http.get(path, headers=TOKEN)).json()["pay_page"] == href
    assert len([one for one in queries if "sales_order.number" in one.partition("WHERE")[2]]) == 1
    assert len([one for one in queries if "sales_order.id =" in one.partition("WHERE")[2]]) == 0, queries


@contextmanager
def asked(table: str) -> Iterator[list[str]]:
    """The queries of whole orders while this lasts."""
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        found.extend([statement] if statement.startswith(f"SELECT {table}.id, {table}.number") else [])

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.desk(profile=renewing.PROFILE)
async def test_the_payers_card_is_never_kept_for_the_customer(desk: Running) -> None:
    customer = await renewing.logged_in(desk)
    await customer.say("zone:renewal")
    await renewing.fills_in(customer)
    await renewing.orders(customer, "card")
    await customer.say("payment:page")
    await pays(desk, await leads_on(desk, str(customer.link("pay_page")["href"])), card="works")
    await renewing.comes_to(customer, "nothing")
    assert (await desk.http.get("/sandbox/api/methods")).json() == []
    assert (await desk.card(renewing.EMAIL))["methods"] == []


@pytest.mark.desk(profile=BY_TRANSFER)
async def test_a_transfer_is_passed_on_with_what_the_bank_wants(desk: Running) -> None:
    buyer = await buying(desk, method="transfer").run()
    await buyer.customer.say("paga la contabilità")
    page = await desk.http.get(str(buyer.customer.link("pay_page")["href"]))
    order = only((await desk.card(buyer.person.email))["orders"])
    assert "IT60" in page.text
    assert order["number"] in page.text
    assert '<svg viewBox="' in page.text
    assert "<form" not in page.text, "no provider takes it"
    assert (await desk.http.post(str(page.url))).status_code == 404


@pytest.mark.stage("ordered")
async def test_a_pro_forma_of_the_sellers_own_is_shown_instead_of_the_page(desk: Running, buyer: Scripted) -> None:
    await buyer.customer.say("poproszę proformę")
    assert buyer.customer.link("pay_page")["href"]
    told = await tell(desk, buyer, kind="pro_forma", number="PF/1", pdf=b64encode(PAPER).decode())
    assert told.status_code == 201, told.text
    await buyer.customer.say("mogę dostać proformę?")
    assert "PF/1" in buyer.customer.said[-1]
    assert (await desk.http.get(buyer.customer.link("invoice")["href"])).content == PAPER


async def goes_on(buyer: Scripted) -> bool:
    await buyer.customer.look()
    return buyer.customer.expects != "payment"
