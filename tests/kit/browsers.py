"""Windows of the one Chromium that a test process has, and who comes to a desk by one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext

from tests.desk.running import Running
from tests.desk.visitor import Visitor

PHONE, DESKTOP = 390, 1280


@asynccontextmanager
async def window(chromium: Browser, width: int, *, locale: str = "pl-PL") -> AsyncGenerator[BrowserContext]:
    """A visitor's own window: nothing is kept from one to the next."""
    context = await chromium.new_context(viewport={"width": width, "height": 860}, locale=locale)
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        await context.close()


async def with_a_company(desk: Running, context: BrowserContext, email: str = "jan.nowak@example.com") -> Visitor:
    """Somebody who came by the landing page, has an account, and confirmed the company that the register knows."""
    page = await context.new_page()
    await page.goto(desk.url)
    visitor = Visitor(desk, context, page)
    await visitor.signs_up(email)
    await visitor.write("1234563218")
    await visitor.sees("Pracownia Bursztyn")
    await visitor.press("Zgadza się")
    return visitor
