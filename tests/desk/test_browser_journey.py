"""The whole journey in a real browser, as somebody who tries the desk goes through it."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, FrameLocator, Page, async_playwright, expect

from tests.desk.running import Running, running_desk

PASSWORD = "Trzy-zielone-parasole-7"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def browser(chromium_path: str, width: int) -> AsyncGenerator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        context = await chromium.new_context(viewport={"width": width, "height": 860}, locale="pl-PL")
        context.set_default_timeout(15_000)
        try:
            yield context
        finally:
            await chromium.close()


class Visitor:
    """Somebody at the landing page."""

    def __init__(self, desk: Running, context: BrowserContext, page: Page) -> None:
        self.desk, self.context, self.page = desk, context, page
        self.chat: FrameLocator = page.frame_locator("iframe")

    async def press(self, *titles: str) -> None:
        for title in titles:
            # The tray holds the open step's answers; what was pressed stays in the log, spent.
            await (
                self.chat.get_by_role("button", name=title, exact=True)
                .and_(self.chat.locator("button:enabled"))
                .last.click()
            )

    async def write(self, words: str) -> None:
        box = self.chat.get_by_role("textbox")
        await box.fill(words)
        await box.press("Enter")

    async def sees(self, words: str) -> None:
        await expect(self.chat.get_by_text(re.compile(words)).last).to_be_visible()

    async def follow(self, part: str) -> Page:
        link = self.chat.locator(f"a[href*='{part}']").last
        await expect(link).to_be_visible()
        page = await self.context.new_page()
        await page.goto(await link.get_attribute("href") or "")
        return page


@pytest.mark.anyio
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_from_the_landing_page_to_active_e_invoices(tmp_path: Path, chromium_path: str, width: int) -> None:
    async with running_desk(tmp_path) as desk, browser(chromium_path, width) as context:
        page = await context.new_page()
        await page.goto(desk.url)
        visitor = Visitor(desk, context, page)
        await visitor.press("Kup teraz", "Nowe konto")
        await visitor.sees("adres e-mail")
        await visitor.write("jan.nowak@example.com")

        secure = await visitor.follow("/s/")
        await secure.fill("input[name=password]", PASSWORD)
        await secure.fill("input[name=password_repeat]", PASSWORD)
        await secure.get_by_role("button", name="Zapisz hasło").click()
        await secure.close()
        await visitor.press("Tylko wymagane")
        await visitor.sees("numer telefonu")
        await visitor.write("512 000 999")

        await visitor.sees("SMS z kodem")
        code = page.get_by_role("button", name=re.compile(r"^Kopiuj \d{6}$"))
        await visitor.write((await code.inner_text())[-6:])
        await visitor.sees("NIP Twojej firmy")
        await visitor.write("1234563218")
        await visitor.sees("Pracownia Bursztyn")
        await visitor.press("Zgadza się", "Nie odnawiaj", "BLIK", "Akceptuję", "Potwierdzam")
        await visitor.sees("Twoje zamówienie")
        await visitor.press("Zgadza się", "Zamawiam z obowiązkiem zapłaty")
        await visitor.sees("potwierdź adres")

        async with context.expect_page() as opened:
            await page.get_by_role("link", name=re.compile("Otwórz link")).first.click()
        letter = await opened.value
        await letter.get_by_role("button").first.click()
        await expect(letter.get_by_text("potwierdzony")).to_be_visible()
        await letter.close()

        bank = await visitor.follow("/p/")
        await bank.get_by_role("button", name="Zapłać", exact=True).click()
        await bank.wait_for_url(re.compile(r"/p/.+/return"))
        await bank.close()
        await visitor.press("Włącz e-faktury")
        await visitor.sees("E-faktury są włączone")
        await expect(visitor.chat.get_by_role("link", name=re.compile("Zaloguj się do panelu"))).to_be_visible()

        # A reload shows the same conversation, and nothing twice.
        await page.reload()
        await expect(visitor.chat.get_by_text("E-faktury są włączone")).to_have_count(1)
        card = await desk.card("jan.nowak@example.com")
        assert (card["orders"][0]["status"], card["einvoice"]["status"]) == ("paid", "active")
