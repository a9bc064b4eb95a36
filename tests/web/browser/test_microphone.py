"""The microphone of the chat, in Chromium with a device that only the browser makes up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.conversation.inbound import VoiceNote
from tests.kit.visit import greeted
from tests.web.browser.test_accessibility import clean
from tests.web.conftest import PHONE
from tests.web.house import House, Served
from values.recording import AudioType, audio_type

Open = Callable[..., Page]
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
REFUSING = """() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium with a device that beeps, which every page may use."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", *FLAGS]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def hearing() -> Iterator[tuple[Served, House]]:
    """A desk that hears."""
    server = Served()
    house = House(url=server.url, hears=True)
    server.start(house.app())
    yield server, house
    server.do(house.streams.close)
    server.close()


def chat(hearing: tuple[Served, House], open_page: Open, **how: Any) -> Page:
    page = open_page(hearing[0].url + "/chat", size=PHONE, **how)
    greeted(page)
    return page


def press_microphone(page: Page) -> None:
    page.get_by_role("button", name="Nagraj wiadomość głosową").click()


def recorded(house: House) -> list[bytes]:
    return [one.body.audio for one in house.desk.turns if isinstance(one.body, VoiceNote)]


def test_a_recording_is_sent_by_keyboard_and_said_in_words(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if request.resource_type == "script" else None)
    page.get_by_role("button", name="Nagraj wiadomość głosową").press("Enter")

    expect(page.get_by_role("button", name="Wyślij nagranie")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("Nagrywam. Najwyżej 60 sekund.")
    expect(page.get_by_label("Wiadomość", exact=True)).to_be_hidden()
    expect(page.locator(".recorder .seconds")).to_have_text("0:01 z 1:00")
    assert len(scripts) == 1
    page.keyboard.press("Enter")

    expect(page.locator(".slip.customer").last).to_contain_text("Wiadomość głosowa")
    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    expect(page.get_by_role("button", name="Nagraj wiadomość głosową")).to_be_focused()
    [sound] = recorded(hearing[1])
    assert audio_type(sound) is AudioType.WEBM


def test_what_is_cancelled_is_not_sent(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/webchat/voice" in request.url else None)
    for way in ("button", "escape"):  # and again
        press_microphone(page)
        expect(page.locator("#recorder")).to_be_visible()
        if way == "button":
            page.get_by_role("button", name="Anuluj nagranie").click()
        else:
            page.keyboard.press("Escape")
        expect(page.locator("#recorder")).to_have_count(0)
        expect(page.get_by_role("button", name="Nagraj wiadomość głosową")).to_be_focused()
        expect(page.locator(".slip.customer")).to_have_count(0)
        assert sent == []


def test_it_ends_by_itself_and_may_be_sent_then(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    page.locator("#speak").evaluate("button => { button.dataset.seconds = '1'; }")
    press_microphone(page)

    expect(page.locator("#announcer")).to_contain_text("największą długość")
    page.get_by_role("button", name="Wyślij nagranie").click()

    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    assert len(recorded(hearing[1])) == 1


def test_a_microphone_that_is_refused_is_told_of(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    page.evaluate(REFUSING)
    press_microphone(page)

    expect(page.locator("#notice")).to_contain_text("Mikrofon jest tu zablokowany")
    expect(page.locator("#recorder")).to_have_count(0)
    expect(page.get_by_label("Wiadomość", exact=True)).to_be_visible()


def test_without_a_connection_the_recording_is_kept_and_sent_later(
    hearing: tuple[Served, House], open_page: Open
) -> None:
    page = chat(hearing, open_page)
    press_microphone(page)
    expect(page.locator(".recorder .seconds")).to_have_text("0:01 z 1:00")
    page.context.set_offline(True)
    page.get_by_role("button", name="Wyślij nagranie").click()

    expect(page.locator(".slip.customer.waiting")).to_contain_text("Wiadomość głosowa")
    expect(page.locator("#notice")).to_contain_text("Brak połączenia")
    page.context.set_offline(False)

    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    assert len(recorded(hearing[1])) == 1


def test_a_browser_that_cannot_record_shows_no_button(hearing: tuple[Served, House], open_page: Open) -> None:
    page = open_page("about:blank")
    page.add_init_script("delete globalThis.MediaRecorder")
    page.goto(hearing[0].url + "/chat")
    greeted(page)
    expect(page.locator("#speak")).to_be_hidden()


def test_axe_finds_nothing_with_the_recorder_open(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    clean(page)
    press_microphone(page)
    expect(page.locator("#recorder")).to_be_visible()
    clean(page)
