"""The diary of a simulated customer: everything done and read, in order, and its errors."""

import re
from collections import Counter

from msgspec import Struct, field

from sandbox.testing.desk import NotDone

_UNFILLED = re.compile(r"\{\w+\}")
_CODE = re.compile(r"^\d{6}$")
"""Codes differ each time: they follow from what is drawn for each conversation."""
_LONGEST = 300


class Broken(NotDone):
    """Something that must hold doesn't: `what` names it, the message says how."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what}: {how}")
        self.what = what


class Diary(Struct):
    """`lines` can be read as a conversation: `>` said, `<` read, `~` done elsewhere."""

    lines: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])
    _typed: set[str] = field(default_factory=set[str])  # what looks like a place, and may be quoted back

    def said(self, message: str) -> None:
        """Note what the customer said or pressed."""
        self.counts["said"] += 1
        self._typed |= {*_UNFILLED.findall(message)}
        self.lines.append(f"> {_CODE.sub('the code', _short(message))}")

    def did(self, what: str, kind: str = "") -> None:
        """Note what happened elsewhere than in the chat; `kind` counts it."""
        if kind:
            self.counts[kind] += 1
        self.lines.append(f"~ {what}")

    def read(self, text: str, titles: tuple[str, ...]) -> None:
        """Note what the desk said. Errors: Broken for an empty text or an unfilled placeholder."""
        self.counts["read"] += 1
        self.lines.append(f"< {_short(text)}" + "".join(f" [{title}]" for title in titles))
        for words in (text, *titles):
            if not words.strip() or {*_UNFILLED.findall(words)} - self._typed:
                raise Broken("words", f"the desk said {words!r}")


def _short(text: str) -> str:
    shown = " ⏎ ".join(text.splitlines()).encode("utf-8", "replace").decode()
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
