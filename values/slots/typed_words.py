"""The words of a typed line with their classes, each in its clause: what `spans` judges."""

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from values.patterns import regex
from values.slots.word_classes import TALK, WordClass, class_of

_PIECE = regex(r"[^\s,;:!?()\"„”“«»]+|[,;:!?()\n]+|(?<=\s)[-–—]+(?=\s)")
_BREAK = regex(r"[,;:!?()\n–—-]+")
FLAT = regex(r"(?:lok|m|mieszk|int|interno|scala|piano|flat|apt|unit)\b", re.I)
PART_OF_NUMBER = regex(
    r"(?:(?:nr|numer\w{0,2}|no|number|numero|n|lok\w{0,4}|m|mieszk\w*|dom\w?|budyn\w+|klatk\w|pi[eę]tr\w|int(?:erno)?|scala"
    r"|piano|civico|palazzina|flat|apt|apartment|unit|suite|floor|building|house|wohnung|etage|haus|to|jest|is|[eè])\b[\s.:]*)+"
    r"\d{1,4}[a-z]?\W*",
    re.I,
)
"""A house's number or a flat's: a street it is not."""
_AND = frozenset({"&", "+", "i", "oraz", "e", "ed", "and", "und"})
"""Join the first word of a company's name to the next one: "Karta i Papier"."""
_LABELS = frozenset({WordClass.type, WordClass.quality})
LONGEST_SHORT = 4


class Slot(StrEnum):
    """A kind of answer in words, by its name."""

    street = "street"
    city = "city"
    person_name = "person_name"
    company_name = "company_name"


class TypedWord(Struct, frozen=True):
    """A word with its class. `first`, `last`: of its clause; `named`: only a name explains its capital letter."""

    text: str
    start: int
    end: int
    of: WordClass
    first: bool
    last: bool
    named: bool

    @property
    def said(self) -> str:
        return self.text.lower()

    @property
    def talks(self) -> bool:
        return self.of in TALK and not self.named

    @property
    def capital(self) -> bool:
        return not self.text[0].islower()


def read_words(text: str, kind: Slot) -> list[TypedWord]:
    """Return the words of a line, each with what it is where it stands."""
    found = list(_PIECE.finditer(text))
    words: list[TypedWord] = []
    first, shouted = True, text.isupper()
    for piece, after, behind in zip(found, [*found[1:], None], [*found[2:], None, None], strict=False):
        if _BREAK.fullmatch(piece.group()) is not None:
            first = first or not _joins(piece, after, kind)
            continue
        typed = piece.group()
        of = _class_here(typed, after, words, first=first)
        breaks = after is None or (_BREAK.fullmatch(after.group()) is not None and not _joins(after, behind, kind))
        full_stop = typed.endswith(".") and len(typed) > LONGEST_SHORT
        sentence = full_stop and after is not None and class_of(after.group().lower()) in TALK
        beside = behind if after is not None and after.group() in _AND else after
        begins = kind is Slot.company_name and beside is not None and beside.group()[0].isupper()
        shortened = "'" in typed and of in TALK  # "I'm" has its capital letter anywhere
        named = typed[0].isupper() and not shouted and (begins or not first) and not shortened
        words.append(TypedWord(typed, piece.start(), piece.end(), of, first, breaks or sentence, named))
        first = sentence
    return words


def as_a_name(text: str, words: list[TypedWord]) -> str:
    """Return a name in small letters as invoices and letters have it: "jan kowalski" is offered as "Jan Kowalski".

    It is offered, not taken: "hurry up" has the form of "kate wolf", and no list knows all names. One press is the
    price, and buys the seller a name that needn't be put right in each document afterwards.
    """
    for word in words:
        if word.of is not WordClass.particle:
            text = f"{text[: word.start]}{word.text.title()}{text[word.end :]}"
    return text


def _class_here(typed: str, after: re.Match[str] | None, words: list[TypedWord], *, first: bool) -> WordClass:
    """Return the class of a word by its neighbours: "I" is somebody before small letters."""
    spelt, of = typed.lower(), class_of(typed.lower())
    if spelt in ("i", "i'd") and after is not None and after.group().islower() and (first or typed == "I"):
        return WordClass.pronoun
    if spelt == "am" and words and words[-1].said == "i":
        words[-1] = replace(words[-1], of=WordClass.pronoun, named=False)
        return WordClass.verb
    labels = of in _LABELS and after is not None and after.group() == ":"
    return WordClass.noun if labels and all(word.of is not WordClass.content for word in words) else of


def _joins(piece: re.Match[str], after: re.Match[str] | None, kind: Slot) -> bool:
    """Return whether a comma stands before the flat of an address."""
    comma = kind is Slot.street and piece.group() == ","
    return comma and after is not None and FLAT.match(after.group()) is not None


_STREETS = frozenset({"straße", "strasse", "platz", "weg", "allee"})
_FEWEST_IN_STREET = 3


def begins_with_genitive(words: Sequence[TypedWord]) -> bool:
    """Return whether a line begins as a German street's name does: "Straße des 17. Juni 5"."""
    return words[0].said in _STREETS and len(words) > _FEWEST_IN_STREET and words[1].said in ("der", "des")


def count_words_of_street(words: Sequence[TypedWord]) -> int:
    """Return the number of words before a preposition that leads to nothing: "Polna 3 and the"."""
    ends = len(words)
    while ends > 1 and words[ends - 1].of is WordClass.particle and not words[ends - 1].capital:
        ends -= 1
    letter = ends == len(words) - 1 and len(words[ends].text) == 1 and words[ends - 1].text[-1].isdecimal()
    return len(words) if letter else ends


def is_description(words: Sequence[TypedWord]) -> bool:
    """Return whether a company is told by what and whence it is, not by its name: "firma z Belfastu"."""
    first, *rest = words
    return first.of is WordClass.type and not first.capital and bool(rest) and rest[0].of is WordClass.particle


def is_typed_street(words: Sequence[TypedWord]) -> bool:
    """Return whether a line goes from a street's kind over its name to a number: "Via Non ti scordar di me 3"."""
    if len(words) < _FEWEST_IN_STREET or words[0].of is not WordClass.type or words[0].last:
        return False
    numbers = [word for word in words if word.text[0].isdecimal()]
    return (words[1].named or words[1].of is WordClass.content) and numbers == [words[-1]]
