"""Entities that are words: methods of payment, plans, languages, years, quantities."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Self

from msgspec import Struct

from nlu.entities import term_words
from nlu.languages.language import Languages
from nlu.numbers.choose import read_counted_numbers, unsaid_number
from nlu.numbers.groups import runs
from nlu.phrase_lines import Forms, word_set
from nlu.stance import denies
from nlu.tokens import Token, tokens
from values.meaning import Entity
from values.patterns import regex

_SAYS = Forms("terms")

TERMS = frozenset("payment_method plan language years quantity".split())
"""The entities that are found here."""
_BREAK = regex(r"[,;.!?:]|\n")
_ONE_YEAR = frozenset("roczek annetto".split())
_A_YEAR = frozenset("rok anno year yr twelvemonth".split())
_ONE_MORE = word_set("terms", "one_more")
_ONE = frozenset("one un una jeden jednego".split())
_FOR_A = (["for", "a"], ["per", "un"])
_MORE = word_set("terms", "more")
_NEARBY = 150  # letters around a card that may tell that it is one of paper
_REACH = 8  # words of a clause that are looked at on either side of a term


@lru_cache(maxsize=4)  # several readers look at one message in a row
def find_terms(text: str, langs: Languages) -> tuple[Entity, ...]:
    """Return the methods, plans, languages, years and quantities that a text names."""
    said = _Said.of(text)
    found = [
        *_methods(said, langs)[0],
        *_plans(said, [*_PLAN_PATTERNS, *_brought(langs, "plan")], langs),
        *_languages(said, [*_LANGUAGE_PATTERNS, *_brought(langs, "language")], langs),
    ]
    amounts = {(e.entity, e.value): e for e in _amounts(said, langs)}
    return (*found, *amounts.values())


@lru_cache(maxsize=4)  # several readers look at one message in a row
def names_a_method(said: str, langs: Languages) -> bool:
    """Return whether a word of a folded text may name a way to pay: a cheap look before `find_methods`."""
    hints = _method_hints(langs)
    if any(pattern.search(said) for pattern in hints):
        return True
    slips = [known for word in said.split() if (known := term_words.repair_term(word)) is not None]
    return bool(slips) and any(pattern.search(known) for pattern in hints for known in slips)


def find_methods(text: str, langs: Languages) -> tuple[list[Entity], list[Entity]]:
    """Return the ways to pay that a text names, and those that it names with a word of denying."""
    return _methods(_Said.of(text), langs)


def _compiled(table: dict[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    return [(value, re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])")) for value, pattern in table.items()]


_METHOD_PATTERNS, _PLAN_PATTERNS, _LANGUAGE_PATTERNS = map(
    _compiled, (term_words.METHODS, term_words.PLANS, term_words.LANGUAGES)
)
_A_METHOD = regex(rf"(?<![^ ])(?:{'|'.join(term_words.METHODS.values())})(?![^ ])")


@lru_cache(maxsize=32)
def _method_hints(langs: Languages) -> tuple[re.Pattern[str], ...]:
    """Return all shipped names of methods as one pattern, and those of languages that a seller brings."""
    return (_A_METHOD, *(pattern for _, pattern in _brought(langs, "payment_method")))


def _brought(langs: Languages, entity: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for lang in langs:
        yield from lang.terms.named.get(entity, ())


Patterns = list[tuple[str, re.Pattern[str]]]


class _Said(Struct, frozen=True):
    """A text, its words with slips repaired, and these in a line in which terms are looked for."""

    text: str
    words: Sequence[Token]
    line: str

    @classmethod
    def of(cls, text: str) -> Self:
        words = term_words.mend_term_slips(tokens(text))
        return cls(text, words, " ".join(token.word for token in words))

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the line around a place: between commas and stops, of some words."""
        first, last = self._span(start, end)
        begins, ends = first, last
        while begins > max(0, first - _REACH) and not self._break_after(begins - 1):
            begins -= 1
        while ends < min(len(self.words) - 1, last + _REACH) and not self._break_after(ends):
            ends += 1
        before = sum(len(token.word) + 1 for token in self.words[begins:first])
        after = sum(len(token.word) + 1 for token in self.words[last + 1 : ends + 1])
        return start - before, end + after

    def entity(self, entity: str, value: str, start: int, end: int) -> Entity:
        """Return what stands at a place of the line."""
        first, last = self._span(start, end)
        return Entity(entity, value, self.words[first].start, self.words[last].end)

    def _span(self, start: int, end: int) -> tuple[int, int]:
        first = self.line.count(" ", 0, start)
        return first, first + self.line.count(" ", start, end)

    def _break_after(self, index: int) -> bool:
        return _BREAK.search(self.text, self.words[index].end, self.words[index + 1].start) is not None


