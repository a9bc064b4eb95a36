"""What is pressed at the console while the desk has news is pressed all the same."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Customer, running_desk
from tests.desk.visitor import browser

pytestmark = pytest.mark.anyio


async def asks_for_a_person(customer: Customer) -> None:
    await customer.say("/start")
    await customer.say("/agent")


async def test_news_wait_until_the_button_is_let_go(tmp_path: Path, chromium_path: str) -> None:
    async with running_desk(tmp_path) as desk, browser(chromium_path, 1280) as context:
        agent = await AgentBrowser.logged_in(desk.url, context)
        await asks_for_a_person(desk.customer())
        page, waiting = agent.page, agent.page.locator("a.row.waiting")
        await expect(waiting).to_have_count(1)
        await waiting.hover()
        await page.mouse.down()
        async with page.expect_response(re.compile("/desk/queue")) as brought:
            await asks_for_a_person(desk.customer())
        assert (await (await brought.value).text()).count("a class=") == 2
        await page.evaluate("new Promise(requestAnimationFrame)")
        await expect(waiting).to_have_count(1)
        await page.mouse.up()
        await expect(page.locator("#talk-title")).to_be_visible()
        await expect(waiting).to_have_count(2)
        assert agent.wrong == []
