"""A whole sign-up by voice, with real sounds: up to the card that binds, which is ordered by its button and paid."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.testing.pages import code_in
from tests.bot.handlers.telegram.bot_api import BotApi
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_telegram_journey import DONE, PASSWORD, code_sent, confirm_the_email, pay, set_on_the_card
from tests.desk.visitor import browser
from tests.voices import MICROPHONE, sentences

EMAIL, PHONE = "anna.nowak@example.com", "+48512345678"
LANGUAGES = ("pl", "it", "en")
SPOKEN = {
    "account.start": "buy",
    "account.account": "new",
    "account.email": "email",
    "handoff.said_back": "yes",
    "contact.phone": "phone",
    "company.tax_number": "tax_number",
    "company.confirm": "right",
    "order.method": "method",
}
"""What is said at which step; consents, the code and what binds are pressed and typed."""


async def tell(desk: Running, locale: str) -> None:
    """Tells the recogniser what each of the sounds says."""
    for said in sentences(locale).values():
        told = await desk.http.post("/sandbox/api/recordings", json={"text": said.words, "sha256": said.sha256})
        assert told.status_code < 300, told.text


@dataclass
class Speaker(Scripted):
    """A customer who speaks wherever that counts. `spoken` are the steps at which they did."""

    spoken: list[str] = field(default_factory=list[str])

    async def act(self) -> None:
        name = SPOKEN.get(self.customer.at)
        if name is None or self.spoken[-1:] == [self.customer.at]:
            await super().act()
            return
        self.spoken.append(self.customer.at)
        await self.speak(name)

    async def speak(self, name: str) -> None:
        """Sends the sentence, and says that it may be listened to where that is asked."""
        await self.customer.speak(sentences(self.person.locale)[name].sound)
        if "voice:listen" in self.customer.buttons:
            await self.customer.say("voice:listen")
        await self.customer.settled()


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_by_rest(desk: Running, locale: str) -> None:
    await tell(desk, locale)
    customer = Speaker(desk, Person(locale=locale, email=EMAIL, phone=PHONE))

    await customer.run("contact_code")
    await customer.speak("code")
    assert customer.customer.expects == "contact_code", "a code is typed"
    await customer.run("order.terms")
    ticks = [payload for payload in customer.customer.buttons if payload in ("terms:accept", "clauses:accept")]
    for payload in ticks:
        await customer.say(payload)
    await customer.speak("order")
    assert "pay:now" in customer.customer.buttons, "an order keeps its button"
    assert (await desk.card(EMAIL))["orders"] == []

    await customer.run()

    assert sorted({*customer.spoken}) == sorted(SPOKEN)
    card = await desk.card(EMAIL)
    assert card["orders"][0]["status"] == "paid"
    assert {contact["value"] for contact in card["contacts"]} == {EMAIL, PHONE}


@dataclass
class TelegramSpeaker:
    """Somebody who sends voice notes on Telegram."""

    api: BotApi
    chat: Chat
    locale: str
    sent: int = 0

    async def speak(self, name: str) -> None:
        self.sent += 1
        note = f"note-{self.sent}"
        self.api.files[note] = sentences(self.locale)[name].sound
        await self.chat.send(voice={"file_id": note, "file_unique_id": note, "duration": 2})

    async def confirms(self, shown: str) -> None:
        """Says yes to a value once it is said back."""
        await self.chat.sees(lambda: shown in self.chat.texts[-1])
        await self.speak("yes")

    async def signs_up(self) -> None:
        """From the first word to the question for the tax number."""
        chat = self.chat
        await self.speak("buy")
        await chat.press("voice:listen")
        await chat.sees(lambda: chat.button("account:new"))
        await self.speak("new")
        await chat.sees(lambda: chat.button("edit:account"))
        await self.speak("email")
        await self.confirms(EMAIL)
        form = {"password": PASSWORD, "password_repeat": PASSWORD}
        assert (await chat.desk.http.post(await chat.follows("s"), data=form)).status_code in DONE
        await chat.press("consents:required")
        await chat.sees(lambda: chat.sharing)
        await self.speak("phone")
        await self.confirms("+48 512 345 678")
        await chat.say(await code_sent(chat, PHONE))
        await chat.sees(lambda: "NIP" in chat.texts[-1])

    async def orders(self) -> None:
        """From the tax number to the button of the order, which voice doesn't press."""
        chat = self.chat
        await self.speak("tax_number")
        await self.confirms("123-456-32-18")
        await chat.sees(lambda: chat.button("confirm:yes"))
        await self.speak("right")
        await confirm_the_email(chat, EMAIL)
        await chat.sees(lambda: chat.button("method:blik"))
        await self.speak("method")
        await chat.sees(lambda: "BLIK" in chat.texts[-1])
        await set_on_the_card(chat, "terms_clauses:accept")
        before = len(chat.shown)
        await self.speak("order")
        await chat.answered(before)
        assert (await chat.desk.card(EMAIL))["orders"] == []
        await chat.press("pay:now")


