"""What is pressed at the console while the desk has news is pressed all the same."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Scripted, until
from tests.kit.browsers import window


async def asks_for_a_person(customer: Customer) -> None:
    await customer.say("/start")
    await customer.say("/agent")


async def opened_by_an_agent(desk: Running, stuck: Scripted, context: BrowserContext) -> AgentBrowser:
    """An agent who looks at the talk of a customer who asks for a person."""
    await stuck.customer.say("/agent")
    agent = await AgentBrowser.logged_in(desk.url, context)
    await agent.opens()
    return agent


async def test_news_wait_until_the_button_is_let_go(desk: Running, office: BrowserContext) -> None:
    agent = await AgentBrowser.logged_in(desk.url, office)
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


@pytest.mark.stage("signed_up")
async def test_contacts_that_were_opened_stay_open_when_news_comes(
    desk: Running, buyer: Scripted, office: BrowserContext
) -> None:
    agent = await opened_by_an_agent(desk, buyer, office)
    address = agent.page.locator("#piece-card").get_by_text(buyer.person.email)
    await agent.press("Pokaż kontakty")
    await expect(address).to_be_visible()
    await buyer.customer.say("Jest tam kto?")
    await agent.sees("Jest tam kto")
    await expect(address).to_be_visible()
    await agent.takes()
    await expect(address).to_be_visible()
    await agent.page.reload()
    await expect(agent.page.get_by_role("button", name="Pokaż kontakty")).to_be_visible()
    assert agent.wrong == []


@pytest.mark.stage("signed_up")
async def test_why_something_was_refused_stays_when_news_comes(
    desk: Running, buyer: Scripted, office: BrowserContext
) -> None:
    agent = await opened_by_an_agent(desk, buyer, office)
    async with agent.page.expect_response(re.compile("/parts")):  # what the page brings anew after the take
        await agent.takes()
    for key in ("Escape", "e", "Escape"):  # out of the box; to the open question; out of its field, which is text again
        await agent.page.keyboard.press(key)
        field = expect(agent.page.get_by_label(re.compile("^NIP")))
        await (field.to_be_focused() if key == "e" else field.to_be_hidden())
    await agent.corrects("NIP", "12")
    await expect(agent.page.get_by_role("alert")).to_contain_text("cyfr")
    async with agent.page.expect_response(re.compile("/parts")) as brought:
        await buyer.customer.say("Jest tam kto?")
    assert "piece-steps" in await (await brought.value).text()
    await agent.sees("Jest tam kto")
    await expect(agent.page.get_by_role("alert")).to_contain_text("cyfr")
    await expect(agent.page.get_by_label(re.compile("^NIP"))).to_have_value("12")
    await agent.corrects("NIP", "123-456-32-18")
    await agent.sees("Anna poprawia: NIP")
    await expect(agent.page.get_by_role("alert")).to_have_count(0)
    assert agent.wrong == []


@pytest.mark.stage("signed_up")
async def test_slash_opens_the_picker_of_ready_answers(desk: Running, buyer: Scripted, office: BrowserContext) -> None:
    agent = await opened_by_an_agent(desk, buyer, office)
    await agent.takes()
    box, picker = agent.page.locator("#say"), agent.page.locator("#picker")
    await box.press_sequentially("Dzień dobry /")
    await expect(picker).to_be_visible()
    await expect(picker.locator("li").first).to_be_visible()  # the answers come a moment after their frame
    every = await picker.locator("li").count()
    assert every > 1
    await expect(box).to_have_attribute("aria-activedescendant", "picker-0")
    await box.press("ArrowDown")
    await expect(box).to_have_attribute("aria-activedescendant", "picker-1")
    await box.press("Escape")
    await expect(picker).to_be_hidden()
    await expect(box).to_be_focused()
    await box.fill("")
    await box.press_sequentially("/")
    await box.press_sequentially((await picker.locator("li").first.inner_text()).split()[0][1:3])
    assert await picker.locator("li").count() <= every
    await box.press("Enter")
    await expect(picker).to_be_hidden()
    assert not (await box.input_value()).startswith("/"), "the words are there, nothing is sent"
    assert await agent.page.locator("#log li.agent").count() == 0
    assert agent.wrong == []


_ACTS_NOTED = """() => { window.acts = []; document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { verb, path } = event.detail.requestConfig;
  if (verb === "post") window.acts.push(path.split("/").pop());
}); }"""
_PRESSED_THERE = """({x, y, width, height}) => {
  const controls = [...document.querySelectorAll("#talk button, #talk a, #talk .more > summary")];
  const over = controls.map((one) => [one.textContent.trim(), one.getBoundingClientRect()]).filter(([, at]) =>
    at.width && at.left < x + width && x < at.right && at.top < y + height && y < at.bottom);
  return over.map(([words]) => words);
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("act", ["mouse", "keys"])
@pytest.mark.stage("signed_up")
async def test_after_taking_nothing_stands_where_it_was_pressed_and_nothing_acts_at_once(
    desk: Running, buyer: Scripted, chromium: Browser, width: int, act: str
) -> None:
    await buyer.customer.say("/agent")
    async with window(chromium, width) as context:
        agent = await AgentBrowser.logged_in(desk.url, context)
        page, take = agent.page, agent.page.locator('[data-act="take"]')
        await page.locator("a.row.waiting").click()
        await page.wait_for_url("**/desk/c/*", wait_until="load")
        spot = await take.bounding_box()
        assert spot is not None
        await page.evaluate(_ACTS_NOTED)
        await take.click() if act == "mouse" else await page.keyboard.press("t")
        # Whether or not the window is in front.
        await until(lambda: page.evaluate("document.activeElement.id === 'say'"))
        await page.evaluate("() => document.querySelector('[data-act=give-back]').click()")  # within the moment
        if act == "keys":
            await page.evaluate("() => document.activeElement.blur()")
            await page.keyboard.press("g")
        else:
            await page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        assert await page.evaluate(_PRESSED_THERE, spot) == []
        assert await page.evaluate("window.acts") == ["take"]
        await expect(page.locator("#talk [data-asleep]")).to_have_count(0)
        if width == 390:
            await page.locator(".rest-open").click()
        await agent.press("Oddaj botowi")
        await agent.sees("oddaje rozmowę botowi")
        assert buyer.customer.custom
        assert agent.wrong == []


async def test_no_language_of_console_puts_a_button_where_taking_was_pressed(tmp_path: Path, chromium: Browser) -> None:
    for language in ("it-IT", "en-GB"):
        async with running_desk(tmp_path / language) as desk, window(chromium, 390, locale=language) as context:
            await asks_for_a_person(desk.customer())
            page = await context.new_page()
            await page.goto(f"{desk.url}/desk")
            await page.locator("input[name=login]").fill("anna")
            await page.locator("input[type=password]").fill("sandbox")
            await page.locator("main button[type=submit]").click()
            await page.locator("a.row.waiting").first.click()
            await page.wait_for_url("**/desk/c/*", wait_until="load")
            take = page.locator('[data-act="take"]')
            spot = await take.bounding_box()
            await take.click()
            await expect(page.locator("#say")).to_be_focused()
            assert await page.evaluate(_PRESSED_THERE, spot) == []
