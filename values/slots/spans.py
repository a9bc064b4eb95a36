"""The words of a text that are an answer in words: "ulica nazywa się teraz Polna 3" tells *Polna 3*.

A text without a word of talk is its answer as it stands. Of any other the words of the closed classes are set aside,
and so is what is denied. What is left is surely the answer where it is one piece and well formed.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from values.parsing import fold_words
from values.patterns import regex
from values.slots.towns import is_town
from values.slots.typed_words import (
    FLAT,
    LONGEST_SHORT,
    PART_OF_NUMBER,
    Slot,
    TypedWord,
    as_a_name,
    begins_with_genitive,
    count_words_of_street,
    is_description,
    is_typed_street,
    read_words,
)
from values.slots.word_classes import WordClass, class_of, is_denial, is_rather, is_restating

_STREET = regex(r"(?=.*[0-9])(?=.*[^\W\d_]{2})")
_NAME_WORD = regex(r"[^\W\d_][^\d_@/]*")
_NAMING = regex(r"nazyw|nazwisk|imi[eę]|chiam|name|jestem|sono|\bi(?:'?| a)m\b|called", re.I)
_FROM = frozenset({"z", "ze", "w", "we", "do", "od", "pod", "koło", "kolo", "przy", "o"})
"""Polish prepositions: a town behind one stands in another case than on an invoice."""
_COPULAS = frozenset({"to", "jest", "is", "è", "e'"})
_NAMES_OF_STREETS = frozenset({"ulica", "street"})
"""Types that are rather what a street is called, where something is said of it."""
_IN_STREETS = frozenset({WordClass.pronoun, WordClass.adverb, WordClass.reply})
_MOST_WORDS, _FEWEST_OF_NAME = 5, 2
_LONGEST_TO_KEEP_ITS_DOT = 3
_SHORT_VERB = 4


class AnswerSpan(Struct, frozen=True):
    """The answer in a text. `sure`: nothing else can be meant; `formed`: it has the form of its kind."""

    value: str
    sure: bool = True
    formed: bool = True


@lru_cache(maxsize=8)  # the readers and the parser look at one message in a row
def find_span(text: str, kind: Slot) -> AnswerSpan:
    """Return what of a line is the answer of a kind: of a street, a town, a person or a company."""
    words = read_words(text, kind)
    if not words:
        return AnswerSpan(text)
    if (anew := _anew(words, text, kind)) is not None:
        return anew
    if kind is Slot.street and (ends := count_words_of_street(words)) < len(words):
        return find_span(text[: words[ends - 1].end], kind)
    if kind is Slot.street and PART_OF_NUMBER.fullmatch(text.strip()):
        return AnswerSpan(text, sure=False, formed=False)
    begins = int(kind is Slot.street and begins_with_genitive(words))
    talks = [word for word in words[begins:] if word.talks and not (word.of in _IN_STREETS and is_typed_street(words))]
    if not talks:
        name = _without_small_words(words, kind) if kind is Slot.city else words
        if kind is Slot.company_name and is_description(words):
            return AnswerSpan(text, sure=False)
        if kind is Slot.street and _names_its_type(words):
            return AnswerSpan(_written(text, words[1:]))
        whole = name == words or is_town(text)
        if kind is Slot.person_name and words[-1].text.islower():
            return AnswerSpan(as_a_name(text, words), sure=False)
        return AnswerSpan(text) if whole else AnswerSpan(_written(text, name), sure=False)
    if kind is Slot.city and is_town(text):
        return AnswerSpan(text)
    runs = list(_runs(words, kind))
    formed = [run for run in runs if _is_formed(run, kind, text)]
    if kind is Slot.city and len(formed) > 1:
        formed = [run for run in formed if is_town(_written(text, run))]
    if kind is Slot.person_name and len(formed) > 1:
        formed = [run for run in formed if all(word.capital for word in run)]
    may_begin = len(words) > 1 and talks == words[:1] and not _is_surely_said(words)  # as "Ma" of "Ma Long"
    if len(formed) != 1:
        return AnswerSpan(text) if may_begin else AnswerSpan(text, sure=False, formed=False)
    run = _without_small_words(formed[0], kind)
    if run != formed[0] and is_town(_written(text, formed[0])):  # the list is only looked into where it decides
        run = formed[0]
    value = _written(text, run)
    sure = run == formed[0] and len(runs) == 1 and not may_begin and _is_sure(run, kind, text, value)
    if words[0].said == "ul." and words[0] not in formed[0] and formed[0][0].of is WordClass.content:
        value = f"{words[0].text} {value}"
    return AnswerSpan(value, sure=sure)


def said_anew(text: str) -> str:
    """Return what of a text takes the place of what was said before it: "kod 80-832, nie, 80-833"; else the text."""
    restates = any(map(is_restating, fold_words(text).split()))
    words = read_words(text, Slot.city) if restates else []
    at, _ = _taken_back(words, Slot.city)
    return text[words[at + 1].start :] if at else text


def _taken_back(words: Sequence[TypedWord], kind: Slot) -> tuple[int, Sequence[TypedWord]]:
    """Return the place of the last word that takes an answer back for another, and that answer; 0 and () for none."""
    at = next((at for at in reversed(range(1, len(words) - 1)) if _takes_back(words, at)), 0)
    before = list(_runs([*words[: at - 1], replace(words[at - 1], last=True)], kind)) if at else []
    return (at, before[-1]) if before and not is_denial(words[at + 1].said) else (0, ())


def _anew(words: Sequence[TypedWord], text: str, kind: Slot) -> AnswerSpan | None:
    """Return the answer in place of the one before it: "Polna 3, nie, Polna 13"; a part of one is unsure."""
    at, first = _taken_back(words, kind)
    if not at:
        return None
    span, last = find_span(text[words[at + 1].start :], kind), list(_runs(words[at + 1 :], kind))
    if len(last) != 1:
        return None
    parted = kind in (Slot.person_name, Slot.company_name) or not _is_formed(last[0], kind, text)
    missing = len(first) - len(last[0]) if parted else 0
    if missing <= 0:
        return span
    whole = kind is Slot.company_name or not all(word.capital for word in last[0])
    return AnswerSpan(
        span.value if whole else f"{_written(text, first[:missing])} {_written(text, last[0])}", sure=False
    )


def _takes_back(words: Sequence[TypedWord], at: int) -> bool:
    """Return whether a word takes back what stands before it; a bare no does so alone between two marks."""
    word = words[at]
    if word.named or not is_restating(word.said):
        return False
    begins = next(start for start in range(at, -1, -1) if not start or words[start - 1].last)
    alone = word.last and all(one.talks or one.of is WordClass.particle for one in words[begins:at])
    return alone or not (word.of is WordClass.reply or is_denial(word.said))


def pieces(text: str, kind: Slot) -> list[str]:
    """Return what is left of a line without the words of the closed classes and what is denied, piece by piece."""
    words = read_words(text, kind)
    denied = [word for word, out in zip(words, _denied(words), strict=True) if out]
    return [_written(text, run) for run in _runs(words, kind) if run[0] not in denied]


def _names_its_type(words: Sequence[TypedWord]) -> bool:
    """Return whether a street is called one beside its own type: "ulica Plac Wolności 3"."""
    return words[0].said in _NAMES_OF_STREETS and len(words) > 1 and words[1].named and words[1].of is WordClass.type


def _is_surely_said(words: Sequence[TypedWord]) -> bool:
    """Return whether the first word is talk, whatever capital letters the others have: none of a name begins so."""
    first = words[0]
    titled = all(word.capital or word.of is WordClass.particle for word in words)
    verb = "'" in first.text or (first.of is WordClass.verb and len(first.text) > _SHORT_VERB)
    return not titled or first.last or verb or first.of in (WordClass.noun, WordClass.courtesy)


# --- what is kept of them ---


def _runs(words: Sequence[TypedWord], kind: Slot) -> Iterator[list[TypedWord]]:
    """Yield the pieces that are no talk about the answer, without those that are denied where others aren't."""
    kept, denied = _kept(words, kind), _denied(words)
    if any(stays and not out for stays, out in zip(kept, denied, strict=True)):
        kept = [stays and not out for stays, out in zip(kept, denied, strict=True)]
    run: list[TypedWord] = []
    for word, stays in zip(words, kept, strict=True):
        if stays:
            run.append(word)
        if run and (not stays or word.last):
            yield run
            run = []


