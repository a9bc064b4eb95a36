"""Amounts named in a message, in pieces or packs."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from nlu.answer_words import SHIPPED
from nlu.entities.terms import UnitWords, unit_words
from nlu.languages.language import Languages
from nlu.numbers.choose import read_counted_numbers, unsaid_number
from nlu.numbers.groups import runs
from nlu.phrase_lines import Forms
from nlu.tokens import Token, is_question, tokens
from values.offer import PACKS, PIECES
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("amounts")

_STEM = 5
_LONG = 3
_NEAR = 3
_BETWEEN = frozenset(("", *"do a i e o to and or lub albo czy badz oppure ovvero bis oder und".split()))
"""Words between the numbers of a range, folded."""
THOUSANDS = regex(r"(?<=[0-9])[.'\u00a0\u202f](?=[0-9]{3}(?![0-9]))")  # the marks between them: "1.000 utenti"


class Amount(Struct, frozen=True):
    """A number read out of a message, and where it stands.

    `counts` is `PIECES`, `PACKS` or empty where no word says it.
    """

    number: str
    counts: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """The amount in the form that an add-on's parser reads."""
        return f"{self.number} {self.counts}".strip()


def read_amount(text: str, pieces: Sequence[str], langs: Languages) -> Amount | None:
    """Return the one amount that a message gives, None if it gives none, or several alike.

    `pieces` are the words for what is counted, if known; a number of years, of money or of other things is no
    amount.
    """
    words = tokens(text)
    if is_question("" if any(c.isdecimal() for c in text) else text, [t.word for t in words], langs):
        return None
    kinds = _Kinds(pieces, unit_words(langs))
    found = [
        Amount(number, counts, start, end)
        for number, start, end in _numbers(text, words, langs)
        if (counts := kinds.counts(words, start, end)) is not None
    ]
    for counts in (PACKS, PIECES, ""):
        alike = [amount for amount in found if amount.counts == counts]
        if alike:
            single = len({amount.number for amount in alike}) == 1 and (counts or not _article(alike[0], words, langs))
            return alike[0] if single else None
    return None


def _article(amount: Amount, words: Sequence[Token], langs: Languages) -> bool:
    """Return whether a one is no number but stands before a word without an amount: "un attimo"."""
    inside = "".join(t.word for t in words if amount.start <= t.start < amount.end)
    rest = [t.word for t in words if not amount.start <= t.start < amount.end]
    small = {word for lang in langs for word in lang.answers.small} | SHIPPED.small
    return amount.number == "1" and not inside[:1].isdecimal() and any(word not in small for word in rest)


def read_range(text: str, langs: Languages) -> str | None:
    """Return the two numbers of a range ("dwóch albo trzech"), in the form in which a parser refuses them."""
    said = _range(text, langs)
    return f"{said[0][0]} {said[1][0]}" if said else None


def end_of_range(text: str, langs: Languages) -> int | None:
    """Return where a range ends; None without one."""
    said = _range(text, langs)
    return said[1][2] if said else None


def _range(text: str, langs: Languages) -> list[tuple[str, int, int]]:
    said = list(_numbers(text, tokens(text), langs))
    return said if len(said) == 2 and fold_words(text[said[0][2] : said[1][1]]) in _BETWEEN else []


def tells_a_total(said: str) -> bool:
    """Return whether folded words tell how many there are in all, not how many more: "siamo 5 utenti"."""
    return _SAYS.total.search(said) is not None and _SAYS.more.search(said) is None


def counts_people(text: str, pieces: Sequence[str], langs: Languages) -> bool:
    """Return whether a message tells of how many people it speaks, without a word for them: "there are five of us"."""
    units = unit_words(langs)
    numbered = any(units.person(word) for word in pieces) and any(True for _ in _numbers(text, tokens(text), langs))
    return numbered and _SAYS.people.search(fold_words(text)) is not None


def _numbers(text: str, words: Sequence[Token], langs: Languages) -> Iterator[tuple[str, int, int]]:
    unsaid = unsaid_number(words, langs)
    if unsaid is not None:
        yield unsaid
        return
    for run in runs(text, langs):
        yield from read_counted_numbers(run, text)


class _Kinds:
    """The reading of the word beside a number, where things of this name are counted."""

    def __init__(self, pieces: Sequence[str], units: UnitWords) -> None:
        self._pieces = frozenset(pieces) - SHIPPED.small  # "of" in "GB of space" counts nothing
        self._stems = {word[:_STEM] for word in pieces if len(word) >= _LONG}
        self._units = units
        self._gigabytes = not pieces or any(units.gigabyte(word) for word in pieces)
        self._people = not pieces or (not self._gigabytes and any(units.person(word) for word in pieces))

    def counts(self, words: Sequence[Token], start: int, end: int) -> str | None:
        """`PACKS`, `PIECES`, nothing where no word says it; None where the number counts something else."""
        after = [t.word for t in words if t.start >= end][:_NEAR]
        before = [t.word for t in words if t.end <= start][-1:]
        for word in (*after, *before):
            if self._units.pack(word):
                return PACKS
            if word in self._pieces or (word in after and word[:_STEM] in self._stems) or self._alike(word):
                return PIECES
            if self._counts_else(word):
                return None
        return ""

    def _alike(self, word: str) -> bool:
        """Return another word for the same: people for users, giga for GB."""
        people = self._people and self._units.person(word)
        return people or (self._gigabytes and self._units.gigabyte(word)) or _SAYS.piece.fullmatch(word) is not None

    def _counts_else(self, word: str) -> bool:
        units = self._units
        return units.time(word) or units.person(word) or units.gigabyte(word) or _SAYS.money.fullmatch(word) is not None
