"""A number or a day that answers the open step: what of a message tells one, and what asks or wishes instead."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from nlu.answer_words import SHIPPED
from nlu.entities.terms import unit_words
from nlu.intents.score import likeliest
from nlu.languages.language import Languages
from nlu.numbers.choose import read_counted_numbers, unsaid_number
from nlu.numbers.groups import runs
from nlu.phrase_lines import word_set
from nlu.questions.asking import asks
from nlu.tokens import is_question, tokens
from values.expected import Expected
from values.kinds.date import beside_the_day, names_a_month
from values.kinds.number import parse_number
from values.kinds.said_numbers import beside_the_numbers, said_numbers
from values.parsing import Ok, Parsed, ParseRefused, fold_words, unaccent
from values.patterns import regex

_LONGEST = 400
_FEW, _SOME, _MOST = 3, 5, 12  # words
_MOST_DIGITS = 8
_SURE = 0.8
_CLAUSE = regex(r"([.;!?\n]+(?:\s+|$)|,\s+)")
_MONEY = regex(r"eur\w{0,2}|euro|zl|zlot\w{1,3}|pln|usd|dol+ar\w{0,3}|groszy|cent\w{0,2}|proc\w{0,5}|percent\w{0,3}")
_SAYING_NOTHING = frozenset({"inform", "out_of_scope", "affirm", "deny", "greet", "thank", "goodbye", "order_addon"})
"""Intents that a sentence with an answer is classified by, too."""
_BESIDE = word_set("numbers_and_days", "beside")
_ELSEWHERE = {"sto": "pl", "due": "it", "sei": "it", "un": "it", "set": "it"}
"""Number words that are other words in another language: "sto bene" is no hundred. Each with its own language."""


Read = Callable[[str], "Parsed[str] | Parsed[int]"]
"""The parser of a kind at the open step."""


class ReadAttempt(Struct, frozen=True):
    """A text that tries to answer: `value` is what to parse, None for the text itself; `good` when it parses."""

    value: str | None
    good: bool


def read_number(text: str, expected: Expected, langs: Languages) -> ReadAttempt | None:
    """Return the number that a message tells as its answer, or tries to; None where it asks or wants something."""
    if (unsaid := unsaid_number(tokens(text[:_LONGEST]), langs)) is not None and not _asks(text, langs):
        value, start, end = unsaid
        alone = not said_numbers(unaccent(f"{text[:start]}; {text[end:_LONGEST]}"))
        return ReadAttempt(value if alone else None, good=alone)
    for part, asked in _telling(text[:_LONGEST], langs, beside_the_numbers):
        outcome = parse_number(part)
        if isinstance(outcome, ParseRefused) and outcome.reason in ("number.none", "number.several"):
            outcome = _as_spoken(part, outcome, langs)
        if isinstance(outcome, Ok):
            if _counts(part, expected, langs, asked=asked):
                return ReadAttempt(None if parse_number(text) == outcome else str(outcome.value), good=True)
        elif (
            outcome.reason != "number.none"
            and _words(part) <= _MOST
            and not _wishes(part, beside_the_numbers(part), langs)
        ):
            return ReadAttempt(None if part == text else part, good=False)
    return None


def asks_with_number(text: str, langs: Languages) -> bool:
    """Return whether a question names a number by the way: a mark behind a number and its unit is only doubt."""
    units, rest = unit_words(langs), beside_the_numbers(text[:_LONGEST])
    if "?" not in text:
        return False
    said = [word for word in fold_words(rest).split() if not (units.person(word) or units.pack(word))]
    return len([word for word in said if not _says_nothing(word, langs)]) > 1


def read_day(text: str, read: Read, langs: Languages) -> ReadAttempt | None:
    """Return the words of a message that tell a day as its answer, or try to; None where it asks or wants something."""
    for part, _ in _telling(text[:_LONGEST], langs, beside_the_day):
        outcome = read(part)
        refused = outcome.reason if isinstance(outcome, ParseRefused) else ""
        if refused == "date.none" and not _is_part_of_day(part):
            continue
        rest = beside_the_day(part)
        if _words(rest) <= _SOME and not _wishes(
            part, rest, langs, least=_FEW if (names_a_month(part) or any(sign.isdecimal() for sign in part)) else 0
        ):
            return ReadAttempt(None if part == text else part, good=not refused)
    return None


def _telling(text: str, langs: Languages, beside: Callable[[str], str]) -> Iterator[tuple[str, bool]]:
    """Yield what of a message may tell an answer, with True where another part of it asks.

    `beside` takes the answer out: a question mark behind nothing else is only doubt ("12?").
    """
    rest = beside(text)
    unmarked = rest.replace("?", " ")
    if not _asks(rest, langs) or (not _asks(unmarked, langs) and _says_nothing(unmarked, langs)):
        yield text, False
        return
    pieces = _CLAUSE.split(text)
    for clause, end in zip(pieces[::2], (*pieces[1::2], ""), strict=True):
        if clause.strip() and "?" not in end and not _asks(beside(clause), langs) and _words(beside(clause)) <= _FEW:
            yield clause, True


def _asks(text: str, langs: Languages) -> bool:
    return asks(text, langs) or is_question(text, fold_words(text).split(), langs)


def _says_nothing(words: str, langs: Languages) -> bool:
    small = {word for lang in langs for word in lang.answers.small} | SHIPPED.small | _BESIDE
    return all(word in small for word in fold_words(words).split())


def _as_spoken(text: str, refused: ParseRefused, langs: Languages) -> Ok[int] | ParseRefused:
    """Return the number in words of another language, or the one that corrects another: "12, sorry, 13"."""
    found = runs(text, langs)
    corrects = len(found) == 1 and len(found[0].segments) > 1
    several = refused.reason == "number.several"
    if (several or any(sign.isdecimal() for sign in text)) and not (corrects and several):
        return refused
    said = {number for run in found for number, _, _ in read_counted_numbers(run, text)}
    only = next(iter(said)) if len(said) == 1 else ""
    return Ok(int(only)) if 0 < len(only) <= _MOST_DIGITS else refused


def _counts(part: str, expected: Expected, langs: Languages, *, asked: bool) -> bool:
    """Return whether a number is told as a count, and not as a price, a term of years or by the way."""
    units, words = unit_words(langs), [token.word for token in tokens(part)]
    own = {word for word in words if word in expected.pieces}
    if any(_MONEY.fullmatch(word) for word in words if word not in own):
        return False
    if not own and (asked or expected.pieces) and any(units.time(word) for word in words):
        return False
    if own:
        return True
    rest = beside_the_numbers(part)
    beside = fold_words(rest).split()
    first = next(iter(said_numbers(unaccent(part))), None)
    if first is not None and first.worded and beside:
        said = unaccent(part)[first.start : first.end]
        if _ELSEWHERE.get(said, langs[0].code) != langs[0].code:
            return False
        if first.value <= 1 and not all(units.person(w) or _says_nothing(w, langs) for w in beside):
            return False
    return len(beside) <= _MOST and not _wishes(part, rest, langs)


def _is_part_of_day(text: str) -> bool:
    """Return whether a text is a day in part: digits alone, or a month without its day."""
    words = tokens(text)
    return 0 < len(words) <= _FEW and (names_a_month(text) or all(token.word.isdecimal() for token in words))


def _words(text: str) -> int:
    return len(fold_words(text).split())


def _wishes(text: str, rest: str, langs: Languages, *, least: int = _FEW) -> bool:
    """Return whether a sentence surely wants something that the desk does or answers.

    `rest` is what it says beside the answer; up to `least` words say nothing surely.
    """
    if _words(rest) <= least:
        return False
    top = likeliest(text, langs)
    return top.confidence >= _SURE and top.name not in _SAYING_NOTHING
