"""Texts of messages: the SMS alphabet GSM-7, the parts of an SMS, a gateway's `normalize`, the links in a text."""

import math
import re
import unicodedata
from html import unescape
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("^{}[]~\\|€\f")
STROKES: Final = str.maketrans("łŁđĐøØ„”“’‘–—…\u00a0", 'lLdDoO"""\'\'--.\u0020')


def is_gsm7(text: str) -> bool:
    """Return whether the text needs no Unicode."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def parts(text: str) -> int:
    """Return how many parts the text is sent and charged as: 160 or 153 signs each, in Unicode 70 or 67."""
    if is_gsm7(text):
        length = sum(2 if sign in EXTENDED else 1 for sign in text)
        alone, joined = 160, 153
    else:
        length = len(text.encode("utf-16-be")) // 2
        alone, joined = 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def normalize(text: str) -> str:
    """Letters without their diacritics where GSM-7 lacks them (ą → a); what GSM-7 has is left alone."""
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
