"""The thumb of `benchmarks/thumb.py` on forms of the chat, in Chromium: what it fills in, and what that counts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page

from benchmarks.thumbs.forms import code_box, empty_codes, sheet
from benchmarks.thumbs.hands import Hands
from benchmarks.thumbs.tally import Tally
from tests.desk.visitor import browser

KNOWN = {"email": "anna@example.com", "phone": "512000999", "tax_number": "1234563218"}
SHEET = """
<main>
  <div class="slip" data-id="4"><form class="fields"><input name="email" disabled><button>Dalej</button></form></div>
  <div class="slip" data-id="6"><form class="fields">
    <input name="email" type="email" required>
    <input name="phone" type="tel" value="512 000 777">
    <input name="tax_number" required>
    <input name="discount">
    <button>Dalej</button>
  </form></div>
</main>
"""
MOVES_ON = """() => {
  const [first, second] = document.querySelectorAll("form.codes input");
  first.addEventListener("input", () => first.value.length === 6 && second.focus());
}"""
CODES = '<main><form class="codes"><input name="sms"><input name="letter"></form></main>'


@asynccontextmanager
async def phone(chromium_path: str, content: str) -> AsyncGenerator[tuple[Page, Hands]]:
    """A phone that shows this page, and the thumb over it."""
    async with browser(chromium_path, 390, touch=True) as context:
        page = await context.new_page()
        await page.set_content(content)
        yield page, Hands(Tally())


async def test_a_sheet_is_filled_in_where_it_is_empty_and_sent_by_its_button(chromium_path: str) -> None:
    async with phone(chromium_path, SHEET) as (page, hands):
        await page.evaluate("document.querySelectorAll('form')[1].addEventListener('submit', e => e.preventDefault())")
        found = await sheet(page)
        assert found is not None
        assert (found.slip, found.names) == ("6", ("email", "phone", "tax_number", "discount"))
        assert found.suits(KNOWN.get)

        await found.fill(hands, KNOWN.get, "account.email")

        values = await page.locator('[data-id="6"] input').evaluate_all("all => all.map(one => one.value)")
    assert values == ["anna@example.com", "512 000 777", "1234563218", ""]
    counts = hands.tally.counts()
    assert (counts.hand_taps, counts.keys, counts.fields) == (3, 26, 2), "two fields gone to, and the button"


async def test_a_sheet_that_asks_for_what_somebody_doesn_t_know_isn_t_theirs(chromium_path: str) -> None:
    async with phone(chromium_path, SHEET) as (page, _):
        found = await sheet(page)
        assert found is not None
        assert not found.suits({"email": "anna@example.com"}.get)
        await page.locator('[data-id="6"] input').evaluate_all("all => all.forEach(one => { one.disabled = true })")
        assert await sheet(page) is None


async def test_each_code_is_gone_for_and_the_keyboard_is_opened_again(chromium_path: str) -> None:
    async with phone(chromium_path, CODES) as (page, hands):
        await page.evaluate(MOVES_ON)
        assert await empty_codes(page) == ["sms", "letter"]
        hands.leave("sms")
        await hands.type(code_box(page, "sms"), "123456", "the code")
        assert await empty_codes(page) == ["letter"]
        hands.leave("email")
        await hands.type(code_box(page, "letter"), "654321", "the letter's")
        assert await empty_codes(page) == []
    counts = hands.tally.counts()
    assert (counts.sms, counts.letters, counts.taps, counts.keyboards, counts.hand_taps) == (1, 1, 1, 1, 6)


async def test_going_on_is_no_tap_where_the_page_moves_the_focus(chromium_path: str) -> None:
    async with phone(chromium_path, CODES) as (page, hands):
        await page.evaluate(MOVES_ON)
        await hands.type(code_box(page, "sms"), "123456", "the code")
        await hands.type(code_box(page, "letter"), "654321", "the letter's")
    assert (hands.tally.counts().hand_taps, hands.tally.counts().keys) == (1, 12)
