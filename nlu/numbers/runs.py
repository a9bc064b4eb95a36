"""Runs of digit groups: numbers as they were said, the corrections between them, and the words that say any."""

import re
from functools import lru_cache

from msgspec import Struct, field

from nlu.languages.language import Language, Languages
from values.parsing import fold_hyphens, fold_words, folds_to_itself, unaccent
from values.patterns import regex


class DigitGroup(Struct):
    """Digits said or written as one; `parts` are the number words' values, which may also be read one by one."""

    parts: list[str]
    start: int
    end: int
    spelled: bool
    hard_before: bool = False

    def readings(self) -> list[str]:
        """Digit strings in order of likelihood: joined ("623"), split once ("600 23"), fully split."""
        if len(self.parts) == 1:
            return self.parts
        whole = str(sum(map(int, self.parts)))
        splits = [
            str(sum(map(int, self.parts[:i]))) + str(sum(map(int, self.parts[i:]))) for i in range(1, len(self.parts))
        ]
        return list(dict.fromkeys([whole, *splits, "".join(self.parts)]))


class Segment(Struct):
    """Groups between two corrections.

    `how` says what the correction before it was: "" for none, "fix" for what was said last, "restart" for everything,
    "instead" for digits that are named, or the place of the new ones: "tail", "first", "before_last".
    """

    how: str = ""
    groups: list[DigitGroup] = field(default_factory=list)


class Run(Struct):
    """Groups that belong together: nothing but separators, fillers and corrections between them."""

    segments: list[Segment] = field(default_factory=lambda: [Segment()])
    plus: bool = False

    @property
    def groups(self) -> list[DigitGroup]:
        return [g for s in self.segments for g in s.groups]

    @property
    def start(self) -> int:
        return self.groups[0].start

    @property
    def end(self) -> int:
        return self.groups[-1].end


_DIGIT = regex(r"\d")


def spoken_language(text: str, langs: Languages) -> Language:
    """Return the language whose number words the text uses; the conversation's own when it is as good as any."""
    words = {unaccent(w) for w in re.findall(r"[^\W\d_]{2,40}", text[:8192])}
    counts = [len(words & _strong_words(lang)) for lang in langs]
    return langs[counts.index(max(counts))]


_WEAK = frozenset("sto ten one due oh fore for un sei uno nil jedna jedno jednego zero".split())
"""Number words that mean something else in another language."""


@lru_cache(maxsize=32)
def _strong_words(lang: Language) -> frozenset[str]:
    return frozenset(lang.numbers.digits) - _WEAK


@lru_cache(maxsize=32)
def first_words(lang: Language) -> frozenset[str]:
    """Return the words with which a group may begin, beside digits."""
    words, cues = lang.numbers, lang.cues
    tables = (words.units, words.teens, words.tens, words.hundreds, words.whole, cues.times, cues.counted)
    return frozenset(word for table in tables for word in table) | {words.thousand}


@lru_cache(maxsize=32)
def beginnings(lang: Language) -> frozenset[str]:
    """Return the words with which a phrase of correction begins."""
    cues = lang.cues
    tables = (cues.corrections, cues.restarts, cues.tail, cues.ends, cues.first, cues.before_last, cues.instead)
    return frozenset(word for table in tables for word in table)


@lru_cache(maxsize=32)
def _counting(langs: Languages) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words and the parts of words without one of which no digits are said in any of these languages."""
    joined = [(one.numbers.thousands, one.numbers.thousand) for one in langs if one.numbers.thousands]
    return frozenset[str]().union(*map(first_words, langs)), tuple(part for parts in joined for part in parts)


def may_count(text: str, langs: Languages) -> bool:
    """Return whether a text may say digits: a cheap look, which is only ever wrong in finding some."""
    if _DIGIT.search(text) is not None or not (folds_to_itself(text) or folds_to_itself(fold_hyphens(text))):
        return True
    said, (words, parts) = fold_words(text), _counting(langs)
    return not words.isdisjoint(said.split()) or any(part in said for part in parts)