@pytest.mark.parametrize(("locale", "mode"), [("pl", "polling"), ("it", "webhook"), ("en", "polling")])
async def test_on_telegram(tmp_path: Path, locale: str, mode: str) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=mode == "webhook") as desk:
        await tell(desk, locale)
        chat = Chat(api, desk, 911, webhook=mode == "webhook", language=locale)
        customer = TelegramSpeaker(api, chat, locale)

        await customer.signs_up()
        await customer.orders()
        await pay(chat, EMAIL)

        assert (await desk.card(EMAIL))["orders"][0]["status"] == "paid"


@dataclass
class BrowserSpeaker:
    """Somebody at the web chat's microphone, which hears a file; the recogniser is told what it says."""

    desk: Running
    page: Page
    locale: str

    async def speak(self, name: str) -> None:
        """Records for a second and sends it."""
        await self.desk.http.post("/sandbox/api/recordings", json={"text": sentences(self.locale)[name].words})
        await self.page.locator("#speak").click()
        await expect(self.page.locator(".recorder .seconds")).to_contain_text(re.compile(r"0:(?:0[1-9]|[1-5]\d) "))
        await self.page.locator(".recorder .hand-in").click()

    def button(self, payload: str) -> Locator:
        """The newest that can be pressed, and doesn't sleep any more."""
        return self.page.locator(f"[data-payload='{payload}']:enabled:not([data-asleep])").last

    async def write(self, words: str) -> None:
        await self.page.locator("#input").fill(words)
        await self.page.locator("#input").press("Enter")

    async def confirms(self, shown: str) -> None:
        """Says yes to a value once it is said back."""
        await expect(self.page.locator(".slip").last).to_contain_text(shown)
        await expect(self.button("said_back:yes")).to_be_visible()
        await self.speak("yes")
        await expect(self.page.locator("#tray [data-payload='said_back:yes']")).to_have_count(0)

    async def signs_up(self) -> None:
        """From the first word to the question for the tax number."""
        await self.speak("buy")
        await self.button("voice:listen").click()
        await expect(self.button("account:existing")).to_be_visible()  # beside the fields for a new one
        await self.speak("new")
        await expect(self.button("edit:account")).to_be_visible()
        await self.speak("email")
        await self.confirms(EMAIL)
        link = self.page.locator("a[href*='/s/']").last
        await expect(link).to_be_visible()
        form = {"password": PASSWORD, "password_repeat": PASSWORD}
        assert (await self.desk.http.post(await link.get_attribute("href") or "", data=form)).status_code in DONE
        await self.button("consents:required").click()
        await expect(self.page.locator("input[name=phone]")).to_be_visible()
        await self.speak("phone")
        await self.confirms("+48 512 345 678")
        await expect(self.page.locator("input[name=letter]")).to_be_visible()
        await self.write(code_in((await self.desk.outbox(PHONE))[-1]["text"]))
        await expect(self.page.locator(".slip").last).to_contain_text("NIP")

    async def orders(self) -> None:
        """From the tax number to the press that orders; the spoken order has none."""
        await self.speak("tax_number")
        await self.confirms("123-456-32-18")
        await expect(self.button("confirm:yes")).to_be_visible()
        await self.speak("right")
        await expect(self.page.locator("input[name=letter]")).to_be_visible()
        assert (await self.desk.http.post((await self.desk.outbox(EMAIL))[-1]["links"][0])).status_code in DONE
        await expect(self.button("method:blik")).to_be_visible()
        await self.speak("method")
        await expect(self.button("method:blik")).to_have_attribute("aria-pressed", "true")
        await self.button("terms_clauses:accept").click()
        await expect(self.page.locator(".card :checked")).to_have_count(1)
        await self.speak("order")
        await expect(self.page.locator(".slip.desk", has_text=PRESS[self.locale]).last).to_be_visible()
        assert (await self.desk.card(EMAIL))["orders"] == []
        await self.button("pay:now").click()


PRESS = {"pl": "Tego nie przyjmuję głosem", "it": "A voce questo non", "en": "I can’t take that by voice"}
LISTENS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_in_chromium(tmp_path: Path, chromium_path: str, locale: str) -> None:
    heard = f"--use-file-for-fake-audio-capture={MICROPHONE}"
    async with running_desk(tmp_path) as desk, browser(chromium_path, 390, *LISTENS, heard, locale=locale) as context:
        page = await context.new_page()
        await page.goto(f"{desk.url}/chat")
        customer = BrowserSpeaker(desk, page, locale)

        await customer.signs_up()
        said = page.locator(".slip.customer")
        before = await said.count()
        await page.reload()
        await expect(said).to_have_count(before)  # what was spoken stands there once
        await customer.orders()
        await page.wait_for_url("**/sandbox/**")
        await page.get_by_role("button").first.click()
        await page.wait_for_url("**/return*")
        await desk.advance(60)

        assert (await desk.card(EMAIL))["orders"][0]["status"] == "paid"
