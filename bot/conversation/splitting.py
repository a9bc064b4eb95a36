"""Messages too long for a channel in parts, cut where a reader would."""

import re

#: Where to cut, the best first: between paragraphs, lines, sentences, words.
_BREAKS = ("\n\n", "\n", ". ", " ")
_JOINED = re.compile(r"[\u200d\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff]")


def units(text: str) -> int:
    """Return the length in UTF-16 code units, as channels count: a character beyond the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, longest: int) -> list[str]:
    """Return the text in parts of at most `longest` units (two or more), none empty; none for a blank text.

    Nothing but white space is lost between them.
    """
    parts: list[str] = []
    rest = text.strip()
    while units(rest) > longest:
        cut = _cut(rest, longest)
        if part := rest[:cut].rstrip():
            parts.append(part)
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def _cut(text: str, longest: int) -> int:
    """Return how many characters of `text` go into the next part."""
    fitting = _fitting(text, longest)
    for mark in _BREAKS:
        # A break in the first half would make needlessly small parts.
        found = text.rfind(mark, fitting // 2, fitting + (len(mark) if mark.isspace() else 0))
        if found > 0:
            return found + len(mark.rstrip())
    return _before_joined(text, fitting)


def _fitting(text: str, longest: int) -> int:
    """Return the number of characters from the beginning that take up at most `longest` units."""
    taken = 0
    for position, character in enumerate(text):
        taken += 2 if character > "\uffff" else 1
        if taken > longest:
            return position
    return len(text)


def _before_joined(text: str, cut: int) -> int:
    """`cut`, or a little before it where it would part an accent or an emoji's piece from what it belongs to."""
    for position in range(cut, max(cut - 16, 1), -1):
        if not _JOINED.match(text[position]) and text[position - 1] != "\u200d":
            return position
    return cut
