"""Pages of a list in the order of time, by where the last one ended: rows that come meanwhile shift nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class KeysetPlace:
    """Where a page ended: the moment and the id of its last row."""

    at: datetime
    id: str


def page(query: Any, at: sa.Column[Any], id: sa.Column[Any], after: KeysetPlace | None, most: int) -> Any:
    """Up to `most` rows of the query behind `after`, the oldest first."""
    if after is not None:
        query = query.where(sa.or_(at > after.at, sa.and_(at == after.at, id > after.id)))
    return query.order_by(at, id).limit(most)


def newest(query: Any, at: sa.Column[Any], id: sa.Column[Any], before: KeysetPlace | None, most: int) -> Any:
    """The same, the newest first: up to `most` rows that are older than where the last page ended."""
    if before is not None:
        query = query.where(sa.or_(at < before.at, sa.and_(at == before.at, id < before.id)))
    return query.order_by(at.desc(), id.desc()).limit(most)