def _kept(words: Sequence[TypedWord], kind: Slot) -> list[bool]:
    """Return by word whether it belongs to an answer: the last word first, as what follows decides of many."""
    kept = [False] * len(words)
    mixed = any(word.named for word in words)
    for at in reversed(range(len(words))):
        word, behind = words[at], _before(words, at)
        followed = not word.last and kept[at + 1]
        if word.named or word.of is WordClass.content:
            kept[at] = True
        elif word.of is WordClass.type:
            kept[at] = _is_type(words, at, words[at + 1] if followed else None, kind)
        elif word.of is WordClass.quality:
            kept[at] = followed and (word.capital or not (mixed and words[at + 1].named))
        elif word.of is WordClass.particle and followed and not is_rather(word.said):
            lower = not mixed and behind is not None and behind.said in _COPULAS
            kept[at] = word.capital or lower or _goes_on(words, at, kind)
    return kept


def _before(words: Sequence[TypedWord], at: int) -> TypedWord | None:
    """Return the word before one in its clause."""
    return words[at - 1] if at and not words[at - 1].last else None


def _goes_on(words: Sequence[TypedWord], at: int, kind: Slot) -> bool:
    """Return whether a particle stands within a name: behind a word of it, or behind "via"."""
    behind = _before(words, at)
    if behind is None or behind.named or behind.of is WordClass.content:
        return behind is not None and (behind.capital or not words[at + 1].named)
    return behind.of is WordClass.type and _is_type(words, at - 1, words[at + 1], kind)


