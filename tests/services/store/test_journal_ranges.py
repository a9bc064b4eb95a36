"""Stretches of a journal: what stands between two lines, where the last of what was said begins, what is on its way."""

from services.store import journal, journal_ranges
from services.store.database import Store
from services.store.journal import JournalEntry, NewJournalEntry
from tests.services.databases import NOW, a_conversation


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
