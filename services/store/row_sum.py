"""Whether two sets of rows are the same, told without holding either: a number and a sum over all that the rows say."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.store.base import canonical, storable

Row = Mapping[str, Any]
_MODULUS = 1 << 128


@dataclass
class RowSum:
    """How many rows, and the sum of their hashes: the order in which they come makes no difference."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Counts these in."""
        for row in rows:
            self.rows += 1
            self.total = (self.total + _hash(row)) % _MODULUS


def as_written(row: Row) -> dict[str, Any]:
    """The row with its texts as either database can hold them."""
    return {name: storable(value) if isinstance(value, str) else value for name, value in row.items()}


def _hash(row: Row) -> int:
    text = canonical({name: _told(value) for name, value in row.items()})
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def _told(value: Any) -> Any:
    """The value in the one form that both databases give it: PostgreSQL's JSON knows no difference of 1.0 and 1."""
    match value:
        case datetime():
            return value.isoformat()
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _told(held) for name, held in value.items()}
        case list():
            return [_told(held) for held in value]
        case _:
            return value
