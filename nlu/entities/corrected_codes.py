"""New letters or digits for a code that was given: "X2PH38J, sorry, the last one is a G"."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from nlu.languages.language import Languages, spelled
from nlu.numbers.choose import put
from nlu.numbers.number_words import Phrases
from nlu.numbers.spelling import letter, with_letters, without_examples
from nlu.stance import between_denials
from nlu.tokens import Token, tokens
from values import tax_number
from values.meaning import Entity
from values.parsing import Ok

_REACH = 70  # letters behind a code
_CLAUSE = re.compile(r"[.!?\n]")
_COUNTS = frozenset("234")
_MOST_SIGNS = 4
_ARTICLES = frozenset("a an un una uno e is to es the".split())


def corrected(code: Entity, text: str, langs: Languages) -> Entity:
    """Return a code with the signs that the words behind it put at its end or its beginning; else as it is."""
    if code.end is None or len(text) == code.end:
        return code
    behind = text[code.end : code.end + _REACH]
    words = tokens(behind)
    for how, at, phrase in _places(words, langs):
        signs = _new_signs(_CLAUSE.split(behind[words[at + len(phrase) - 1].end :])[0], langs)
        if new := _of_length(signs, phrase, langs):
            value = "".join(put(code.value, new, how))
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
    digits, letters = spelled(langs), langs[0].letters
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
    digits = spelled(langs)
    counts = [int(count) for word in phrase if (count := digits.get(word, word)) in _COUNTS]
    fits = len(said) == counts[0] if counts else len(said) <= _MOST_SIGNS
    return said if fits else ""


def _is_right(kind: str, value: str) -> bool:
    if kind == "codice_fiscale":
        return tax_number.codicefiscale_like(value)
    return kind != "vat_number" or isinstance(tax_number.parse(value, tax_number.VATIN), Ok)