def _is_type(words: Sequence[TypedWord], at: int, after: TypedWord | None, kind: Slot) -> bool:
    """Return whether a word such as "via" or "street" is part of the answer, not what that is called."""
    word, behind = words[at], _before(words, at)
    if behind is not None and behind.of is WordClass.content:
        return after is not None or word.last
    if after is None or kind is not Slot.street or (after.text[0].isupper() and class_of(after.said) is word.of):
        return False
    if at == 0 or word.text.endswith("."):
        return True
    return word.said not in _NAMES_OF_STREETS and (behind is None or behind.of is WordClass.verb)


def _denied(words: Sequence[TypedWord]) -> list[bool]:
    """Return by word whether it is taken back, from a denial to the end of its clause, or to what is meant instead."""
    denied: list[bool] = []
    out = False
    for at, word in enumerate(words):
        begins = is_denial(word.said) and not word.last and not word.named
        out = begins or (out and at > 0 and not words[at - 1].last and not is_rather(word.said))
        denied.append(out)
    return denied


def _without_small_words(run: Sequence[TypedWord], kind: Slot) -> Sequence[TypedWord]:
    """Return a street or town without the small unknown words around it: "stać Kwiatowa 9 od stycznia"."""
    begun = kind is Slot.city and run[0].capital
    if kind is Slot.company_name or not (begun or any(word.named for word in run)):
        return run
    parts = [at for at, word in enumerate(run) if _is_part(word, kind)]
    begins = next((at for at, word in enumerate(run) if at in parts or not _is_unknown(word)), parts[0])
    ends = parts[-1] + 1
    if kind is Slot.person_name:
        return run[begins:ends]  # "Ilaria Ferretti con due t"
    goes_on = bool(run[ends:]) and _is_unknown(run[ends])
    town = goes_on and kind is Slot.city and is_town(" ".join(word.text for word in run[begins:ends]))
    return run[begins:] if goes_on and not town else run[begins:ends]


def _is_part(word: TypedWord, kind: Slot) -> bool:
    """Return whether a word is written as a part of a name, be it only behind its article: "nell'Emilia"."""
    flat = FLAT.match(word.text) is not None or len(word.text) == 1
    return word.capital or not word.text.islower() or (kind is not Slot.person_name and flat)


def _is_unknown(word: TypedWord) -> bool:
    return word.of is WordClass.content and not word.text.endswith(".")


# --- what it is worth ---


def _is_formed(run: Sequence[TypedWord], kind: Slot, text: str) -> bool:
    value = _written(text, run)
    match kind:
        case Slot.street:
            return _STREET.match(value) is not None
        case Slot.person_name:
            fits = _FEWEST_OF_NAME <= len(run) <= _MOST_WORDS
            return fits and all(_NAME_WORD.fullmatch(word.text) is not None for word in run)
        case Slot.city:
            return is_town(value) or (len(run) <= _MOST_WORDS and not any(c.isdecimal() for c in value))
        case _:
            return sum(c.isalnum() for c in value) > 1 and run[0].capital


def _is_sure(run: Sequence[TypedWord], kind: Slot, text: str, value: str) -> bool:
    """Return whether a piece that has its form is written as a name, or called one."""
    written = all(word.capital or word.of is WordClass.particle for word in run)
    before = text[: run[0].start].lower().split()
    placed = bool(before) and before[-1] in _FROM
    match kind:
        case Slot.person_name:
            return written or _NAMING.search(text) is not None
        case Slot.city:
            return is_town(value) or (written and not placed)
        case Slot.company_name:  # the words of its legal form may be small
            return not placed and all(
                word.capital or len(word.text) <= LONGEST_SHORT or "." in word.text for word in run
            )
        case _:
            return True


def _written(text: str, run: Sequence[TypedWord]) -> str:
    """Return a piece as it is typed, without the full stop of a sentence; that of an abbreviation stays."""
    value, last = text[run[0].start : run[-1].end], run[-1].text.rstrip(".")
    short = "." in last or (last.isalpha() and len(last) <= _LONGEST_TO_KEEP_ITS_DOT)
    return value if short else value.rstrip(".")
