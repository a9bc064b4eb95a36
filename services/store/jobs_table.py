"""The table of jobs: side effects outside, stored with the decision that caused them and kept as a record afterwards.

A *lease* says that a process is at work on a job until then; when it has run out, any process may take the job.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import bindparam as given

from services.jobs.port import StoredJob
from services.store import sqlite_files
from services.store.statements import PerDialect, columns, demand_same_row
from services.store.tables.core import OPEN_CALL
from services.store.tables.core import call as table


class JobRecord(Struct, frozen=True):
    """A job with what became of it: status open, done, failed or cancelled."""

    call: StoredJob
    status: str
    created_at: datetime


class OpenJob(Struct, frozen=True):
    """A job that hasn't ended: whose it is, and when somebody is at work on it."""

    key: str
    conversation_id: str
    due_at: datetime
    lease_until: datetime | None

    def at_work(self, now: datetime) -> bool:
        """Return whether it runs or is due; False while it is put off till later."""
        return self.due_at <= now or (self.lease_until is not None and self.lease_until > now)


def select_failure(what: str) -> sa.ColumnElement[str]:
    """Return what an open job's row says of its failed tries (`Failure`); NULL before the first."""
    return table.c.outcome.op("->>", return_type=sa.Text())(sa.literal_column(f"'{what}'"))


_fields = columns(table, StoredJob)
_insert = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(table.c.id))
_free = sa.or_(table.c.lease_until.is_(None), table.c.lease_until <= given("now"))
# A CTE, not a bare subquery: PostgreSQL may run a subquery with LIMIT and locks more than once.
_picked = (
    sa.select(table.c.id)
    .where(OPEN_CALL, table.c.due_at <= given("now"), _free)
    .order_by(table.c.due_at, table.c.id)
    .limit(given("most"))
    .with_for_update(skip_locked=True)
    .cte("picked")
)
_claim = (
    sa.update(table)
    .where(table.c.id.in_(sa.select(_picked.c.id)))
    .values(lease_until=given("until"), attempts=table.c.attempts + 1)
    .returning(*_fields, table.c.id)
)
_named = table.c.key == given("named")
_one = sa.and_(_named, OPEN_CALL)
_take = (
    sa.update(table)
    .where(_one, table.c.due_at <= given("now"))
    .values(attempts=table.c.attempts + 1)
    .returning(*_fields)
)
_several = sa.and_(table.c.key.in_(given("named", expanding=True)), OPEN_CALL)
_renew = sa.update(table).where(_several).values(lease_until=given("until"))
_release = sa.update(table).where(_several).values(lease_until=None)
_release_all = sa.update(table).where(OPEN_CALL, table.c.lease_until.is_not(None)).values(lease_until=None)
_finish = (
    sa.update(table)
    .where(_one)
    .values(status=given("end"), outcome=given("result", type_=table.c.outcome.type), lease_until=None)
)
_retry = (
    sa.update(table)
    .where(_one)
    .values(due_at=given("due"), lease_until=None, outcome=given("failure", type_=table.c.outcome.type))
)
_hasten = (
    sa.update(table)
    .where(OPEN_CALL, select_failure("provider") == given("away"), table.c.due_at > given("now"))
    .values(due_at=given("now"))
)
_of_root = sa.select(*columns(table, OpenJob)).where(
    OPEN_CALL, table.c.root == given("caused_by"), table.c.background == sa.false()
)
_of_conversation = sa.select(*columns(table, OpenJob)).where(
    OPEN_CALL, table.c.conversation_id == given("of"), table.c.background == sa.false()
)
_first_free = (
    sa.select(table.c.due_at)
    .where(OPEN_CALL, table.c.lease_until.is_(None))
    .order_by(table.c.due_at)
    .limit(1)
    .scalar_subquery()
)
_first_end = sa.select(
    sa.func.min(
        sa.case((table.c.lease_until > table.c.due_at, table.c.lease_until), else_=table.c.due_at),
        type_=table.c.due_at.type,
    )
).where(OPEN_CALL, table.c.lease_until.is_not(None))
# Of the leased jobs only those due before the first free one: by the index a look costs the same whatever is open.
_next = sa.select(_first_free, _first_end.where(table.c.due_at < _first_free).scalar_subquery())
_next_free = sa.select(sa.func.min(table.c.due_at)).where(OPEN_CALL)
_standing = sa.select(table.c.conversation_id, table.c.kind, table.c.root, table.c.payload).where(_named)
_record = sa.select(*_fields, table.c.status, table.c.created_at).where(_named)


def store_job(connection: sa.Connection, job: StoredJob, *, now: datetime, lease_for: timedelta | None = None) -> bool:
    """Store a job; a key that is known already changes nothing. Errors: NameTaken, as for `add`.

    True if the job is leased to the storing process, which must then run it right after the commit: it was new, due
    and `lease_for` was given. Otherwise the claim loop of some process takes it when it is due.
    """
    lease = lease_for if job.due_at <= now else None
    return _new(connection, job, now, lease) and lease is not None


def add(connection: sa.Connection, job: StoredJob, *, now: datetime) -> bool:
    """Store a job that nobody leases; False if its key is known already: then nothing changes.

    Errors: NameTaken where it is known of another owner, kind or cause. What an ended job carried is emptied in time.
    """
    return _new(connection, job, now, None)


