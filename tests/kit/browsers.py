"""Windows of the one Chromium that a test process has, and who comes to a desk by one."""

import re
from collections.abc import AsyncGenerator
from colorsys import rgb_to_hls
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.desk.running import Running
from tests.desk.visitor import Visitor

PHONE, DESKTOP = 390, 1280
AXE = (Path(__file__).parent.parent / "web" / "vendor" / "axe.min.js").read_text("utf-8")
LOOKS: list[tuple[Any, Any]] = [
    ({"width": 320, "height": 568}, "light"),
    *(
        ({"width": width, "height": height}, light)
        for width, height in ((195, 422), (DESKTOP, 860), (PHONE, 844))
        for light in ("dark", "light")
    ),
]
"""A small phone by day; a phone at 200 %, a desktop, a phone: by night and by day."""
# A slip on its way is half transparent: what ends by itself has to have ended. One that is cancelled rejects, and has.
# What a part hides that sticks out of it doesn't make the page wider, but is cut, unless dots say so; what is made to
# be scrolled (`.wide`, the sandbox's people) is neither. Axe compares a name with those of its words that are scrolled
# into view: one at the window's edge is compared anew where it is whole.
FAULTS = """async (touched) => {
  await Promise.allSettled(document.getAnimations()
      .filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished));
  const { violations } = await axe.run(document, { iframes: false });
  const named = violations.find(rule => rule.id === "label-content-name-mismatch")?.nodes ?? [];
  for (const node of [...named]) {
    const one = document.querySelector(node.target[0]), log = one.closest(".log"), at = log?.scrollTop;
    one.scrollIntoView({ block: "center" });
    const { passes } = await axe.run(one, { runOnly: ["label-content-name-mismatch"] });
    if (passes.length) named.splice(named.indexOf(node), 1);
    if (log) log.scrollTop = at;
  }
  const seen = [...document.querySelectorAll(":not(.wide *, .people *, .sr, .sr *)")]
      .filter(one => one.checkVisibility() && getComputedStyle(one).display !== "inline");
  const wide = seen.filter(one => one.getBoundingClientRect().right > innerWidth + 1);
  const hides = ({ overflowX, textOverflow }) => overflowX !== "visible" && textOverflow !== "ellipsis";
  const cut = seen.filter(one => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
      && hides(getComputedStyle(one)) && !one.matches("input, textarea, select, progress, .wide, .people"));
  const low = innerWidth !== 390 ? [] : seen.filter(one => one.matches(touched)
      && (one.closest("label") ?? one).getBoundingClientRect().height < 43.9);
  return [...violations.filter(rule => rule.nodes.length).map(rule => [rule.id, rule.nodes.map(node => node.html)]),
    ...wide.map(one => ["wide", one.outerHTML.slice(0, 200)]),
    ...cut.map(one => ["cut", one.outerHTML.slice(0, 200)]), ...low.map(one => ["low", one.outerHTML])];
}"""
"""Faults of a page: all of axe's rules, best practices included, the window's width, what is cut, a thumb's height."""
TOUCHED = (
    "button:not(.copy), select, summary, textarea, .button, .way:not(.past), .lintel a, .back, input[type=search], "
    "input[type=text]:not(.sr)"
)


async def clean(page: Page) -> None:
    """Asserts that nothing is wrong with what is seen now; leaves the page at a phone's width, by day."""
    await page.evaluate(AXE)
    for size, light in LOOKS:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=light)
        found = await page.evaluate(FAULTS, TOUCHED)
        assert found == [], f"{page.url}, {size['width']}, {light}: {found}"


@asynccontextmanager
async def window(chromium: Browser, width: int, *, locale: str = "pl-PL") -> AsyncGenerator[BrowserContext]:
    """A visitor's own window: nothing is kept from one to the next."""
    context = await chromium.new_context(viewport={"width": width, "height": 860}, locale=locale)
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        await context.close()


async def with_a_company(desk: Running, context: BrowserContext, email: str = "jan.nowak@example.com") -> Visitor:
    """Somebody who came by the landing page, has an account, and confirmed the company that the register knows."""
    page = await context.new_page()
    await page.goto(desk.url)
    visitor = Visitor(desk, context, page)
    await visitor.signs_up(email)
    await visitor.write("1234563218")
    await visitor.sees("Pracownia Bursztyn")
    await visitor.press("Zgadza się")
    return visitor


_PAINTED = """() => [document.documentElement, ...document.querySelectorAll("*")].flatMap((one) =>
  ["", "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(one, part), filled = style.backgroundImage + style.boxShadow;
    const edges = ["Top", "Bottom", "Left", "Right"].filter((side) => style[`border${side}Width`] !== "0px");
    const lines = edges.map((side) => style[`border${side}Color`]), more = filled.match(/rgba?\\([^)]*\\)/g) ?? [];
    return [style.color, style.backgroundColor, style.fill, style.stroke, ...lines, ...more];
  })).filter((one, at, all) => all.indexOf(one) === at)"""
_RGB = re.compile(r"rgba?\((\d+), (\d+), (\d+)\)")  # what is opaque


async def of_okienko(page: Page) -> set[str]:
    """Return the colours of a page and its frames, by day and by night, that are Okienko's own: navy and amber."""
    found = set[str]()
    for light in ("dark", "light"):
        await page.emulate_media(color_scheme=light)
        for frame in page.frames:
            painted: list[str] = await frame.evaluate(_PAINTED)
            found |= {
                one for one in painted if (rgb := _RGB.fullmatch(one)) and _is_navy_or_amber(*map(int, rgb.groups()))
            }
    return found


def _is_navy_or_amber(red: int, green: int, blue: int) -> bool:
    hue, lightness, saturation = rgb_to_hls(red / 255, green / 255, blue / 255)
    if not 0.02 < lightness < 0.9 or saturation < 0.2:
        return False
    return 0.58 < hue < 0.72 or (0.08 < hue < 0.13 and saturation > 0.5)
