"""The outcome of reading a typed answer: the value, or the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


def _no_params() -> Mapping[str, str | int]:
    return {}


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """The answer was read; `value` is its normal form."""

    value: T


@dataclass(frozen=True, slots=True)
class ParseRefused:
    """The answer was not taken. `reason` is a text key suffix, `params` are what its sentence may name."""

    reason: str
    params: Mapping[str, str | int] = field(default_factory=_no_params)


Parsed = Ok[T] | ParseRefused
