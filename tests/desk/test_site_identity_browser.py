"""A shop of another origin that says who its customer is, in a real browser: its log-in, log-out, another customer."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, FrameLocator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from tests.architecture.rooms import ROOT
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_site_identity import Shop, opened
from tests.kit.browsers import window
from tests.kit.site_tokens import claims_of, signed
from tests.web.house import Served

ANNA, EWA = "anna.site@example.com", "ewa.site@example.com"
SCRIPT = """
const chat = document.querySelector("okienko-chat");
const renew = async () => chat.setAttribute("identity", await (await fetch("/token")).text());
chat.addEventListener("okienko-identity", renew);
"""


class Site:
    """The shop: the cookie `who` is its log-in, by which its pages carry a token; `aged` makes those old ones."""

    def __init__(self, desk: Running, shop: Shop, server: Served) -> None:
        self.desk, self.shop, self.server, self.aged = desk, shop, server, 0
        self.url = f"http://localhost:{server.port}"

    def token(self, who: str, aged: int = 0) -> str:
        claims = claims_of(who, self.desk.url)
        times = {name: claims[name] - aged for name in ("iat", "exp")}
        return signed(self.shop.key, {**claims, **times, "iss": self.url})

    async def front(self, request: Request) -> HTMLResponse:
        who = request.cookies.get("who", "")
        identity = f' identity="{self.token(who, self.aged)}"' if who else ""
        script = f'<script src="{self.desk.url}/okienko.js" defer></script><script>{SCRIPT}</script>'
        return HTMLResponse(
            f'<title>Shop</title><okienko-chat lang="pl" label="Napisz"{identity}></okienko-chat>{script}'
        )

    async def fresh(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse(self.token(request.cookies["who"]))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    server = Served()
    folder = shutil.copytree(ROOT / "profiles/fakturasmart", tmp_path / "profile")
    toml = (folder / "profile.toml").read_text("utf-8")
    listed = f"http://localhost:{server.port}"
    (folder / "profile.toml").write_text(toml.replace('https://www.fakturasmart.example"]', f'{listed}"]'), "utf-8")
    async with running_desk(tmp_path / "data", profile=folder) as desk:
        for email, phone in ((ANNA, "+48512000221"), (EWA, "+48512000222")):
            await Scripted(desk, Person(email=email, phone=phone)).run("tax_number")
        shop = Site(desk, await opened(desk, "EdDSA"), server)
        server.start(Starlette(routes=[Route("/", shop.front), Route("/token", shop.fresh)]))
        yield shop
        server.close()


@pytest.fixture
async def visit(site: Site, chromium: Browser) -> AsyncIterator[Callable[..., Any]]:
    async with window(chromium, 1280) as context:
        page = await context.new_page()

        async def to(email: str | None) -> tuple[Page, FrameLocator]:
            """The shop's front page for its customer, with the chat open."""
            await context.clear_cookies(name="who")
            if email is not None:
                who = (await site.desk.card(email))["id"]
                await context.add_cookies([{"name": "who", "value": who, "url": site.url}])
            await page.goto(site.url)
            chat = page.frame_locator("okienko-chat iframe")
            if not await page.locator("okienko-chat .panel").is_visible():
                await page.locator("okienko-chat .launcher").click()
            return page, chat

        yield to


def known_as(email: str) -> re.Pattern[str]:
    return re.compile(f"Piszesz jako {re.escape(email)}")


async def test_the_shop_s_customer_is_known_until_it_logs_out_and_another_sees_nothing(
    site: Site, visit: Callable[..., Any]
) -> None:
    page, chat = await visit(ANNA)
    await expect(chat.locator("#log").get_by_text(known_as(ANNA)).last).to_be_visible()
    await chat.get_by_label("Wiadomość").fill("usuń moje konto")
    await chat.get_by_label("Wiadomość").press("Enter")
    await expect(chat.locator("#log").get_by_text("Do tego potrzebuję zalogowania").last).to_be_visible()
    await chat.get_by_label("Wiadomość").fill("niewysłane")
    await page.goto(site.url)
    await expect(chat.locator("#log").get_by_text("Do tego potrzebuję zalogowania").last).to_be_visible()
    await expect(chat.get_by_label("Wiadomość")).to_have_value("")

    _, chat = await visit(EWA)
    await expect(chat.locator("#log").get_by_text(known_as(EWA)).last).to_be_visible()
    assert ANNA not in await chat.locator("body").inner_text()
    assert [one["channel"] for one in (await site.desk.card(ANNA))["conversations"]] == ["rest"]

    _, chat = await visit(None)
    await expect(chat.get_by_role("button", name="Kup teraz")).to_be_visible()
    said = await chat.locator("body").inner_text()
    assert EWA not in said
    assert ANNA not in said
    assert [one["channel"] for one in (await site.desk.card(EWA))["conversations"]] == ["rest"]


async def test_a_page_that_logs_out_without_a_new_one_ends_the_chat_in_it(
    site: Site, visit: Callable[..., Any]
) -> None:
    page, chat = await visit(ANNA)
    await expect(chat.locator("#log").get_by_text(known_as(ANNA)).last).to_be_visible()
    fresh = site.token((await site.desk.card(ANNA))["id"])
    await page.evaluate("token => document.querySelector('okienko-chat').setAttribute('identity', token)", fresh)
    await expect(
        chat.locator("#log").get_by_text(known_as(ANNA)).last
    ).to_be_visible()  # the same customer's newer token changes nothing
    await page.evaluate("document.querySelector('okienko-chat').removeAttribute('identity')")
    await expect(chat.get_by_role("button", name="Kup teraz")).to_be_visible()
    await expect(chat.get_by_text(known_as(ANNA))).to_have_count(0)


async def test_a_token_that_got_old_while_the_page_stood_open_is_asked_for_anew_and_only_once(
    site: Site, visit: Callable[..., Any]
) -> None:
    site.aged = 600
    page, chat = await visit(ANNA)
    await expect(chat.locator("#log").get_by_text(known_as(ANNA)).last).to_be_visible()

    told: list[ConsoleMessage] = []
    page.on("console", lambda one: told.append(one))  # noqa: PLW0108 (playwright sets attributes on it)
    await page.evaluate("localStorage.clear()")
    await page.route("**/token", lambda route: route.fulfill(body=site.token("nobody", 600)))
    await page.reload()
    await expect(chat.get_by_role("button", name="Kup teraz")).to_be_visible()
    assert len([one for one in told if "identity_expired" in one.text]) == 2
