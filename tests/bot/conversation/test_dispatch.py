"""Work behind a committed turn, and turns that can't be run: neither is lost, nor comes back for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.conversation.codec import stored_event
from bot.conversation.dispatch import TIMER_AGAIN, Dispatcher
from bot.conversation.metrics import Metrics
from bot.conversation.queue import ConversationQueue
from bot.conversation.turn import TurnResult, Written
from dialogs.messages.payment import RefundBooked
from services.jobs.port import Done, GaveUp, StoredJob
from services.store import conversations, events, jobs_table, timer_rows
from services.store.announce import PEOPLE
from services.store.database import Store
from services.store.journal import JournalEntry
from tests.services.domain.people import NOW, conversation, later
from tests.services.outside import noon

JOB = StoredJob("k1", "talk", None, "Ask", {}, False, NOW)
EVENT = stored_event("e1", "talk", RefundBooked("FS/1", news=True), NOW)


class Far:
    """All that a dispatcher hands on to, and what it was handed."""

    def __init__(self) -> None:
        self.done = list[tuple[Any, ...]]()

    def submit(self, jobs: Sequence[StoredJob]) -> None:
        self.done.append(("run", [job.key for job in jobs]))

    def wake(self, due: datetime) -> None:
        self.done.append(("wake", due))

    def left(self, at: conversations.StoredConversation, reply: JournalEntry) -> None:
        self.done.append(("left", at.id, reply))

    def secret(self, at: conversations.StoredConversation, reference: str) -> None:
        self.done.append(("secret", at.id, reference))

    def tell(self, id: str) -> None:
        self.done.append(("seen", id))

    def remember(self, at: conversations.StoredConversation, case: object, said: object) -> None:
        self.done.append(("remember", at.id, case, said))


class Turns:
    """Turns that do nothing, or raise; `notes` which were asked for."""

    def __init__(self, *, raises: bool = False, speaks_until: datetime | None = None) -> None:
        self.raises, self.until, self.notes = raises, speaks_until, list[str]()

    def play(self, *_given: object, **_more: object) -> None:
        self.notes.append("play")
        if self.raises:
            raise RuntimeError("a fault in the dialogs")

    def apologise(self, *_given: object, **_more: object) -> None:
        self.notes.append("apologise")

    def failed(self, *_given: object) -> None:
        self.notes.append("failed")

    def speaks_until(self, *_given: object) -> datetime | None:
        return self.until


class Owns:
    """Owns what is of a payment, and leaves one job to run."""

    def owns(self, owner_id: str) -> bool:
        return owner_id.startswith("payment:")

    def finished(self, *_given: object) -> tuple[StoredJob, ...]:
        return (JOB,)

    due = told = finished


def dispatcher(store: Store, turns: Turns, far: Far) -> Dispatcher:
    made: Any = Dispatcher
    return cast(
        Dispatcher,
        made(
            *(store, noon(), turns, far, ConversationQueue(), far, Metrics()),
            owners=[Owns()],
            result_event=lambda _job, _outcome: RefundBooked("FS/1", news=True),
            publish=lambda _connection, _event: None,
            engine=lambda _finish, _fire: (far, far),
            delivery=far,
            spoken=None,
        ),
    )


async def begun(store: Store) -> None:
    def rows(connection: sa.Connection) -> None:
        conversation(connection, "talk")
        jobs_table.store_job(connection, JOB, now=NOW)
        jobs_table.store_job(connection, StoredJob("k2", "gone", None, "Ask", {}, False, NOW), now=NOW)
        events.store_event(connection, EVENT)
        events.store_event(connection, stored_event("e2", "gone", RefundBooked("FS/2", news=True), NOW))
        for at in ("talk", "gone"):
            timer_rows.set_timer(connection, at, "silence", NOW)

    await store.write(rows)


async def timer(store: Store, at: str) -> timer_rows.Timer:
    found = await store.read(lambda c: timer_rows.list_due(c, later(days=9)))
    return next(one for one in found if one.conversation_id == at)


async def left(store: Store) -> tuple[list[str], list[str]]:
    """The events and timers whose turn hasn't run."""
    known = await store.read(events.list_due_events)
    due = await store.read(lambda c: timer_rows.list_due(c, later(days=9)))
    return [one.id for one in known], [f"{one.conversation_id} {one.due_at - NOW}" for one in due]


