"""What comes after paying, by real browsers: half of it goes back, seats are added, a contract is withdrawn from.

Each customer bought elsewhere and comes to the web chat by their log-in. What the chat, the console and the letters
say is what the API and the provider's books have.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from services.orders import withdrawals
from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, only, until
from tests.desk.seller_api import tell
from tests.desk.visitor import Visitor
from tests.kit.browsers import DESKTOP, PHONE, window
from tests.kit.starter import SEAT_WAYS, by_seat
from tests.kit.talks import plain

GROSS = 36900
"""Three seats for a year, in minor units."""


async def customer_of(desk: Running, *stop: str) -> Scripted:
    """Somebody who has bought three seats by REST, or stands at `stop`."""
    person = Person(ways=SEAT_WAYS, facts={"quantity": "3"})
    return await Scripted(desk, person).run(*stop)


async def comes_back(desk: Running, context: BrowserContext, buyer: Scripted) -> Visitor:
    """Open the web chat, log in, and stand in the zone."""
    page = await context.new_page()
    await page.goto(f"{desk.url}/chat")
    await page.get_by_role("button", name="Zaloguj się").click()
    await fill_in_login(page, buyer)
    await page.wait_for_url(re.compile(r"/chat"))
    visitor = Visitor(desk, context, page, framed=False)
    await visitor.sees("Zalogowano jako")
    await visitor.look()
    return visitor


async def fill_in_login(page: Page, buyer: Scripted) -> None:
    """Fill in the form of a log-in, on whichever page it stands."""
    await page.fill("input[name=login]", buyer.person.email)
    await page.fill("input[name=password]", buyer.person.password)
    await page.get_by_role("button", name="Zaloguj się").click()


async def card(desk: Running, buyer: Scripted) -> Any:
    return await desk.card(buyer.person.email)


async def letters(desk: Running, buyer: Scripted) -> str:
    """All that was written to them."""
    await desk.advance(1)
    return plain("\n".join(one["text"] for one in await desk.outbox(buyer.person.email)))


async def pays(page: Page) -> None:
    """Pay on the sandbox's page."""
    await page.get_by_role("button", name="Zapłać", exact=True).click()
    await page.wait_for_url(re.compile(r"/p/.+/return"))
    await page.close()


@pytest.fixture
async def booth(tmp_path: Path) -> Any:
    """A seller by the seat."""
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller")) as desk:
        yield desk


async def test_a_supervisor_gives_half_back(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth)
    async with window(chromium, PHONE) as phone, window(chromium, DESKTOP) as office:
        visitor = await comes_back(booth, phone, buyer)
        await visitor.say("/agent")
        marek = await AgentBrowser.logged_in(booth.url, office, "marek")
        await marek.opens()
        await marek.takes()
        await marek.page.locator("summary", has_text="Zwróć pieniądze").click()
        await marek.page.get_by_label("Kwota, najwyżej 369,00").fill("184,50")
        await marek.page.get_by_label("Dlaczego (operator pokazuje").fill("Połowa")
        await marek.press("Zwróć pieniądze")
        await marek.page.get_by_role("button", name=re.compile("^Zwróć 184,50")).click()
        await visitor.sees("zwrot 184,50")

        async def back() -> bool:
            await booth.advance(60)
            return only((await card(booth, buyer))["payments"])["refunded_amount"] == GROSS // 2

        await until(back)
        assert "184,50 zł" in await letters(booth, buyer)
        assert only((await booth.http.get("/sandbox/api/attempts")).json())["refunded"] == GROSS // 2
        assert marek.wrong == []


async def test_a_customer_adds_five_seats_and_pays_the_difference(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth)
    await booth.advance(100 * 86400)
    async with window(chromium, PHONE) as phone:
        visitor = await comes_back(booth, phone, buyer)
        await visitor.say("zone:change")
        await visitor.say("8")
        await visitor.sees("446,49")
        await visitor.say("change:now")
        await pays(await visitor.follow("/p/"))
        await visitor.sees("Otrzymaliśmy 446,49")
        await visitor.sees("Od teraz: Plan Standard \\(8.stanowisk\\)")
        await buyer.customer.look()
        assert "Otrzymaliśmy" not in buyer.customer.said[-1], "the chat that ordered is thanked, and no other"
    stands = await card(booth, buyer)
    assert only(stands["subscriptions"])["seats"] == 8
    assert sorted(one["amount"] for one in stands["payments"]) == [GROSS, 44649]
    assert "446,49 zł" in await letters(booth, buyer)


async def test_a_customer_withdraws_by_a_button(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth)
    number = only((await card(booth, buyer))["orders"])["number"]
    async with window(chromium, PHONE) as phone:
        visitor = await comes_back(booth, phone, buyer)
        await visitor.say("zone:end")
        await visitor.say("zone:withdraw")
        await visitor.sees(number)
        await visitor.say("withdraw:confirm")
        await visitor.sees(f"odstąpieniu od umowy {number}")
    written = await letters(booth, buyer)
    assert "otrzymaliśmy oświadczenie o odstąpieniu od umowy" in written, "the address isn't proven: no word of it"
    assert "zaloguj się w tej samej rozmowie" not in written, "they are"
    account = (await card(booth, buyer))["id"]
    assert len(await booth.installation.store.read(lambda c: withdrawals.of_account(c, account))) == 1


async def test_a_customer_cancels_an_order_that_nobody_paid(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth, "payment")
    async with window(chromium, PHONE) as phone:
        visitor = await comes_back(booth, phone, buyer)
        await visitor.say("anuluj zamówienie")
        await visitor.sees("anulowan")
    assert only((await card(booth, buyer))["orders"])["status"] == "cancelled"


async def test_a_customer_asks_for_the_invoice_before_and_after_it_is_there(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth)
    async with window(chromium, PHONE) as phone:
        visitor = await comes_back(booth, phone, buyer)
        await visitor.say("gdzie jest moja faktura?")
        await visitor.sees("faktur")
        assert (await tell(booth, buyer)).status_code == 201
        await visitor.say("gdzie jest moja faktura?")
        await visitor.sees("F/11/0815")
    assert "F/11/0815" in await letters(booth, buyer)


async def test_a_contract_is_ended_on_the_page(booth: Running, chromium: Browser) -> None:
    buyer = await customer_of(booth)
    async with window(chromium, PHONE) as phone:
        page = await phone.new_page()
        await page.goto(f"{booth.url}/end")
        await fill_in_login(page, buyer)
        await page.get_by_role("button", name="Zakończ umowę").click()
        await expect(page.get_by_text(re.compile("nie odnowi"))).to_be_visible()
    running = only((await card(booth, buyer))["subscriptions"])
    assert (running["status"], running["auto_renewal"]) == ("active", False)
    assert "nie odnowi" in await letters(booth, buyer)
