"""The customer's thumb: what it presses and types on a page, counted and noted."""

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Locator

from benchmarks.thumbs.tally import Tally

SMS = "sms"
"""A message's kind, as the sandbox names it. Any other is a letter."""
ASLEEP_S, PAUSE_S = 5.0, 0.1
KEY_PAUSE_MS = 5
FIELDS = "input:is([type=text], [type=password], [type=email], [type=tel], :not([type])):not([readonly]):visible"
"""Fields to be typed into. A read-only one tells a password manager whose password it is."""

FOCUSED = "one => one === document.activeElement"
EMPTIED = "one => { one.value = '' }"
IN_VIEW = """one => {
  const box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return at !== null && (one.contains(at) || at.contains(one) || one.closest("label")?.contains(at) === true);
}"""
"""Whether the finger reaches it without scrolling."""


@dataclass
class Hands:
    """One thumb over one phone: `trail` is all it did, `out_of_view` what it had to scroll for."""

    tally: Tally
    trail: list[str] = field(default_factory=list[str])
    out_of_view: list[str] = field(default_factory=list[str])
    _keyboard: bool = False

    async def tap(self, target: Locator, what: str) -> None:
        """Press, as soon as what is pressed is awake. The keyboard goes."""
        await self._press(target, what)
        self._keyboard = False

    async def type(self, box: Locator, line: str, what: str) -> None:
        """Type into a field: a tap if it isn't focused, then each key.

        A field that the page has focused costs a tap by hand where no keyboard is up: not every phone opens one.
        """
        if not await box.evaluate(FOCUSED):
            await self._press(box, f"{what} (focus)")
        elif not self._keyboard:
            self.tally.keyboards += 1
            self.trail.append(f"{what} (keyboard)")
        self._keyboard = True
        self.trail.append(what)
        self.tally.keys += len(line)
        await box.press_sequentially(line, delay=KEY_PAUSE_MS)

    async def go_on(self, box: Locator) -> str:
        """Press the keyboard's key where the page names it: "next" leads on, "send" and "go" send; else ""."""
        if hint := await box.get_attribute("enterkeyhint") or "":
            self.tally.keys += 1
            await box.press("Enter")
            await asyncio.sleep(PAUSE_S)
        return hint

    def act(self, what: str) -> None:
        """Do what is a tap outside of any page: open a letter's link, close a page."""
        self.tally.taps += 1
        self.trail.append(what)
        self._keyboard = False

    def leave(self, for_: str) -> None:
        """Go to a message and come back: the keyboard is gone, on some phones."""
        self.trail.append(f"to the {for_} and back")
        if for_ == SMS:
            self.tally.sms += 1
        else:
            self.tally.letters += 1
        self._keyboard = False

    async def _press(self, target: Locator, what: str) -> None:
        await target.wait_for(state="visible")
        if not await target.evaluate(IN_VIEW):
            self.out_of_view.append(what)
            await target.scroll_into_view_if_needed()
        for _ in range(int(ASLEEP_S / PAUSE_S)):
            if await target.get_attribute("aria-disabled") != "true":
                break
            await asyncio.sleep(PAUSE_S)
        self.tally.taps += 1
        self.trail.append(what)
        await target.tap()
