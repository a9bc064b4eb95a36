"""A linter of letters' HTML: what mail programs drop, clip or show so that nobody can read it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from values.look import READABLE, contrast

VOID = ("meta", "br", "hr", "img")
BANNED = ("script", "form", "input", "button", "iframe", "link", "svg", "video", "object", "base")
STYLES = re.compile(r"position\s*:|display\s*:\s*(?:inline-)?(?:flex|grid)|@import|url\(|float\s*:")
LARGEST = 100_000  # bytes: Gmail clips what is larger
RAW = 40  # signs of an address that stands in sight
FRAME = {"name", "host", "foot", "stop"}  # as in every letter: whose it is, where it leads, why it came
Colours = dict[str, str]


def colours(css: str) -> Colours:
    """The colours that a block of declarations sets, `background` among them."""
    found = re.findall(r"(?:^|[;\s])(background-color|color)\s*:\s*(#[0-9a-f]{6})", css)
    return {name.removesuffix("-color"): value for name, value in found}


@dataclass
class Letter(HTMLParser):
    """What a letter shows, and what is wrong with it."""

    html: str
    title: str = ""
    language: str | None = None
    metas: list[dict[str, str | None]] = field(default_factory=list[dict[str, str | None]])
    links: list[str] = field(default_factory=list[str])
    buttons: int = 0
    shown: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[list[str], Colours, Colours]] = []
        night = self.html.partition("(prefers-color-scheme: dark) {")[2].partition("</style>")[0]
        self.night: dict[str, Colours] = {}
        for selectors, css in re.findall(r"([^{}]+)\{([^}]*)\}", night):
            for one in selectors.split(","):
                self.night.setdefault(one.strip().removeprefix("."), {}).update(colours(css))
        self.expect(len(self.html.encode()) < LARGEST, "it is clipped")
        self.expect(bool(self.night), "no colours for the night")
        self.expect(not STYLES.search(self.html), "a style that mail programs drop")
        self.feed(self.html)
        self.close()
        self.expect(not self.open, f"not closed: {self.open}")
        self.expect(bool(self.title and self.language), "no title or no language")

    def expect(self, holds: bool, otherwise: str) -> None:
        self.faults += [] if holds else [otherwise]

    @property
    def words(self) -> int:
        """How many words there are to read between the seller's name and the foot."""
        return sum(any(sign.isalnum() for sign in word) for word in " ".join(self.shown).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        names = [tag, *(has.get("class") or "").split()]
        self.expect(tag not in BANNED and not any(name.startswith("on") for name in has), f"<{tag}>")
        self.expect(tag != "table" or has.get("role") == "presentation", "a table that is read out as one")
        if tag == "meta":
            self.metas.append(has)
        if tag == "html":
            self.language = has.get("lang")
        if tag == "img":
            self.expect(bool(has.get("alt") and has.get("width") and has.get("height")), "a picture without its size")
            self.expect((has.get("src") or "").startswith("cid:"), "a picture from elsewhere")
        if tag == "a":
            self.links.append(has.get("href") or "")
            self.buttons += "press" in names
            self.expect(urlsplit(self.links[-1]).scheme == "https", f"a link to {self.links[-1]}")
        day = colours(has.get("style") or "")
        by_night: Colours = {key: value for name in names for key, value in self.night.get(name, {}).items()}
        if tag not in VOID:
            self.open.append((names, day, day | by_night))

    def handle_endtag(self, tag: str) -> None:
        self.expect(self.open.pop()[0][0] == tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        inside = {name for names, *_ in self.open for name in names}
        if "title" in inside:
            self.title += data
        if not data.strip() or "body" not in inside:
            return
        if not inside & FRAME:
            self.shown.append(data)
        self.expect(not re.search(rf"https?://\S{{{RAW}}}", data), f"an address in sight: {data}")
        paints: tuple[Colours, Colours] = ({}, {})
        for _, *lights in self.open:
            for paint, light in zip(paints, lights, strict=True):
                paint.update(light)
        for paint, light in zip(paints, ("by day", "by night"), strict=True):
            ratio = contrast(paint["color"], paint["background"])
            self.expect(ratio >= READABLE, f"{ratio:.1f} : 1 {light}: {data}")
