"""The chat in a real browser, from the landing page on: the one customer of tests goes by it, or a test by hand."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import BrowserContext, FrameLocator, Page, async_playwright, expect

from sandbox.testing.customer import Customer, Person
from sandbox.testing.doors import PATIENCE_S, PAUSE_S, link_of
from sandbox.testing.pages import code_in
from tests.desk.running import Json, Running

# Five seconds are Playwright's own; on a busy machine a page may take longer.
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def browser(
    chromium_path: str, width: int, *flags: str, locale: str = "pl-PL", touch: bool = False
) -> AsyncGenerator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, *flags])
        context = await chromium.new_context(viewport={"width": width, "height": 860}, locale=locale, has_touch=touch)
        context.set_default_timeout(30_000)
        try:
            yield context
        finally:
            await chromium.close()


class Visitor:
    """The door of somebody at the landing page, whose chat is a frame, or at the chat's own page."""

    def __init__(self, desk: Running, context: BrowserContext, page: Page, *, framed: bool = True) -> None:
        self.desk, self.context, self.page = desk, context, page
        self.email = ""
        self.said, self.buttons = list[str](), list[str]()
        self._words, self._answered = 0, False
        self._standing: Json = None
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
        await self.chat.get_by_role("button", name=re.compile("^Zamawiam z obowiązkiem zapłaty")).click()

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

    # --- as the one customer goes by it ---

    async def signs_up(self, email: str) -> None:
        """From the first button to the question for the tax number: account, password, consents, telephone."""
        self.email = email
        person = Person(email=email, phone="512 000 999", facts={"account.account": email})
        acts = {"secure_page": self._saves_the_password, "contact_code": self._types_the_shown_code}
        await self.look()
        await Customer(self.desk, person, via=self, acts=acts).run("tax_number")
        await self.sees("NIP")

    async def _saves_the_password(self, customer: Customer) -> None:
        secure = await self.follow("/s/")
        await secure.fill("input[name=password]", customer.person.password)
        await secure.fill("input[name=password_repeat]", customer.person.password)
        await secure.get_by_role("button", name="Zapisz hasło").click()
        # A page that is closed while it leaves for another may never be: Chromium doesn't answer then.
        await expect(secure.get_by_text("Hasło jest zapisane")).to_be_visible()
        await secure.close()
        await self._look_until(lambda: self.expects not in ("secure_page", "wait"))

    async def _types_the_shown_code(self, customer: Customer) -> None:
        code = self.page.get_by_role("button", name=re.compile(r"^Kopiuj \d{6}$"))
        await customer.say((await code.inner_text())[-6:])

    @property
    def expects(self) -> str:
        """The kind of answer that the open step takes; whoever has said nothing yet chooses where to begin."""
        return "choice" if self._standing is None else self._standing["expects"]

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"."""
        return "" if self._standing is None else f"{self._standing['dialog']}.{self._standing['step']}"

    async def say(self, message: str) -> None:
        """Press the button with this payload, or write it; see what the desk answers.

        The first press of a new chat is two turns, the greeting's and its own: only words after it answer it.
        """
        before = self._words
        if message in self.buttons:
            await self.chat.locator(f'[data-payload="{message}"]:enabled').last.click()
        else:
            await self.write(message)
        await self._look_until(lambda: self._words > before and self.expects != "wait")

    async def look(self) -> None:
        """See what the desk knows of the conversation, and what the page offers once it shows that."""
        answer = await self.page.context.request.get(f"{self.desk.url}/webchat/history", headers={"okienko-chat": "1"})
        talk: Json = await answer.json() if answer.ok else {"lines": [], "standing": None}
        lines = [line for line in talk["lines"] if line["text"] != "/start"]
        self.said = [line["text"] for line in lines if line["author"] != "customer"]
        self._words = len(lines) - len(self.said)
        self._answered = bool(lines) and lines[-1]["author"] != "customer"
        self._standing = talk["standing"]
        self.buttons = await self._shown("")
        offered = next((line["buttons"] for line in reversed(lines) if line["buttons"]), None)
        if offered is not None and not {*await self._shown("#tray")} <= {button["payload"] for button in offered}:
            self._answered = False  # the page shows another moment

    async def _shown(self, part: str) -> list[str]:
        """List the payloads that can be pressed in this part of the page."""
        buttons = self.chat.locator(f"{part} [data-payload]:enabled:visible")
        return await buttons.evaluate_all("all => all.map(one => one.dataset.payload)")

    def link(self, rel: str) -> Mapping[str, Any]:
        """Return the open step's link of that kind."""
        return link_of(rel, self._standing["links"])

    async def _look_until(self, reached: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (self._answered and reached()):
                    await asyncio.sleep(PAUSE_S)
                    await self.look()
        except TimeoutError as late:
            shown = await self.chat.locator("body").inner_text()
            raise AssertionError(f"{self.at} stays {self.expects}:\n{shown[-2000:]}") from late
