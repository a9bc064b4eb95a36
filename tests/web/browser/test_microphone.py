"""The microphone of the chat, in Chromium with a device that only the browser makes up.

What has just been asked can't be answered by a tap, a held key or words that were meant for the question before.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.conversation.inbound import ButtonPressed, Text, VoiceNote
from tests.kit.visit import Visit, begun, greeted, only, say
from tests.web.browser.test_accessibility import clean
from tests.web.conftest import DESKTOP, PHONE
from tests.web.house import House, Served
from tests.web.recorder import Place, Said
from values.recording import AudioType, audio_type

Open = Callable[..., Page]
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
A_SECOND = re.compile(r"0:(0[1-9]|[1-5]\d) z 1:00")  # a busy browser may pass the first one over
REFUSING = """() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""

DICTATING = """globalThis.SpeechRecognition = class {
    start() { globalThis.heard = this; }
    stop() { this.onend(); }
};"""


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
    expect(page.locator(".recorder .seconds")).to_have_text(A_SECOND)
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


def test_without_a_connection_recording_is_kept_and_sent_later(hearing: tuple[Served, House], open_page: Open) -> None:
    page = chat(hearing, open_page)
    press_microphone(page)
    expect(page.locator(".recorder .seconds")).to_have_text(A_SECOND)
    page.context.set_offline(True)
    page.get_by_role("button", name="Wyślij nagranie").click()

    expect(page.locator(".slip.customer.waiting")).to_contain_text("Wiadomość głosowa")
    expect(page.locator("#notice")).to_contain_text("Brak połączenia")
    page.context.set_offline(False)

    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    assert len(recorded(hearing[1])) == 1


def test_what_is_dictated_lands_in_input_and_is_sent_by_nobody(hearing: tuple[Served, House], open_page: Open) -> None:
    hearing[1].dictation["pl"] = "Dźwięk może trafić do producenta."
    page = open_page("about:blank")
    page.add_init_script(DICTATING)
    page.goto(hearing[0].url + "/chat")
    greeted(page)
    button, field = page.get_by_role("button", name="Podyktuj"), page.get_by_label("Wiadomość", exact=True)
    button.click()
    expect(page.get_by_role("group", name="Podyktuj")).to_contain_text("Dźwięk może trafić do producenta.")
    clean(page)
    page.get_by_role("button", name="Dyktuję").click()
    for said in ("ile", "ile to kosztuje"):
        page.evaluate("said => heard.onresult({results: [[{transcript: said}]]})", said)
    button.click()  # enough
    expect(field).to_have_value("ile to kosztuje")
    expect(field).to_be_focused()
    assert (page.evaluate("heard.lang"), page.locator(".slip.customer").count()) == ("pl", 0)
    button.click()  # told once: it listens at once
    page.evaluate("heard.onerror({error: 'no-speech'}), heard.onend()")
    expect(page.locator("#notice")).to_contain_text("Nie słyszę słów")
    page.evaluate("localStorage.setItem('okienko.dictates', 'no')")
    page.reload()
    expect(page.get_by_role("button", name="Nagraj wiadomość głosową")).to_be_visible()


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


At = tuple[Served, House, Any]
ASIDE = (("Wróć", "/back"), ("Pomoc", "/help"))
QUESTIONS = (
    Said("Od czego zaczynamy?", (("Kup teraz", "start:buy"), ("Zaloguj się", "start:log_in"), *ASIDE)),
    Said("Oto regulamin.", (("Akceptuję", "terms:accept"), *ASIDE)),
    Said("Oto klauzule.", (("Potwierdzam", "clauses:accept"), *ASIDE)),
    Said("Zamawiasz?", (("Zamawiam z obowiązkiem zapłaty", "pay:now"), ("Zmień", "confirm:edit"), *ASIDE)),
    Said("Potwierdź adres.", (("Wyślij ponownie", "email_link:again"), ("Inny adres", "edit:email"), *ASIDE)),
    Said("Na jaki adres?", ASIDE),
)


@dataclass
class Contract:
    """One binding question after the other; the first button of each leads on."""

    n: int = -1
    place: Place = field(default_factory=Place)
    locale: str = "pl"

    def answer(self, words: str) -> list[Said]:
        """The next question where the open one was answered, else the same again."""
        asked = QUESTIONS[self.n].offered[0].payload if self.n >= 0 else "/start"
        self.n += words in (asked, "/start", "edit:email")
        return [QUESTIONS[self.n]]


def opened(served: At, open_page: Open, upto: int, **how: Any) -> Page:
    """The chat with the first `upto` questions answered, its clock standing still and the open question awake."""
    server, house, _ = served
    house.desk._script = lambda _: Contract()
    page = open_page("about:blank", **how)
    begun(page, server.url)
    page.clock.install()
    with page.expect_response("**/webchat/events"):  # tried again by the clock, if that stood still already
        page.goto(server.url + "/chat")
    for question in QUESTIONS[:upto]:
        title = question.offered[0].title
        expect(page.get_by_role("button", name=title)).to_be_visible()
        page.clock.fast_forward(1000)
        page.get_by_role("button", name=title).click()
    expect(page.locator(".slip.desk").last).to_contain_text(QUESTIONS[upto].text)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    return page


def pressed(house: House) -> list[str]:
    """What the desk was sent by presses."""
    return [turn.body.payload for turn in house.desk.turns if isinstance(turn.body, ButtonPressed)]


