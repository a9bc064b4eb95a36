"""Stretches of a journal: what stands between two lines, where the last of what was said begins, what is on its way.

What belongs to a span of time is found whole, by key alone.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.store import journal, journal_ranges
from services.store.database import Store
from services.store.journal import JournalEntry, NewJournalEntry
from services.store.tables.core import journal as table
from tests.services.databases import NOW, a_conversation
from tests.services.domain.people import conversation, later


def bot(seq: int, delivery: str = "open", where: str = "c1") -> NewJournalEntry:
    return NewJournalEntry(where, seq, journal.BOT, {"text": f"bot {seq}"}, NOW, None, seq, delivery)


def customer(text: str) -> NewJournalEntry:
    return NewJournalEntry("c1", 1, journal.CUSTOMER, {"text": text}, NOW)


def inner(text: str) -> NewJournalEntry:
    return NewJournalEntry("c1", 1, "result", {"text": text}, NOW)


def texts(entries: tuple[JournalEntry, ...]) -> list[str]:
    return [entry.data["text"] for entry in entries]


async def talk(store: Store) -> list[int]:
    """Two conversations, one line in the other; the numbers of the lines of the first."""
    await a_conversation(store)
    await a_conversation(store, "c2")
    told = [customer("hello"), bot(1, "sent"), inner("i"), bot(1, where="c2"), customer("yes"), bot(2), inner("j")]
    await store.write(lambda c: journal.add(c, [*told, bot(3, "kept"), bot(4)]))
    return [entry.id for entry in await store.read(lambda c: journal.everything(c, "c1"))]


async def test_what_stands_between_two_lines(store: Store) -> None:
    ids = await talk(store)
    assert texts(await store.read(lambda c: journal_ranges.between(c, "c1", ids[1]))) == [
        *("i", "yes", "bot 2", "j", "bot 3", "bot 4")
    ]
    assert texts(await store.read(lambda c: journal_ranges.between(c, "c1", ids[0], ids[3]))) == ["bot 1", "i", "yes"]
    assert await store.read(lambda c: journal_ranges.between(c, "c1", ids[-1])) == ()
    assert await store.read(lambda c: journal_ranges.count(c, "c1", 0, ids[3])) == 4
    await store.write(lambda c: journal.forget_lines(c, [ids[2]]))
    assert await store.read(lambda c: journal_ranges.count(c, "c1", 0, ids[3])) == 3


async def test_some_lines_of_one_conversation(store: Store) -> None:
    ids = await talk(store)
    [other] = await store.read(lambda c: journal.everything(c, "c2"))
    found = await store.read(lambda c: journal_ranges.these(c, "c1", [ids[4], ids[0], other.id, 10**17]))
    assert texts(found) == ["hello", "bot 2"]
    assert await store.read(lambda c: journal_ranges.these(c, "c1", [])) == ()


async def test_where_the_last_of_what_was_said_begins(store: Store) -> None:
    ids = await talk(store)
    for said, until, start in ((2, ids[-1], ids[4]), (3, ids[-1], ids[3]), (6, ids[-1], 0), (1, ids[3], ids[1])):
        found = await store.read(lambda c, said=said, until=until: journal_ranges.start_of_last(c, "c1", said, until))
        assert found == start, (said, until)
    assert await store.read(lambda c: journal_ranges.start_of_last(c, "nobody", 1)) == 0


async def test_what_was_spoken_last(store: Store) -> None:
    ids = await talk(store)
    assert texts(await store.read(lambda c: journal_ranges.spoken_last(c, "c1", 2, ids[-2]))) == ["bot 2", "bot 3"]
    assert texts(await store.read(lambda c: journal_ranges.spoken_last(c, "c1", 9, ids[3]))) == ["bot 1"]


async def test_what_is_on_its_way(store: Store) -> None:
    ids = await talk(store)
    assert await store.read(lambda c: journal_ranges.on_their_way(c, "c1")) == (ids[4], ids[-1])
    await store.write(lambda c: journal.mark_sent(c, ids[4], NOW))
    assert await store.read(lambda c: journal_ranges.on_their_way(c, "c1")) == (ids[-1],)


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
