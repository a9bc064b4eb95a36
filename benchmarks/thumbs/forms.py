"""The forms that stand in the chat: a sheet of fields that is sent as one message, and the fields of codes."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from benchmarks.thumbs.hands import FIELDS, Hands

SHEET, CODES = "main form.fields:visible", "main form.codes:visible"
CODE_FIELDS = {"sms": "sms", "letter": "email"}
"""Each field of codes, and the kind of message that has its code."""
PAYS, TERMS = "blik", "main .terms input:visible"
"""The field of a code that pays, and the box by which its provider's terms are accepted."""
EMPTY = "one => !one.disabled && one.value === ''"
SLIP = "one => one.closest('[data-id]')?.dataset.id ?? ''"

Known = Callable[[str], str | None]
"""What the customer knows by a field's name."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A field that is still empty."""

    box: Locator
    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of fields: `slip` is the message in which it stands."""

    form: Locator
    slip: str
    blanks: tuple[Blank, ...]
    names: tuple[str, ...]

    def suits(self, known: Known) -> bool:
        """Tell whether it is this customer's to fill in: all that has to be is known, and something is to be sent."""
        told = [known(blank.name) for blank in self.blanks]
        lacking = any(line is None and blank.required for line, blank in zip(told, self.blanks, strict=True))
        return not lacking and (not self.blanks or any(told))

    async def fill(self, hands: Hands, known: Known, at: str) -> None:
        """Fill in what is empty and known, and send it, by the keyboard's own key where it leads on or sends."""
        sends = False
        for blank in self.blanks:
            if line := known(blank.name):
                await hands.type(blank.box, line, f"{at}: type {line} as {blank.name}")
                hands.tally.fields += 1
                sends = await hands.go_on(blank.box) == "send"
        if not sends:
            button = self.form.locator("button").or_(self.form.page.locator("[form=fields]"))
            await hands.tap(button.last, f"{at}: send the sheet")


async def sheet(page: Page) -> Sheet | None:
    """The newest sheet that can still be filled in."""
    for form in reversed(await page.locator(SHEET).all()):
        boxes = [box for box in await form.locator(FIELDS).all() if await box.is_enabled()]
        if boxes:
            names = tuple([await box.get_attribute("name") or "" for box in boxes])
            blanks = tuple([blank for box in boxes if (blank := await _blank(box)) is not None])
            return Sheet(form, await form.evaluate(SLIP), blanks, names)
    return None


async def empty_codes(page: Page) -> list[str]:
    """The fields of codes that wait for theirs, by name."""
    forms = page.locator(CODES)
    return [name for name in (*CODE_FIELDS, PAYS) if await forms.count() and await _waits(forms.last, name)]


def code_box(page: Page, name: str) -> Locator:
    """The field of one code."""
    return page.locator(CODES).last.locator(f"input[name={name}]:visible").first


async def _blank(box: Locator) -> Blank | None:
    if not await box.evaluate(EMPTY):
        return None
    return Blank(box, await box.get_attribute("name") or "", await box.evaluate("one => one.required"))


async def _waits(form: Locator, name: str) -> bool:
    box = form.locator(f"input[name={name}]:visible").first
    return bool(await box.count()) and bool(await box.evaluate(EMPTY))
