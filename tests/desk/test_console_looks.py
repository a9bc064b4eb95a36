"""axe-core finds nothing at the agents' console, by day and by night, at phone and desktop width; nothing overflows."""

import re

import pytest
import sqlalchemy as sa
from playwright.async_api import BrowserContext, expect

from services.agents import agent_accounts
from tests.desk.agent_browser import AgentBrowser
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.kit.browsers import LOOKS, clean
from tests.kit.narrow import present
from tests.voices import sentences

(PHONE, _), (DESKTOP, _) = LOOKS[-1], LOOKS[-3]


async def left_unfilled(agent: AgentBrowser) -> None:
    """A ready answer about an order that isn't there: named at once, refused, and marked to be written over."""
    page, box = agent.page, agent.page.get_by_label("Wiadomość do klienta")
    await expect(box).to_have_value("")
    await box.press_sequentially("/payment ")
    await expect(page.get_by_role("alert")).to_have_text("Do uzupełnienia przed wysłaniem: {order}")
    await box.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_have_text("Nie wysłano: najpierw uzupełnij {order}.")
    await expect(box).to_be_focused()
    await box.press_sequentially("FS/1")
    await expect(box).to_have_value(re.compile("FS/1"))
    await expect(box).not_to_have_value(re.compile("{order}"))
    await box.press("Control+Enter")
    await agent.sees("FS/1")


async def helped_half(desk: Running, agent: AgentBrowser) -> None:
    """A conversation in which there is one of everything."""
    scripted = await Scripted(desk, Person()).run("tax_number")
    await scripted.customer.say("/agent")
    await agent.opens()
    await agent.takes()
    await scripted.customer.say("Nie wiem, jaki mam NIP")
    await agent.sees("Nie wiem")
    await agent.page.get_by_role("button", name="Źle odczytane?").last.click()
    await expect(agent.page.get_by_text("Oznaczone jako źle odczytane")).to_be_visible()
    await expect(agent.page.get_by_role("button", name="Cofnij")).to_be_focused()
    await scripted.customer.speak(sentences("pl")["yes"].sound)
    await expect(agent.page.locator("audio.recording")).to_be_visible()
    await agent.says("Już sprawdzam.")
    await left_unfilled(agent)
    await agent.corrects("NIP", "12")
    await expect(agent.page.get_by_role("alert")).to_be_visible()
    await agent.page.get_by_label("Nowa notatka").fill("Oddzwonić")
    await agent.press("Dodaj notatkę")
    await expect(agent.page.locator(".note")).to_have_count(1)


async def test_before_anybody_waits(desk: Running, office: BrowserContext) -> None:
    page = await office.new_page()
    await page.goto(f"{desk.url}/desk")
    await expect(page.get_by_text("login anna albo marek, hasło sandbox")).to_be_visible()
    await clean(page)
    await desk.installation.store.write(_make_marek_admin)
    agent = await AgentBrowser.logged_in(desk.url, office, "marek")
    await expect(agent.page.get_by_role("heading", name="Tu otworzy się rozmowa")).to_be_visible()
    await expect(agent.page.get_by_role("link", name="w rozmowie")).to_have_attribute("href", "/chat")
    await clean(agent.page)
    await agent.page.set_viewport_size(DESKTOP)
    side = await agent.page.locator("#talk").bounding_box()
    assert side is not None
    assert side["x"] + side["width"] == DESKTOP["width"], "no hole where a card would stand"
    await agent.page.set_viewport_size(PHONE)
    assert present(await agent.page.locator(".lintel").bounding_box())["height"] <= 54, "one line on a phone"
    await agent.page.get_by_role("link", name="Moje konto").click()
    await expect(agent.page.get_by_role("link", name="Dziennik")).to_be_visible()


@pytest.mark.stage("paid")
async def test_the_console(desk: Running, buyer: Scripted, office: BrowserContext) -> None:
    agent = await AgentBrowser.logged_in(desk.url, office, "marek")
    page = agent.page
    await helped_half(desk, agent)
    await page.locator(".way > summary").click()
    await page.locator(".ready > summary").click()
    await clean(page)
    await page.goto(page.url.split("?")[0] + "?view=card")
    await clean(page)
    await buyer.customer.say("/agent")
    await page.goto(f"{desk.url}/desk")
    await expect(page.locator("a.row.waiting")).to_have_count(1)
    await clean(page)
    await page.set_viewport_size(DESKTOP)
    await agent.opens()
    await page.get_by_role("button", name="Pokaż kontakty").click()
    await expect(page.get_by_text(buyer.person.email).first).to_be_visible()
    await clean(page)
    assert agent.wrong == []


PAGES = (
    "/desk/search",
    "/desk/help",
    "/desk/overview?days=30",
    "/desk/money",
    "/desk/replies",
    "/desk/blocked",
    "/desk/trail",
)


def _make_marek_admin(connection: sa.Connection) -> None:
    agent_accounts.set_role(connection, present(agent_accounts.by_login(connection, "marek")).id, "admin")


@pytest.mark.stage("paid")
async def test_the_pages_beside_it(desk: Running, buyer: Scripted, office: BrowserContext) -> None:
    await buyer.customer.say("kawa z mlekiem owsianym")
    await desk.installation.store.write(_make_marek_admin)
    agent = await AgentBrowser.logged_in(desk.url, office, "marek")
    account = (await desk.card(buyer.person.email))["id"]
    for path in (*PAGES, f"/desk/customers/{account}"):
        await agent.page.goto(f"{desk.url}{path}")
        await clean(agent.page)
    await agent.page.goto(f"{desk.url}/desk/overview")
    await agent.page.get_by_role("link", name="Nowa odpowiedź").click()
    await clean(agent.page)
    assert agent.wrong == []
