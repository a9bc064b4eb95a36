"""A value of any type that records are made of: from the fields of the record, so that a new one needs no row here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from values.term import TWO_YEARS, Term

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PLAIN: Mapping[Any, Any] = {int: 7, float: 0.5, bool: True, datetime: AT, Any: "anything", Term: TWO_YEARS}


def sample(kind: Any, name: str, turn: int = 0) -> Any:
    """Return a value of the type. Text is the field's own name; of several values it is the one whose turn it is."""
    inside = get_args(kind)
    match get_origin(kind) or kind:
        case origin if origin in PLAIN:
            return PLAIN[origin]
        case origin if origin is Annotated:
            return sample(inside[0], name, turn)
        case origin if origin in (Union, UnionType):
            return sample(next(one for one in inside if one is not NoneType), name, turn)
        case origin if origin is Literal:
            return inside[turn % len(inside)]
        case origin if origin is tuple:
            return (sample(inside[0], name, turn),)
        case origin if issubclass(origin, Mapping):
            return {"sdi_code": "M5UXCR1", "pec": "azienda@pec.example.com"}
        case origin if issubclass(origin, Struct):
            return origin(**arguments(origin, turn))
        case origin:
            return name


def arguments(made: Any, turn: int = 0) -> dict[str, Any]:
    """Return samples for all that a record, or a function, is made from."""
    named = get_type_hints(made, include_extras=True)
    return {name: sample(kind, name, turn) for name, kind in named.items() if name != "return"}
