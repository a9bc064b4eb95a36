"""Replies where processes share a database: one of them brings a conversation's, in order, and none is forgotten."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.conversation import delivery
from bot.conversation.delivery import Delivery
from services.clock import ManualClock
from services.jobs.process_lease import ProcessLease
from services.store import conversations, journal, leases
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.journal import NewJournalEntry
from services.store.tables.core import lease
from tests.bot.conversation.test_delivery import NOW, Channel, Plain
from tests.bot.handlers.telegram.bot_api import until

Pair = tuple[Store, Store]


@dataclass
class Process:
    """One of several processes: its store, its delivery, and whether it may send what its turn said."""

    store: Store
    holder: ProcessLease
    delivery: Delivery
    count: int = 0

    async def turn(self, text: str) -> bool:
        """A turn that says something; True if this process is to bring it."""

        def write(connection: sa.Connection) -> tuple[StoredConversation, bool]:
            conversations.open(connection, "telegram", "1", "pl", NOW, "c1")
            known = conversations.load(connection, "c1", lock=True)
            assert known is not None
            seq = len(journal.messages(connection, "c1")) + 1
            journal.add(connection, [NewJournalEntry("c1", 1, "bot", {"text": text}, NOW, seq=seq, delivery="open")])
            return known, leases.take(connection, leases.REPLIES + "c1", self.holder.id, self.holder.lasting)

        conversation, mine = await self.store.write(write)
        if mine:
            self.delivery.left(conversation)
        return mine


@asynccontextmanager
async def processes(
    pair: Pair, channel: Channel, other: Channel | None = None
) -> AsyncGenerator[tuple[Process, Process]]:
    """Two processes that send to one channel; `other`: what the second one sends to."""
    made: list[Process] = []
    for store, sender in zip(pair, (channel, other or channel), strict=True):
        holder = ProcessLease(store)
        found = Delivery(store, ManualClock(NOW), Plain(), holder, {"telegram": sender})  # type: ignore[arg-type]
        made.append(Process(store, holder, found))
    try:
        yield made[0], made[1]
    finally:
        for one in made:
            await one.delivery.stop()


async def run_out(store: Store) -> None:
    await store.write(lambda c: c.execute(sa.update(lease).values(until=sa.func.now() - timedelta(seconds=1))))


async def test_whoever_sends_the_earlier_reply_sends_the_later_one(postgres_pair: Pair) -> None:
    gate = asyncio.Event()
    channel = Channel(gate=gate)
    async with processes(postgres_pair, channel) as (one, two):
        assert await one.turn("a")
        await until(lambda: channel.tried == 1)
        assert not await two.turn("b"), "the first one is at it"
        gate.set()
        await one.delivery.idle()
        assert [text for _, text in channel.took] == ["a", "b"]
        assert await two.turn("c"), "and has given it back"
        await two.delivery.idle()
        assert [text for _, text in channel.took] == ["a", "b", "c"]


async def test_many_turns_of_two_processes_leave_nothing_behind(postgres_pair: Pair) -> None:
    channel = Channel()
    async with processes(postgres_pair, channel) as pair:
        await asyncio.gather(*(pair[n % 2].turn(str(n)) for n in range(40)))
        await until(lambda: len(channel.took) == 40)
        said = await pair[0].store.read(lambda c: journal.messages(c, "c1"))
        assert [text for _, text in channel.took] == [entry.data["text"] for entry in said], "in the transcript's order"


async def test_another_takes_over_from_one_that_stands_still(
    postgres_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SHARED_SWEEP_S", 0.01)
    gate = asyncio.Event()
    stuck, healthy = Channel(gate=gate), Channel()
    async with processes(postgres_pair, stuck, healthy) as (one, two):
        assert await one.turn("a")
        await until(lambda: stuck.tried == 1)
        assert await one.turn("b")
        await two.delivery.start()
        assert healthy.took == [], "while it holds its lease it is left alone"
        await run_out(two.store)
        await until(lambda: len(healthy.took) == 2)
        gate.set()  # it wakes: what it had begun to send goes out a second time, nothing more
        await one.delivery.idle()
        assert [text for _, text in stuck.took] == ["a"]
        assert [text for _, text in healthy.took] == ["a", "b"]
