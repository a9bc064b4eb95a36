"""Messages with the outcome that each should have, as a set of JSON lines holds them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

Bound = Literal["terms", "clauses", "order", "einvoice", "company", "consents", "auto_renewal"]
"""Acts that a message may bind its author to."""


class BadSet(Exception):
    """A set that can't be read; the message names file and line."""


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """A message in a language, said at a place of `places.py`."""

    lang: str
    at: str
    text: str


class OneQuestion(Wanted, frozen=True, kw_only=True, tag="question"):
    """A question. `answers` are the subjects that answer it: entries of the FAQ, and what the desk tells itself."""

    answers: tuple[str, ...]


class SeveralQuestions(Wanted, frozen=True, kw_only=True, tag="questions"):
    """Several questions in one message."""

    each: tuple[tuple[str, ...], ...]


class Bind(Wanted, frozen=True, kw_only=True, tag="bind"):
    """A plain assent."""

    bound: Bound


class Near(Wanted, frozen=True, kw_only=True, tag="near"):
    """Words near an assent that bind nobody."""


class Correct(Wanted, frozen=True, kw_only=True, tag="correct"):
    """A change of earlier answers, by slot."""

    want: Mapping[str, str]


class Facts(Wanted, frozen=True, kw_only=True, tag="facts"):
    """Several values at once, by slot."""

    want: Mapping[str, str]


class NotFacts(Wanted, frozen=True, kw_only=True, tag="not_facts"):
    """Values that are named but not given, by slot, and those that are given beside them."""

    unwanted: Mapping[str, str] = field(name="not")
    want: Mapping[str, str] = field(default_factory=dict[str, str])


class Consents(Wanted, frozen=True, kw_only=True, tag="consents"):
    """Consents in own words: those that are given; or `asks`, where the desk has to ask."""

    given: tuple[str, ...] = ()
    asks: bool = False


class WantedAct(Wanted, frozen=True, kw_only=True, tag="act"):
    """Something to be done: a log-out, a withdrawal, a way back."""

    want: str


class Talk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="talk"):
    """A customer who types everything: the lines said at each place, and what they say where it is asked again."""

    lang: str
    says: Mapping[str, tuple[str, ...]]
    again: Mapping[str, str] = field(default_factory=dict[str, str])
    at: str = ""


OneMessage = OneQuestion | SeveralQuestions | Bind | Near | Correct | Facts | NotFacts | Consents | WantedAct
Item = OneMessage | Talk
_decoder: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)


def read_set(file: Path) -> list[Item]:
    """Return the items of a file of JSON lines. Errors: BadSet, OSError."""
    return list(_items(file))


def _items(file: Path) -> Iterator[Item]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield _decoder.decode(line)
            except msgspec.DecodeError as error:
                raise BadSet(f"{file}:{number}: {error}") from None
