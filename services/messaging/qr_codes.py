"""QR codes drawn: for a page as SVG that stands in it, for a letter as PNG."""

import io
from typing import Literal

import segno

Level = Literal["L", "M"]
# EPC069-12 allows no larger one; what doesn't fit isn't drawn.
LARGEST = 13


def svg(text: str, level: Level) -> str | None:
    """Return the code as an `<svg>` element without a size of its own; None if the text doesn't fit."""
    drawn = _drawn(text, level)
    if drawn is None:
        return None
    return drawn.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)


def png(text: str, level: Level) -> bytes | None:
    """Return the code as a picture, some 5 pixels a module; None if the text doesn't fit."""
    drawn = _drawn(text, level)
    if drawn is None:
        return None
    out = io.BytesIO()
    drawn.save(out, kind="png", scale=5, border=4, dark="#000", light="#fff")
    return out.getvalue()


def _drawn(text: str, level: Level) -> segno.QRCode | None:
    try:
        found = segno.make_qr(text, error=level, encoding="utf-8", boost_error=False)
    except segno.DataOverflowError:
        return None
    return found if int(found.version) <= LARGEST else None
