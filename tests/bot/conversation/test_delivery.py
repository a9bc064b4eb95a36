"""Replies to a channel that is written to: in order, at least once, past whatever the channel or the store does.

Where processes share a database, one of them brings a conversation's, and none is forgotten."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation import delivery
from bot.conversation.delivery import TRIES, WINDOW, Delivery
from bot.conversation.outbound import Card, Dead, Delivered, Later, Outcome, Reply
from services.jobs.process_lease import ProcessLease
from services.store import conversations, journal, leases, migrate, timer_rows
from services.store.conversations import StoredConversation
from services.store.database import Store, open_store
from services.store.errors import StoreUnavailable
from services.store.journal import JournalEntry, NewJournalEntry
from services.store.tables.core import lease
from tests.bot.handlers.telegram.bot_api import until
from tests.kit.clock import ManualClock
from tests.kit.narrow import present

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SENT = Delivered("1")


class Plain:
    """Shows a journal line's text and nothing else."""

    def message(self, entry: JournalEntry) -> Reply:
        number, paid = entry.data.get("to_pay"), tuple(entry.data.get("paid", ()))
        card = Card(entry.data.get("kind", "payment"), f"payment:{number}", "", ()) if number else None
        said = entry.id, entry.seq, "bot", entry.data["text"], (), (), entry.at
        return Reply(*said, card=card, paid=paid, place=entry.data.get("place"))


@dataclass
class Channel:
    """Takes messages as `answer` says."""

    answer: Callable[[str], Outcome] = lambda _text: SENT
    took: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    edits: list[str] = field(default_factory=list[str])
    places: list[str | None] = field(default_factory=list[str | None])
    tried: int = 0
    gate: asyncio.Event | None = None
    spends: asyncio.Event | None = None

    async def deliver(self, address: str, message: Reply) -> Outcome:
        self.tried += 1
        if self.gate is not None:
            await self.gate.wait()
        self.places.append(message.place)
        outcome = self.answer(message.text)
        if isinstance(outcome, Delivered):
            self.took.append((address, message.text))
        return outcome

    async def delete(self, address: str, reference: str) -> Outcome:
        self.tried += 1
        return self.answer(reference)

    async def spent(self, address: str, reference: str, message: Reply, ticked: Collection[str] | None = None) -> None:
        if self.spends is not None:
            await self.spends.wait()
        self.edits.append(f"{reference} spent")

    async def paid(self, address: str, reference: str, message: Reply) -> Outcome:
        self.edits.append(f"{reference} paid")
        return self.answer(f"{reference} paid")


@dataclass
class Scene:
    """A store with conversations, a channel, and the pauses that were made."""

    store: Store
    channel: Channel
    delivery: Delivery
    pauses: list[float]

    async def talk(self, address: str, *texts: str) -> StoredConversation:
        """A conversation with replies that wait; the delivery isn't told yet."""

        def write(connection: Any) -> StoredConversation:
            known = conversations.open_talk(connection, "telegram", address, "pl", NOW, f"c{address}")
            lines = [
                NewJournalEntry(known.id, 1, "bot", {"text": text}, NOW, seq=n, delivery="open")
                for n, text in enumerate(texts, 1)
            ]
            journal.add(connection, lines)
            return known

        return await self.store.write(write)

    async def states(self) -> list[str]:
        lines = await self.store.read(lambda c: c.exec_driver_sql("SELECT delivery FROM journal ORDER BY id").all())
        return [state for (state,) in lines]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    url = f"sqlite:///{tmp_path / 'okienko.sqlite'}"
    migrate.upgrade(url)
    store, channel, pauses = open_store(url), Channel(), list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    senders = {"telegram": channel}
    found = Delivery(store, ManualClock(NOW), Plain(), ProcessLease(store), senders, sleep=sleep)  # type: ignore[arg-type]
    yield Scene(store, channel, found, pauses)
    await found.stop()
    await store.close()


async def test_replies_of_a_conversation_leave_in_order(scene: Scene) -> None:
    talk = await scene.talk("1", "a", "b", "c")
    for _ in range(3):
        scene.delivery.left(talk)
    await scene.delivery.idle()
    assert scene.channel.took == [("1", "a"), ("1", "b"), ("1", "c")]
    assert await scene.states() == ["sent"] * 3


