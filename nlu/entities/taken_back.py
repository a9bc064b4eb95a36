"""Values that a message takes back or denies, and codes with new letters or digits: "X2PH38J, sorry, the last is a G".

Of two of a kind with a word of correction between them the last one counts, of "not this but that" the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from nlu.languages.language import Languages, map_numbers
from nlu.numbers.choose import replace_signs
from nlu.numbers.number_words import Phrases
from nlu.numbers.spelling import letter, with_letters, without_examples
from nlu.stance import between_denials, denies
from nlu.tokens import Token, tokens
from values import tax_number
from values.meaning import Entity
from values.parsing import Ok, fold_words
from values.patterns import regex

_WIDEST_GAP = 60
_BREAK = regex(r"[,;.!?:\n]")
_REACH = 70  # letters behind a code
_CLAUSE = regex(r"[.!?\n]")
_COUNTS = frozenset("234")
_MOST_SIGNS = 4
_ARTICLES = frozenset("a an un una uno e is to es the".split())


def without_taken_back(found: Sequence[Entity], text: str, langs: Languages) -> list[Entity]:
    """Return the values that stand, in their order; of a kind of which all are denied, all of them."""
    if len(found) < 2:
        return list(found)
    denied = _denied(found, text, langs)
    gone = {
        id(one)
        for one, other in pairwise(sorted(found, key=lambda e: e.start or 0))
        if one.entity == other.entity and id(other) not in denied and _corrected(text, one, other, langs)
    }
    return [entity for entity in found if id(entity) not in denied | gone]


def _denied(found: Sequence[Entity], text: str, langs: Languages) -> frozenset[int]:
    """Return the values behind a "not" or an "instead of", where another of their kind stands."""
    out: set[int] = set()
    for entity in found:
        alike = [e for e in found if e.entity == entity.entity and e.value != entity.value]
        others = [e for e in alike if id(e) not in out]
        if others and _is_denied(entity, others, text, langs):
            out.add(id(entity))
    return frozenset(out)


def _is_denied(entity: Entity, others: Sequence[Entity], text: str, langs: Languages) -> bool:
    start = entity.start or 0
    before = _BREAK.split(text[max(0, start - _WIDEST_GAP) : start])[-1]
    if not denies(before, langs):
        return False
    # A bare "nie" is also a word of correction: "X, nie Y" may mean either.
    return all((other.start or 0) > start for other in others) or _holds(before, _instead(langs))


def _corrected(text: str, one: Entity, other: Entity, langs: Languages) -> bool:
    if one.end is None or other.start is None or not 0 < other.start - one.end <= _WIDEST_GAP:
        return False
    return takes_value_back(text[one.end : other.start], langs)


def takes_value_back(between: str, langs: Languages) -> bool:
    """Return whether words take back what stands before them."""
    return _holds(between, _corrections(langs))


def _holds(said: str, phrases: frozenset[str]) -> bool:
    folded = f" {fold_words(said)} "
    return any(f" {phrase} " in folded for phrase in phrases)


@lru_cache(maxsize=32)
def _corrections(langs: Languages) -> frozenset[str]:
    return _joined(table for lang in langs for table in (lang.cues.corrections, lang.cues.restarts))


@lru_cache(maxsize=32)
def _instead(langs: Languages) -> frozenset[str]:
    return _joined(lang.cues.instead for lang in langs)


def _joined(tables: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(" ".join(phrase) for table in tables for phrases in table.values() for phrase in phrases)


def correct_code(code: Entity, text: str, langs: Languages) -> Entity:
    """Return a code with the signs that the words behind it put at its end or its beginning; else as it is."""
    if code.end is None or len(text) == code.end:
        return code
    behind = text[code.end : code.end + _REACH]
    words = tokens(behind)
    for how, at, phrase in _places(words, langs):
        signs = _new_signs(_CLAUSE.split(behind[words[at + len(phrase) - 1].end :])[0], langs)
        if new := _of_length(signs, phrase, langs):
            value = "".join(replace_signs(code.value, new, how))
            return replace(code, value=value, end=code.end + len(behind), valid=_is_right(code.entity, value))
    return code


def _places(words: Sequence[Token], langs: Languages) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield the phrases that name a place in a code, with what they name and where they stand."""
    for lang in langs:
        named: tuple[tuple[str, Phrases], ...] = (
            ("before_last", lang.cues.before_last),
            ("tail", lang.cues.tail),
            ("first", lang.cues.first),
        )
        for at, token in enumerate(words):
            for how, table in named:
                for phrase in table.get(token.word, ()):
                    if tuple(word.word for word in words[at : at + len(phrase)]) == phrase:
                        yield how, at, phrase


def _new_signs(behind: str, langs: Languages) -> list[str]:
    """Return the signs that stand in a row behind such a phrase: the last row that isn't denied."""
    rows = [_rows(part, langs) for part in between_denials(behind, langs)]
    told = rows[0] or next((row for row in reversed(rows) if row), [])
    return told[-1] if told else []


def _rows(text: str, langs: Languages) -> list[list[str]]:
    digits, letters = map_numbers(langs), langs[0].letters
    rows: list[list[str]] = [[]]
    for token in without_examples(with_letters(tokens(text)), letters):
        sign = token.word if token.word.isdecimal() else digits.get(token.word) or letter(token.word, letters)
        if sign and (token.word not in _ARTICLES or rows[-1]):
            rows[-1].append(sign)
        elif token.word not in _ARTICLES or len(token.word) > 1:
            rows.append([])
    return [row for row in rows if row]


def _of_length(signs: Sequence[str], phrase: Sequence[str], langs: Languages) -> str:
    """Return the signs if they are as many as the phrase names, or a few where it names no number; else nothing."""
    said = "".join(signs).upper()
    digits = map_numbers(langs)
    counts = [int(count) for word in phrase if (count := digits.get(word, word)) in _COUNTS]
    fits = len(said) == counts[0] if counts else len(said) <= _MOST_SIGNS
    return said if fits else ""


def _is_right(kind: str, value: str) -> bool:
    if kind == "codice_fiscale":
        return tax_number.codicefiscale_like(value)
    return kind != "vat_number" or isinstance(tax_number.parse(value, tax_number.VATIN), Ok)
