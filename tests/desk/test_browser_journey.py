"""The whole journey in a real browser, as somebody who tries the desk goes through it; an answer without a line.

The shop of the journey has a look of its own: nothing that it shows, by day or by night, is in Okienko's colours.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from benchmarks.thumbs.journeys import CERTIFIED, FAKTURASMART, KONTORBLATT, Journey
from benchmarks.thumbs.player import Player
from benchmarks.thumbs.sandbox import Sandbox
from tests.architecture.rooms import ROOT
from tests.desk.running import Running, running_desk
from tests.kit.browsers import clean, of_okienko, window, with_a_company

LEAF = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#dcefe4"/>'
    '<path d="M7 20c8 0 8-10 18-11-1 11-6 14-11 14-3 0-5-1-7-3z" fill="#2f6f4f"/></svg>'
)


def green(folder: Path) -> Path:
    """FakturaSmart's folder in another look."""
    shop = shutil.copytree(ROOT / "profiles/fakturasmart", folder / "shop")
    written = (shop / "profile.toml").read_text("utf-8")
    look = 'accent = "#2f6f4f"\nlogo = "logo.svg"\n'
    (shop / "profile.toml").write_text(re.sub(r"accent = .*\n(?:(?:header|logo|paper|titles) = .*\n)*", look, written))
    (shop / "logo.svg").write_text(LEAF)
    return shop


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_from_the_landing_page_to_active_e_invoices(tmp_path: Path, chromium: Browser, width: int) -> None:
    async with running_desk(tmp_path, profile=green(tmp_path)) as desk, window(chromium, width) as context:
        visitor = await with_a_company(desk, context)
        await visitor.sees("Przed zamówieniem wpisz kod")
        assert await of_okienko(visitor.page) == set()

        async with context.expect_page() as opened:
            await visitor.page.get_by_role("link", name=re.compile("Otwórz link")).first.click()
        letter = await opened.value
        assert await of_okienko(letter) == set()
        await letter.get_by_role("button").first.click()
        await expect(letter.get_by_text("potwierdzony")).to_be_visible()
        await letter.close()

        await visitor.fills_the_card("BLIK")
        document = (await visitor.follow("/documents/")).url
        assert await of_okienko(visitor.page) == set()
        await visitor.orders()
        bank = await visitor.follow("/p/")
        assert await of_okienko(bank) == set()
        await bank.get_by_role("button", name="Zapłać", exact=True).click()
        await bank.wait_for_url(re.compile(r"/p/.+/return"))
        assert await of_okienko(bank) == set()
        await bank.close()
        await visitor.press("Włącz e-faktury")
        await visitor.sees("E-faktury włączone")
        await expect(visitor.chat.get_by_role("link", name=re.compile("Otwórz panel"))).to_be_visible()

        assert await of_okienko(visitor.page) == set()
        for at in (document, *(desk.url + path for path in ("/nowhere", "/desk", "/sandbox", "/okienko.js"))):
            page = await context.new_page()
            await page.goto(at)
            assert await of_okienko(page) == set(), at
            assert not {"#14203c", "#f0a63a"} & {*re.findall("#[0-9a-f]{6}", await page.content())}, at
            await page.close()

        page = await context.new_page()
        await page.goto(f"{desk.url}/sandbox/look")
        for light, ground in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(21, 39, 31)")):
            main = page.frame_locator(f"[title='page, {light}']").get_by_role("main")
            await expect(main).to_have_css("background-color", ground)
        assert await of_okienko(page) == set()  # its letter, too
        await page.close()

        # A reload shows the same conversation, and nothing twice.
        await visitor.page.reload()
        await expect(visitor.chat.get_by_text("E-faktury włączone")).to_have_count(1)
        card = await desk.card("jan.nowak@example.com")
        assert (card["orders"][0]["status"], card["einvoice"]["status"]) == ("paid", "active")


async def test_words_written_before_the_order_was_asked_for_order_nothing(desk: Running, phone: BrowserContext) -> None:
    visitor = await with_a_company(desk, phone)
    await visitor.types_the_letters_code()
    await visitor.press("BLIK")
    await visitor.sees("klauzul")
    await phone.set_offline(True)
    await visitor.tick("Akceptuję regulamin i klauzule")
    await visitor.write("zamawiam")
    await phone.set_offline(False)
    order = visitor.chat.get_by_role("button", name="Zamawiam z obowiązkiem zapłaty")
    await expect(order).to_be_enabled()
    await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("✓")
    await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("zamawiam")
    await expect(order).to_be_enabled()  # asked again
    assert (await desk.card("jan.nowak@example.com"))["orders"] == []
    await order.click()
    await visitor.sees("Do zapłaty")


@dataclass
class Shown(Player):
    """A customer whose every screen and page is looked at."""

    async def _picture(self, page: Page, name: str) -> None:
        await clean(page)


@pytest.mark.parametrize(
    "journey", [FAKTURASMART, *(pytest.param(one, marks=pytest.mark.nightly) for one in (CERTIFIED, KONTORBLATT))]
)
async def test_every_screen_of_purchase_fits_and_is_clean(tmp_path: Path, chromium: Browser, journey: Journey) -> None:
    async with running_desk(tmp_path, profile=ROOT / "profiles" / journey.profile) as desk:
        context = await chromium.new_context(has_touch=True, locale=journey.locale, reduced_motion="reduce")
        customer = Shown(journey, await context.new_page(), Sandbox(desk.http))
        await customer.open(f"{desk.url}/chat")
        await customer.play(journey.ways)
        assert "order.pay: press pay:now" in customer.trail
        await context.close()
