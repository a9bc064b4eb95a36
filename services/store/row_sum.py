"""Whether two sets of rows are the same, told without holding either: a number and a sum over all that the rows say."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.store.tables.base import canonical, storable

Values = tuple[Any, ...]
_MODULUS = 1 << 128
_FLOAT = re.compile(r"\d(\.|e[+-]?)\d")


@dataclass
class RowSum:
    """How many rows, and the sum of their hashes: the order in which they come makes no difference."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Iterable[Values]) -> None:
        """Counts these in."""
        for row in rows:
            self.rows += 1
            self.total = (self.total + _hash(row)) % _MODULUS


def as_written(row: Iterable[Any]) -> Values:
    """The row with its texts as either database can hold them."""
    return tuple(storable(value) if isinstance(value, str) else value for value in row)


def _hash(row: Values) -> int:
    text = repr([_json(value) if isinstance(value, dict | list) else value for value in row])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def _json(value: Any) -> str:
    """The text that both databases' JSON comes to: PostgreSQL's tells 1e16 and 10000000000000000 not apart."""
    text = canonical(value)
    return canonical(_whole(value)) if _FLOAT.search(text) else text


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(held) for name, held in value.items()}
        case list():
            return [_whole(held) for held in value]
        case _:
            return value
