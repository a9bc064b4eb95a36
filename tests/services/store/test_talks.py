"""A conversation's stamp: another one whenever anything is another in it."""

from services.store import conversations, journal
from services.store.database import Store
from services.store.journal import NewJournalEntry
from services.support import talks
from services.support.talks import Stamp
from tests.services.databases import NOW, a_conversation


async def stamps(store: Store) -> dict[str, Stamp]:
    return await store.read(lambda c: talks.stamps(c, ["c1", "c2", "nobody"]))


async def test_a_stamp_is_another_after_each_change(store: Store) -> None:
    first, _ = await a_conversation(store), await a_conversation(store, "c2")
    lines = [NewJournalEntry("c1", 1, journal.CUSTOMER, {"text": text}, NOW) for text in ("a", "b", "c")]
    seen = [await stamps(store)]
    assert set(seen[0]) == {"c1", "c2"}
    await store.write(lambda c: journal.add(c, lines))
    seen.append(await stamps(store))
    ids = [entry.id for entry in await store.read(lambda c: journal.everything(c, "c1"))]
    for id in (ids[1], ids[2]):
        await store.write(lambda c, id=id: journal.forget_lines(c, [id]))
        seen.append(await stamps(store))
    assert await store.write(lambda c: conversations.save(c, first, NOW))
    seen.append(await stamps(store))
    assert len({one["c1"] for one in seen}) == len(seen)
    assert len({one["c2"] for one in seen}) == 1
    assert await store.read(lambda c: talks.stamps(c, [])) == {}
