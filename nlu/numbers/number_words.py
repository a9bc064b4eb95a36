"""The small words around spoken numbers, per language, unaccented."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, convert, field

from values.locale import Locale

Phrases = dict[str, list[tuple[str, ...]]]
"""Phrases of words by their first word, the longest first."""


class NumberCues(Struct, frozen=True, eq=False):
    """The small words of one language; `number_cues.toml` says what each means."""

    corrections: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    restarts: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    tail: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    times: Mapping[str, int] = field(default_factory=dict[str, int])
    counted: Mapping[str, str] = field(default_factory=dict[str, str])
    plurals: Mapping[str, str] = field(default_factory=dict[str, str])
    repeaters: frozenset[str] = frozenset()
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    fillers: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()
    ends: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    first: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    before_last: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    instead: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    contrasts: frozenset[str] = frozenset()


NO_CUES = NumberCues()
"""Those of a language of which nothing is known."""


def phrases(said: Iterable[str]) -> Phrases:
    """Index phrases by their first word, longest first."""
    table: Phrases = {}
    for phrase in said:
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    for options in table.values():
        options.sort(key=len, reverse=True)
    return table


HESITATION = frozenset("ee eee eeee ehm eh ehmm em emm hm hmm mhm mm mmm uh uhm um umm er erm yyy yy ah aah".split())
_INDEXED = ("corrections", "restarts", "tail", "ends", "first", "before_last", "instead")


def _cues(listed: Mapping[str, Any]) -> NumberCues:
    indexed = {name: phrases(listed[name]) for name in _INDEXED}
    return convert({**listed, **indexed, "fillers": HESITATION.union(listed["fillers"])}, NumberCues)


CUES: Mapping[Locale, NumberCues] = {
    Locale(code): _cues(listed)
    for code, listed in tomllib.loads(Path(__file__).with_name("number_cues.toml").read_text("utf-8")).items()
}
"""Those of the shipped languages."""
