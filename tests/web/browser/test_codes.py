"""One-time codes in the chat: boxes for each, the last digit sends, and the phone enters its text message's own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from msgspec.structs import replace as replaced
from playwright.sync_api import Locator, Page, expect

from bot.conversation.outbound import CodeField
from tests.kit.visit import lines, only, say
from tests.web.house import House, Served
from tests.web.journey import ASIDE
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]
SMS, LETTER = "493027", "511882"
PHONE_STUB = """
  window.OTPCredential = class {};
  navigator.credentials.get = ({ otp, signal }) => new Promise((resolve, reject) => {
    window.asked = otp.transport.join();
    signal.addEventListener("abort", () => reject(new DOMException("over", "AbortError")));
    window.texted = (code) => resolve({ code });
  });
"""
"""A phone that has a text message for this page: no such browser runs on a desktop."""
RESENDS = (
    *(("Nowy SMS", "contact_code:again"), ("E-mail jeszcze raz", "contact_code:letter")),
    *(("Inny numer", "edit:phone"), ("Inny e-mail", "edit:email"), *ASIDE),
)
NEXT = Said("Numer potwierdzony. Jaki jest NIP firmy?", ASIDE)


@dataclass
class Desk:
    """A desk that awaits a text message's code, perhaps a letter's beside it, each with its wait for another one."""

    letter: bool = False
    waits: tuple[int, int] = (0, 0)
    locale: str = "pl"
    heard: list[str] = field(default_factory=list[str])
    proven: bool = False
    docks: bool = False
    place: Place = field(default_factory=Place)

    def answer(self, words: str) -> list[Said]:
        """Take each code where it fits; the text message's leads on."""
        if words == "/start":
            return [Said("Pod jaki numer wysłać kod?")]
        self.heard.append(words)
        digits = words.rpartition(" ")[2]
        if digits == SMS:
            self.place = Place("company", "tax_number", "tax_number", docked=self._docked())
            return [NEXT]
        self.proven |= digits == LETTER
        if self.place.docked:
            self.place = replace(self.place, docked=self._docked())
            return [Said("E-mail potwierdzony. Jaki jest NIP firmy?" if self.proven else "To nie ten kod.", ASIDE)]
        self.place = Place("contact", "contact_code", "contact_code", codes=self._codes())
        return [Said("E-mail potwierdzony." if digits == LETTER else "Jaki kod wysłaliśmy?", RESENDS)]

    def _docked(self) -> tuple[CodeField, ...]:
        by_sms, *letter = self._codes()
        return (replaced(by_sms, proven=True), *letter) if self.docks and letter and not self.proven else ()

    def _codes(self) -> tuple[CodeField, ...]:
        by_sms = CodeField("sms", "contact_code:again", self.waits[0], proven=False)
        return (by_sms, CodeField("letter", "contact_code:letter", self.waits[1], self.proven))[: 1 + self.letter]


@pytest.fixture
def codes(served: At, open_page: Open) -> Callable[..., tuple[Page, Desk]]:
    """The chat at the codes' step."""

    def opened(letter: bool = False, *, waits: tuple[int, int] = (0, 0), phone: bool = False) -> tuple[Page, Desk]:
        desk = Desk(letter, waits)
        served[1].desk._script = lambda _: desk
        page = open_page(served[0].url + "/chat")
        if phone:
            page.add_init_script(PHONE_STUB)
        page.clock.install()
        page.reload()
        expect(page.locator(".slip.desk")).to_have_count(1)
        say(page, "512 000 111")
        expect(row(page, "sms")).to_be_visible()
        return page, desk

    return opened


Codes = Callable[..., tuple[Page, Desk]]


def row(page: Page, by: str) -> Locator:
    return page.locator(f"form.codes input[name={by}]")


def below(page: Page) -> Locator:
    return page.get_by_label("Wiadomość")


def gone_on(page: Page) -> None:
    expect(page.locator(".slip.desk").last).to_contain_text("NIP")
    expect(page.locator("form.codes")).to_be_hidden()


def test_the_last_digit_sends(codes: Codes) -> None:
    page, desk = codes()
    box = row(page, "sms")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("autocomplete", "one-time-code")
    expect(box).to_have_attribute("inputmode", "numeric")
    expect(below(page)).to_have_attribute("autocomplete", "off")

    box.press_sequentially("49302")
    assert desk.heard[-1] != "49302"
    box.press_sequentially("7")

    gone_on(page)
    assert desk.heard[-1] == SMS
    assert lines(page).count(SMS) == 1
    expect(below(page)).to_be_focused()


def test_each_half_is_sent_by_itself_and_told_right_or_wrong(codes: Codes) -> None:
    page, desk = codes(letter=True)

    row(page, "letter").press_sequentially("111111")
    expect(row(page, "letter")).to_have_attribute("aria-invalid", "true")
    expect(row(page, "letter")).to_be_focused()
    expect(page.locator("output[for=code-letter]")).to_contain_text("Nie zgadza się")
    assert desk.heard[-1] == "E-mail: 111111"

    row(page, "letter").press_sequentially(LETTER)  # over the wrong one, which is marked
    expect(page.locator("output[for=code-letter]")).to_contain_text("✓")
    expect(row(page, "letter")).to_be_disabled()
    expect(row(page, "sms")).to_be_focused()

    row(page, "sms").press_sequentially(SMS)
    gone_on(page)
    assert desk.heard[-1] == f"SMS: {SMS}"


