"""One accent colour from the profile, and the tints derived from it so that every text stays readable.

Contrast is WCAG 2's ratio of relative luminances; 4.5 is what normal text needs (success criterion 1.4.3).
"""

import re

from msgspec import Struct

READABLE = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_INK, _WHITE, _BLACK = "#131c33", "#ffffff", "#000000"
# As in static/css/base.css: paper, the dark slip, what its accent is mixed with, the muted texts.
_PAPER, _NIGHT, _DARK = "#fffdf8", "#182440", "#0a0c12"
_MUTED_BY_DAY, _MUTED_BY_NIGHT = "#565f74", "#aab3c7"

_Channels = tuple[float, float, float]


def is_colour(text: str) -> bool:
    """Return whether `text` is a colour in the form `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


class Tints(Struct, frozen=True):
    """The accent in use: as a fill, as text on it, as text on paper, as a soft fill under ink."""

    fill: str
    on_fill: str
    text: str
    soft: str


def by_day(accent: str) -> Tints:
    """Return the tints for light paper."""
    fill, on_fill = _filled(accent)
    soft = _soft(fill, _PAPER, under=_MUTED_BY_DAY)
    return Tints(fill, on_fill, _until_readable(fill, soft, toward=_BLACK), soft)


def by_night(accent: str) -> Tints:
    """Return the tints for the dark page."""
    fill, on_fill = _filled(_until_readable(accent, _NIGHT, toward=_WHITE))
    # Not towards the blue page: that would only make the accent grey.
    soft = _soft(fill, _DARK, under=_MUTED_BY_NIGHT)
    text = _until_readable(_until_readable(fill, soft, toward=_WHITE), _NIGHT, toward=_WHITE)
    return Tints(fill, on_fill, text, soft)


def stylesheet(accent: str) -> str:
    """Return the custom properties that all the style sheets build on, for day and night."""
    day, night = _properties(by_day(accent)), _properties(by_night(accent))
    return f":root{{{day}}}\n@media (prefers-color-scheme:dark){{:root{{{night}}}}}\n"


def _properties(tints: Tints) -> str:
    names = {"": tints.fill, "-on": tints.on_fill, "-text": tints.text, "-soft": tints.soft}
    return "".join(f"--accent{name}:{colour};" for name, colour in names.items())


def _filled(accent: str) -> tuple[str, str]:
    """Return the accent as a ground and the ink on it; mid tones on which neither ink reads are adjusted a little."""
    ink = max((_INK, _WHITE), key=lambda one: contrast(accent, one))
    return _until_readable(accent, ink, toward=_WHITE if ink == _INK else _BLACK), ink


def _soft(colour: str, ground: str, *, under: str) -> str:
    """Return a tint of the ground, as strong as the quietest text `under` which it lies allows."""
    for step in range(11):
        tint = _mix(colour, ground, 0.75 + step / 40)
        if contrast(tint, under) >= READABLE:
            return tint
    return ground


def _until_readable(colour: str, ground: str, *, toward: str) -> str:
    """Move the colour towards black or white only as far as needed to be read on `ground`."""
    for step in range(21):
        moved = _mix(colour, toward, step / 20)
        if contrast(moved, ground) >= READABLE:
            return moved
    return toward


def _mix(one: str, other: str, share: float) -> str:
    """Mix `share` of the other colour into the first one, in sRGB."""
    mixed = (a + (b - a) * share for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{round(value * 255):02x}" for value in mixed)


def _channels(colour: str) -> _Channels:
    if not is_colour(colour):
        raise ValueError("a colour is written #rrggbb")
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
