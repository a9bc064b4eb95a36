"""The seller's look: from a few keys of `[brand]` all colours, the titles' face, the corners and the sign.

Contrast is WCAG 2's ratio of relative luminances; 4.5 is what normal text needs (success criterion 1.4.3), 3 what a
sign or a control needs (1.4.11).
"""

import re
from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache
from html import escape
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

READABLE, SEEN = 4.5, 3.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE, _BLACK, _SOOT = "#ffffff", "#000000", "#1d1f22"

Paper = Literal["warm", "white", "cool"]
Titles = Literal["serif", "sans"]
Corners = Literal["sharp", "soft", "round"]

# The wall behind the counter, the counter, the slips on it, lines; by day.
_PAPERS: dict[Paper, tuple[str, str, str, str]] = {
    "warm": ("#ebe4d8", "#f7f2e9", "#fffdf8", "#d8d0bf"),
    "white": ("#e9e9ea", "#f5f5f6", "#ffffff", "#d4d5d8"),
    "cool": ("#e0e7ec", "#f0f4f7", "#fcfdff", "#c9d3da"),
}
_LAMPLIGHT = "#efeade"  # ink by night
_CORNERS: dict[Corners, tuple[int, int]] = {"sharp": (4, 3), "soft": (12, 10), "round": (20, 18)}

_Channels = tuple[float, float, float]


class Tints(Struct, frozen=True):
    """The accent in use: as a fill, as text on it, as text on paper, as a soft fill under ink."""

    accent: str
    accent_on: str
    accent_text: str
    accent_soft: str


class Shades(Tints, frozen=True):
    """All colours of one light, each `#rrggbb`; the names are those of the style sheets' custom properties.

    `wall`, `counter` and `paper` lie over each other, under `ink`, `muted` and `line`; `lintel` is the bar on top.
    """

    wall: str
    counter: str
    paper: str
    line: str
    ink: str
    muted: str
    lintel: str
    lintel_ink: str
    lintel_muted: str


class Choices(Struct, frozen=True, kw_only=True):
    """The seller's choices, as `[brand]` has them; without `header` the bar's colour follows from the accent."""

    accent: str
    header: str | None = None
    paper: Paper = "white"
    titles: Titles = "sans"
    corners: Corners = "soft"


class Look(Choices, frozen=True, kw_only=True):
    """The choices with the seller's sign: `logo`, the text of an SVG, or else the initial of `name`."""

    name: str = ""
    logo: str = ""

    @classmethod
    def of(cls, chosen: Choices, name: str, logo: str) -> "Look":
        """Return the look of whatever holds the choices."""
        return cls(**{of: getattr(chosen, of) for of in Choices.__struct_fields__}, name=name, logo=logo)

    def with_accent(self, accent: str) -> "Look":
        """Return the look in another accent, such as an embedding site asks for; the same if that is no colour."""
        return replace(self, accent=accent) if is_colour(accent) else self

    @property
    def corner(self) -> int:
        """The radius of slips and panels, in pixels."""
        return _CORNERS[self.corners][0]

    @property
    def sign(self) -> str:
        """Return the SVG that stands in the bar, in the tab and on letters."""
        if self.logo:
            return self.logo
        day, initial = by_day(self), next(filter(str.isalnum, self.name), "·").upper()
        radius = {"sharp": 3, "soft": 7, "round": 16}[self.corners]
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
            f'<rect width="32" height="32" rx="{radius}" fill="{day.accent}"/>'
            f'<text x="16" y="22" text-anchor="middle" font-family="Arial,sans-serif" font-size="19" font-weight="bold"'
            f' fill="{day.accent_on}">{escape(initial)}</text></svg>'
        )


OKIENKO = Look(accent="#f0a63a", header="#14203c", paper="warm", titles="serif", name="Okienko")
"""The look of what belongs to no seller, such as the stand-ins alone."""


