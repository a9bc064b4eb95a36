"""Windows of the one Chromium that a test process has."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext

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
