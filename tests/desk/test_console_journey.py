"""The stuck customer is helped from the console: two browsers, live, on one desk and over two replicas."""

import re
from contextlib import suppress
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.replicas import replicas
from tests.desk.running import Running
from tests.desk.visitor import Visitor


async def stuck_at_the_nip(desk: Running, context: BrowserContext, email: str) -> Visitor:
    """A customer who doesn't know what to answer."""
    page = await context.new_page()
    await page.goto(desk.url)
    visitor = Visitor(desk, context, page)
    await visitor.signs_up(email)
    await visitor.write("123")
    await visitor.sees("cyfr")
    return visitor


async def typing_seen(visitor: Visitor, agent: AgentBrowser) -> None:
    """The customer's page tells it from the moment on that it knows of a person: so it goes on typing."""
    told = agent.page.get_by_text("Klient pisze")
    for letters in range(1, 40):
        await visitor.chat.locator("#input").fill("Nie wiem" + "…" * letters)
        with suppress(AssertionError):
            await expect(told).to_be_visible(timeout=500)
            return
    raise AssertionError("nobody saw the customer type")


async def helped(here: Running, there: Running, phone: BrowserContext, office: BrowserContext) -> None:
    """The whole of it: the customer at one desk, the agent at the other."""
    email = "jan.nowak@example.com"
    agent = await AgentBrowser.logged_in(there.url, office)
    await expect(agent.page.get_by_text("Nikt nie czeka.")).to_be_visible()
    visitor = await stuck_at_the_nip(here, phone, email)
    await visitor.write("/agent")

    await agent.opens()
    await expect(agent.page.get_by_text(email)).to_have_count(0)
    await expect(agent.page.get_by_text("j•••@example.com").first).to_be_visible()
    await agent.takes()
    await visitor.sees("Anna")
    await typing_seen(visitor, agent)
    await visitor.write("Nie wiem, jaki mam NIP")
    await agent.sees("Nie wiem, jaki mam NIP")
    await expect(visitor.chat.locator("#tray button")).to_have_count(0)

    await agent.corrects("NIP", "123-456-32-1")
    await expect(agent.page.get_by_role("alert")).to_contain_text("cyfr")
    await expect(agent.page.get_by_label(re.compile("^NIP"))).to_have_value("123-456-32-1")
    await agent.page.get_by_label("Wiadomość do klienta").fill("To, co wpisano")
    await expect(visitor.chat.get_by_text("Anna pisze…").first).to_be_visible()
    await agent.corrects("NIP", "123-456-32-18")
    await agent.sees("Anna poprawia: NIP")
    await expect(agent.page.get_by_label("Wiadomość do klienta")).to_have_value("To, co wpisano")
    await agent.page.reload()
    await expect(agent.page.get_by_label("Wiadomość do klienta")).to_have_value("To, co wpisano")
    await agent.says("Wpisałam NIP z rejestru.")
    await visitor.sees("Wpisałam NIP z rejestru")
    await expect(visitor.chat.locator(".slip.agent .who").last).to_have_text("Anna, konsultant")
    await agent.sees("Wpisałam NIP z rejestru")
    await expect(agent.page.get_by_label("Wiadomość do klienta")).to_have_value("")

    await agent.press("Oddaj botowi")
    await expect(agent.page.get_by_role("button", name="Przejmij", exact=True)).to_be_visible()
    await visitor.sees("Pracownia Bursztyn")
    await visitor.fills_the_order("BLIK")
    await visitor.orders()
    bank = await visitor.follow("/p/")
    await bank.get_by_role("button", name="Zapłać", exact=True).click()
    await bank.wait_for_url(re.compile(r"/p/.+/return"))
    await agent.sees("złożono zamówienie")
    await agent.sees("zaksięgowano wynik płatności")
    card = await here.card(email)
    assert [company["tax_number"] for company in card["companies"]] == ["1234563218"]
    assert [order["status"] for order in card["orders"]] == ["paid"]
    assert agent.wrong == []


async def test_the_stuck_customer_is_helped(desk: Running, phone: BrowserContext, office: BrowserContext) -> None:
    await helped(desk, desk, phone, office)


async def test_the_two_are_at_different_replicas(
    tmp_path: Path, postgres: str, phone: BrowserContext, office: BrowserContext
) -> None:
    async with replicas(tmp_path, postgres.replace("+psycopg", "")) as desks:
        await helped(desks.each[0], desks.each[1], phone, office)
