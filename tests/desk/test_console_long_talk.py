"""A long conversation in Chromium: it opens at its end, grows at both ends; nothing jumps, doubles or is lost."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, Route, expect

from tests.crash.process import free_port
from tests.desk.agent_browser import AgentBrowser
from tests.desk.agent_http import lengthen
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.kit.browsers import window


async def ids(page: Page) -> list[int]:
    """The lines' numbers from top to bottom."""
    return await page.locator("#lines [data-line]:not(.folded)").evaluate_all(
        "lines => lines.map(line => Number(line.dataset.line))"
    )


async def place(page: Page, line: int) -> float:
    box = await page.locator(f"#line-{line}").bounding_box()
    assert box is not None
    return box["y"]


async def at_the_end(page: Page) -> None:
    await page.wait_for_function("() => log.scrollHeight - log.scrollTop - log.clientHeight < 2")


async def prepared(desk: Running) -> Customer:
    scripted = await Scripted(desk, Person()).run("tax_number")
    where = await desk.installation.desk.conversation("rest", scripted.customer.sender)
    assert where is not None
    await lengthen(desk, where, 130)
    await scripted.customer.say("/agent")
    return scripted.customer


async def earlier_lines(page: Page) -> None:
    """By keyboard. What was read stays where it was, and so does the focus."""
    first = (await ids(page))[0]
    await page.locator("#earlier").focus()
    top = await place(page, first)
    await page.keyboard.press("Enter")
    await page.wait_for_function("first => document.querySelector('#lines > li').dataset.line < first", arg=first)
    assert abs(await place(page, first) - top) < 2
    more = await page.locator("#earlier").count()
    assert await page.evaluate("document.activeElement.id") == ("earlier" if more else "log")


async def answers_cross(agent: AgentBrowser, customer: Customer) -> None:
    """What the page asked for first comes last: it is no more than what is there already."""
    held, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        held.set()
        await free.wait()
        await route.fulfill(response=answer)

    await agent.page.route("**/parts?*", hold)
    await customer.say("Jeszcze jedno pytanie")
    await held.wait()
    await agent.says("Proszę pytać.")
    await agent.sees("Proszę pytać")
    free.set()
    await agent.page.unroute_all(behavior="wait")
    await customer.say("Koniec")
    await agent.sees("Koniec")
    await expect(agent.page.locator("#lines").get_by_text("Jeszcze jedno pytanie", exact=True)).to_have_count(1)


async def test_a_long_conversation(tmp_path: Path, chromium: Browser) -> None:
    port = free_port()
    async with window(chromium, 1280) as context:
        async with running_desk(tmp_path, port=port) as desk:
            customer = await prepared(desk)
            agent = await AgentBrowser.logged_in(desk.url, context)
            page = agent.page
            await agent.opens()
            await at_the_end(page)
            assert 50 <= len(await ids(page)) < 60
            await page.evaluate("document.getElementById('log').asItWas = true")
            await customer.say("Halo, jest tam kto?")
            await agent.sees("Halo, jest tam kto?")
            await at_the_end(page)
            await expect(page.locator("#heard")).to_contain_text("Klient: Halo, jest tam kto?")
            for width, height in ((390, 600), (1280, 860)):  # as when a phone is turned
                await page.set_viewport_size({"width": width, "height": height})
                await at_the_end(page)
            await earlier_lines(page)
            here = (await ids(page))[30]
            await page.locator(f"#line-{here}").scroll_into_view_if_needed()
            top = await place(page, here)
            await customer.say("A teraz?")
            await expect(page.locator("#heard")).to_contain_text("A teraz?")
            assert abs(await place(page, here) - top) < 2, "whoever reads further up stays there"
            while await page.locator("#earlier").count():
                await earlier_lines(page)
            assert await page.evaluate("document.getElementById('log').asItWas"), "it was never drawn anew"
            before = await ids(page)
        async with running_desk(tmp_path, port=port) as desk:
            customer = Customer(desk.http, sender=customer.sender)
            await customer.say("Po przerwie")
            await agent.sees("Po przerwie")
            await agent.takes()
            await agent.says("Już jestem.")
            await agent.sees("Już jestem")
            await customer.look()
            await customer.say("Dziękuję")
            await agent.sees("Dziękuję")
            await expect(page.locator(".said.agent .delivery").last).to_have_text("odebrane")
            await answers_cross(agent, customer)
            after = await ids(page)
            assert after[: len(before)] == before
            assert after == sorted(set(after))
            await page.goto(f"{page.url.split('?')[0]}?whole=1")
            assert await ids(page) == after
            assert agent.wrong == []
