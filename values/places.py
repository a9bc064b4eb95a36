"""Words with places to fill, `{customer}`, from a closed list: one pass, so that what a value holds is never read.

No formats, no attributes, no indexes: agents write such words, and customers' values stand in them. `{{` and `}}` are
braces.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}|[{}]")
_MEANT = re.compile(r"\{\s*(\w+)\s*\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """The words, and the places that nothing is known for: they stand there as they were written."""

    text: str
    missing: tuple[str, ...] = ()


def names(text: str) -> tuple[str, ...]:
    """The places of a text, each once, in order."""
    return tuple(dict.fromkeys(found[1] for found in _TOKEN.finditer(text) if found[1]))


def unfilled(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The places of a text among those `known`, as they are written, each once: `{ Order }` was meant as one, too."""
    found = (token for token in _MEANT.finditer(text) if token[1].lower() in known)
    return tuple(dict.fromkeys(token[0] for token in found))


def mistakes(text: str, known: Collection[str]) -> tuple[str, ...]:
    """What can't be filled: places that aren't known, and lone braces as `{` or `}`; nothing for right words."""
    found = (token[1] or token[0] for token in _TOKEN.finditer(text) if token[0] not in ("{{", "}}"))
    return tuple(dict.fromkeys(name for name in found if name not in known))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Puts the values into their places. A value that is missing or empty leaves its place as it is written."""
    missing: dict[str, None] = {}

    def put(token: re.Match[str]) -> str:
        if token[0] in ("{{", "}}"):
            return token[0][0]
        if not token[1]:
            return token[0]
        if value := values.get(token[1], ""):
            return value
        missing[token[1]] = None
        return token[0]

    return Filled(_TOKEN.sub(put, text), tuple(missing))