def test_new_answers_wake_after_a_moment(served: At, open_page: Open) -> None:
    page = opened(served, open_page, 0)
    page.get_by_role("button", name="Kup teraz").click()
    accept, back = page.get_by_role("button", name="Akceptuję"), page.get_by_role("button", name="Wróć")
    expect(accept).to_be_visible()
    expect(accept).to_have_attribute("aria-disabled", "true")
    accept.dispatch_event("click")
    page.clock.run_for(650)
    for control in (accept, back):
        expect(control).not_to_have_attribute("aria-disabled", "true")
    assert pressed(served[1]) == ["start:buy"]
    accept.click()
    expect(page.locator(".slip.desk").last).to_contain_text("Oto klauzule.")
    assert pressed(served[1]) == ["start:buy", "terms:accept"]


def test_impatient_taps_at_one_spot_accept_nothing(served: At, open_page: Open) -> None:
    page = opened(served, open_page, 0)
    spot = page.get_by_role("button", name="Kup teraz").bounding_box()
    assert spot
    for tap in range(8):
        page.mouse.click(spot["x"] + 20, spot["y"] + 20)
        if tap == 0:
            expect(page.get_by_role("button", name="Akceptuję")).to_be_visible()
        page.clock.run_for(180)
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).dataset.payload", [spot["x"] + 20, spot["y"] + 20]
    )
    expect(page.get_by_role("button", name="Akceptuję")).to_be_visible()
    assert pressed(served[1]) == ["start:buy"]


def test_a_held_key_presses_once_and_the_focus_is_on_nothing_that_binds(served: At, open_page: Open) -> None:
    page = opened(served, open_page, 1, size=DESKTOP)
    page.clock.run_for(1000)
    page.get_by_role("button", name="Akceptuję").focus()
    page.keyboard.down("Enter")
    expect(page.get_by_role("button", name="Potwierdzam")).to_be_visible()
    for _ in range(23):  # 1.15 s of a held key
        page.keyboard.down("Enter")
        page.clock.run_for(50)
    page.keyboard.up("Enter")
    page.clock.run_for(1000)
    page.keyboard.press("Enter")
    assert pressed(served[1]) == ["start:buy", "terms:accept"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Potwierdzam")).to_be_focused()
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    expect(page.get_by_role("button", name="Zamawiam")).to_be_visible()
    assert pressed(served[1]) == ["start:buy", "terms:accept", "clauses:accept"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_second_tap_where_the_order_was_sends_no_letter_again(served: At, open_page: Open, size: Any) -> None:
    page = opened(served, open_page, 3, size=size)
    page.clock.run_for(1000)
    order = page.get_by_role("button", name="Zamawiam")
    spot = order.bounding_box()
    assert spot
    order.click()
    expect(page.get_by_role("button", name="Wyślij ponownie")).to_be_visible()
    page.clock.run_for(3000)
    page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    expect(page.locator(".tray .likely")).to_have_count(0)
    assert "email_link:again" not in pressed(served[1])


def test_who_types_right_after_a_press_loses_nothing(served: At, open_page: Open) -> None:
    page = opened(served, open_page, 4)
    page.clock.run_for(1000)
    with Visit(page, *served).kept_waiting():
        page.get_by_role("button", name="Inny adres").click()
        page.keyboard.type("anna@")  # nothing has been asked yet
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres?")
    expect(page.get_by_label("Wiadomość")).to_be_focused()
    page.keyboard.type("firma.pl")
    expect(page.get_by_label("Wiadomość")).to_have_value("anna@firma.pl")


def test_a_text_says_how_far_its_writer_had_read(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = opened(served, open_page, 0)
    bodies: list[Any] = []
    page.on("request", lambda asked: bodies.append(asked.post_data_json) if "/messages" in asked.url else None)
    page.get_by_role("button", name="Kup teraz").click()
    expect(page.get_by_role("button", name="Akceptuję")).to_be_visible()
    say(page, "tak")  # the terms have only just come
    expect(page.locator(".slip.customer")).to_have_count(1)
    expect(page.locator(".slip.desk")).to_have_count(3)
    page.clock.run_for(700)
    page.get_by_label("Wiadomość").fill("tak")
    server.do(lambda: house.desk.say(only(served), QUESTIONS[3]))
    expect(page.locator(".slip.desk")).to_have_count(4)
    page.clock.run_for(700)
    with page.expect_response("**/messages"):
        page.get_by_label("Wiadomość").press("Enter")  # written before the order was asked for
    expect(page.locator(".slip.customer")).to_have_count(2)
    assert [body["seen"] for body in bodies] == [1, 3]
    assert [turn.body for turn in house.desk.turns].count(Text("tak")) == 2


def test_starting_again_stands_last_and_apart_in_the_menu(served: At, open_page: Open) -> None:
    page = opened(served, open_page, 0)
    page.get_by_role("button", name="Więcej").click()
    entries = page.locator(".menu button:not([lang])")
    expect(entries).to_have_text(["Pomoc", "Wróć o krok", "Rozmowa z konsultantem", "Zacznij od nowa"])
    danger = entries.last.evaluate("entry => getComputedStyle(entry).color")
    assert danger != entries.first.evaluate("entry => getComputedStyle(entry).color")
    languages, last = page.locator(".menu .languages").bounding_box(), entries.last.bounding_box()
    assert languages
    assert last
    assert last["y"] >= languages["y"] + languages["height"] + 8
