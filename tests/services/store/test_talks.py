"""A conversation's stamp: another one whenever anything is another in it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.store import conversations, journal
from services.store.database import Store
from services.store.tables.core import conversation
from services.support import talks
from tests.services.databases import NOW, a_conversation


async def stamps(store: Store) -> dict[str, talks.Stamp]:
    return await store.read(lambda c: talks.stamps(c, ["c1", "c2", "nobody"]))


async def test_a_stamp_is_another_after_each_change(store: Store) -> None:
    first, _ = await a_conversation(store), await a_conversation(store, "c2")
    lines = [journal.NewJournalEntry("c1", 1, journal.CUSTOMER, {"text": text}, NOW) for text in ("a", "b", "c")]
    seen = [await stamps(store)]
    assert set(seen[0]) == {"c1", "c2"}
    await store.write(lambda c: journal.add(c, lines))
    seen.append(await stamps(store))
    ids = [entry.id for entry in await store.read(lambda c: journal.read_all(c, "c1"))]
    for id in (ids[1], ids[2]):
        await store.write(lambda c, id=id: journal.forget_lines(c, [id]))
        seen.append(await stamps(store))
    assert await store.write(lambda c: conversations.save(c, first, NOW))
    seen.append(await stamps(store))
    assert len({one["c1"] for one in seen}) == len(seen)
    assert len({one["c2"] for one in seen}) == 1
    assert await store.read(lambda c: talks.stamps(c, [])) == {}


async def said(store: Store, id: str, n: int, *, kind: str = journal.CUSTOMER) -> None:
    """A message, and when the customer of the conversation wrote last."""

    def work(connection: sa.Connection) -> None:
        journal.add(connection, [journal.NewJournalEntry(id, n, kind, {"text": "x"}, NOW + timedelta(minutes=n))])
        if kind == journal.CUSTOMER:
            wrote = sa.update(conversation).where(conversation.c.id == id)
            connection.execute(wrote.values(customer_at=NOW + timedelta(minutes=n)))

    await store.write(work)


async def test_the_conversations_of_late_are_those_in_which_customers_wrote_last(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id in ("c1", "c2", "c3", "never"):
        await a_conversation(store, id)
    for n, id in enumerate(("c3", "c1", "c2", "c2", "c2", "c1", "c2")):
        await said(store, id, n)
    await said(store, "c3", 9, kind="bot")

    async def lately(most: int) -> list[str]:
        return [id for id, _ in await store.read(lambda c: talks.list_recent_talks(c, most))]

    assert await lately(5) == ["c2", "c1", "c3"]
    assert await lately(2) == ["c2", "c1"]
    monkeypatch.setattr(talks, "SLICE", 2)
    assert await lately(5) == ["c2", "c1", "c3"]
    monkeypatch.setattr(talks, "SLICES", 2)
    assert await lately(5) == ["c2", "c1"], "so far back is looked"
    assert (await store.read(lambda c: talks.list_recent_talks(c, 1)))[0][1] == NOW + timedelta(minutes=6)
