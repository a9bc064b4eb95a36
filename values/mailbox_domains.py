"""Domains of well-known mailboxes, and the slips of a finger by which they are missed.

A domain that somebody may own isn't taken for a slip: letters count only as fingers miss them (two swapped, one left
out or doubled, the key beside), and only in names that are no words.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_DOMAINS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NAMED, _SHORT, _WORDS = (frozenset(_DOMAINS[name]) for name in ("named", "short", "words"))
KNOWN = _NAMED | _SHORT
_COUNTRIES: Mapping[str, str] = _DOMAINS["countries"]
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {key: (place + row / 2, row) for row, keys in enumerate(_ROWS) for place, key in enumerate(keys)}


def _beside(key: str) -> Iterator[str]:
    if key not in _PLACES:
        return
    across, down = _PLACES[key]
    for other, (place, row) in _PLACES.items():
        if other != key and abs(place - across) <= 1 and abs(row - down) <= 1:
            yield other


def _slips(name: str) -> Iterator[str]:
    """Yield the name as fingers miss it; its first letter is seldom missed, and tells words apart."""
    for at, letter in enumerate(name):
        before, after = name[:at], name[at + 1 :]
        yield f"{before}{letter}{letter}{after}"
        yield f"{before}{after[:1]}{letter}{after[1:]}"
        if at:
            yield before + after
            for other in _beside(letter):
                yield f"{before}{other}{after}"
                yield f"{before}{letter}{other}{after}"
                yield f"{before}{other}{letter}{after}"


_NAMES = frozenset(domain.partition(".")[0] for domain in _NAMED)
_MEANT_NAMES = {slip: name for name in sorted(_NAMES) for slip in _slips(name) if slip not in _NAMES | _WORDS}
_MEANT_ENDINGS = {slip: ending for ending, slips in _DOMAINS["endings"].items() for slip in slips}
_MEANT_WHOLE = {slip: domain for domain, slips in _DOMAINS["listed"].items() for slip in slips}


@lru_cache(maxsize=1024)  # each turn asks for the domain of its customer's address again
def meant(domain: str) -> str | None:
    """Return the known domain that this one is likely a slip of; None for a known one, and for any other."""
    if domain in KNOWN:
        return None
    if domain in _MEANT_WHOLE:
        return _MEANT_WHOLE[domain]
    typed, _, ending = domain.partition(".")
    name = _MEANT_NAMES.get(typed, typed)
    likely = f"{name}.{_MEANT_ENDINGS.get(ending, ending)}"
    if likely in KNOWN:
        return likely
    abroad = f"{name}.{_COUNTRIES.get(ending, ending)}"
    return abroad if abroad in _NAMED else None
