"""Requests for a person: a row stays until one has given the talk back, whatever becomes of processes meanwhile.

At most one row of a conversation is open (a unique index sees to it), and at most one agent has it: it is taken by a
statement that finds it untaken. Whoever writes here holds the conversation's lock in the same transaction.
"""

from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa

from services.store import journal
from services.store.statements import PerDialect, columns
from services.store.tables.core import conversation, timer
from services.store.tables.core import journal as lines
from services.store.tables.support import handoff as table
from values.private import Private, PrivateStruct
from values.rules import GIVE_UP

ERASURE, WITHDRAWAL = "erasure", "withdrawal"
OPEN = sa.text("ended_at IS NULL")  # literally the index's condition
#: An honest expectation needs as many waits, and none that is older.
WAITS = 3
LATELY = timedelta(days=14)
MOST_WAITS = 20
MOST_PUT_RIGHT = 200


class HandoffRecord(PrivateStruct):
    """A request for a person.

    `email` is where an answer was promised; `agent_id` has it, if anybody does, since `taken_at`; `first_taken_at`
    ended the wait. `passed_by` passed it on to `agent_id`, who hasn't come yet; `typed_at`: when they last typed
    something.
    """

    id: int
    conversation_id: str
    reason: str
    email: Private[str | None]
    asked_at: datetime
    ended_at: datetime | None
    agent_id: str | None
    taken_at: datetime | None
    first_taken_at: datetime | None
    passed_by: str | None
    typed_at: datetime | None


class HandoffNotTaken(Exception):
    """Another agent, `agent_id`, has the conversation."""

    def __init__(self, agent_id: str) -> None:
        super().__init__("another agent has it")
        self.agent_id = agent_id


_ASK = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["conversation_id"], index_where=OPEN).returning(
        table.c.id
    ),
)
_fields = columns(table, HandoffRecord)
_of = sa.and_(table.c.conversation_id == sa.bindparam("of"), OPEN)
_OPEN = sa.select(*_fields).where(_of)
_ALL_OPEN = sa.select(*_fields).where(OPEN).order_by(table.c.asked_at, table.c.id)
_QUEUE = _ALL_OPEN.where(table.c.agent_id.is_(None))
_HELD = _ALL_OPEN.where(table.c.agent_id == sa.bindparam("by"))
_LAST = sa.select(*_fields).where(table.c.conversation_id == sa.bindparam("of")).order_by(table.c.id.desc()).limit(1)
_TAKE = (
    sa.update(table)
    .where(_of, table.c.agent_id.is_(None))
    .values(
        agent_id=sa.bindparam("by"),
        taken_at=sa.bindparam("now"),
        first_taken_at=sa.func.coalesce(table.c.first_taken_at, sa.bindparam("now")),
    )
)
_WAITED = (
    sa.select(table.c.asked_at, table.c.first_taken_at)
    .where(table.c.first_taken_at > sa.bindparam("since", type_=table.c.asked_at.type), table.c.reason != "taken")
    .order_by(table.c.first_taken_at.desc())
    .limit(MOST_WAITS)
)


# Grouped by whoever reads it: SQLite would go through all requests in the order of their conversations.
_PUT_RIGHT = (
    sa.select(table.c.conversation_id, table.c.corrected_at)
    .where(table.c.corrected_at > sa.bindparam("since", type_=table.c.corrected_at.type), table.c.ended_at.is_not(None))
    .order_by(table.c.corrected_at.desc())
)
_WROTE = (journal.CUSTOMER, journal.AGENT, "desk")  # what an agent did is told by a line of the last kind
_LAST_WORD = sa.select(sa.func.max(lines.c.at)).where(
    lines.c.conversation_id == sa.bindparam("of"), lines.c.kind.in_(_WROTE)
)
_MINDED = sa.select(timer.c.id).where(timer.c.conversation_id == table.c.conversation_id, timer.c.kind == GIVE_UP)
_UNMINDED = (
    sa.select(
        table.c.conversation_id,
        sa.literal(GIVE_UP),
        sa.bindparam("now", type_=timer.c.due_at.type),
        sa.literal({}, timer.c.data.type),
    )
    .select_from(table.join(conversation, conversation.c.id == table.c.conversation_id))
    .where(OPEN, ~_MINDED.exists())
)
_MIND = PerDialect(
    timer,
    lambda insert: insert.from_select(["conversation_id", "kind", "due_at", "data"], _UNMINDED).on_conflict_do_nothing(
        index_elements=["conversation_id", "kind"]
    ),
)


def ask(connection: sa.Connection, *, conversation_id: str, reason: str, email: str | None, now: datetime) -> bool:
    """Put the conversation into the queue.

    False if it waits there already (its place stays, and its reason unless the new one has a legal term: the customer
    wants to be deleted, or withdraws from a contract).

    An address given later is noted, for the answer must go somewhere.
    """
    first = connection.execute(_ASK.of(connection), _row(conversation_id, reason, email, now)).first() is not None
    if not first and email is not None:
        connection.execute(sa.update(table).where(_of).values(email=email), {"of": conversation_id})
    if not first and reason in (ERASURE, WITHDRAWAL):
        change_reason(connection, conversation_id, reason)
    return first


def change_reason(connection: sa.Connection, conversation_id: str, reason: str) -> None:
    """Change the reason of the open request, if there is one; that of deletion stays."""
    changed = sa.update(table).where(_of, table.c.reason != ERASURE).values(reason=reason)
    connection.execute(changed, {"of": conversation_id})


