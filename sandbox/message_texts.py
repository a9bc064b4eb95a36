"""Texts of messages: an SMS gateway's `normalize`, the links in a text."""

import re
import unicodedata
from html import unescape
from typing import Final

from values.sms import is_gsm7

STROKES: Final = str.maketrans("łŁđĐøØ„”“’‘–—…\u00a0", 'lLdDoO"""\'\'--.\u0020')


def normalize(text: str) -> str:
    """Return the text with letters that GSM-7 lacks put without their diacritics (ą → a)."""
    return "".join(sign if is_gsm7(sign) else _plain(sign) for sign in text)


def _plain(sign: str) -> str:
    decomposed = unicodedata.normalize("NFKD", sign.translate(STROKES))
    return "".join(part for part in decomposed if not unicodedata.combining(part))


LINK: Final = re.compile(r"https?://[^\s<>\"'„”»]+")
HREF: Final = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)
PUNCTUATION: Final = ".,;:!?)]}"


def links_in(text: str, html: str | None = None) -> list[str]:
    """Return every link once, in the order of the text; those that only the HTML has come after."""
    found = [_trimmed(match) for match in LINK.findall(text)]
    found += [unescape(match) for match in HREF.findall(html or "")]
    return list(dict.fromkeys(found))


def _trimmed(link: str) -> str:
    while link.endswith(tuple(PUNCTUATION)) and not (link.endswith(")") and link.count("(") == link.count(")")):
        link = link[:-1]
    return link