def _new(connection: sa.Connection, job: StoredJob, now: datetime, lease_for: timedelta | None) -> bool:
    values = asdict(job) | {"status": "open", "created_at": now, "outcome": None}
    values["lease_until"] = None if lease_for is None else now + lease_for
    values["attempts"] = 0 if lease_for is None else 1
    row = connection.execute(_insert.of(connection), values).first()
    if row is None:
        standing = connection.execute(_standing, {"named": job.key}).mappings().one()
        cause = {"root": job.root} if standing["payload"] else {}
        demand_same_row("call", standing, conversation_id=job.conversation_id, kind=job.kind, **cause)
    return row is not None


def claim(connection: sa.Connection, now: datetime, lease_for: timedelta, limit: int) -> tuple[StoredJob, ...]:
    """Take up to `limit` jobs that are due and free, those due first; no other process gets the same ones."""
    values = {"now": now, "until": now + lease_for, "most": limit}
    rows = connection.execute(_claim, values).all()
    # RETURNING keeps no order.
    return tuple(StoredJob(*row[: len(_fields)]) for row in sorted(rows, key=lambda row: (row.due_at, row.id)))


def take(connection: sa.Connection, key: str, now: datetime) -> StoredJob | None:
    """Begins one job without a lease: something else says who is at work on it. None if it ended or was put off."""
    row = connection.execute(_take, {"named": key, "now": now}).first()
    return None if row is None else StoredJob(*row)


def renew(connection: sa.Connection, keys: Sequence[str], until: datetime) -> None:
    """Prolongs the leases of jobs that this process is still at work on."""
    connection.execute(_renew, {"named": list(keys), "until": until})


def release(connection: sa.Connection, keys: Sequence[str]) -> None:
    """Give jobs back unfinished: any process may take them at once."""
    connection.execute(_release, {"named": list(keys)})


def release_all(connection: sa.Connection) -> int:
    """Frees every leased job: right only where no other process can be at work (at the start on SQLite)."""
    return connection.execute(_release_all).rowcount


def finish(connection: sa.Connection, key: str, status: str, outcome: dict[str, Any] | None) -> bool:
    """End an open job as done, failed or cancelled; False if it had ended before: then its result is dropped."""
    return connection.execute(_finish, {"named": key, "end": status, "result": outcome}).rowcount == 1


def retry_later(connection: sa.Connection, key: str, due_at: datetime, failure: dict[str, Any] | None = None) -> bool:
    """Frees an open job and puts it off; False if it has ended. `failure`: since when it fails, and at whom."""
    return connection.execute(_retry, {"named": key, "due": due_at, "failure": failure}).rowcount == 1


def hasten(connection: sa.Connection, provider: str, now: datetime) -> int:
    """Make due what failed at the provider and was put off; return how many."""
    return connection.execute(_hasten, {"away": provider, "now": now}).rowcount


def of_root(connection: sa.Connection, root: str) -> tuple[OpenJob, ...]:
    """Return the open jobs that `root` caused, those in the background left out."""
    return tuple(OpenJob(*row) for row in connection.execute(_of_root, {"caused_by": root}))


def of_conversation(connection: sa.Connection, conversation_id: str) -> tuple[OpenJob, ...]:
    """Return a conversation's open jobs, those in the background left out."""
    return tuple(OpenJob(*row) for row in connection.execute(_of_conversation, {"of": conversation_id}))


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next job can be claimed: its due time or, if it is leased, the end of the lease."""
    free, end = connection.execute(_next).one()
    if free is None:
        return connection.execute(_first_end).scalar()
    return free if end is None else min(free, end)


def next_planned(connection: sa.Connection) -> datetime | None:
    """Return the earliest due time of an open job, leased or not; None if none is open."""
    return connection.execute(_next_free).scalar()


def any_due(connection: sa.Connection, now: datetime) -> bool:
    planned = next_planned(connection)
    return planned is not None and planned <= now


def find(connection: sa.Connection, key: str) -> JobRecord | None:
    row = connection.execute(_record, {"named": key}).first()
    return None if row is None else JobRecord(StoredJob(*row[: len(_fields)]), row.status, row.created_at)


def forget(connection: sa.Connection, key: str) -> None:
    """Empty a job that has ended; its key is kept, so that it is never done again."""
    sqlite_files.mark_for_purge(connection)
    connection.execute(sa.update(table).where(table.c.key == key).values(payload={}, outcome=None, root=None))


def forget_of(connection: sa.Connection, conversation_id: str, *, going_on: Sequence[str] = ()) -> None:
    """Cancel a conversation's open jobs but those of the kinds `going_on`, and empties all that aren't open."""
    mine = table.c.conversation_id == conversation_id
    connection.execute(
        sa.update(table)
        .where(mine, OPEN_CALL, table.c.kind.not_in(going_on))
        .values(status="cancelled", lease_until=None)
    )
    ended = sa.update(table).where(mine, table.c.status != "open")
    connection.execute(ended.values(payload={}, outcome=None))
    connection.execute(sa.update(table).where(mine).values(root=None))