def take(connection: sa.Connection, *, conversation_id: str, agent_id: str, now: datetime) -> bool:
    """Hand the conversation to the agent, asked for or not; False if they have it already, and had come.

    Errors: HandoffNotTaken.
    """
    connection.execute(_ASK.of(connection), _row(conversation_id, "taken", None, now))
    if connection.execute(_TAKE, {"of": conversation_id, "by": agent_id, "now": now}).rowcount == 1:
        return True
    held = find_open_request(connection, conversation_id)
    if held is None or held.agent_id is None:
        raise LookupError("a request for a person is gone again")
    if held.agent_id != agent_id:
        raise HandoffNotTaken(held.agent_id)
    return held.passed_by is not None and hand_over(connection, conversation_id=conversation_id, to=agent_id, now=now)


def hand_over(
    connection: sa.Connection, *, conversation_id: str, to: str, now: datetime, passed_by: str | None = None
) -> bool:
    """Pass a conversation that somebody has to another agent; False if nobody has it.

    `passed_by`: they have yet to come.
    """
    given = {"agent_id": to, "taken_at": now, "passed_by": passed_by, "typed_at": None}
    changed = sa.update(table).where(_of, table.c.agent_id.is_not(None)).values(given)
    return connection.execute(changed, {"of": conversation_id}).rowcount == 1


def note_arrival(connection: sa.Connection, *, conversation_id: str) -> None:
    """Note that the agent whom it was passed on to is there."""
    connection.execute(sa.update(table).where(_of).values(passed_by=None), {"of": conversation_id})


def note_typing(connection: sa.Connection, *, conversation_id: str, agent_id: str, now: datetime) -> bool:
    """Note that the agent who has the conversation is writing; False for one who hasn't got it."""
    changed = sa.update(table).where(_of, table.c.agent_id == agent_id).values(typed_at=now)
    return connection.execute(changed, {"of": conversation_id}).rowcount == 1


def note_correction(connection: sa.Connection, *, conversation_id: str, now: datetime) -> None:
    """Note that an agent has put an answer right."""
    connection.execute(sa.update(table).where(_of).values(corrected_at=now), {"of": conversation_id})


def put_back(connection: sa.Connection, *, conversation_id: str) -> bool:
    """Return it to the queue, at its old place. False if nobody had it."""
    nobody = {"agent_id": None, "taken_at": None, "passed_by": None, "typed_at": None}
    changed = sa.update(table).where(_of, table.c.agent_id.is_not(None)).values(nobody)
    return connection.execute(changed, {"of": conversation_id}).rowcount == 1


def end(connection: sa.Connection, *, conversation_id: str, now: datetime) -> bool:
    """End the request: answered, or no longer wanted; False if nobody waited."""
    return connection.execute(sa.update(table).where(_of).values(ended_at=now), {"of": conversation_id}).rowcount == 1


def find_open_request(connection: sa.Connection, conversation_id: str) -> HandoffRecord | None:
    """Return the conversation's open request, taken or not."""
    row = connection.execute(_OPEN, {"of": conversation_id}).first()
    return None if row is None else HandoffRecord(*row)


def last_of(connection: sa.Connection, conversation_id: str) -> HandoffRecord | None:
    """Return the conversation's last request, open or not."""
    row = connection.execute(_LAST, {"of": conversation_id}).first()
    return None if row is None else HandoffRecord(*row)


def queue(connection: sa.Connection) -> list[HandoffRecord]:
    """Return the requests that nobody has taken, longest wait first."""
    return [HandoffRecord(*row) for row in connection.execute(_QUEUE)]


def all_open(connection: sa.Connection) -> list[HandoffRecord]:
    """Return all open requests, longest first."""
    return [HandoffRecord(*row) for row in connection.execute(_ALL_OPEN)]


def held_by(connection: sa.Connection, agent_id: str) -> list[HandoffRecord]:
    return [HandoffRecord(*row) for row in connection.execute(_HELD, {"by": agent_id})]


def list_corrected_talks(connection: sa.Connection, *, by: str | None, since: datetime) -> list[tuple[str, datetime]]:
    """Return conversations given back in which an answer was put right since then, and when, the latest first.

    `by`: those that this agent had last.
    """
    whose = sa.true() if by is None else table.c.agent_id == by
    latest: dict[str, datetime] = {}
    with connection.execute(_PUT_RIGHT.where(whose), {"since": since}) as found:
        for conversation_id, at in found:
            latest.setdefault(conversation_id, at)
            if len(latest) == MOST_PUT_RIGHT:
                break
    return list(latest.items())


def last_sign(connection: sa.Connection, conversation_id: str) -> datetime | None:
    """Return when somebody last did something about the open request.

    The customer or an agent wrote, an agent acted, it was asked for or taken. None without an open one.
    """
    request = find_open_request(connection, conversation_id)
    if request is None:
        return None
    wrote = connection.execute(_LAST_WORD, {"of": conversation_id}).scalar()
    return max(at for at in (request.asked_at, request.taken_at, wrote) if at is not None)


def set_wait_timers(connection: sa.Connection, now: datetime) -> None:
    """Give each open request its timer, also one from before there were any: it is due, and looks how old that is."""
    connection.execute(_MIND.of(connection), {"now": now})


def expected_wait(connection: sa.Connection, now: datetime) -> timedelta | None:
    """Return the median wait of recently served requests, or None below the minimum sample."""
    waits = [taken - asked for asked, taken in connection.execute(_WAITED, {"since": now - LATELY})]
    return median(waits) if len(waits) >= WAITS else None


def _row(conversation_id: str, reason: str, email: str | None, now: datetime) -> dict[str, object]:
    return {
        "conversation_id": conversation_id,
        "reason": reason,
        "email": email,
        "asked_at": now,
        "ended_at": None,
        "agent_id": None,
        "taken_at": None,
        "first_taken_at": None,
        "passed_by": None,
        "typed_at": None,
        "corrected_at": None,
    }
