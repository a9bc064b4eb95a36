"""The journal: lines in order, what was said above a number, and which replies are still to be sent."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.store import journal, journal_ranges, leases
from services.store.database import Store
from services.store.journal import JournalEntry, NewJournalEntry
from services.store.tables.core import journal as table
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation
from tests.services.domain.people import conversation, later


def said(seq: int, root: str | None = None, conversation: str = "c1") -> NewJournalEntry:
    return NewJournalEntry(conversation, seq, "bot", {"text": f"bot {seq}"}, NOW, root, seq, "open")


def asked(text: str, root: str) -> NewJournalEntry:
    return NewJournalEntry("c1", 1, journal.CUSTOMER, {"text": text}, NOW, root)


def texts(entries: tuple[JournalEntry, ...]) -> list[str]:
    return [entry.data["text"] for entry in entries]


async def talk(store: Store) -> tuple[int, ...]:
    await a_conversation(store)
    await a_conversation(store, "c2")
    await store.write(
        lambda connection: journal.add(
            connection,
            [
                asked("hello", "m1"),
                NewJournalEntry("c1", 1, "decision", {"text": "inner"}, NOW, "m1"),
                said(1, "m1"),
                said(2, "m1"),
                said(1, "m9", "c2"),
                asked("yes", "m2"),
                said(3, "m2"),
                said(4),
            ],
        )
    )
    lines = [await store.read(lambda c, of=of: journal.read_all(c, of)) for of in ("c1", "c2")]
    return tuple(sorted(entry.id for entries in lines for entry in entries))


async def test_lines_are_numbered_in_the_order_given(store: Store) -> None:
    ids = await talk(store)
    assert len(ids) == 8
    entries = await store.read(lambda connection: journal.read_all(connection, "c1"))
    assert texts(entries) == ["hello", "inner", "bot 1", "bot 2", "yes", "bot 3", "bot 4"]
    assert [entry.id for entry in entries] == [*ids[:4], *ids[5:]]
    assert entries[2] == JournalEntry(ids[2], "c1", 1, "bot", "m1", 1, {"text": "bot 1"}, NOW, "open", None)
    await store.write(lambda connection: journal.add(connection, []))
    assert await store.read(lambda connection: journal.read_all(connection, "c1")) == entries


async def test_one_line_by_its_number_and_the_last_that_were_said(store: Store) -> None:
    await talk(store)
    assert present(await store.read(lambda connection: journal.said(connection, "c1", 2))).data == {"text": "bot 2"}
    assert await store.read(lambda connection: journal.said(connection, "c1", 5)) is None

    async def latest(most: int, after: int = 0) -> list[str]:
        return texts(await store.read(lambda c: journal.read_last(c, "c1", most=most, after_seq=after)))

    assert await latest(3) == ["yes", "bot 3", "bot 4"]
    assert await latest(99) == ["hello", "bot 1", "bot 2", "yes", "bot 3", "bot 4"]
    assert await latest(99, after=2) == ["yes", "bot 3", "bot 4"]
    assert await latest(1, after=2) == ["bot 4"]
    assert await latest(3, after=4) == []


async def test_what_was_said(store: Store) -> None:
    await talk(store)

    async def messages(**limits: object) -> list[str]:
        return texts(await store.read(lambda connection: journal.messages(connection, "c1", **limits)))  # type: ignore[arg-type]

    assert await messages() == ["bot 1", "bot 2", "bot 3", "bot 4"]
    assert await messages(with_customer=True) == ["hello", "bot 1", "bot 2", "yes", "bot 3", "bot 4"]
    assert await messages(after_seq=2) == ["bot 3", "bot 4"]
    assert await messages(after_seq=2, with_customer=True) == ["yes", "bot 3", "bot 4"]
    assert await messages(after_seq=0, with_customer=True) == await messages(with_customer=True)
    assert await messages(after_seq=4, with_customer=True) == []
    assert await messages(root="m1") == ["bot 1", "bot 2"]
    assert await messages(root="m1", with_customer=True) == ["hello", "bot 1", "bot 2"]
    assert await messages(root="m9") == []
    with pytest.raises(ValueError, match="exclude"):
        await messages(root="m1", after_seq=1)


async def test_only_open_replies_are_to_be_sent_and_each_is_settled_once(store: Store) -> None:
    ids, later = await talk(store), NOW + timedelta(seconds=1)
    await store.write(lambda connection: journal.mark_sent(connection, ids[2], later))
    await store.write(lambda connection: journal.give_up(connection, ids[3], later))
    await store.write(lambda connection: journal.mark_sent(connection, ids[3], later))
    await store.write(lambda connection: journal.mark_sent(connection, ids[0], later))
    assert texts(await store.read(lambda connection: journal.open_deliveries(connection, "c1"))) == ["bot 3", "bot 4"]
    settled = (await store.read(lambda connection: journal.messages(connection, "c1")))[:2]
    assert [(entry.delivery, entry.sent_at) for entry in settled] == [("sent", later), ("given_up", later)]


async def test_what_a_dead_process_left(store: Store) -> None:
    await talk(store)
    assert await store.read(journal.list_unattended_conversations) == ("c1", "c2")
    assert await store.read(lambda connection: journal.list_unattended_conversations(connection, limit=1)) == ("c1",)


async def test_what_a_living_process_sends_is_not_left(postgres_pair: tuple[Store, Store]) -> None:
    store, other = postgres_pair
    await talk(store)
    long = timedelta(minutes=1)
    assert await other.write(lambda connection: leases.take(connection, leases.REPLIES + "c1", "p2", long))
    assert await store.read(journal.list_unattended_conversations) == ("c2",)


def test_a_line_shows_nothing_that_was_said() -> None:
    assert "bot 1" not in repr(said(1))
    assert "bot 1" not in repr(JournalEntry(1, "c1", 1, "bot", None, 1, {"text": "bot 1"}, NOW, "open", None))


# --- stretches of a journal: what stands between two lines, and what is on its way ---


def bot(seq: int, delivery: str = "open", where: str = "c1") -> NewJournalEntry:
    return NewJournalEntry(where, seq, journal.BOT, {"text": f"bot {seq}"}, NOW, None, seq, delivery)


def customer(text: str) -> NewJournalEntry:
    return NewJournalEntry("c1", 1, journal.CUSTOMER, {"text": text}, NOW)


def inner(text: str) -> NewJournalEntry:
    return NewJournalEntry("c1", 1, "result", {"text": text}, NOW)


async def two_talks(store: Store) -> list[int]:
    """Two conversations, one line in the other; the numbers of the lines of the first."""
    await a_conversation(store)
    await a_conversation(store, "c2")
    told = [customer("hello"), bot(1, "sent"), inner("i"), bot(1, where="c2"), customer("yes"), bot(2), inner("j")]
    await store.write(lambda c: journal.add(c, [*told, bot(3, "kept"), bot(4)]))
    return [entry.id for entry in await store.read(lambda c: journal.read_all(c, "c1"))]


async def test_what_stands_between_two_lines(store: Store) -> None:
    ids = await two_talks(store)
    found = texts(await store.read(lambda c: journal_ranges.read_between(c, "c1", ids[1])))
    assert found == [*("i", "yes", "bot 2", "j", "bot 3", "bot 4")]
    assert texts(await store.read(lambda c: journal_ranges.read_between(c, "c1", ids[0], ids[3]))) == [
        "bot 1",
        "i",
        "yes",
    ]
    assert await store.read(lambda c: journal_ranges.read_between(c, "c1", ids[-1])) == ()
    assert await store.read(lambda c: journal_ranges.count(c, "c1", 0, ids[3])) == 4
    await store.write(lambda c: journal.forget_lines(c, [ids[2]]))
    assert await store.read(lambda c: journal_ranges.count(c, "c1", 0, ids[3])) == 3


async def test_some_lines_of_one_conversation(store: Store) -> None:
    ids = await two_talks(store)
    [other] = await store.read(lambda c: journal.read_all(c, "c2"))
    found = await store.read(lambda c: journal_ranges.read_lines_among(c, "c1", [ids[4], ids[0], other.id, 10**17]))
    assert texts(found) == ["hello", "bot 2"]
    assert await store.read(lambda c: journal_ranges.read_lines_among(c, "c1", [])) == ()


async def test_what_was_spoken_last_and_where_it_begins(store: Store) -> None:
    ids = await two_talks(store)
    for said, until, start in ((2, ids[-1], ids[4]), (3, ids[-1], ids[3]), (6, ids[-1], 0), (1, ids[3], ids[1])):
        found = await store.read(lambda c, said=said, until=until: journal_ranges.start_of_last(c, "c1", said, until))
        assert found == start, (said, until)
    assert await store.read(lambda c: journal_ranges.start_of_last(c, "nobody", 1)) == 0
    assert texts(await store.read(lambda c: journal_ranges.spoken_last(c, "c1", 2, ids[-2]))) == ["bot 2", "bot 3"]
    assert texts(await store.read(lambda c: journal_ranges.spoken_last(c, "c1", 9, ids[3]))) == ["bot 1"]


async def test_what_is_on_its_way(store: Store) -> None:
    ids = await two_talks(store)
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
