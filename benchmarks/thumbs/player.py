"""Plays a journey in the browser as a customer who goes the straight way, and counts what it takes."""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, Page
from playwright.async_api import Error as BrowserError

from benchmarks.thumbs.journeys import Journey
from benchmarks.thumbs.screen import View, control, look, texts
from benchmarks.thumbs.tally import Counts, Tally

CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
FIELDS = "input:is([type=text], [type=password], [type=email], [type=tel], :not([type])):visible"
PATIENCE_S, CALM_S, PAUSE_S = 30.0, 0.5, 0.1
GLANCE_MS, CHECKED_MS = 1_000, 10_000
MOST_STEPS, MOST_DAYS, DAY_S = 80, 3, 86_400
OWN_PAGES = ("/s/", "/p/")
CHAT = "/chat"
REPEATED = ("confirm:yes", "pay:now", "addons:none", "cart:confirm")
"""Answers that a journey may give at several steps. Any other is given once: pressed again it may be taken back."""


class Stuck(Exception):
    """The journey doesn't go on."""


@dataclass
class Player:
    """A customer in the browser."""

    journey: Journey
    context: BrowserContext
    page: Page
    tally: Tally
    pictures: Path | None = None
    trail: list[str] = field(default_factory=list[str])
    out_of_view: list[str] = field(default_factory=list[str])
    _wanted: tuple[str, ...] = ()
    _given: Counter[str] = field(default_factory=Counter[str])
    _opened: set[str] = field(default_factory=set[str])
    undrawn: set[str] = field(default_factory=set[str])
    _since: int = 0
    _pages: int = 0
    _screens: int = 0
    _pictured: bool = False

    async def play(self, ways: tuple[str, ...], *, pictured: bool = False) -> None:
        """Go on by these ways until nothing more is offered that this customer wants."""
        self._wanted, self._given, self._pictured = ways, Counter(), pictured and self.pictures is not None
        for _ in range(MOST_STEPS):
            view = await self.settled()
            await self.seen(view)
            if not await self.act(view):
                return
        raise Stuck(f"no end after {MOST_STEPS} steps")

    async def at_rest(self) -> Counts:
        """Look at what there is before the first answer; return the count of what led there.

        Whoever has only just come counts the greeting as well.
        """
        if not self.trail:
            return Counts()
        view = await self.settled()
        await self.seen(view)
        self._since = view.last
        await self.seen(view)
        return self.tally.counts()

    async def wait(self, for_: str) -> None:
        """Let the desk's clock run, day by day, until it offers this by itself; nothing to wait for: stay."""
        for _ in range(MOST_DAYS if for_ else 0):
            await self.context.request.post(f"{self._origin}/sandbox/api/clock", data={"advance_s": DAY_S})
            if for_ in (await self.settled()).offered:
                return

    async def settled(self) -> View:
        """The chat once it has come to rest; whoever was sent elsewhere waits for what comes of it."""
        calm, before = 0.0, None
        view = await self._look()
        waited = 0.0
        while waited < PATIENCE_S:
            now = (view.lines, view.standing, view.shown)
            answered = bool(view.lines) and view.lines[-1]["author"] != "customer"
            resting = now == before and not view.busy and view.expects != "wait" and (answered or calm > 2 * CALM_S)
            calm = calm + PAUSE_S if resting or now == before else 0.0
            if calm >= CALM_S and (resting or calm > 4 * CALM_S) and view.expects != "wait":
                return view
            before = now
            await asyncio.sleep(PAUSE_S)
            waited += PAUSE_S
            view = await self._look()
        raise Stuck(f"no rest at {view.at}: {self.trail[-5:]}")

    async def _look(self) -> View:
        """Look at the chat; where it has led on to the bank's page by itself, first do there what is to be done."""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            if _in_chat(self.page):
                with suppress(BrowserError):  # it is just being left
                    return await look(self.page)
            else:
                self.tally.banks += 1
                await self._fill(self.page, "payment")
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"not in the chat any more: {self.trail[-5:]}")

    async def seen(self, view: View) -> None:
        """Count what the chat shows now."""
        for line_id in view.desk:
            self.tally.hear(view.message_of(line_id, self._since))
        self.undrawn.update(view.undrawn)
        open_slip = view.desk[-1] if view.desk else ""
        self.tally.read([(view.message_of(scope or open_slip, self._since), text) for scope, text in view.shown])
        await self._picture(self.page, view.at)

    async def act(self, view: View) -> bool:
        """Give the next answer; False when there is none to give."""
        match view.expects:
            case "secure_page" if links := view.links("secure_page"):
                await self._visit(links[-1]["href"], view.at)
            case "payment" if links := view.links("payment"):
                self.tally.banks += 1
                await self._visit(links[-1]["href"], view.at)
                await self._until_changed(view)
            case "email_link":
                await self._letter(view)
            case "choice" if (line := self.journey.typed.get(view.at)) and not self._given[view.at]:
                self._given[view.at] += 1
                await self._write(view, line)
            case _ if (payload := self._way(view)) is not None:
                await self._press(view, payload)
            case "nothing" | "choice" | "consents" | "confirm_data" | "payment":
                if view.expects != "nothing":
                    raise Stuck(f"at {view.at}: none of {view.offered}; {self.trail[-5:]}")
                return False
            case _:
                await self._write(view, await self._line(view))
        return True

    def _way(self, view: View) -> str | None:
        """The first of this customer's ways that is offered and hasn't been gone as often as it is listed."""
        offered, ways = view.offered, self._wanted
        left = (way for way in ways if way in offered and self._given[self._mark(view, way)] < ways.count(way))
        return next(left, None)

    def _mark(self, view: View, way: str) -> str:
        """What is remembered of an answer given: some may be given again at another step."""
        return f"{view.at} {way}" if way in REPEATED else way

    async def _press(self, view: View, payload: str) -> None:
        """Tap an answer."""
        self._given[self._mark(view, payload)] += 1
        title = re.sub(r"^[☑☐]\s*", "", view.offered[payload])
        await self._unfold(view, payload)
        await self._tap(await control(self.page, payload, title), f"{view.at}: press {payload}")
        self.tally.decisions += 1
        await self._until_changed(view)

    async def _unfold(self, view: View, payload: str) -> None:
        """Have the other answers shown, if this one isn't among the first."""
        more = self.page.locator("#tray .more:visible")
        if await more.count() and not await self.page.locator(f'[data-payload="{payload}"]:visible').count():
            await self._tap(more, f"{view.at}: more answers")

    async def _line(self, view: View) -> str:
        """What is typed at this step."""
        if view.expects == "contact_code" and self._told_of_letter(view):
            self.tally.sms, self.tally.letters = self.tally.sms + 1, self.tally.letters + 1
            return f"{await self._code('sms')} {await self._code('email')}"
        if view.expects in ("contact_code", "login_code"):
            self.tally.sms += 1
            return await self._code("sms")
        line = self.journey.typed.get(view.at) or self.journey.typed.get(view.expects)
        if line is None:
            raise Stuck(f"at {view.at} ({view.expects}): nothing to type; {view.offered}")
        return line

    def _told_of_letter(self, view: View) -> bool:
        """Tell whether the question invites to the letter's code beside the SMS's."""
        return any("e-mail" in text.lower() for scope, text in view.shown if scope in ("", view.desk[-1]))

    async def _write(self, view: View, line: str) -> None:
        """Type into the chat; sent by the keyboard's own key, unless the page sends it by itself."""
        box = self.page.locator("#composer").locator(f"{FIELDS}, textarea:visible").first
        follows_another = self.trail[-1:] != [] and ": type " in self.trail[-1]
        taps = self.tally.taps
        await self._type(box, line, f"{view.at}: type {line}")
        self.tally.lines += 1
        self.tally.keyboards += self.tally.taps == taps and not follows_another
        await asyncio.sleep(3 * PAUSE_S)
        if await box.count() and await box.input_value():
            await self.page.keyboard.press("Enter")
            self.tally.keys += 1
        self.tally.fields += 1
        self.tally.decisions += 1
        await self._until_changed(view)

    async def _letter(self, view: View) -> None:
        """Confirm the address: by the code in the letter, where it has one, else by its link."""
        letter = await self._newest("email")
        code = CODE.search(letter["text"])
        self.tally.letters += 1
        if code is not None:
            await self._write(view, code[0])
            return
        opened = await self.context.new_page()
        self.tally.taps += 1
        self.trail.append(f"{view.at}: open the letter's link")
        await opened.goto(letter["links"][0])
        await self._fill(opened, view.at)
        await self._until_changed(view)

    async def _code(self, kind: str) -> str:
        """The newest message's code."""
        found = CODE.search((await self._newest(kind))["text"])
        if found is None:
            raise Stuck(f"no code in the {kind}")
        return found[0]

    async def _newest(self, kind: str) -> Any:
        """The newest message of this kind that hasn't been used."""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            answer = await self.context.request.get(f"{self._origin}/sandbox/api/messages")
            fresh = [one for one in await answer.json() if one["kind"] == kind and one["id"] not in self._opened]
            acting = [one for one in fresh if one["links"] or CODE.search(one["text"])]
            if acting:
                self._opened.add(acting[-1]["id"])
                return acting[-1]
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"no {kind} came")

    @property
    def _origin(self) -> str:
        parts = urlsplit(self.page.url)
        return f"{parts.scheme}://{parts.netloc}"

    async def _visit(self, href: str, at: str) -> None:
        """Go by a link of the chat to one of the pages, do what is to be done there, and come back."""
        way = self.page.locator(f'a[href*="{urlsplit(href).path}"]:visible').last
        async with self.context.expect_page() as opening:
            await self._tap(way, f"{at}: follow {urlsplit(href).path[:3]}")
        await self._fill(await opening.value, at)

    async def _fill(self, page: Page, at: str) -> None:
        """Go through a page and return to the chat; one that is done may close by itself at any moment."""
        self._pages += 1
        try:
            await self._go_through(page, at)
        except BrowserError:
            if not page.is_closed():
                raise

    async def _go_through(self, page: Page, at: str) -> None:
        """Fill in and send the forms of a page, one after the other, then return to the chat."""
        for number in range(4):
            await page.wait_for_load_state("networkidle")
            if _in_chat(page):
                return
            await self._read(page, f"{at}-page{number}")
            button = page.locator("form button:visible:not([name=forgot]):not(.reveal)").first
            if not await button.count():
                break
            elsewhere, taps = not urlsplit(page.url).path.startswith(OWN_PAGES), self.tally.taps
            for box in await page.locator(FIELDS).all():
                await self._type(box, self._known(await box.get_attribute("name") or ""), f"{at}: fill in the page")
                self.tally.fields += not elsewhere
            self.tally.decisions += 1
            await self._read(page, f"{at}-page{number}-filled")
            await self._tap(button, f"{at}: send the page")
            self.tally.bank_taps += (self.tally.taps - taps) * elsewhere
            if await _gone(page):
                return
        await self._return(page, at)

    async def _return(self, page: Page, at: str) -> None:
        """Come back to the chat by the page's own button, else by closing it: one tap either way."""
        if await page.locator("#again").count() and await _gone(page, CHECKED_MS):
            return
        if _in_chat(page):
            return
        back = page.locator("#back:visible")
        if await back.count():
            await self._tap(back.last, f"{at}: back to the chat")
            await asyncio.sleep(0.5)
        else:
            self.tally.taps += 1
            self.trail.append(f"{at}: close the page")
        if page is not self.page and not page.is_closed():
            await page.close()

    def _known(self, name: str) -> str:
        """What this customer types into a page's field."""
        kind = "password" if name.startswith("password") else name
        return self.journey.typed[f"page.{kind}"]

    async def _read(self, page: Page, name: str) -> None:
        """Count what a page shows."""
        if page.is_closed():
            return
        self.tally.read_page(f"page {self._pages}", await texts(page))
        await self._picture(page, name)

    async def _type(self, box: Locator, line: str, what: str) -> None:
        """Type into a field: a tap if it isn't focused, then each key. What was filled in beforehand is empty."""
        if not await box.evaluate("one => one === document.activeElement"):
            await self._tap(box, f"{what} (focus)")
        await box.evaluate("one => { one.value = '' }")
        self.trail.append(what)
        self.tally.keys += len(line)
        await box.press_sequentially(line, delay=5)

    async def _tap(self, target: Locator, what: str) -> None:
        """Press with a finger, as soon as what is pressed is awake."""
        await target.wait_for(state="visible")
        if not await target.evaluate(IN_VIEW):
            self.out_of_view.append(what)
            await target.scroll_into_view_if_needed()
        for _ in range(int(5 / PAUSE_S)):
            if await target.get_attribute("aria-disabled") != "true":
                break
            await asyncio.sleep(PAUSE_S)
        self.tally.taps += 1
        self.trail.append(what)
        await target.tap()

    async def _until_changed(self, view: View) -> None:
        """Wait until the desk has taken the answer."""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            now = await self._look()
            if (now.standing, now.lines) != (view.standing, view.lines):
                return
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"at {view.at}: nothing came of {self.trail[-1]}")

    async def _picture(self, page: Page, name: str) -> None:
        """Take a picture, when pictures are wanted."""
        if self.pictures is None or not self._pictured:
            return
        self._screens += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        await page.wait_for_timeout(300)
        await page.screenshot(path=self.pictures / f"{self._screens:02d}-{name or 'start'}.png", animations="disabled")


IN_VIEW = """one => {
  const box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return at !== null && (one.contains(at) || at.contains(one) || one.closest("label")?.contains(at) === true);
}"""
"""Whether the finger reaches it without scrolling."""


def _in_chat(page: Page) -> bool:
    return urlsplit(page.url).path == CHAT


async def _gone(page: Page, within_ms: int = GLANCE_MS) -> bool:
    """Wait for a sent page to close or go back by itself; False if it stays long enough to be read and pressed."""
    with suppress(BrowserError):
        await page.wait_for_load_state("networkidle")
    for _ in range(int(within_ms / 1000 / PAUSE_S)):
        if page.is_closed() or _in_chat(page):
            return True
        await asyncio.sleep(PAUSE_S)
    return False
