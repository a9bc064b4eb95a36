"""One-time codes in the chat: the last digit sends, and the phone may enter its text message's own code."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import journey
from tests.web.browser.steps import lines, say, to_consents
from tests.web.house import House, Served

Open = Callable[..., Page]
At = tuple[Served, House, Any]
PHONE_STUB = """
  window.OTPCredential = class {};
  navigator.credentials.get = ({ otp, signal }) => new Promise((resolve, reject) => {
    window.asked = otp.transport.join();
    signal.addEventListener("abort", () => reject(new DOMException("over", "AbortError")));
    window.texted = (code) => resolve({ code });
  });
"""
"""A phone that has a text message for this page: no such browser runs on a desktop."""


def to_code(page: Page) -> None:
    to_consents(page)
    page.get_by_role("button", name="Wszystkie").click()
    say(page, "512 000 111")
    expect(page.get_by_label("Wiadomość")).to_have_attribute("autocomplete", "one-time-code")


def on_a_phone(served: At, open_page: Open) -> Page:
    """The chat at the code's step, in the browser of a phone that was asked for its text message."""
    page = open_page(served[0].url + "/chat")
    page.add_init_script(PHONE_STUB)
    page.reload()
    to_code(page)
    page.wait_for_function("window.asked === 'sms'")
    return page


def both_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter's code is awaited beside the text message's."""
    whole = journey.steps("http://127.0.0.1")
    at = next(n for n, one in enumerate(whole) if one.place.step == "contact_code")
    said = replace(whole[at].say, buttons=(*whole[at].say.buttons, ("E-mail jeszcze raz", "contact_code:letter")))
    both = replace(whole[at], say=said, takes=lambda words: len(words.replace(" ", "")) == 12)
    monkeypatch.setattr(journey, "steps", lambda _page: [*whole[:at], both, *whole[at + 1 :]])


def test_the_last_digit_sends(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_code(page)
    box = page.get_by_label("Wiadomość")

    box.press_sequentially("493 02")
    expect(box).to_have_value("493 02")
    box.press_sequentially("7")

    expect(page.locator("#progress-words")).to_contain_text("Dane firmy")
    expect(box).to_have_value("")
    assert lines(page).count("493 027") == 1


def test_words_beside_a_code_are_sent_by_their_author(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_code(page)
    box = page.get_by_label("Wiadomość")

    box.press_sequentially("kod 493027")
    expect(box).to_have_value("kod 493027")

    box.fill("4930271")
    box.press("Backspace")
    expect(box).to_have_value("493027")


def test_two_codes_are_sent_together(served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    both_awaited(monkeypatch)
    page = open_page(served[0].url + "/chat")
    to_code(page)
    box = page.get_by_label("Wiadomość")

    box.press_sequentially("493027 51")
    expect(box).to_have_value("493027 51")
    box.press_sequentially("1882")

    expect(page.locator("#progress-words")).to_contain_text("Dane firmy")


def test_the_phone_enters_the_code(served: At, open_page: Open) -> None:
    page = on_a_phone(served, open_page)

    page.evaluate("texted('493027')")

    expect(page.locator("#progress-words")).to_contain_text("Dane firmy")
    assert lines(page).count("493027") == 1


def test_a_code_of_another_step_is_not_entered(served: At, open_page: Open) -> None:
    page = on_a_phone(served, open_page)
    say(page, "493027")
    expect(page.locator("#progress-words")).to_contain_text("Dane firmy")

    page.evaluate("texted('493027')")

    expect(page.get_by_label("Wiadomość")).to_have_value("")
