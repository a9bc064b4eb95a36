"""The closed classes of words that stand around an answer, and names of answers, for texts that are unaccented."""

import re
import tomllib
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct, convert

from values.parsing import unaccent
from values.patterns import regex


class AnswerName(Struct, frozen=True):
    """Names of the answers `of` a kind, the likeliest first, as regular expressions; the file says what marks them."""

    of: tuple[str, ...]
    called: str
    told: str = ""
    in_words: bool = False
    bare: bool = False
    stands_around: bool = False


@cache
def answer_names() -> tuple[AnswerName, ...]:
    """Return the names of all answers, in the order in which they are tried."""
    listed = tomllib.loads(_HERE.with_name("answer_names.toml").read_text(encoding="utf-8"))["answers"]
    return convert([{**one, **_spelt(one)} for one in listed], tuple[AnswerName, ...])


def _spelt(table: dict[str, object]) -> dict[str, str]:
    """Return the texts of a table as regular expressions: its lines are alternatives."""
    return {name: "|".join(value.split("\n")[:-1]) for name, value in table.items() if isinstance(value, str)}


_HERE = Path(__file__)
_ELIDED = regex(r"(?:l|dell|all|nell|sull|dall|un|c|d|quest|dev|dov|com|cos)'(?=\w)")
_IS = frozenset({"è", "é", "e'", "e`", "mają"})
"""Verbs that are other words without their accents: "3 Maja"."""
_SHORT = frozenset({"al", "st", "im", "nam"})
"""Abbreviations that are other words without their dot: "al. Niepodległości"."""
_YES = frozenset({"sì", "si'"})


class WordClass(StrEnum):
    """A class of words by what it does around an answer. The first ones are never part of one in small letters."""

    reply = "replies"
    verb = "verbs"
    pronoun = "pronouns"
    adverb = "adverbs"
    courtesy = "courtesies"
    noun = "nouns"
    type = "types"
    quality = "qualities"
    particle = "particles"
    content = ""
    """No word of these classes."""


TALK = frozenset(list(WordClass)[:6])
"""Classes of which a word shows that something is said."""
_TRIED = sorted(list(WordClass)[:-1], key=lambda one: one is WordClass.noun)
"""A name of an answer that may be part of one is a type."""


@cache
def _listed() -> dict[str, tuple[frozenset[str], re.Pattern[str]]]:
    said = tomllib.loads(_HERE.with_name("closed_classes.toml").read_text(encoding="utf-8"))
    words = {name: str(value).split() for name, value in said.items()}
    return {
        name: (frozenset(listed), regex("|".join(word[:-1] for word in listed if word.endswith("*")) or "(?!)"))
        for name, listed in words.items()
    }


@lru_cache(maxsize=2048)  # of one word each, whoever wrote it
def class_of(word: str) -> WordClass:
    """Return the class of a word in small letters, its accents as they are typed."""
    typed = word.rstrip(".")
    if typed != word and unaccent(typed) in _SHORT:
        return WordClass.content
    if typed in _IS:
        return WordClass.verb
    if typed in _YES:
        return WordClass.reply
    said = unaccent(typed.replace("’", "'"))
    found = _found(said)
    if found is WordClass.content and (elided := _ELIDED.match(said)) is not None:
        found = _found(typed.replace("’", "'")[elided.end() :] if said[elided.end() :] == "e" else said[elided.end() :])
    return _found(said[:-2]) if found is WordClass.content and said.endswith("'s") else found


@cache
def _names() -> re.Pattern[str]:
    """Return the names of the answers beside which others stand in a line."""
    return regex("|".join(one.called for one in answer_names() if one.in_words or one.bare or one.stands_around))


def _found(said: str) -> WordClass:
    if said in _IS:
        return WordClass.verb
    for one in _TRIED:
        if one is WordClass.noun and _names().fullmatch(said) is not None:
            return one
        words, stems = _listed()[one]
        if said in words or stems.match(said) is not None:
            return one
    return WordClass.content


def is_denial(word: str) -> bool:
    """Return whether a word takes back what follows it: "not", "nie", "anziché"."""
    return unaccent(word) in _listed()["denials"][0]


def is_restating(word: str) -> bool:
    """Return whether a word may take back what stands before it, for what follows: "anzi", "sorry"."""
    return unaccent(word) in _listed()["restating"][0]


def is_rather(word: str) -> bool:
    """Return whether a word goes on to what is meant instead: "tylko", "ma", "but"."""
    return unaccent(word) in _listed()["rather"][0]