class _Hit(Struct, frozen=True):
    start: int
    end: int
    value: str
    denied: bool


def _methods(said: _Said, langs: Languages) -> tuple[list[Entity], list[Entity]]:
    if not any(hint.search(said.line) for hint in _method_hints(langs)):
        return [], []
    hits = _hits(said, [*_METHOD_PATTERNS, *_brought(langs, "payment_method")], langs, _is_method)
    every = [(said.entity("payment_method", hit.value, hit.start, hit.end), hit.denied) for hit in hits]
    return [one for one, denied in every if not denied], [one for one, denied in every if denied]


def _is_method(said: _Said, start: int, end: int, value: str) -> bool:
    if value != "card":
        return True
    begins, ends = said.clause(start, end)
    nearby = said.line[max(0, start - _NEARBY) : end + _NEARBY]
    return term_words.means_card(said.line[start:end], said.line[begins:start], said.line[end:ends], nearby)


def _plans(said: _Said, patterns: Patterns, langs: Languages) -> Iterator[Entity]:
    """Yield the plans that a text names; of a change from one to another the other one."""
    hits = [hit for hit in _hits(said, patterns, langs) if not hit.denied]
    for hit in hits:
        left = _SAYS.old.search(said.line[max(0, hit.start - 12) : hit.start]) is not None
        if not (left and any(other.start > hit.end for other in hits)):
            yield said.entity("plan", hit.value, hit.start, hit.end)


def _hits(
    said: _Said, patterns: Patterns, langs: Languages, meant: Callable[[_Said, int, int, str], bool] = lambda *_: True
) -> list[_Hit]:
    """Return what is named and `meant`, each value once, without what is only a part of a longer name."""
    hits: list[_Hit] = []
    # A shipped word and the same one of another language are one hit.
    every = sorted({(m.start(), m.end(), value) for value, pattern in patterns for m in pattern.finditer(said.line)})
    previous = 0
    for start, end, value in every:
        if not meant(said, start, end, value):
            continue
        begins, ends = said.clause(start, end)
        before = said.line[max(previous, begins) : start]
        denied = denies(before, langs) or _SAYS.turned_down.search(said.line[end:ends]) is not None
        if not any((value, denied) == (hit.value, hit.denied) for hit in hits):
            hits.append(_Hit(start, end, value, denied))
        previous = max(previous, start)
    return [hit for hit in hits if not any(_inside(hit, other) for other in hits)]


def _inside(hit: _Hit, other: _Hit) -> bool:
    whole = (hit.start, hit.end) == (other.start, other.end)
    return not whole and other.start <= hit.start and hit.end <= other.end


def _languages(said: _Said, patterns: Patterns, langs: Languages) -> Iterator[Entity]:
    for value, pattern in patterns:
        for match in pattern.finditer(said.line):
            begins, ends = said.clause(*match.span())
            before, after = said.line[begins : match.start()], said.line[match.end() : ends]
            turned_down = denies(before, langs) or _SAYS.turned_down.search(after) or _SAYS.old.search(before[-12:])
            if not turned_down and term_words.means_language(match.group(), before, after):
                yield said.entity("language", value, *match.span())
                break