async def test_a_reply_that_follows_the_last_is_not_read_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, lines = await scene.talk("1"), list[JournalEntry]()
    for seq in (1, 2, 4):  # the third was said by a turn that died before it handed it over
        new = NewJournalEntry(talk.id, seq, "bot", {"text": f"r{seq}"}, NOW, seq=seq, delivery="open")
        lines += await scene.store.write(lambda c, new=new: journal.add(c, [new]))
        if seq == 2:
            late = NewJournalEntry(talk.id, 3, "bot", {"text": "r3"}, NOW, seq=3, delivery="open")
            await scene.store.write(lambda c, late=late: journal.add(c, [late]))
    reads, read = 0, scene.store.read

    async def counted(work: Any, **how: bool) -> Any:
        nonlocal reads
        reads += 1
        return await read(work, **how)

    monkeypatch.setattr(scene.store, "read", counted)
    scene.delivery.left(talk, lines[0])
    scene.delivery.left(talk, lines[1])
    await scene.delivery.idle()
    assert reads == 0
    scene.delivery.left(talk, lines[2])
    await scene.delivery.idle()
    assert reads > 0
    assert [text for _, text in scene.channel.took] == ["r1", "r2", "r3", "r4"]


async def test_few_replies_are_under_way_unless_channel_is_slow(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.channel.gate = asyncio.Event()
    monkeypatch.setattr(delivery, "SLOW_S", 3600.0)
    for n in range(1, WINDOW + 3):
        scene.delivery.left(await scene.talk(str(n), "a"))
    await until(lambda: scene.channel.tried == WINDOW)
    for _ in range(50):
        await asyncio.sleep(0)
    assert scene.channel.tried == WINDOW
    monkeypatch.setattr(delivery, "SLOW_S", 0.0)
    scene.channel.gate.set()
    await scene.delivery.idle()
    scene.channel.gate.clear()
    for n in range(101, 101 + 2 * WINDOW):
        scene.delivery.left(await scene.talk(str(n), "a"))
    await until(lambda: scene.channel.tried == WINDOW + 2 + 2 * WINDOW)
    scene.channel.gate.set()


async def test_a_channel_that_wants_to_be_left_alone_is_left_alone_as_long_as_it_says(scene: Scene) -> None:
    answers = iter([Later(timedelta(seconds=300)), SENT, SENT])
    scene.channel.answer = lambda _text: next(answers)
    scene.delivery.left(await scene.talk("1", "a", "b"))
    await until(lambda: len(scene.channel.took) == 2)
    assert scene.pauses == [300.0]
    assert [text for _, text in scene.channel.took] == ["a", "b"]


async def test_a_channel_that_is_down_is_asked_less_and_less_often(scene: Scene) -> None:
    answers = iter([*[Later(timedelta(seconds=5))] * 6, SENT])
    scene.channel.answer = lambda _text: next(answers)
    scene.delivery.left(await scene.talk("1", "a"))
    await until(lambda: scene.channel.took)
    assert scene.pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


async def test_one_that_rests_holds_nobody_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    never = asyncio.Event()

    async def rest(_seconds: float) -> None:
        await never.wait()

    monkeypatch.setattr(scene.delivery, "sleep", rest)
    scene.channel.answer = lambda text: Later(timedelta(seconds=60)) if text == "slow" else SENT
    scene.delivery.left(await scene.talk("1", "slow"))
    scene.delivery.left(await scene.talk("2", "quick"))
    await scene.delivery.idle()
    assert scene.channel.took == [("2", "quick")]


@pytest.mark.parametrize(("raises", "tries"), [(True, TRIES), (False, 1)])
async def test_a_reply_that_always_raises_or_is_refused_is_not_the_end(scene: Scene, raises: bool, tries: int) -> None:
    def answer(text: str) -> Outcome:
        if text == "poison" and raises:
            raise ZeroDivisionError
        return Dead(gone=False) if text == "poison" else SENT

    scene.channel.answer = answer
    scene.delivery.left(await scene.talk("1", "poison", "next"))
    await until(lambda: scene.channel.took)
    await scene.delivery.idle()
    assert scene.channel.tried == tries + 1
    assert await scene.states() == ["given_up", "sent"]


async def test_a_closed_chat_is_tried_once_and_nobody_is_reminded_there(scene: Scene) -> None:
    scene.channel.answer = lambda _text: Dead(gone=True)
    talk = await scene.talk("1", "a", "b", "c")
    await scene.store.write(lambda c: timer_rows.set_timer(c, talk.id, "silence", NOW))
    await scene.store.write(lambda c: timer_rows.set_timer(c, talk.id, "payment_poll", NOW))
    scene.delivery.left(talk)
    await scene.delivery.idle()
    assert scene.channel.tried == 1
    assert await scene.states() == ["given_up"] * 3
    closed = present(await scene.store.read(lambda c: conversations.load(c, talk.id, lock=False)))
    assert (closed.closed_at, closed.revision) == (NOW, talk.revision)
    left = await scene.store.read(lambda c: timer_rows.list_due(c, NOW))
    assert [timer.kind for timer in left] == ["payment_poll"], "money is asked after all the same"


async def test_what_was_sent_is_sent_once_though_store_is_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    write, refused = scene.store.write, 0

    async def away(work: Any, **how: Any) -> Any:
        nonlocal refused
        refused += 1
        if refused <= 6:
            raise StoreUnavailable("no store")
        return await write(work, **how)

    talk = await scene.talk("1", "a")
    monkeypatch.setattr(scene.store, "write", away)
    scene.delivery.left(talk)
    await scene.delivery.idle()
    assert scene.channel.took == [("1", "a")]
    assert await scene.states() == ["sent"]


async def test_what_a_dead_process_left_leaves_at_once(scene: Scene) -> None:
    await scene.talk("1", "a", "b")
    await scene.talk("2", "c")
    await scene.delivery.start()
    await until(lambda: len(scene.channel.took) == 3)


async def test_what_is_being_sent_when_the_desk_stops_is_noted(scene: Scene) -> None:
    scene.channel.gate = asyncio.Event()
    scene.delivery.left(await scene.talk("1", "a", "b"))
    await until(lambda: scene.channel.tried)
    stopping = asyncio.create_task(scene.delivery.stop())
    await asyncio.sleep(0)
    scene.channel.gate.set()
    await stopping
    assert scene.channel.took == [("1", "a")]
    assert await scene.states() == ["sent", "open"]


async def test_a_secret_is_deleted_as_soon_as_the_channel_lets_us(scene: Scene) -> None:
    answers = iter([Later(timedelta(seconds=7)), Later(timedelta(seconds=8)), SENT])
    scene.channel.answer = lambda _reference: next(answers)
    scene.delivery.secret(await scene.talk("1"), "77")
    await until(lambda: scene.channel.tried == 3)
    assert scene.pauses == [7.0, 8.0]


async def say(scene: Scene, talk: StoredConversation, seq: int, **data: Any) -> None:
    new = NewJournalEntry(
        talk.id, seq, "bot", {"text": f"r{seq}", "step": "a.b", **data}, NOW, seq=seq, delivery="open"
    )
    await scene.store.write(lambda c: journal.add(c, [new]))
    scene.delivery.left(talk)
    await scene.delivery.idle()


async def test_paid_orders_messages_tell_it_before_the_receipt_leaves(scene: Scene) -> None:
    busy = [Later(timedelta(seconds=3))]
    references = iter(Delivered(str(number)) for number in range(10, 99))

    def answer(text: str) -> Outcome:
        if text.endswith(" paid"):
            return busy.pop() if busy else SENT
        return next(references)

    scene.channel.answer = answer
    talk = await scene.talk("1")
    await say(scene, talk, 1, to_pay="FS/1")
    await say(scene, talk, 2, to_pay="FS/2")
    await say(scene, talk, 3)
    assert scene.channel.edits == ["10 spent", "11 spent"]
    scene.channel.edits.clear()
    await say(scene, talk, 4, paid=["FS/1"])
    await until(lambda: len(scene.channel.took) == 4)
    await scene.delivery.idle()
    found = scene.channel.edits
    assert found == ["10 paid", "10 paid", "12 spent"], "told again after a pause; of another order nothing"
    assert [text for _, text in scene.channel.took].count("r4") == 1


async def test_a_message_is_changed_only_when_its_answers_are_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that came twice, pressed where it stands above: what took its answers off mustn't take the new ones."""
    begun, shows = asyncio.Event(), Plain.message

    def noted(self: Plain, entry: JournalEntry) -> Reply:
        if entry.data["text"] == "r3":
            begun.set()
        return shows(self, entry)

    monkeypatch.setattr(Plain, "message", noted)
    scene.channel.answer = lambda text: Delivered({"r1": "10", "r2": "11", "r3": "10"}[text])
    scene.channel.spends = asyncio.Event()
    talk = await scene.talk("1")
    await say(scene, talk, 1)
    await say(scene, talk, 2)
    changed = asyncio.create_task(say(scene, talk, 3, place="10"))
    await begun.wait()
    for _ in range(20):
        await scene.store.read(lambda _connection: None)  # it looks up what stands in that place
    assert [text for _, text in scene.channel.took] == ["r1", "r2"]
    scene.channel.spends.set()
    await changed
    assert [text for _, text in scene.channel.took] == ["r1", "r2", "r3"]
    assert scene.channel.edits[0] == "10 spent"


async def test_after_a_restart_the_message_that_was_open_before_is_found(scene: Scene) -> None:
    scene.channel.answer = lambda text: Delivered({"r1": "10", "r2": "11"}[text])
    talk = await scene.talk("1")
    await say(scene, talk, 1)
    later = Delivery(
        scene.store,
        ManualClock(NOW),
        Plain(),  # type: ignore[arg-type]
        ProcessLease(scene.store),
        {"telegram": scene.channel},
    )
    scene.delivery = later
    await say(scene, talk, 2)
    await later.stop()
    assert scene.channel.edits == ["10 spent"]


async def test_a_payments_open_message_that_says_paid_is_not_changed_once_more(scene: Scene) -> None:
    references = iter(Delivered(str(number)) for number in range(10, 99))
    scene.channel.answer = lambda text: SENT if text.endswith(" paid") else next(references)
    talk = await scene.talk("1")
    await say(scene, talk, 1, to_pay="FS/1")
    await say(scene, talk, 2, paid=["FS/1"])
    await until(lambda: len(scene.channel.took) == 2)
    await scene.delivery.idle()
    assert scene.channel.edits == ["10 paid"], "it was the open one: its answers went with that"
    scene.channel.answer = lambda text: Delivered("20" if text == "r3" else scene.channel.places[-1] or "21")
    await say(scene, talk, 3, to_pay="FS/2")
    await say(scene, talk, 4, paid=["FS/2"], to_pay="FS/2", kind="receipt")
    await until(lambda: len(scene.channel.took) == 4)
    await scene.delivery.idle()
    assert scene.channel.places == [None, None, None, "20"], "the receipt is written over the last message"
    assert scene.channel.edits == ["10 paid", "11 spent"]


async def test_a_copy_that_nobody_noted_gives_its_answers_to_the_message_below(scene: Scene) -> None:
    """The card came as 10, the process died before it noted that, and as 11 again: a press on 10 changes 11."""
    scene.channel.answer = lambda _text: Delivered("11")
    talk = await scene.talk("1")
    await say(scene, talk, 1, step="order.method")
    await say(scene, talk, 2, place="10", step="order.method")
    await until(lambda: scene.channel.edits)
    assert (scene.channel.places, scene.channel.edits) == ([None, "11"], ["10 spent"])


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
            conversations.open_talk(connection, "telegram", "1", "pl", NOW, "c1")
            known = present(conversations.load(connection, "c1", lock=True))
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
        await two.store.write(lambda c: c.execute(sa.update(lease).values(until=sa.func.now() - timedelta(seconds=1))))
        await until(lambda: len(healthy.took) == 2)
        gate.set()  # it wakes: what it had begun to send goes out a second time, nothing more
        await one.delivery.idle()
        assert [text for _, text in stuck.took] == ["a"]
        assert [text for _, text in healthy.took] == ["a", "b"]
