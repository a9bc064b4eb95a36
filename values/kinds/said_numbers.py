"""Whole numbers in a text, in digits and in words of Polish, Italian, English and German, each with its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from msgspec import Struct

from values.locale import Locale
from values.number_words import WORDS, NumberWords
from values.parsing import fold_digits, unaccent
from values.patterns import regex

POLISH, ITALIAN, ENGLISH, GERMAN = Locale("pl"), Locale("it"), Locale("en"), Locale("de")
_OF_LATIN = ("", "a", "owi", "em", "ie", "y", "ow", "om", "ami", "ach")


def _scale(number: int, words: str) -> Mapping[str, int]:
    return dict.fromkeys(words.split(), number)


_SCALES: Mapping[Locale, Mapping[str, int]] = {
    POLISH: {
        **_scale(1000, "tysiac tysiaca tysiacowi tysiacem tysiacu tysiace tysiecy tysiacom tysiacami tysiacach tys"),
        **_scale(10**6, " ".join(f"milion{end}" for end in _OF_LATIN) + " mln"),
        **_scale(10**9, " ".join(f"miliard{end}" for end in (*_OF_LATIN, "zie")) + " mld"),
    },
    ITALIAN: {**_scale(1000, "mila"), **_scale(10**6, "milione milioni mln"), **_scale(10**9, "miliardo miliardi mld")},
    ENGLISH: {"hundred": 100, "thousand": 1000, "million": 10**6, "mln": 10**6, "billion": 10**9},
    GERMAN: {
        "hundert": 100,
        "tausend": 1000,
        "tsd": 1000,
        **_scale(10**6, "million millionen mio"),
        **_scale(10**9, "milliarde milliarden mrd"),
    },
}
_ALONE = frozenset("tysiac milion miliard hundred thousand million billion hundert tausend".split())
"""Those that are a number without another before them; the rest then only say that there are many."""
_BEHIND_DIGITS = {"k": 1000} | {word: scale for table in _SCALES.values() for word, scale in table.items()}
"""Words and signs that multiply a number in digits: "5 tys.", "5k"."""
SCALE_WORDS = frozenset(_BEHIND_DIGITS)
_COLLECTIVE = "dwoj troj czwor pi\u0119cior sze\u015bcior siedmior osmior dziewi\u0119cior dziesi\u0119cior"
_OF_PEOPLE = {
    f"{unaccent(stem)}{end}": number
    for number, stem in enumerate(_COLLECTIVE.split(), start=2)
    for end in ("e" if number < 4 else "o", "ga", "gu", "giem")
} | dict.fromkeys(("jednym", "jednej", "jednemu"), 1)
"""Polish counts people by words of their own; the rest are forms that name no digit of a dictated number."""
_JOINING = {ENGLISH: "and", GERMAN: "und", ITALIAN: "e"}
_LONE_ARTICLES = frozenset({"a", "an"})
_TOKEN = regex(r"(?P<digits>(?<![^\W_])[0-9]+)|(?P<word>[^\W\d_]+)")
_THOUSANDS = regex(
    r"(?<![0-9.,])(?!0)[0-9]{1,3}(?P<mark>[ \u00a0\u202f.,'’])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?![0-9]|[.,][0-9])"
)
ROOT = 5
"""Letters."""
_MOST_DIGITS = 15  # more are no number that anybody counts, and int() of very many takes a while


class SaidNumber(Struct, frozen=True):
    """A number and its place; `worded` where words say it."""

    value: int
    start: int
    end: int
    worded: bool = False


class _Token(Struct, frozen=True):
    text: str
    start: int
    end: int


def without_thousands_marks(text: str) -> str:
    """Remove the marks between thousands: "1 000", "1.000" and "1,000" are a thousand."""
    return _THOUSANDS.sub(lambda found: re.sub(r"[^0-9]", "", found.group()), text)


def said_numbers(said: str, ordinals: Mapping[str, int] | None = None) -> list[SaidNumber]:
    """Return the numbers of an unaccented text in order. `ordinals` are more words with the numbers that they mean.

    Linear in the length of the text.
    """
    tokens = [_Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(said)]
    found: list[SaidNumber] = []
    also = {**_OF_PEOPLE, **(ordinals or {})}
    at = 0
    while at < len(tokens):
        number, used = _number_at(said, tokens, at, also)
        found += [number] if number is not None else []
        at += used
    return found


@cache
def number_roots() -> frozenset[str]:
    """Return the beginnings of number words of any language, by which one in an unknown form is known."""
    known = [word for locale in _SCALES for word in (*number_words(locale).digits, *_SCALES[locale])]
    return frozenset(word[:ROOT] for word in (*known, *_OF_PEOPLE) if len(word) >= ROOT)


def beside_the_numbers(text: str) -> str:
    """Return the words of a text that say no number, unaccented."""
    said = unaccent(fold_digits(text))
    for number in reversed(said_numbers(said)):
        said = f"{said[: number.start]} {said[number.end :]}"
    return said


def _number_at(
    said: str, tokens: Sequence[_Token], at: int, ordinals: Mapping[str, int]
) -> tuple[SaidNumber | None, int]:
    """Return the number that begins at a token, and how many tokens it takes: at least one."""
    first = tokens[at]
    if first.text[0].isdecimal():
        value = int(first.text[:_MOST_DIGITS])
        scale = _BEHIND_DIGITS.get(tokens[at + 1].text) if at + 1 < len(tokens) else None
        if scale is not None and _next_to(said, first, tokens[at + 1]):
            return SaidNumber(value * scale, first.start, tokens[at + 1].end), 2
        return SaidNumber(value, first.start, first.end), 1
    best: tuple[int, int] | None = None
    for locale in (POLISH, ITALIAN, ENGLISH, GERMAN):
        read = _Reading(locale, ordinals).read(_joined(said, tokens, at))
        if read is not None and (best is None or read[1] > best[1]):
            best = read
    if best is None:
        return None, 1
    return SaidNumber(best[0], first.start, tokens[at + best[1] - 1].end, worded=True), best[1]


def _joined(said: str, tokens: Sequence[_Token], at: int) -> Iterator[str]:
    """Yield words from a token on, as long as nothing but a blank or a hyphen is between them."""
    yield tokens[at].text
    for one, other in zip(tokens[at:], tokens[at + 1 :], strict=False):
        if not _next_to(said, one, other) or other.text[0].isdecimal():
            return
        yield other.text


def _next_to(said: str, one: _Token, other: _Token) -> bool:
    return said[one.end : other.start].strip(" \u00a0\t") in ("", "-")


class _Reading:
    """Joins the words of one language to the number that they make."""

    def __init__(self, locale: Locale, ordinals: Mapping[str, int]) -> None:
        self._words, self._scales = number_words(locale), _SCALES[locale]
        self._and, self._ordinals = _JOINING.get(locale, ""), ordinals
        self._total = self._part = 0
        self._room, self._top = 1000, 10**10  # the next word, the next scale has to stand for less

    def read(self, words: Iterator[str]) -> tuple[int, int] | None:
        """Return the number, and how many words it takes; None where the first one is no number."""
        used, waits, last = 0, 0, ""
        for word in words:
            joins = word == self._and and used and self._room > (10 if self._and == "e" else 1)
            if not waits and (joins or (not used and word in _LONE_ARTICLES)):
                waits = 1
                continue
            if not self._take(word):
                break
            used, waits, last = used + 1 + waits, 0, word
        if self._total and self._top >= 10**6 and self._part % 100 == 0 and self._words.value(last) == self._part:
            return self._total, used - 1  # "milion dwieście" may be 1,200,000
        return (self._total + self._part, used) if used else None

    def _take(self, word: str) -> bool:
        scale = self._scales.get(word)
        if scale is not None and self._scaled(word, scale):
            return True
        value = self._ordinals.get(word)
        value = self._words.value(word) if value is None else value
        if value is None:
            return False
        if value >= 1000:
            return not self._part and self._add(value, 1000, 1 if value % 1000 else 1000)
        begun = self._total or self._part
        if value >= self._room or (begun and not value):
            return False
        self._part += value
        self._room = 1 if value % 10 or value < 20 else 10 if value % 100 else 100
        return True

    def _scaled(self, word: str, scale: int) -> bool:
        """Multiply what was said by a scale: "twelve hundred", "two million"; by one where it stands alone."""
        if not self._part and word not in _ALONE:
            return False
        part = self._part or 1
        if scale > 100:
            return self._add(part * scale, scale, 1000)
        if part >= 100 or (part % 10 == 0) or self._room == 100:
            return False
        self._part, self._room = part * 100, 100
        return True

    def _add(self, value: int, scale: int, room: int) -> bool:
        if scale >= self._top:
            return False
        self._total, self._part, self._room, self._top = self._total + value, 0, room, scale
        return True


@cache
def number_words(locale: Locale) -> NumberWords:
    """Return a language's number words, unaccented: one of the shipped, or German, which a shipped profile speaks."""
    return WORDS.get(locale) or _german()


def _german() -> NumberWords:
    units = dict(zip("null ein zwei drei vier funf sechs sieben acht neun".split(), range(10), strict=True))
    teens = "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn".split()
    tens = dict(
        zip("zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split(), range(20, 100, 10), strict=True)
    )
    below = dict(zip(teens, range(10, 20), strict=True)) | tens
    below |= {f"{unit}und{ten}": n + value for ten, value in tens.items() for unit, n in units.items() if n}
    hundreds = {"hundert": 100} | {f"{unit}hundert": n * 100 for unit, n in units.items() if n}
    single = {word: n for word, n in units.items() if n > 1} | {"eins": 1} | below
    whole = (
        below | hundreds | {f"{hundred}{word}": h + n for hundred, h in hundreds.items() for word, n in single.items()}
    )
    ones = {**units, "eins": 1, "eine": 1, "einen": 1, "einer": 1, "zwo": 2}
    return NumberWords(ones, {}, {}, {}, {word: str(n) for word, n in whole.items()}, "eintausend", "tausend")
