"""One text as it is written in TOML: words with places to fill, or a choice between texts by a parameter.

    "Mam: {number}, {name}."                                      places
    {select = "status", active = "…", none = "…", other = "…"}     by a value; booleans are `yes` and `no`
    {plural = "years", one = "…", few = "…", many = "…", other = "…"}   as the language counts (CLDR)
    {form = true, ty = "…", pan = "…"}                             by the profile's form of address

`{seller_genitive}` and `{seller_locative}` are the seller's name, declined.
`{@other.key}` puts another text in place, `{{` and `}}` are braces, `~` is a non-breaking space.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

_TOKEN = re.compile(r"(\{\{|\}\}|\{@[a-z0-9_.]+\}|\{[a-z][a-z0-9_]*\}|[{}])")
SELLER_CASES: Mapping[str, str] = {f"seller_{case}": case for case in ("genitive", "locative")}
"""The places that the seller's name takes in a sentence besides `{seller}`, with their grammatical cases."""
Kind = Literal["select", "plural", "form"]
_NAMED: tuple[Kind, ...] = ("select", "plural")


class TextPlace(Struct, frozen=True, tag=True):
    """A placeholder for a parameter's value."""

    name: str


class Included(Struct, frozen=True, tag=True):
    """Another text, filled with the same parameters."""

    key: str


class PlainText(Struct, frozen=True, tag=True):
    """Literal words and placeholders, in order."""

    pieces: tuple[str | TextPlace | Included, ...]


class TextChoice(Struct, frozen=True, tag=True):
    """Texts to choose from by the value of `param` (unused for a form of address)."""

    kind: Kind
    param: str
    cases: Mapping[str, "Text"]


Text = PlainText | TextChoice


class TextError(ValueError):
    """A text is written wrong; the message says what is wrong and what to write."""


def is_text(raw: object) -> bool:
    """Return whether a TOML value is a text rather than a table of texts, of which one may be called `form`."""
    return not isinstance(raw, dict) or _kind_of(raw) is not None


def _kind_of(table: Mapping[str, object]) -> Kind | None:
    """Return by what a table chooses: it names a parameter, or says `form = true`; words there are a text."""
    named: Iterator[Kind] = (kind for kind in _NAMED if str(table.get(kind, "")).isidentifier())
    return "form" if table.get("form") is True else next(named, None)


def parse(raw: object) -> Text:
    """Read a TOML value. Errors: TextError."""
    if isinstance(raw, str):
        return PlainText(tuple(_pieces(raw)))
    if not isinstance(raw, dict):
        raise TextError(f"a text is a string or a table that chooses, not {type(raw).__name__}: put it in quotes")
    kind = _kind_of(raw)
    if kind is None or len(raw) == 1:
        raise TextError("a table that chooses needs one of select, plural, form, and cases: write at least `other`")
    cases = {name: parse(case) for name, case in raw.items() if name != kind}
    return TextChoice(kind, raw[kind] if kind != "form" else "", cases)


def leaves(text: Text) -> Iterator[PlainText]:
    """Yield all wordings of a text."""
    if isinstance(text, PlainText):
        yield text
    else:
        for case in text.cases.values():
            yield from leaves(case)


def names(text: Text) -> frozenset[str]:
    """Return the parameters that a text uses, those of included texts aside."""
    used = {piece.name for words in leaves(text) for piece in words.pieces if isinstance(piece, TextPlace)}
    return frozenset(used | {choice.param for choice in choices(text) if choice.param})


def merge_seller_cases(places: Iterable[str]) -> frozenset[str]:
    """Return places with every case of the seller's name as `seller`, for comparing languages."""
    return frozenset("seller" if place in SELLER_CASES else place for place in places)


def includes(text: Text) -> frozenset[str]:
    """Return the keys of the texts put in place in this one."""
    return frozenset(piece.key for words in leaves(text) for piece in words.pieces if isinstance(piece, Included))


def choices(text: Text) -> Iterator[TextChoice]:
    """Yield all choices within a text, outermost first."""
    if isinstance(text, TextChoice):
        yield text
        for case in text.cases.values():
            yield from choices(case)


def _pieces(raw: str) -> Iterator[str | TextPlace | Included]:
    for token in _TOKEN.split(raw.replace("~", "\u00a0")):
        if token in ("{{", "}}"):
            yield token[0]
        elif token in ("{", "}"):
            raise TextError(f"a lone {token} in “{raw[:40]}…”: write a place as {{name}}, a brace as {token * 2}")
        elif token.startswith("{@"):
            yield Included(token[2:-1])
        elif token.startswith("{"):
            yield TextPlace(token[1:-1])
        elif token:
            yield token