async def all_at(store: Store, turns: Turns, at: str) -> Far:
    """A result, a timer and an event of this conversation."""
    far = Far()
    taken, fires = dispatcher(store, turns, far), await timer(store, at)
    n = 1 if at == "talk" else 2
    await taken.finish(StoredJob(f"k{n}", at, None, "Ask", {}, False, NOW), Done({}))
    await taken.fire(fires)
    await taken.tell(EVENT if n == 1 else stored_event("e2", at, RefundBooked("FS/2", news=True), NOW))
    return far


async def test_what_is_of_a_conversation_that_is_gone_ends_without_a_turn(store: Store) -> None:
    await begun(store)
    turns = Turns()
    far = await all_at(store, turns, "gone")
    assert (turns.notes, far.done) == ([], [])
    assert await left(store) == (["e1"], ["talk 0:00:00"])


async def test_each_has_one_turn_and_comes_no_second_time(store: Store) -> None:
    await begun(store)
    turns, fires = Turns(), await timer(store, "talk")
    await all_at(store, turns, "talk")
    assert turns.notes == ["play"] * 3
    assert await left(store) == (["e2"], ["gone 0:00:00"])
    again = dispatcher(store, turns, Far())
    await again.finish(JOB, GaveUp("late"))
    await again.fire(fires)
    await again.tell(EVENT)
    assert turns.notes == ["play"] * 3


async def test_a_turn_that_raises_is_apologised_for_and_its_timer_comes_again_in_an_hour(store: Store) -> None:
    await begun(store)
    turns = Turns(raises=True)
    with capture_logs() as logs:
        await all_at(store, turns, "talk")
    assert turns.notes == ["play", "apologise", "play", "failed", "play", "apologise"]
    assert sum(bool(line.get("alarm")) for line in logs) == 3
    assert timedelta(hours=1) == TIMER_AGAIN
    assert await left(store) == (["e2"], ["gone 0:00:00", "talk 1:00:00"])


async def test_a_timer_waits_while_the_customer_is_still_writing(store: Store) -> None:
    await begun(store)
    turns = Turns(speaks_until=later(minutes=2))
    await dispatcher(store, turns, Far()).fire(await timer(store, "talk"))
    assert turns.notes == []
    assert await left(store) == (["e1", "e2"], ["gone 0:00:00", "talk 0:02:00"])


async def test_what_no_conversation_has_is_its_owners_and_its_jobs_are_run_at_once(store: Store) -> None:
    job = StoredJob("k9", "payment:p1", None, "Ask", {}, False, NOW)
    await store.write(lambda c: jobs_table.store_job(c, job, now=NOW))
    far = Far()
    taken = dispatcher(store, Turns(), far)
    for _ in range(2):
        await taken.finish(job, Done({}))
    assert far.done == [("run", ["k1"]), ("run", [])], "its result is heard once"


REPLY = cast(JournalEntry, object())


@pytest.mark.parametrize("mode", ["bot", "agent"])
async def test_after_a_turn_its_jobs_run_its_timer_is_watched_its_reply_leaves_and_whoever_watches_looks(
    store: Store, mode: str
) -> None:
    await begun(store)
    talk = await store.read(lambda c: conversations.load(c, "talk", lock=False))
    assert talk is not None
    written = Written(lambda: (REPLY,), lambda: True)
    result = TurnResult(replace(talk, mode=mode), (JOB,), later(minutes=5), "m1", "message", written)
    far = Far()
    taken = dispatcher(store, Turns(), far)
    taken.deliver(None)
    assert far.done == []
    taken.deliver(result)
    people = [("seen", PEOPLE)] if mode == "agent" else []
    assert far.done == [
        ("run", ["k1"]),
        ("wake", later(minutes=5)),
        ("left", "talk", REPLY),
        ("seen", "talk"),
        *people,
        ("seen", "m1"),
    ]


async def test_what_a_dead_process_left_is_told_at_the_start(store: Store) -> None:
    await begun(store)
    turns = Turns()
    taken = dispatcher(store, turns, Far())
    await taken.start()
    await taken.stop()
    assert turns.notes == ["play"], "the other conversation is gone"
    assert (await left(store))[0] == []
