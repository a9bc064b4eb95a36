"""What goes into a column comes out of it, on both databases."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import exc

from services.store.database import Store
from services.store.tables.base import AnyText, Json, UtcDateTime, canonical, storable
from tests.table import table
from values.private import Secret

shelf = sa.Table(
    "shelf",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime),
    sa.Column("data", Json),
    sa.Column("text", AnyText),
)


async def stored(store: Store, *rows: dict[str, Any]) -> list[sa.Row[Any]]:
    def work(connection: sa.Connection) -> list[sa.Row[Any]]:
        shelf.drop(connection, checkfirst=True)
        shelf.create(connection)
        full = [{"id": n, "at": None, "data": None, "text": None} | row for n, row in enumerate(rows)]
        connection.execute(sa.insert(shelf), full)
        return list(connection.execute(sa.select(shelf).order_by(shelf.c.at, shelf.c.id)).all())

    return await store.write(work)


async def test_moments_come_back_in_utc_and_in_order(store: Store) -> None:
    moments = [
        datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 7, 1, 10, 0, tzinfo=UTC),
        datetime(999, 1, 1, tzinfo=UTC),
        datetime(2026, 7, 1, 10, 0, 1, tzinfo=UTC),
    ]
    found = [row.at for row in await stored(store, *({"at": moment} for moment in moments))]
    assert found == sorted(moments)
    assert all(moment.tzinfo is UTC for moment in found)
    assert (found[1].microsecond, found[2].microsecond) == (0, 1)


async def test_one_moment_in_two_zones_is_stored_as_one(store: Store) -> None:
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    await stored(store, {"at": noon}, {"at": noon.astimezone(UTC)})
    different = await store.read(lambda c: c.execute(sa.select(sa.func.count(sa.distinct(shelf.c.at)))).scalar())
    assert different == 1


async def test_a_moment_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(exc.StatementError, match="time zone"):
        await stored(store, {"at": datetime(2026, 7, 1)})  # noqa: DTZ001 the mistake that is tested


async def test_the_earliest_moment_is_a_moment(store: Store) -> None:
    await stored(store, {"at": datetime(2026, 7, 1, tzinfo=UTC)})
    least = await store.read(lambda connection: connection.execute(sa.select(sa.func.min(shelf.c.at))).scalar())
    assert least == datetime(2026, 7, 1, tzinfo=UTC)


async def test_json_comes_back_and_nothing_is_null(store: Store) -> None:
    data = {"b": [1, None, True, 2.5], "a": {"ż": "“ó”"}, "big": 10**15}
    first, second = await stored(store, {"data": data}, {})
    assert first.data == data
    assert second.data is None
    nulls = await store.read(lambda c: c.execute(sa.select(sa.func.count()).where(shelf.c.data.is_(None))).scalar())
    assert nulls == 1


async def test_what_no_database_holds_is_replaced(store: Store) -> None:
    row = (await stored(store, {"data": {"k\0": ["\ud83d", "\\u0000"]}, "text": "a\0b\udfff"}))[0]
    assert (row.data, row.text) == ({"k\ufffd": ["\ufffd", "\\u0000"]}, "a\ufffdb\ufffd")


texts = st.text(st.characters(codec=None))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_text_can_be_stored_and_is_stable(value: Any) -> None:
    text = canonical(value)
    text.encode()
    assert canonical(json.loads(text)) == text


@given(texts)
def test_storable_text_changes_nothing_else(text: str) -> None:
    clean = storable(text)
    clean.encode()
    assert len(clean) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, clean, strict=True))
    assert "\0" not in clean


@table("value", [object(), {"a": [Secret("x")]}, {"a": 1j}])
def test_canonical_refuses_what_json_cannot_say(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_canonical_has_no_numbers_that_are_none() -> None:
    assert canonical([float("nan"), float("-inf"), 0.5]) == "[null,null,0.5]"