def test_a_code_that_was_copied_is_found_in_what_stands_around_it(codes: Codes) -> None:
    page, desk = codes()
    row(page, "sms").evaluate(
        """box => {
          const copied = new DataTransfer();
          copied.setData("text", "Kod: 493 027 (ważny 10 minut)");
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: copied, bubbles: true, cancelable: true }));
        }"""
    )
    gone_on(page)
    assert desk.heard[-1] == SMS


def test_whoever_takes_a_digit_away_or_writes_sentence_sends_no_code_and_digits_go_into_the_boxes(codes: Codes) -> None:
    page, desk = codes()
    row(page, "sms").evaluate("box => { box.value = '493027' }")
    row(page, "sms").press("Backspace")
    expect(row(page, "sms")).to_have_value("49302")
    assert len(desk.heard) == 1
    row(page, "sms").fill("")
    page.keyboard.type("po 493027 nic nie przyszło")
    expect(below(page)).to_have_value("po 493027 nic nie przyszło")
    page.keyboard.press("Enter")
    expect(page.locator(".slip.desk")).to_have_count(3)
    assert desk.heard[-1] == "po 493027 nic nie przyszło"
    expect(row(page, "sms")).to_have_attribute("aria-invalid", "false")
    page.locator("*:focus").blur()
    page.keyboard.type(SMS)
    gone_on(page)
    assert desk.heard[-1] == SMS


def test_all_codes_typed_below_are_sent_together(codes: Codes) -> None:
    page, desk = codes(letter=True)
    below(page).press_sequentially(f"{LETTER} {SMS}")
    gone_on(page)
    assert desk.heard[-1] == f"{LETTER} {SMS}"


def test_the_phone_enters_the_code(codes: Codes) -> None:
    page, desk = codes(letter=True, phone=True)
    page.wait_for_function("window.asked === 'sms'")
    page.evaluate("texted('493027')")
    gone_on(page)
    assert desk.heard[-1] == f"SMS: {SMS}"


def test_a_code_of_another_step_is_not_entered(codes: Codes) -> None:
    page, desk = codes(phone=True)
    row(page, "sms").press_sequentially(SMS)
    gone_on(page)
    page.evaluate("texted('493027')")
    expect(below(page)).to_have_value("")
    assert len(desk.heard) == 2


def test_an_agent_is_written_to_without_boxes(codes: Codes, served: At) -> None:
    page, desk = codes()
    desk.place = replace(desk.place, expects="agent", mode="agent")
    served[0].do(lambda: served[1].desk.say(only(served), Said("Tu Anna.", author="agent")))
    expect(page.locator("form.codes")).to_be_hidden()


def test_another_code_sleeps_until_it_is_not_refused(codes: Codes) -> None:
    page, desk = codes(letter=True, waits=(9, 3))
    page.get_by_role("button", name="Brak kodu?").click()
    for title in ("Inny numer", "Inny e-mail"):
        expect(page.locator("#tray .rest").get_by_role("button", name=title)).to_be_visible()
    text, letter = page.get_by_role("button", name="Nowy SMS"), page.get_by_role("button", name="E-mail jeszcze raz")
    expect(text).to_contain_text("0:0")
    expect(text).to_have_attribute("aria-disabled", "true")
    text.click(force=True)
    page.clock.run_for(4_000)
    expect(letter).not_to_have_attribute("aria-disabled", "true")
    expect(letter).to_have_text("E-mail jeszcze raz")
    expect(text).to_contain_text("0:0")
    page.clock.run_for(6_000)
    expect(text).to_have_text("Nowy SMS")
    assert desk.heard[1:] == []
    expect(page.locator("#tray .rest").get_by_role("button", name="Nowy SMS")).to_be_visible()
    text.click()
    expect(page.locator(".slip.desk")).to_have_count(3)
    assert desk.heard[-1] == "contact_code:again"


def test_the_letters_boxes_stay_over_what_follows_until_it_is_proven(codes: Codes) -> None:
    page, desk = codes(letter=True)
    desk.docks = True
    row(page, "sms").press_sequentially(SMS)
    expect(page.locator(".slip.desk").last).to_contain_text("NIP")
    expect(page.locator("output[for=code-sms]")).to_contain_text("✓")
    expect(row(page, "sms")).to_be_disabled()
    expect(row(page, "letter")).to_be_focused()

    below(page).press_sequentially("123456")  # the beginning of a number that is asked for here
    assert desk.heard[-1].endswith(SMS)
    below(page).fill("")

    row(page, "letter").press_sequentially("111111")
    expect(page.locator("output[for=code-letter]")).to_contain_text("✗")
    row(page, "letter").press_sequentially(LETTER)
    expect(page.locator(".slip.desk").last).to_contain_text("E-mail potwierdzony")
    assert desk.heard[-2:] == ["111111", LETTER]
    expect(page.locator("form.codes")).to_be_hidden()
    expect(below(page)).to_be_focused()


def test_boxes_that_are_docked_take_no_focus_from_what_is_asked(codes: Codes) -> None:
    page, desk = codes(letter=True)
    desk.docks = True
    row(page, "sms").press_sequentially(SMS)
    expect(row(page, "letter")).to_be_focused()
    below(page).click()
    say(page, "Ile to kosztuje?")
    expect(page.locator(".slip.desk").last).to_contain_text("To nie ten kod.")
    expect(row(page, "letter")).to_be_visible()
    expect(below(page)).to_be_focused()
