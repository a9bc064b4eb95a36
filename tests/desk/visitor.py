"""Somebody who tries the desk in a real browser, from the landing page on."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, FrameLocator, Page, async_playwright, expect

from sandbox.testing.pages import code_in
from tests.desk.running import Running

PASSWORD = "Trzy-zielone-parasole-7"
# Five seconds are Playwright's own; on a busy machine a page may take longer.
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def browser(chromium_path: str, width: int, *flags: str, locale: str = "pl-PL") -> AsyncGenerator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, *flags])
        context = await chromium.new_context(viewport={"width": width, "height": 860}, locale=locale)
        context.set_default_timeout(30_000)
        try:
            yield context
        finally:
            await chromium.close()


class Visitor:
    """Somebody at the landing page, whose chat is a frame, or at the chat's own page."""

    def __init__(self, desk: Running, context: BrowserContext, page: Page, *, framed: bool = True) -> None:
        self.desk, self.context, self.page = desk, context, page
        self.email = ""
        self.chat: FrameLocator | Page = page.frame_locator("iframe") if framed else page

    async def press(self, *titles: str) -> None:
        for title in titles:
            # The tray holds the open step's answers; what was pressed stays in the log, spent.
            await (
                self.chat.get_by_role("button", name=title, exact=True)
                .and_(self.chat.locator("button:enabled"))
                .last.click()
            )

    async def fills_the_order(self, method: str) -> None:
        """Confirms company and e-mail, and fills the order's card."""
        await self.press("Zgadza się")
        await self.types_the_letters_code()
        await self.fills_the_card(method)

    async def fills_the_card(self, method: str) -> None:
        """Gives all that the order's card needs but the order itself."""
        await self.press(method)
        await self.tick("Akceptuję regulamin i klauzule")
        await expect(self.chat.locator(".order")).not_to_contain_text("Brakuje")

    async def types_the_letters_code(self) -> None:
        """Types the code of the letter that came at the sign-up."""
        await self.sees("Przed zamówieniem wpisz kod")
        await self.write(code_in((await self.desk.outbox(self.email))[-1]["text"]))

    async def orders(self) -> None:
        """Presses the button that names the act and the sum."""
        await self.chat.get_by_role("button", name=re.compile("^Zamawiam z obowiązkiem zapłaty · ")).click()

    async def tick(self, *begun: str) -> None:
        """Ticks the consents whose words begin so."""
        for words in begun:
            await self.chat.get_by_role("checkbox", name=re.compile(words)).check()

    async def write(self, words: str) -> None:
        box = self.chat.locator("#input")
        await box.fill(words)
        await box.press("Enter")

    async def sees(self, words: str) -> None:
        try:
            await expect(self.chat.get_by_text(re.compile(words)).last).to_be_visible()
        except AssertionError as unseen:  # Playwright shows the page round the chat only
            shown = await self.chat.locator("body").inner_text()
            raise AssertionError(f"no “{words}” in the chat:\n{shown[-2000:]}") from unseen

    async def follow(self, part: str) -> Page:
        link = self.chat.locator(f"a[href*='{part}']").last
        await expect(link).to_be_visible()
        page = await self.context.new_page()
        await page.goto(await link.get_attribute("href") or "")
        return page

    async def signs_up(self, email: str) -> None:
        """From the first button to the question for the tax number: account, password, consents, telephone."""
        await self.press("Kup teraz")
        await self.sees("Masz już konto?")
        self.email = email
        await self.write(email)
        secure = await self.follow("/s/")
        await secure.fill("input[name=password]", PASSWORD)
        await secure.fill("input[name=password_repeat]", PASSWORD)
        await secure.get_by_role("button", name="Zapisz hasło").click()
        # A page that is closed while it leaves for another may never be: Chromium doesn't answer then.
        await expect(secure.get_by_text("Hasło jest zapisane")).to_be_visible()
        await secure.close()
        await self.press("Tylko wymagane")
        await self.sees("numer komórkowy")
        await self.write("512 000 999")
        await self.sees("z SMS-a")
        code = self.page.get_by_role("button", name=re.compile(r"^Kopiuj \d{6}$"))
        await self.write((await code.inner_text())[-6:])
        await self.sees("NIP")
