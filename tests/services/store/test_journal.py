"""The journal: lines in order, what was said above a number, and which replies are still to be sent."""

from datetime import timedelta

import pytest

from services.store import journal, leases
from services.store.database import Store
from services.store.journal import JournalEntry, NewJournalEntry
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation


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
    lines = [await store.read(lambda c, of=of: journal.everything(c, of)) for of in ("c1", "c2")]
    return tuple(sorted(entry.id for entries in lines for entry in entries))


async def test_lines_are_numbered_in_the_order_given(store: Store) -> None:
    ids = await talk(store)
    assert len(ids) == 8
    entries = await store.read(lambda connection: journal.everything(connection, "c1"))
    assert texts(entries) == ["hello", "inner", "bot 1", "bot 2", "yes", "bot 3", "bot 4"]
    assert [entry.id for entry in entries] == [*ids[:4], *ids[5:]]
    assert entries[2] == JournalEntry(ids[2], "c1", 1, "bot", "m1", 1, {"text": "bot 1"}, NOW, "open", None)
    await store.write(lambda connection: journal.add(connection, []))
    assert await store.read(lambda connection: journal.everything(connection, "c1")) == entries


async def test_one_line_by_its_number(store: Store) -> None:
    await talk(store)
    one = present(await store.read(lambda connection: journal.said(connection, "c1", 2)))
    assert one.data == {"text": "bot 2"}
    assert await store.read(lambda connection: journal.said(connection, "c1", 5)) is None


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


async def test_the_last_lines_that_were_said(store: Store) -> None:
    await talk(store)

    async def latest(most: int, after: int = 0) -> list[str]:
        return texts(await store.read(lambda c: journal.latest(c, "c1", most=most, after_seq=after)))

    assert await latest(3) == ["yes", "bot 3", "bot 4"]
    assert await latest(99) == ["hello", "bot 1", "bot 2", "yes", "bot 3", "bot 4"]
    assert await latest(99, after=2) == ["yes", "bot 3", "bot 4"]
    assert await latest(1, after=2) == ["bot 4"]
    assert await latest(3, after=4) == []


async def test_only_open_replies_are_to_be_sent_and_each_is_settled_once(store: Store) -> None:
    ids = await talk(store)
    later = NOW + timedelta(seconds=1)
    await store.write(lambda connection: journal.mark_sent(connection, ids[2], later))
    await store.write(lambda connection: journal.give_up(connection, ids[3], later))
    await store.write(lambda connection: journal.mark_sent(connection, ids[3], later))
    await store.write(lambda connection: journal.mark_sent(connection, ids[0], later))
    waiting = await store.read(lambda connection: journal.open_deliveries(connection, "c1"))
    assert texts(waiting) == ["bot 3", "bot 4"]
    settled = (await store.read(lambda connection: journal.messages(connection, "c1")))[:2]
    assert [(entry.delivery, entry.sent_at) for entry in settled] == [("sent", later), ("given_up", later)]


async def test_what_a_dead_process_left(store: Store) -> None:
    await talk(store)
    assert await store.read(journal.unattended) == ("c1", "c2")
    assert await store.read(lambda connection: journal.unattended(connection, limit=1)) == ("c1",)


async def test_what_a_living_process_sends_is_not_left(postgres_pair: tuple[Store, Store]) -> None:
    store, other = postgres_pair
    await talk(store)
    long = timedelta(minutes=1)
    assert await other.write(lambda connection: leases.take(connection, leases.REPLIES + "c1", "p2", long))
    assert await store.read(journal.unattended) == ("c2",)


def test_a_line_shows_nothing_that_was_said() -> None:
    assert "bot 1" not in repr(said(1))
    assert "bot 1" not in repr(JournalEntry(1, "c1", 1, "bot", None, 1, {"text": "bot 1"}, NOW, "open", None))
