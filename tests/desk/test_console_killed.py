"""The stuck customer is helped from the console while the desk is killed between all that the two do."""

import re
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, Route, expect

from tests.desk.agent_browser import AgentBrowser
from tests.desk.killed import KilledDesk, killed_desk, said_once
from tests.desk.test_console_journey import stuck_at_the_nip
from tests.desk.visitor import Visitor

EMAIL = "jan.nowak@example.com"


async def test_the_desk_is_killed_between_all_acts(
    tmp_path: Path, phone: BrowserContext, office: BrowserContext
) -> None:
    async with killed_desk(tmp_path) as desk:
        agent = await AgentBrowser.logged_in(desk.url, office)
        visitor = await stuck_at_the_nip(desk.running, phone, EMAIL)
        await desk.dies()
        async with desk.away():
            await visitor.write("/agent")
        await agent.opens()
        async with desk.away():
            await agent.press("Przejmij")
            await told(agent, "Przejmij")
        await agent.takes()
        await desk.dies()
        await visitor.sees("Anna")
        await visitor.write("Nie wiem, jaki mam NIP")
        await desk.dies()
        await agent.sees("Nie wiem, jaki mam NIP")
        await corrected(desk, agent)
        await desk.dies()
        await written(desk, agent)
        await visitor.sees("Wpisałam NIP z rejestru")
        await desk.dies()
        await agent.press("Oddaj botowi")
        await expect(agent.page.get_by_role("button", name="Przejmij", exact=True)).to_be_visible()
        await desk.dies()
        await finished(desk, visitor)
        await agent.sees("złożono zamówienie")
        await agent.sees("zaksięgowano wynik płatności")
        await judged(desk, visitor, agent)


async def told(agent: AgentBrowser, act: str) -> None:
    """An act that met nobody is told as such, by the name of its button."""
    await expect(agent.page.locator("#notice")).to_contain_text(f"nie odpowiedział na „{act}")


async def corrected(desk: KilledDesk, agent: AgentBrowser) -> None:
    """Put right while the desk is away: it stays in its field, and is saved when it is sent again."""
    async with desk.away():
        await agent.corrects("NIP", "123-456-32-18")
        await told(agent, "Zapisz: NIP")
    await expect(agent.page.locator("#notice")).to_contain_text("Połączenie wróciło")
    await told(agent, "Zapisz: NIP")
    await expect(nip(agent.page)).to_have_value("123-456-32-18")
    await agent.saves("NIP")
    await agent.sees("Anna poprawia: NIP")
    await expect(agent.page.locator("#notice")).to_be_empty()


async def written(desk: KilledDesk, agent: AgentBrowser) -> None:
    """The desk has taken the words and dies before the browser hears of it: sent again, they are said once."""

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    box = agent.page.get_by_label("Wiadomość do klienta")
    await agent.page.route("**/say", lost)
    await agent.says("Wpisałam NIP z rejestru.")
    await told(agent, "Wyślij")
    await agent.page.unroute("**/say")
    await desk.dies()
    await agent.sees("Wpisałam NIP z rejestru")
    await expect(box).to_have_value("Wpisałam NIP z rejestru.")
    await agent.press("Wyślij")
    await expect(box).to_have_value("")


async def finished(desk: KilledDesk, visitor: Visitor) -> None:
    """The customer goes on at the very step, to the order and its payment."""
    await visitor.sees("Anna oddaje rozmowę")  # with the company's card, which goes once it is confirmed
    await visitor.sees("Pracownia Bursztyn")
    await visitor.press("Zgadza się")
    await desk.dies()
    await visitor.types_the_letters_code()
    await desk.dies()
    await visitor.fills_the_card("BLIK")
    await desk.dies()
    await visitor.orders()
    await desk.dies()
    bank = await visitor.follow("/p/")
    await bank.get_by_role("button", name="Zapłać", exact=True).click()
    await bank.wait_for_url(re.compile(r"/p/.+/return"))


async def judged(desk: KilledDesk, visitor: Visitor, agent: AgentBrowser) -> None:
    """Everything happened, and everything once."""
    card = await desk.running.card(EMAIL)
    assert [company["tax_number"] for company in card["companies"]] == ["1234563218"]
    assert [order["status"] for order in card["orders"]] == ["paid"]
    (talk,) = card["conversations"]
    acts = [act for act in desk.trail(talk["id"]) if act != "conversation_seen"]
    assert acts == ["taken", "corrected", "said", "given_back"]
    said_once(desk.lines(talk["id"]))
    shown = await visitor.chat.locator("#slips > *").all_inner_texts()
    for words in ("Nie wiem, jaki mam NIP", "Wpisałam NIP z rejestru", "Tu Anna"):
        assert sum(words in line for line in shown) == 1, (words, shown)
    assert agent.wrong == []
    assert desk.deaths >= 11


def nip(page: Page) -> Locator:
    """The field of the tax number."""
    return page.get_by_label(re.compile("^NIP"))
