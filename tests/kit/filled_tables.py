"""Values for any column of the database: what tests fill whole tables with."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.services.databases import NOW

# What a customer may write and a provider may answer; JSON's numbers are where the two databases differ.
ODD: dict[str, Any] = {
    "text": "zażółć 🐦 \u2028 'quoted' %s :name",
    "numbers": [0, -1, 1.0, -0.0, 1.5, 1e16, 1e-7, 2**70, 0.1],
    "nothing": None,
    "nested": {"b": [True, False, {"a": ""}], "a": {}},
}

# Columns that take some values only.
ALLOWED = {
    "conversation.mode": "agent",
    "journal.delivery": "open",
    "call.status": "open",
    "clock.id": 1,
    "agent.role": "supervisor",
    "agent_session.stage": "full",
    "helpdesk_conversation.state": "closed",
    "desk_topic.status": "closed",
    "answer_letter.state": "mailed",
}


def a_value(column: sa.Column[Any], n: int) -> Any:
    """A value of the column's type, another one in each row; each optional one is missing in every other row."""
    if f"{column.table.name}.{column.name}" in ALLOWED:
        return ALLOWED[f"{column.table.name}.{column.name}"]
    for reference in column.foreign_keys:
        return a_value(reference.column, n)
    if column.nullable and (n + list(column.table.columns).index(column)) % 2:
        return None
    match type(column.type).__name__:
        case "Json":
            return {**ODD, "n": n}
        case "LargeBinary":
            return f"{column.name} {n}".encode() + b"\x00\xff"
        case "UtcDateTime":
            return NOW + timedelta(microseconds=n)
        case "Date":
            return (NOW + timedelta(days=n)).date()
        case "Boolean":
            return bool(n % 2)
        case "Integer" | "BigInteger":
            return n
        case _:
            return f"{column.name} {n} ąść"
