"""The chat that reads aloud, in Chromium with a stand-in for the voices that a headless browser lacks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.kit.visit import greeted, say
from tests.web.browser.test_accessibility import clean
from tests.web.house import House, Served

Open = Callable[..., Page]
LOOK_MS, MOST_LOOKS = 20, 1000
VOICES = """(() => {
    const listeners = [];
    let voices = [];
    window.said = [];
    window.cancelled = 0;
    window.ends = () => window.said.at(-1)?.onend?.({});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(window, "speechSynthesis", { value: {
        getVoices: () => voices,
        addEventListener: (kind, listener) => listeners.push(listener),
        speak: (one) => { if (one.text) window.said.push(one); },
        cancel: () => { window.cancelled += 1; },
    }});
    window.comes = (lang, localService) => { voices = [{ lang, localService }]; listeners.forEach((one) => one()); };
})()"""


def chat(served: tuple[Served, House, Any], open_page: Open, *, local: bool = True, **how: Any) -> Page:
    page = open_page("about:blank", **how)
    page.add_init_script(VOICES)
    page.goto(served[0].url + "/chat")
    greeted(page)
    expect(page.locator("#read")).to_be_hidden()
    page.evaluate("local => comes('pl_PL', local)", local)
    return page


def becomes(page: Page, true: str) -> None:
    """Waits until it is true. The page's policy forbids what Playwright would wait with."""
    for _ in range(MOST_LOOKS):
        if page.evaluate(true):
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"never: {true}")


def reading(page: Page) -> None:
    """Switched on, an answer is being read."""
    with page.expect_response("**/reader.*.js"):
        page.get_by_role("switch", name="Czytaj mi").click()
    page.get_by_role("button", name="Kup teraz").click()
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")
    becomes(page, "said.length === 1")


def live(page: Page, how: str) -> None:
    expect(page.locator("#announcer")).to_have_attribute("aria-live", how)


def test_messages_are_read_in_order_by_voice_of_the_device(served: tuple[Served, House, Any], open_page: Open) -> None:
    page = chat(served, open_page)
    expect(page.get_by_role("switch", name="Czytaj mi")).not_to_be_checked()
    reading(page)
    assert page.evaluate("[said[0].lang, said[0].voice.localService]") == ["pl", True]
    live(page, "off")
    page.evaluate("ends()")
    becomes(page, "said.length === 2")
    assert page.evaluate("said[1].text") == "Na przykład anna małpa firma kropka pl"
    page.evaluate("ends()")
    live(page, "polite")
    page.reload()
    page.evaluate("comes('pl-PL', true)")
    expect(page.get_by_role("switch", name="Czytaj mi")).to_be_checked()
    assert page.evaluate("said.length") == 0


def test_a_voice_of_a_service_is_no_voice(served: tuple[Served, House, Any], open_page: Open) -> None:
    expect(chat(served, open_page, local=False).locator("#read")).to_be_hidden()


STOPS = {
    "tap": lambda page: page.locator("#log").click(),
    "key": lambda page: page.keyboard.press("Shift"),
    "switch": lambda page: page.get_by_role("switch", name="Czytaj mi").click(),
    "hidden": lambda page: page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    ),
}


@pytest.mark.parametrize("how", STOPS)
def test_it_stops(served: tuple[Served, House, Any], open_page: Open, how: str) -> None:
    page = chat(served, open_page)
    reading(page)
    STOPS[how](page)
    becomes(page, "cancelled > 0")
    live(page, "polite")
    page.evaluate("ends()")
    assert page.evaluate("said.length") == 1


def test_the_next_message_is_read_after_a_stop(served: tuple[Served, House, Any], open_page: Open) -> None:
    page = chat(served, open_page)
    reading(page)
    say(page, "anna")
    becomes(page, "said.length === 2")
    assert page.evaluate("said[1].text").startswith("W tym adresie brakuje")


def test_axe_finds_nothing(served: tuple[Served, House, Any], open_page: Open) -> None:
    page = chat(served, open_page)
    clean(page)
    reading(page)
    clean(page)
