"""Somebody at the agents' console in a real browser."""

import re

from playwright.async_api import BrowserContext, Locator, Page, expect


class AgentBrowser:
    """One agent, logged in, with the console open. Whatever its scripts throw or its policy blocks is kept."""

    def __init__(self, url: str, context: BrowserContext, page: Page) -> None:
        self.url, self.context, self.page = url, context, page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if "Security Policy" in said.text else None)
        page.on("dialog", lambda dialog: self.wrong.append(dialog.message))

    @classmethod
    async def logged_in(cls, url: str, context: BrowserContext, login: str = "anna") -> "AgentBrowser":
        one = cls(url, context, await context.new_page())
        await one.page.goto(f"{url}/desk")
        await one.page.get_by_label("Login").fill(login)
        await one.page.get_by_label("Hasło", exact=True).fill("sandbox")
        await one.page.get_by_role("button", name="Zaloguj się").click()
        await expect(one.page.get_by_role("heading", name="Kolejka")).to_be_visible()
        return one

    async def opens(self, whose: str = "waiting") -> None:
        row = self.page.locator(f"a.row.{whose}").first
        await expect(row).to_be_visible()
        await row.click()
        await expect(self.page.locator("#talk-title")).to_be_visible()
        await expect(self.page.locator("#sound")).to_be_visible()  # the page's scripts are at work

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def takes(self) -> None:
        await self.press("Przejmij")
        await expect(self.page.get_by_text("Twoja rozmowa")).to_be_visible()

    async def corrects(self, label: str, value: str) -> None:
        await (await self.edits(label)).fill(value)
        await self.saves(label)

    async def edits(self, label: str) -> Locator:
        """Opens an answer, which is text until then: its field."""
        answer = self.page.locator("details[name=answer]", has_text=re.compile(rf"^\s*{label}"))
        if await answer.get_attribute("open") is None:
            await answer.locator("summary").click()
        return answer.get_by_role("textbox")

    async def saves(self, label: str) -> None:
        await self.page.get_by_role("button", name=re.compile(rf"^Zapisz\s*: {label}$")).click()

    async def says(self, words: str) -> None:
        box = self.page.get_by_label("Wiadomość do klienta")
        await box.fill(words)
        await box.press("Control+Enter")

    async def sees(self, words: str) -> None:
        await expect(self.page.locator("#log").get_by_text(re.compile(words)).last).to_be_visible()
