"""The sandbox's Telegram on a phone: the page draws what a bot does and does what a person would."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from sandbox.credentials import TELEGRAM_TOKEN
from tests.web.browser.test_accessibility import clean
from tests.web.conftest import DESKTOP, PHONE
from tests.web.house import House, Served

Open = Callable[..., Page]
At = tuple[Served, House, Any]
OLA = 501_000_001
EVIL = "<img src=x onerror=alert(1)> **no** & <b>markup</b>"


class FarBot:
    """A bot that does what the test says."""

    def __init__(self, server: Served) -> None:
        self._api = f"{server.url}/sandbox/telegram/bot{TELEGRAM_TOKEN}"
        self.ask("getMe")
        self.ask("setMyCommands", commands=[{"command": "help", "description": "Pomoc"}])

    def ask(self, method: str, **asked: Any) -> Any:
        answer = httpx.post(f"{self._api}/{method}", json=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def says(self, text: str, **more: Any) -> int:
        return self.ask("sendMessage", chat_id=OLA, text=text, **more)["message_id"]

    def hears(self) -> Any:
        """The one update that waits, or comes in the next seconds; confirmed."""
        [update] = self.ask("getUpdates", timeout=20)
        self.ask("getUpdates", offset=update["update_id"] + 1)
        return update


@pytest.fixture
def bot(served: At) -> FarBot:
    return FarBot(served[0])


def test_a_chat_on_the_phone(served: At, bot: FarBot, open_page: Open) -> None:
    page = open_page(f"{served[0].url}/sandbox/telegram/okienko_sandbox_bot?start=Tok_1#{OLA}", size=PHONE)
    expect(page.get_by_role("button", name="Ola")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Start", exact=True).click()
    assert bot.hears()["message"]["text"] == "/start Tok_1"
    keyboard = [[{"text": "Tak", "callback_data": "1|yes"}, {"text": "Strona", "url": "https://example.com/"}]]
    asked = bot.says(EVIL, reply_markup={"inline_keyboard": keyboard})
    log = page.get_by_role("log")
    expect(log).to_contain_text(EVIL)
    expect(log.get_by_role("link", name="Strona")).to_have_attribute("rel", "noopener noreferrer")
    log.get_by_role("button", name="Tak").click()
    query = bot.hears()["callback_query"]
    assert query["data"] == "1|yes"
    bot.ask("answerCallbackQuery", callback_query_id=query["id"], text="Zapisane")
    expect(page.locator("#toast")).to_have_text("Zapisane")
    bot.ask("editMessageReplyMarkup", chat_id=OLA, message_id=asked)
    expect(log.get_by_role("button", name="Tak")).to_have_count(0)
    page.get_by_label("Wiadomość", exact=True).fill("hasło Sekret-7")
    page.keyboard.press("Enter")
    written = bot.hears()["message"]
    assert written["text"] == "hasło Sekret-7"
    expect(log).to_contain_text("Sekret-7")
    bot.ask("deleteMessage", chat_id=OLA, message_id=written["message_id"])
    expect(log).not_to_contain_text("Sekret-7")
    sent = bot.says("<b>Razem</b> 1", parse_mode="HTML")
    expect(log.locator("b", has_text="Razem")).to_be_visible()
    bot.ask("editMessageText", chat_id=OLA, message_id=sent, text="Razem 2")
    expect(log).to_contain_text("zmieniona")
    clean(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_a_voice_note_says_what_is_typed(served: At, bot: FarBot, open_page: Open) -> None:
    page = open_page(f"{served[0].url}/sandbox/telegram/okienko_sandbox_bot#{OLA}", size=PHONE)
    page.get_by_role("button", name="Start", exact=True).click()
    bot.hears()
    page.locator("#more").click()
    page.get_by_role("button", name="Nagranie głosowe").click()
    page.get_by_role("dialog").get_by_label("Wiadomość").fill("dzień dobry")
    clean(page)
    page.get_by_role("button", name="OK").click()
    voice = bot.hears()["message"]["voice"]
    assert bot.ask("getFile", file_id=voice["file_id"])["file_size"] == voice["file_size"]
    [told] = httpx.get(f"{served[0].url}/sandbox/api/recordings").json()["told"]
    assert (told["text"], told["sha256"]) == ("dzień dobry", voice["file_id"])


def test_a_card_is_formatted_copied_from_and_opened(served: At, bot: FarBot, open_page: Open) -> None:
    bot.ask("setMyDescription", description="Tu założysz konto.")
    page = open_page(f"{served[0].url}/sandbox/telegram/okienko_sandbox_bot#{OLA}", size=PHONE)
    log = page.get_by_role("log")
    expect(log).to_contain_text("Tu założysz konto.")
    clean(page)
    page.get_by_role("button", name="Start", exact=True).click()
    bot.hears()
    bot.ask("sendChatAction", chat_id=OLA, action="typing")
    expect(page.locator("#bot-user")).to_have_text("pisze…")
    long = "Zgadzam się. " * 40
    html = f"<b>Opłacone</b>\nNumer: <code>FS/1</code>\n<blockquote expandable>{long}</blockquote>"
    copy = [[{"text": "Skopiuj: Numer", "copy_text": {"text": "FS/1"}}]]
    bot.says(html, parse_mode="HTML", reply_markup={"inline_keyboard": copy})
    expect(page.locator("#bot-user")).not_to_have_text("pisze…")
    quotation = log.locator(".quote")
    folded = quotation.bounding_box()
    log.get_by_role("button", name="Cała treść").click()
    opened = quotation.bounding_box()
    assert folded is not None
    assert opened is not None
    assert opened["height"] > 3 * folded["height"]
    log.get_by_role("button", name="Skopiuj: Numer").click()
    expect(page.locator("#toast")).to_have_text("Skopiowano: FS/1")
    clean(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_the_number_is_shared_by_its_button_and_people_have_chats_of_their_own(
    served: At, bot: FarBot, open_page: Open
) -> None:
    page = open_page(f"{served[0].url}/sandbox/telegram", size=DESKTOP)
    page.get_by_role("button", name="Start", exact=True).click()
    bot.hears()
    share = {"keyboard": [[{"text": "Podaj numer", "request_contact": True}]], "one_time_keyboard": True}
    bot.says("Telefon?", reply_markup=share)
    page.get_by_role("button", name="Podaj numer").click()
    clean(page)
    page.set_viewport_size(DESKTOP)  # pyright: ignore[reportArgumentType]
    page.get_by_role("button", name="OK").click()
    assert bot.hears()["message"]["contact"]["user_id"] == OLA
    expect(page.get_by_role("button", name="Podaj numer")).to_have_count(0)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="/help").click()
    assert bot.hears()["message"]["text"] == "/help"
    page.get_by_role("button", name="Zmień: /help").click()
    page.get_by_role("dialog").get_by_label("Wiadomość").fill("tekst")
    page.get_by_role("button", name="OK").click()
    assert bot.hears()["edited_message"]["text"] == "tekst"
    page.get_by_role("button", name="Nowa osoba").click()
    page.get_by_label("Imię").fill("Zoë")
    page.get_by_label("Telefon", exact=True).fill("+49 151 000111")
    page.get_by_label("Język Telegrama").select_option("de")
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("button", name="Zoë de")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("log")).not_to_contain_text("Telefon?")
    page.get_by_role("button", name="Start", exact=True).click()
    assert bot.hears()["message"]["from"]["language_code"] == "de"
    page.get_by_role("button", name="Więcej").click()
    page.get_by_role("button", name="Zablokuj bota").click()
    assert bot.hears()["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    expect(page.get_by_role("button", name="Odblokuj bota").first).to_be_visible()
