"""No copy of a REST client's sender is kept, nor of one that an earlier release has stored."""

import sqlalchemy as sa

from benchmarks.upgrade import opened
from bot.conversation.identity import conversation_id, hashed_address
from services.store import migrate
from services.store.tables.core import call, conversation, inbound, journal
from services.store.tables.support import blocked_address
from tests.services.domain.people import NOW

SENDER = "Kanarek'); -- ąę 0001"


def fill(connection: sa.Connection, channel: str) -> None:
    """A conversation as an earlier release stored it; it is blocked, too."""
    id, root = conversation_id(channel, SENDER), f"{channel}:{SENDER}:m:1"
    talk = {"id": id, "channel": channel, "address": SENDER, "locale": "pl", "mode": "bot", "revision": 1, "seq": 1}
    taken = {"channel": channel, "key": f"{SENDER}:m:1", "conversation_id": id, "digest": "", "failed": False}
    said = {"conversation_id": id, "revision": 1, "kind": "bot", "root": root, "data": {}, "delivery": "kept"}
    due = {"key": id, "conversation_id": id, "root": root, "kind": "X", "payload": {}, "background": False}
    block = {"channel": channel, "address": SENDER, "agent_id": "a", "reason": "r"}
    connection.execute(sa.insert(conversation).values(**talk, state={}, started_at=NOW, updated_at=NOW))
    connection.execute(sa.insert(inbound).values(**taken, at=NOW))
    connection.execute(sa.insert(journal).values(**said, at=NOW))
    connection.execute(sa.insert(call).values(**due, status="open", due_at=NOW, attempts=0, created_at=NOW))
    connection.execute(sa.insert(blocked_address).values(**block, at=NOW))


def test_senders_stored_by_earlier_releases_are_hashed(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0022")
    with opened(empty_url) as engine, engine.begin() as connection:
        fill(connection, "rest")
        fill(connection, "telegram")

    migrate.upgrade(empty_url)

    hashed = hashed_address("rest", SENDER)
    assert conversation_id("rest", hashed) == conversation_id("rest", SENDER)
    columns = conversation.c.address, inbound.c.key, journal.c.root, call.c.root, blocked_address.c.address
    with opened(empty_url) as engine, engine.begin() as connection:
        found = [set(connection.scalars(sa.select(column))) for column in columns]
    assert found == [
        {SENDER, hashed},
        {f"{SENDER}:m:1", f"{hashed}:m:1"},
        {f"telegram:{SENDER}:m:1", f"rest:{hashed}:m:1"},
        {f"telegram:{SENDER}:m:1", f"rest:{hashed}:m:1"},
        {SENDER, hashed},
    ]
