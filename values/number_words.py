"""Number words of Polish, Italian and English: unaccented word → the digits it stands for.

Units, teens, tens and hundreds are kept apart, because how they join decides the digits: "thirty two" is 32,
"seven eight" is 78.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from values.locale import Locale


class NumberWords(Struct, frozen=True):
    """The words of one language. `whole` are words that carry a finished group of digits by themselves.

    `thousand` is the word for one thousand where it stands alone, `thousands` the end of the word for several, where
    it is written in one with what stands before and behind it ("duemilauno").
    """

    units: dict[str, int]
    teens: dict[str, int]
    tens: dict[str, int]
    hundreds: dict[str, int]
    whole: dict[str, str]
    thousand: str = ""
    thousands: str = ""

    @property
    def digits(self) -> dict[str, str]:
        """All words with the digits they stand for."""
        tables = (self.units, self.teens, self.tens, self.hundreds)
        return {word: str(number) for table in tables for word, number in table.items()} | self.whole

    def value(self, word: str) -> int | None:
        """Return the number that an unaccented word stands for; None for any other word."""
        value = self._below(word)
        return self._thousands(word) if value is None and self.thousand else value

    def _below(self, word: str) -> int | None:
        for table in (self.units, self.teens, self.tens, self.hundreds):
            if word in table:
                return table[word]
        whole = self.whole.get(word)
        return None if whole is None else int(whole)

    def _thousands(self, word: str) -> int | None:
        """Read one thousand, or thousands in one word: there are too many of them for a table."""
        if word == self.thousand:
            return 1000
        mark = next((one for one in (self.thousands, self.thousand) if self.thousands and one in word), "")
        several, _, rest = word.partition(mark) if mark else ("", "", "")
        times = self._below(several) if several else 1 if mark == self.thousand or rest else None
        behind = self._below(rest) if rest else 0
        return None if not mark or times is None or behind is None else times * 1000 + behind


NO_WORDS = NumberWords({}, {}, {}, {}, {})
"""Those of a language whose numbers are understood in digits only."""


def _italian_compounds(units: dict[str, int], teens: dict[str, int], tens: dict[str, int]) -> dict[str, str]:
    """Italian writes numbers below a thousand as one word, with an elided vowel before uno and otto."""
    below = {**teens, **tens, **{w: n for w, n in units.items() if n and w != "un"}}
    for ten, value in tens.items():
        for unit, n in units.items():
            if n and unit != "un":
                below[(ten[:-1] if unit[0] in "uo" else ten) + unit] = value + n
    hundreds = {"cento": 100} | {u + "cento": n * 100 for u, n in units.items() if n > 1}
    whole = {word: str(n) for word, n in below.items() if n > 20}
    for hundred, value in hundreds.items():
        whole[hundred] = str(value)
        for word, n in below.items():
            whole[hundred + word] = whole[hundred[:-1] + word if word[0] == "o" else hundred + word] = str(value + n)
    return whole


def _words(code: str, listed: Mapping[str, Any]) -> NumberWords:
    units, teens, tens, hundreds = (
        {word: first + i * step for i, forms in enumerate(listed.get(place, ())) for word in forms.split()}
        for place, first, step in (("units", 0, 1), ("teens", 10, 1), ("tens", 20, 10), ("hundreds", 100, 100))
    )
    whole = _italian_compounds(units, teens, tens) if code == "it" else {}
    ends = listed.get("thousand", ""), listed.get("thousands", "")
    return NumberWords(units, teens, tens, hundreds, whole, *ends)


WORDS: Mapping[Locale, NumberWords] = {
    Locale(code): _words(code, listed)
    for code, listed in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}
"""The words of the shipped languages; a profile's own language brings its own (`nlu/brought.py`)."""


def _digits_of_any() -> dict[str, str]:
    """Merge the words of all languages with their digits, where the languages agree."""
    merged: dict[str, str] = {}
    for words in WORDS.values():
        merged |= words.digits
    return {w: d for w, d in merged.items() if w not in ("sto", "un", "fore")}


DIGITS_OF_WORD: dict[str, str] = _digits_of_any()
"""Unaccented number word of any language → digits; for finding spelled-out cards, where any language may come."""