def is_colour(text: str) -> bool:
    """Return whether `text` is a colour in the form `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@lru_cache(maxsize=64)
def by_day(look: Look) -> Shades:
    """Return the colours for light paper."""
    wall, counter, paper, line = _PAPERS[look.paper]
    lintel = header_of(look)
    ink = _until(lintel if contrast(lintel, paper) > SEEN else _SOOT, paper, toward=_BLACK, ratio=14)
    muted = _quiet(ink, wall)
    fill, on_fill = fill_with(look.accent, ink)
    soft = _soft(fill, paper, under=muted)
    text = _until(_until(fill, soft, toward=_BLACK), wall, toward=_BLACK)
    bar = fill_with(lintel, ink)[1]
    return Shades(fill, on_fill, text, soft, wall, counter, paper, line, ink, muted, lintel, bar, _quiet(bar, lintel))


@lru_cache(maxsize=64)
def by_night(look: Look) -> Shades:
    """Return the colours for the dark page: the bar's own colour, in four depths."""
    day = by_day(look)
    hue = day.lintel if contrast(day.lintel, _WHITE) > SEEN else _mix(day.lintel, _SOOT, 0.9)
    wall, counter, paper = (_until(hue, _WHITE, toward=_BLACK, ratio=ratio) for ratio in (18.8, 17.4, 15.4))
    lintel, line = _until(hue, _WHITE, toward=_BLACK, ratio=18.2), _mix(paper, _WHITE, 0.16)
    muted = _quiet(_LAMPLIGHT, paper)
    fill, on_fill = fill_with(_lit(look.accent, paper), day.ink)
    # Not towards the page's own colour: that would only make the accent grey.
    soft = _soft(fill, "#0a0c12", under=muted)
    text = _lit(_lit(fill, soft), paper)
    on = (_LAMPLIGHT, _quiet(_LAMPLIGHT, lintel))
    return Shades(fill, on_fill, text, soft, wall, counter, paper, line, _LAMPLIGHT, muted, lintel, *on)


def header_of(look: Look) -> str:
    """Return the colour of the bar: the seller's, else a deep shade of the accent, a neutral one where that is pale."""
    if look.header is not None:
        return look.header
    share = 0.5 if contrast(look.accent, _WHITE) >= SEEN else 0.9
    return _until(_mix(look.accent, _SOOT, share), _WHITE, toward=_BLACK, ratio=9)


def stylesheet(look: Look) -> str:
    """Return the custom properties that all the style sheets build on, for day and night."""
    day, night = (
        "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in asdict(shades).items())
        for shades in (by_day(look), by_night(look))
    )
    corner, edge = _CORNERS[look.corners]
    shape = f"--corner:{corner}px;--edge:{edge}px;--sign:var(--{'serif' if look.titles == 'serif' else 'text'});"
    return f":root{{{day}{shape}}}\n@media (prefers-color-scheme:dark){{:root{{{night}}}}}\n"


def fill_with(colour: str, ink: str) -> tuple[str, str]:
    """Return the colour as a ground, and white or `ink` on it; where neither reads the colour is moved a little."""
    on = max((ink, _WHITE), key=lambda one: contrast(colour, one))
    return _until(colour, on, toward=_WHITE if on == ink else _BLACK), on


def _quiet(ink: str, ground: str) -> str:
    """Return the ink mixed into the ground as far as it can still be read well."""
    mixed = (_mix(ink, ground, step / 20) for step in range(7, 0, -1))
    return next((one for one in mixed if contrast(one, ground) >= READABLE + 0.5), ink)


def _soft(colour: str, ground: str, *, under: str) -> str:
    """Return a tint of the ground, as strong as the quietest text `under` which it lies allows."""
    tints = (_mix(colour, ground, 0.75 + step / 40) for step in range(11))
    return next((tint for tint in tints if contrast(tint, under) >= READABLE), ground)


def _until(colour: str, ground: str, *, toward: str, ratio: float = READABLE) -> str:
    """Move the colour towards black or white only as far as its contrast with `ground` needs."""
    moved = (_mix(colour, toward, step / 40) for step in range(41))
    return next((one for one in moved if contrast(one, ground) >= ratio), toward)


def _lit(colour: str, ground: str) -> str:
    """Lighten the colour, as full as it is, until it is read on the dark `ground`; white would only wash it out."""
    hue, lightness, fullness = rgb_to_hls(*_channels(colour))
    lit = (_hex(hls_to_rgb(hue, lightness + (1 - lightness) * step / 40, fullness)) for step in range(41))
    return next((one for one in lit if contrast(one, ground) >= READABLE), _WHITE)


def _mix(one: str, other: str, share: float) -> str:
    """Mix `share` of the other colour into the first one, in sRGB."""
    return _hex(a + (b - a) * share for a, b in zip(_channels(one), _channels(other), strict=True))


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)


def _channels(colour: str) -> _Channels:
    if not is_colour(colour):
        raise ValueError("a colour is written #rrggbb")
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