def _amounts(said: _Said, langs: Languages) -> Iterator[Entity]:
    starts = [token.start for token in said.words]
    for run in runs(said.text, langs):
        (number, *others) = read_counted_numbers(run, said.text)
        value = int(number[0][:6]) if not others else 0
        after = bisect_left(starts, run.end)
        if after == len(starts) or not 0 < value < 1000 or starts[after] - run.end > 2:
            continue
        yield from _counted(said, value, after, run.start, langs)
    yield from _unsaid(said, langs)


def _counted(said: _Said, value: int, after: int, start: int, langs: Languages) -> Iterator[Entity]:
    year, month, unit = (_any(pattern, kind, langs) for pattern, kind in _COUNTED)
    following = said.words[after : after + 3]
    said_before = " ".join(token.word for token in said.words[max(0, after - 2 * _REACH) : after] if token.end <= start)
    article = value == 1 and said.text[start : start + 2].lower() == "un"
    for place, token in enumerate(following):
        direct = place == 0 or (place == 1 and following[0].word in _MORE)
        years = value if year(token.word) else value // 12 if month(token.word) and value % 12 == 0 else 0
        if direct and years:
            behind = " ".join(one.word for one in said.words[after + place + 1 : after + place + 3])
            line = f"{said_before} {behind}"
            if years <= term_words.MOST_YEARS and not term_words.has_lasted(line, len(said_before), len(said_before)):
                yield Entity("years", str(years), start, token.end)
        elif place == 0 and _SAYS.gigabytes.fullmatch(token.word) and value % 5 == 0:
            yield Entity("quantity", str(value // 5), start, token.end)
        elif unit(token.word) and term_words.means_users(token.word, said.line) and not (article and not direct):
            yield Entity("quantity", str(value), start, token.end)
        else:
            continue
        return


_COUNTED = ((regex(term_words.YEARS), "year"), (regex(term_words.MONTHS), "month"), (_SAYS.unit_word, "unit"))


class UnitWords(Struct, frozen=True):
    """Words beside a number that say what it counts.

    Packs, people (or their seats and licences), gigabytes, and years or months.
    """

    pack: Callable[[str], bool]
    person: Callable[[str], bool]
    gigabyte: Callable[[str], bool]
    time: Callable[[str], bool]


def unit_words(langs: Languages) -> UnitWords:
    year, month, unit, pack = (_any(p, kind, langs) for p, kind in (*_COUNTED, (_SAYS.pack_word, "pack")))
    return UnitWords(
        pack,
        lambda word: unit(word) and not pack(word),
        lambda word: _SAYS.gigabytes.fullmatch(word) is not None,
        lambda word: year(word) or month(word),
    )


def _any(shipped: re.Pattern[str], kind: str, langs: Languages) -> Callable[[str], bool]:
    brought = [pattern for lang in langs if (pattern := getattr(lang.terms, kind)) is not None]
    return lambda word: any(pattern.fullmatch(word) for pattern in (shipped, *brought))


def _unsaid(said: _Said, langs: Languages) -> Iterator[Entity]:
    """ "roczek", "na rok", "un annetto", "one more user", a dozen: numbers that no number word of the text says."""
    words, unit = said.words, _any(_SAYS.unit_word, "unit", langs)
    if any(_SAYS.dozen.fullmatch(token.word) for token in words) and (dozen := unsaid_number(words, langs)) is not None:
        yield Entity("quantity", *dozen)
    for i, token in enumerate(words):
        if token.word in _ONE_YEAR or (token.word in _A_YEAR and _one_more(words[max(0, i - 2) : i])):
            yield Entity("years", "1", token.start, token.end)
        elif token.word in _ONE and [one.word in _MORE for one in words[i + 1 : i + 2]] == [True]:
            behind = words[i + 2 : i + 3]
            yield from (Entity("quantity", "1", token.start, one.end) for one in behind if unit(one.word))


def _one_more(before: Sequence[Token]) -> bool:
    said = [token.word for token in before]
    return bool(said) and (said[-1] in _ONE_MORE or said in _FOR_A)
