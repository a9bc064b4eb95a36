"""The links in a message, in the order of its text."""

import re
from html import unescape
from typing import Final

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
