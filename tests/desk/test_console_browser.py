"""What browsers do by themselves at the console: back, a key that is held, another tab, what they keep."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted

_BOX = "Wiadomość do klienta"
_TYPED = ("okienko.desk.draft.", "okienko.desk.search.")


@pytest.fixture
async def agent(desk: Running, office: BrowserContext) -> AsyncIterator[AgentBrowser]:
    """Anna, and a customer who waits at the NIP."""
    waiting = await Scripted(desk, Person()).run("tax_number")
    await waiting.customer.say("123-456-32-18")
    await waiting.customer.say("/agent")
    agent = await AgentBrowser.logged_in(desk.url, office)
    yield agent
    assert agent.wrong == []


async def kept(page: Page) -> list[str]:
    """What the browser keeps of what was typed."""
    both = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    return [name for name in await page.evaluate(both) if name.startswith(_TYPED)]


async def test_the_way_back_from_what_was_found_leads_to_the_results(desk: Running, agent: AgentBrowser) -> None:
    page = agent.page
    await page.goto(f"{desk.url}/desk/search")
    await page.get_by_role("searchbox").fill("bursztyn")
    await page.get_by_role("searchbox").press("Enter")
    found = page.locator("#found a").first
    await expect(found).to_have_text("Pracownia Bursztyn sp. z o.o.")
    await expect(page.locator("#counted")).to_have_text("Rozmowy osób 0, Wypowiedzi 2")
    await found.click()
    await expect(page.locator("#log li:target")).to_contain_text("Pracownia Bursztyn")
    await page.go_back()
    await expect(found).to_be_visible()
    await page.reload()
    await expect(found).to_be_visible()
    await expect(page.get_by_role("searchbox")).to_have_value("bursztyn")
    await page.get_by_role("link", name="Szukaj").click()
    await expect(page.get_by_role("searchbox")).to_have_value("")


async def test_a_message_is_sent_once_however_the_keys_are_pressed(desk: Running, agent: AgentBrowser) -> None:
    await agent.opens()
    await agent.takes()
    box = agent.page.get_by_label(_BOX)
    await agent.says("Dzień dobry")
    await box.press("Control+Enter")
    await expect(box).to_have_value("")
    await box.press("Control+Enter")
    await agent.says("Już patrzę")
    await agent.sees("Już patrzę")
    await expect(agent.page.locator("#log .agent")).to_have_count(2)
    await expect(agent.page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


class Kept:
    """The first request of a kind is on its way until it is let go."""

    def __init__(self) -> None:
        self.came, self._let = asyncio.Event(), asyncio.Event()

    async def keep(self, route: Route) -> None:
        if not self.came.is_set():
            self.came.set()
            await self._let.wait()
        await route.continue_()

    def let_go(self) -> None:
        self._let.set()


async def test_news_that_comes_while_a_message_is_on_its_way_sends_it_no_second_time(
    desk: Running, agent: AgentBrowser
) -> None:
    await agent.opens()
    news, message = Kept(), Kept()
    await agent.page.route("**/parts?*", news.keep)
    await agent.page.evaluate("document.body.dispatchEvent(new CustomEvent('desk:talk'))")
    await news.came.wait()  # asked for before the talk was taken: the answer brings a form to write in
    await agent.takes()
    await agent.page.route("**/say", message.keep)
    box = agent.page.get_by_label(_BOX)
    await agent.says("Dzień dobry")
    await message.came.wait()
    async with agent.page.expect_response("**/parts?*"):
        news.let_go()
    await expect(box).to_have_value("Dzień dobry")
    async with agent.page.expect_response("**/say"):
        await box.press("Control+Enter")
        message.let_go()
    await expect(box).to_have_value("")
    await agent.says("Już patrzę")
    await agent.sees("Już patrzę")
    await expect(agent.page.locator("#log .agent")).to_have_count(2)


async def test_another_tab_takes_no_draft_away_and_a_log_out_all(desk: Running, agent: AgentBrowser) -> None:
    await agent.opens()
    await agent.takes()
    other = AgentBrowser(desk.url, agent.context, await agent.context.new_page())
    await other.page.goto(agent.page.url)
    await other.page.get_by_label(_BOX).fill("Z drugiej karty")
    await agent.page.get_by_label(_BOX).fill("Jeszcze nie koniec")
    await other.page.get_by_role("button", name="Wyślij").click()
    await agent.sees("Z drugiej karty")
    await agent.page.reload()
    await expect(agent.page.get_by_label(_BOX)).to_have_value("Jeszcze nie koniec")
    await agent.page.goto(f"{desk.url}/desk/profile")
    assert await kept(agent.page)
    await agent.press("Wyloguj wszędzie")
    await expect(agent.page).to_have_url(f"{desk.url}/desk/login")
    assert await kept(agent.page) == []
