"""The stretch of the journal that belongs to a span of time is found whole, by key alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.store import journal, journal_ranges
from services.store.tables.core import journal as table
from tests.services.domain.people import NOW, conversation, later


@pytest.fixture
def lines(connection: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> sa.Connection:
    """A line each minute, some of them gone."""
    monkeypatch.setattr(journal_ranges, "WIDER", 0)
    conversation(connection, "c1")
    for minute in range(50):
        journal.add(connection, [journal.NewJournalEntry("c1", 1, "customer", {}, later(minutes=minute))])
    connection.execute(sa.delete(table).where(table.c.at.in_([later(minutes=n) for n in (0, 7, 8, 20, 49)])))
    return connection


@pytest.mark.parametrize("begin", [-5, 0, 1, 7, 9, 20, 30, 48, 49, 60])
@pytest.mark.parametrize("lasting", [0, 1, 2, 15, 200])
def test_just_those_lines_lie_between(lines: sa.Connection, begin: int, lasting: int) -> None:
    start, end = later(minutes=begin), later(minutes=begin) + timedelta(minutes=lasting)

    low, high = journal_ranges.ids_between(lines, start, end)

    wanted = sa.select(table.c.id).where(table.c.at >= start, table.c.at < end)
    assert set(lines.execute(wanted).scalars()) <= set(range(low, high + 1))
    between = lines.execute(sa.select(sa.func.count()).where(table.c.id >= low, table.c.id < high)).scalar_one()
    assert between == len(lines.execute(wanted).all()), "nothing else is looked at"


def test_an_empty_journal_has_no_stretch(connection: sa.Connection) -> None:
    low, high = journal_ranges.ids_between(connection, NOW, later(days=1))

    assert low <= high
