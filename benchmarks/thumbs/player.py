"""Plays a journey in the browser as a customer who presses what is offered, and counts what it takes."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page

from benchmarks.thumbs.chat import CALM_S, Chat
from benchmarks.thumbs.forms import CODE_FIELDS, PAYS, TERMS, Sheet, code_box, empty_codes, sheet
from benchmarks.thumbs.hands import EMPTIED, FIELDS, PAUSE_S, Hands
from benchmarks.thumbs.journeys import Journey, Stuck
from benchmarks.thumbs.pages import Pages
from benchmarks.thumbs.sandbox import CODE, Sandbox
from benchmarks.thumbs.screen import View, control
from benchmarks.thumbs.tally import Counts, Tally
from benchmarks.thumbs.wire import Wire

MOST_STEPS, MOST_DAYS = 80, 3
REPEATED = ("confirm:yes", "pay:now", "addons:none", "cart:confirm")
"""Answers that a journey may give at several steps. Any other is given once: pressed again it may be taken back."""
ORDERS = "pay:now"
"""The press that binds: what it binds to stands in view before it."""


@dataclass
class Player:
    """A customer with one phone. `hidden` is what should have stood on the order's card when it was pressed."""

    journey: Journey
    page: Page
    sandbox: Sandbox
    pictures: Path | None = None
    undrawn: set[str] = field(default_factory=set[str])
    hidden: set[str] = field(default_factory=set[str])
    _wanted: tuple[str, ...] = ()
    _given: Counter[str] = field(default_factory=Counter[str])
    _sent: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    _since: int = 0
    _screens: int = 0
    _pictured: bool = False

    def __post_init__(self) -> None:
        """Take the phone in hand."""
        self.tally = Tally(self.journey.quotations)
        self.hands = Hands(self.tally)
        self.wire = Wire(self.tally)
        self.pages = Pages(self.hands, self._known_page, self._picture)
        self.chat = Chat(self.page, self.pages, self.hands)

    @property
    def trail(self) -> list[str]:
        """All that was done."""
        return self.hands.trail

    async def open(self, address: str) -> None:
        """Open the chat."""
        self.wire.watch(self.page.context)
        await self.wire.watch_stream(self.page)
        await self.page.goto(address)

    async def play(self, ways: tuple[str, ...], *, pictured: bool = False) -> None:
        """Go on by these ways until nothing more is offered that this customer wants."""
        self.hidden.clear()
        self._wanted, self._given, self._pictured = ways, Counter(), pictured and self.pictures is not None
        for _ in range(MOST_STEPS):
            view = await self.chat.settled()
            await self.seen(view)
            if not await self.act(view):
                return
        raise Stuck(f"no end after {MOST_STEPS} steps")

    async def at_rest(self) -> Counts:
        """Look at what there is before the first answer; return the count of what led there.

        Whoever has only just come counts the greeting as well, and the page's way to the phone.
        """
        if not self.trail:
            return Counts()
        view = await self.chat.settled()
        await self.seen(view)
        self._since = view.last
        await self.seen(view)
        return await self.counts()

    async def counts(self) -> Counts:
        """The count so far."""
        await self.wire.settle()
        return self.tally.counts()

    async def wait(self, for_: str) -> None:
        """Let the desk's clock run, day by day, until it offers this by itself; nothing to wait for: stay."""
        for _ in range(MOST_DAYS if for_ else 0):
            await self.sandbox.pass_a_day()
            if for_ in (await self.chat.settled()).offered:
                return

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
        if names := await empty_codes(self.page):
            await self._enter_codes(view, names)
        elif line := self._volunteered(view):
            self._given[view.at] += 1
            await self._write(view, line)
        elif not await self._presses(view) and (found := await self._sheet(view)):
            await self._fill_in(view, found)
        else:
            return await self._answer(view)
        return True

    async def _answer(self, view: View) -> bool:
        """Press, type or follow what the open step asks for; False when nothing is wanted any more."""
        match view.expects:
            case "secure_page" if links := view.links("secure_page"):
                await self._visit(links[-1]["href"], view.at)
            case "payment" if links := view.links("payment"):
                self.tally.banks += 1
                await self._visit(links[-1]["href"], view.at)
                await self.chat.until_changed(view)
            case "email_link":
                await self._letter(view)
            case _ if (payload := self._way(view)) is not None:
                await self._press(view, payload)
            case "nothing":
                return False
            case "choice" | "consents" | "confirm_data" | "payment":
                raise Stuck(f"at {view.at}: none of {view.offered}; {self.trail[-5:]}")
            case _:
                await self._write(view, await self._line(view))
        return True

    def _volunteered(self, view: View) -> str | None:
        """What this customer types, once, where something could be pressed."""
        return self.journey.typed.get(view.at) if view.expects == "choice" and not self._given[view.at] else None

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
        if payload == ORDERS:
            self.hidden.update(one for one in self.journey.shows if one not in view.order)
        self._given[self._mark(view, payload)] += 1
        title = re.sub(r"^[☑☐]\s*", "", view.offered[payload])
        await self._unfold(view, payload)
        await self.hands.tap(await control(self.page, payload, title), f"{view.at}: press {payload}")
        self.tally.decisions += 1
        await self.chat.until_changed(view)

    async def _unfold(self, view: View, payload: str) -> None:
        """Have the other answers shown, if this one isn't among the first."""
        more = self.page.locator("#tray .more:visible")
        if await more.count() and not await self.page.locator(f'[data-payload="{payload}"]:visible').count():
            await self.hands.tap(more, f"{view.at}: more answers")

    async def _presses(self, view: View) -> bool:
        """Tell whether what this customer wants can be pressed: *I have an account* comes before a new one's sheet."""
        way = self._way(view)
        return way is not None and await self.page.locator(f'#tray [data-payload="{way}"]:visible').count() > 0

    async def _sheet(self, view: View) -> Sheet | None:
        """The sheet that this customer would fill in now. One that was sent isn't filled in again."""
        found = await sheet(self.page)
        if found is None or (found.slip or view.at, *found.names) in self._sent:
            return None
        return found if found.suits(lambda name: self._known(view, name)) else None

    async def _fill_in(self, view: View, found: Sheet) -> None:
        """Fill in a sheet and send it: one answer."""
        self._sent.add((found.slip or view.at, *found.names))
        await found.fill(self.hands, lambda name: self._known(view, name), view.at)
        self.tally.decisions += 1
        await self.chat.until_changed(view)

    async def _enter_codes(self, view: View, names: list[str]) -> None:
        """Fetch and enter the codes; one that is sent by its last digit is an answer of its own."""
        if names == [PAYS]:
            await self._pay_by_code(view)
            return
        for name in names:
            code = await self._code(CODE_FIELDS[name])
            await self.hands.type(code_box(self.page, name), code, f"{view.at}: type the code of the {name}")
            self.tally.fields += 1
            if await self.chat.changes(view, CALM_S):
                break
        self.tally.decisions += 1
        await self.chat.until_changed(view)

    async def _pay_by_code(self, view: View) -> None:
        """Fetch the code from the bank's app, type it and accept the terms; go back there and confirm."""
        self.tally.banks += 1
        await self.hands.type(code_box(self.page, PAYS), self._known_page("blik_code"), f"{view.at}: type the code")
        terms = self.page.locator(TERMS)
        if await terms.count() and not await terms.is_checked():
            await self.hands.tap(terms, f"{view.at}: accept the provider's terms")
        self.hands.act(f"{view.at}: confirm in the bank's app")
        self.tally.bank_taps += 1
        self.tally.fields += 1
        self.tally.decisions += 1
        await self.chat.until_changed(view)

    async def _line(self, view: View) -> str:
        """What is typed at this step."""
        if view.expects == "contact_code" and self._told_of_letter(view):
            return f"{await self._code('sms')} {await self._code('email')}"
        if view.expects in ("contact_code", "login_code"):
            return await self._code("sms")
        line = self._known(view, view.expects)
        if line is None:
            raise Stuck(f"at {view.at} ({view.expects}): nothing to type; {view.offered}")
        return line

    def _known(self, view: View, name: str) -> str | None:
        """What this customer knows under a name, at this step rather than anywhere."""
        typed = self.journey.typed
        here = typed.get(view.at) if name == view.expects else None
        return here or typed.get(f"{view.dialog}.{name}") or typed.get(name)

    def _known_page(self, name: str) -> str:
        """What this customer types into a page's field."""
        kind = "password" if name.startswith("password") else name
        if (known := self.journey.typed.get(f"page.{kind}")) is None:
            raise Stuck(f"a page asks for {name!r}: nothing to type; {self.trail[-5:]}")
        return known

    def _told_of_letter(self, view: View) -> bool:
        """Tell whether the question invites to the letter's code beside the SMS's."""
        return any("e-mail" in text.lower() for scope, text in view.shown if scope in ("", view.desk[-1]))

    async def _write(self, view: View, line: str) -> None:
        """Type into the chat; sent by the keyboard's own key (by hand: the arrow), unless it goes by itself."""
        box = self.page.locator("#composer").locator(f"{FIELDS}, textarea:visible").first
        await box.evaluate(EMPTIED)
        await self.hands.type(box, line, f"{view.at}: type {line}")
        await asyncio.sleep(3 * PAUSE_S)
        if await box.count() and await box.input_value():
            await self.page.keyboard.press("Enter")
            self.tally.keys += 1
            self.tally.lines += 1
        self.tally.fields += 1
        self.tally.decisions += 1
        await self.chat.until_changed(view)

    async def _letter(self, view: View) -> None:
        """Confirm the address: by the code in the letter, where it has one, else by its link."""
        self.hands.leave("email")
        letter = await self.sandbox.newest("email")
        code = CODE.search(letter["text"])
        if code is not None:
            await self._write(view, code[0])
            return
        opened = await self.page.context.new_page()
        self.hands.act(f"{view.at}: open the letter's link")
        await opened.goto(letter["links"][0])
        await self.pages.fill(opened, view.at)
        await self.chat.until_changed(view)

    async def _visit(self, href: str, at: str) -> None:
        """Go by a link of the chat to one of the pages, do what is to be done there, and come back."""
        way = self.page.locator(f'a[href*="{urlsplit(href).path}"]:visible').last
        async with self.page.context.expect_page() as opening:
            await self.hands.tap(way, f"{at}: follow {urlsplit(href).path[:3]}")
        await self.pages.fill(await opening.value, at)

    async def _code(self, kind: str) -> str:
        """Go to the newest message, and come back with its code in mind."""
        self.hands.leave(kind)
        return await self.sandbox.code(kind)

    async def _picture(self, page: Page, name: str) -> None:
        """Take a picture, when pictures are wanted."""
        if self.pictures is None or not self._pictured:
            return
        self._screens += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        await page.wait_for_timeout(300)
        await page.screenshot(path=self.pictures / f"{self._screens:02d}-{name or 'start'}.png", animations="disabled")
