"""The first tutorial is walked in a browser by its own words: what is bold is pressed, what is quoted is read.

What stands as code is typed: into the field that is named in italics before it, else into the chat.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import BrowserContext, FrameLocator, Page, expect

from sandbox.testing import Person
from tests.architecture.rooms import ROOT
from tests.desk.running import running_desk
from tests.desk.visitor import browser
from tests.kit.browsers import DESKTOP

PAGE = (ROOT / "docs/tutorial/first-sign-up.md").read_text("utf-8")
PLAYED = PAGE[PAGE.index("## The account") : PAGE.index("## What the seller sees")]

TOLD = {
    "a password of twelve characters": "password",
    "Type a wrong code": "wrong",
    "Then the right one": "phone",
    "type its six digits": "mailbox",
    "closes the page": "closed",
}
"""What the page tells in words of its own, neither bold nor code."""
PART = re.compile(
    r"!\[[^\]]*\]\([^)]*\)"  # a picture's words aren't the page's
    r"|\*\*(?P<press>[^*]+)\*\*|\*(?P<field>[^*]+)\*|`(?P<type>[^`]+)`|\"(?P<read>[^\"]+)\"|(?P<told>"
    + "|".join(TOLD)
    + ")"
)
AWAKE = "body:not(:has([aria-busy=true])) :not(:disabled):not([data-asleep])"  # else a press isn't taken
_CODE = re.compile(r"\b\d{6}\b")
ROLES = ("button", "link", "checkbox", "switch")


def parts() -> Iterator[tuple[str, str]]:
    """Yield what is done or read, in order."""
    for found in PART.finditer(" ".join(PLAYED.split())):
        if found.lastgroup is not None:
            yield found.lastgroup, found[found.lastgroup]


def place_of(context: BrowserContext) -> FrameLocator | Page:
    """The page that has opened beside the chat, else the chat."""
    landing, *opened = context.pages
    return opened[-1] if opened else landing.frame_locator("#chat")


async def press(context: BrowserContext, name: str) -> None:
    place = place_of(context)
    control, *others = (place.get_by_role(role, name=re.compile(f"^{re.escape(name)}")) for role in ROLES)
    for other in others:
        control = control.or_(other)
    control = control.and_(place.locator(AWAKE)).last
    await expect(control).to_be_visible()
    if await control.get_attribute("target") == "_blank":
        async with context.expect_page():
            await control.click()
    else:
        await control.click()


async def write(context: BrowserContext, words: str, field: str | None) -> None:
    """Type into the field of that name, or into the chat."""
    place = place_of(context)
    if field is not None:
        await place.get_by_label(field, exact=True).fill(words)
        return
    line = place.locator("#input")
    await line.fill(words)
    await line.press("Enter")


async def read(context: BrowserContext, words: str) -> None:
    place = place_of(context)
    await expect(place.get_by_text(words).and_(place.locator(":visible")).last).to_be_visible()


async def follow(context: BrowserContext, told: str) -> None:
    """Do what the page tells in words of its own."""
    place = place_of(context)
    if told == "password":
        for field in ("password", "password_repeat"):
            await place.locator(f"input[name={field}]").fill(Person.password)
    elif told == "closed":
        if isinstance(place, Page):
            await place.wait_for_event("close")
    else:
        await write(context, "000000" if told == "wrong" else await newest_code(context.pages[0], f"#{told}"), None)


async def newest_code(landing: Page, beside: str) -> str:
    """Return the six digits of the newest message on the phone or in the mailbox."""
    found = _CODE.search(await landing.locator(beside).get_by_text(_CODE).first.inner_text())
    assert found is not None
    return found[0]


async def test_the_tutorial_is_walked_by_its_own_words(tmp_path: Path, chromium_path: str) -> None:
    async with running_desk(tmp_path) as desk, browser(chromium_path, DESKTOP) as context:
        page = await context.new_page()
        await page.goto(desk.url)
        done, field = list(parts()), None
        for kind, words in done:
            match kind:
                case "press":
                    await press(context, words)
                case "field":
                    field = words
                case "type":
                    await write(context, words, field)
                    field = None
                case "read":
                    await read(context, words)
                case _:
                    await follow(context, TOLD[words])
        assert (await desk.card("jan@bursztyn.example.com"))["einvoice"]["status"] == "active"
        await expect(page.locator("#registers")).to_contain_text("1234563218")
        await expect(page.locator("#registers")).not_to_contain_text("12345670363")  # not of the seller's country
        assert {words for kind, words in done if kind == "told"} == set(TOLD)
