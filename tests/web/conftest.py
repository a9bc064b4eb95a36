"""Fixtures of the pages' tests: an in-memory client, a server on loopback, Chromium at phone and desktop width."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.kit.visit import Visit, greeted, to_consents, to_email
from tests.web.house import House, Served, sandbox_of

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

# Five seconds are Playwright's own; on a busy machine a page may take longer.
expect.set_options(timeout=20_000)


@pytest.fixture
def house() -> House:
    """The pages over a fresh recorder."""
    return House()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a cookie jar that talks to the pages without a network."""
    transport = httpx.ASGITransport(house.app(), client=("203.0.113.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as one:
        yield one


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that has looked at the page."""
    await client.get("/chat")
    return client


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for a module's tests. Not for longer: Playwright's loop stands in the way of async tests."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Served, House, Any]]:
    """The pages with the real sandbox under uvicorn: the server, the house, the sandbox."""
    server = Served()
    house, sandbox = House(url=server.url), sandbox_of(tmp_path, server.url)
    server.start(house.app(list(sandbox.app.routes)))
    yield server, house, sandbox
    server.do(house.streams.close)  # as the desk does when it goes down
    server.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages in contexts of their own; whatever their scripts throw or the policy blocks fails the test."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def opened(url: str, *, size: Any = PHONE, blocks: bool = False, **context: Any) -> Page:
        contexts.append(browser.new_context(viewport=size, locale="pl-PL", **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: thrown.append(str(error)))
        if not blocks:
            page.on("console", lambda said: thrown.append(said.text) if "Security Policy" in said.text else None)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert thrown == []


@pytest.fixture
def visit(served: tuple[Served, House, Any], open_page: Callable[..., Page]) -> Callable[..., Visit]:
    """Opens a page of the desk's, the chat if no other is named; `to` leads on to a step of the sample journey."""
    server, house, sandbox = served
    ways = {"greeting": greeted, "email": to_email, "consents": to_consents}

    def opened(path: str = "/chat", *, to: str | None = None, **how: Any) -> Visit:
        one = Visit(open_page(server.url + path if path.startswith("/") else path, **how), server, house, sandbox)
        if to:
            ways[to](one.page)
        return one

    return opened
