"""The belt under every "on conflict do nothing": the row that stands must be of the same act and the same subject.

A repeat finds its own row and changes nothing. A row of anybody else under that name would have an act answered by what
was done for another, so it is refused.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog

from services.store.errors import NameTaken

_log = structlog.get_logger(__name__)


def demand_same_row(what: str, standing: Mapping[Any, Any], **wanted: object) -> None:
    """Return if the row that stands has the wanted values. Otherwise raise an alarm and NameTaken.

    The alarm names the columns that differ, never their values.
    """
    if differing := [name for name, value in wanted.items() if standing[name] != value]:
        _log.error("name_taken", alarm=True, what=what, differing=differing)
        raise NameTaken(what)


def demand_same_stored(connection: sa.Connection, key: sa.Column[Any], value: str, **wanted: object) -> None:
    """Demand the same row as `demand_same_row`, of the row whose `key` has this value. Raises NameTaken."""
    found = sa.select(*(key.table.c[name] for name in wanted)).where(key == value)
    row = connection.execute(found).mappings().first()
    demand_same_row(key.table.description, dict.fromkeys(wanted) if row is None else row, **wanted)
