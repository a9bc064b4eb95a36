"""Renewals: what is to be done about each subscription that ends, and how far it has come.

A subscription has one timer (`services/subscriptions/renewal_timer.py`), set for its next step (`values/renewal.py`). A
row per subscription and end of period notes the last step done: a step that comes twice, or an end that was put off
meanwhile, does nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict, replace

from services.store.statements import PerDialect
from services.store.tables.accounts import start_link
from services.store.tables.core import conversation
from services.store.tables.subscriptions import renewal as table
from services.store.tables.subscriptions import subscription
from services.subscriptions import renewal_timer, subscription_record
from services.subscriptions.subscription_record import Subscription
from values import renewal
from values.channel import REACHES_AWAY

LATELY = timedelta(days=1)
"""So long after the last word a chat on a page is taken for left."""


class RenewalProgress(Struct, frozen=True):
    """The desk's progress with the end of one period. `order_id` is the order it placed by itself.

    `announced`: the gross sum told last, in minor units. `documents`: those to be accepted anew before anything is
    charged. `noticed`: the days before the end of the last notice done with. `corrects`: what may have been promised.
    """

    subscription_id: str
    period_end: datetime
    done: int
    order_id: str | None
    reminded_at: datetime | None
    changed_at: datetime
    announced: int | None = None
    documents: list[str] | None = None
    noticed: int | None = None
    corrects: bool = False


class Addresses(Struct, frozen=True):
    """A customer's conversations that the desk can write to.

    `stopped`: the customer has some, and has opted out in each. `brought`: one of them brings messages to the customer,
    or the customer was there lately; to the rest the customer would have to come.
    """

    conversations: tuple[str, ...]
    stopped: bool
    brought: bool


_BEGIN = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["subscription_id", "period_end"])
)
_GET = sa.select(table).where(
    table.c.subscription_id == sa.bindparam("of"), table.c.period_end == sa.bindparam("ending")
)
_WAITING = (
    sa.select(table)
    .join(
        subscription,
        sa.and_(table.c.subscription_id == subscription.c.id, table.c.period_end == subscription.c.ends_at),
    )
    .where(
        subscription.c.account_id == sa.bindparam("of"),
        subscription.c.status == "active",
        table.c.documents.is_not(None),
    )
    .order_by(subscription.c.ends_at, subscription.c.id)
)
_AWAITED = (
    sa.select(table.c.period_end, subscription.c.term)
    .join(
        subscription,
        sa.and_(table.c.subscription_id == subscription.c.id, table.c.period_end == subscription.c.ends_at),
    )
    .where(table.c.order_id == sa.bindparam("of"), subscription.c.status.in_(("active", "grace")))
    .order_by(table.c.period_end.desc())
)
_LEFT = ("done", "order_id", "reminded_at", "announced", "documents", "noticed", "corrects")


def progress(connection: sa.Connection, of: Subscription, now: datetime) -> RenewalProgress:
    """Return how far this period's end has come; begin it if needed. Errors: ValueError without an end."""
    if of.ends_at is None:
        raise ValueError("a subscription that hasn't begun doesn't end")
    fresh = RenewalProgress(of.id, of.ends_at, -1, None, None, now)
    connection.execute(_BEGIN.of(connection), asdict(fresh))
    return RenewalProgress(**connection.execute(_GET, {"of": of.id, "ending": of.ends_at}).mappings().one())


def known_progress(connection: sa.Connection, together: Sequence[Subscription]) -> RenewalProgress | None:
    """Return how far the end of all that are renewed together has come; None where nothing was begun. Reads only."""
    asked = ({"of": of.id, "ending": of.ends_at} for of in together)
    rows = [row for one in asked if (row := connection.execute(_GET, one).mappings().first()) is not None]
    return _furthest([RenewalProgress(**row) for row in rows]) if rows else None


def progress_of(connection: sa.Connection, together: Sequence[Subscription], now: datetime) -> RenewalProgress:
    """Return how far the end of all that are renewed together has come: as the one that has come furthest."""
    return _furthest([progress(connection, of, now) for of in together])


def _furthest(each: Sequence[RenewalProgress]) -> RenewalProgress:
    furthest = max(each, key=lambda stands: (stands.done, stands.order_id is not None))
    told = [stands.noticed for stands in each if stands.noticed is not None]
    return replace(
        furthest,
        order_id=next((stands.order_id for stands in each if stands.order_id), None),
        noticed=min(told, default=None),
        corrects=any(stands.corrects for stands in each),
    )


def advance(connection: sa.Connection, of: RenewalProgress, ids: Iterable[str], now: datetime, **left: Any) -> None:
    """Note what a step has left for all that are renewed together; `left` are fields of their progress."""
    values = {name: getattr(of, name) for name in _LEFT} | left | {"changed_at": now}
    for subscription_id in ids:
        connection.execute(
            sa.update(table)
            .where(table.c.subscription_id == subscription_id, table.c.period_end == of.period_end)
            .values(**values)
        )


def note_documents(connection: sa.Connection, account_id: str, left: tuple[str, ...], now: datetime) -> None:
    """Note the documents that are left to accept; renewals of the account that wait for none of them go on.

    Lock order: subscriptions by their ids, progress, timers, as in `plan`; any other order deadlocks.
    """
    for subscription_id in sorted(row.subscription_id for row in connection.execute(_WAITING, {"of": account_id})):
        subscription_record.lock(connection, subscription_id)
    for row in connection.execute(_WAITING, {"of": account_id}).mappings().all():
        stands = RenewalProgress(**row)
        still = [id for id in stands.documents or () if id in left] or None
        advance(connection, stands, (stands.subscription_id,), now, documents=still)
        if still is None:
            renewal_timer.wake(connection, stands.subscription_id, now)


def collect_again(
    connection: sa.Connection, account_id: str, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime
) -> None:
    """Go on with the renewals of an account for which nothing could be charged: their money is asked for at once.

    What was done before that stays done; an end that is over stays over.
    """
    for of in subscription_record.of_account(connection, account_id):
        if of.status != "active" or of.ends_at is None or of.ends_at <= now:
            continue
        planned = renewal.steps(rules_for(rules, of), of.ends_at, zone)
        first = next((step.number for step in planned if step.action == "collect"), None)
        stands = progress(connection, of, now)
        if first is not None and stands.done >= first and stands.order_id is None:
            advance(connection, stands, (of.id,), now, done=first - 1)
        renewal_timer.wake(connection, of.id, now)


def order_anew(connection: sa.Connection, ids: Iterable[str], now: datetime) -> None:
    """Let what still renews be ordered anew, where the order for all of these was cancelled as one of them ended."""
    for of in [known for id in sorted(ids) if (known := subscription_record.lock(connection, id)) is not None]:
        if of.status == "active" and of.ends_at is not None:
            advance(connection, progress(connection, of, now), (of.id,), now, order_id=None, done=-1)
            renewal_timer.wake(connection, of.id, now)


def announce_again(
    connection: sa.Connection,
    together: Sequence[Subscription],
    rules: renewal.RenewalRules,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Let the charge be announced anew that was announced already: what is renewed has changed."""
    stands = progress_of(connection, together, now)
    planned = renewal.steps(rules_for(rules, together[0]), stands.period_end, zone)
    first = next((step.number for step in planned if step.action == "announce"), None)
    if first is not None and stands.announced is not None and stands.done >= first:
        advance(connection, stands, (of.id for of in together), now, done=first - 1)
        renewal_timer.wake(connection, together[0].id, now)


def find_waiting(connection: sa.Connection, account_id: str) -> RenewalProgress | None:
    """Return the renewal of the account that waits for documents to be accepted, the one that ends first."""
    row = connection.execute(_WAITING, {"of": account_id}).mappings().first()
    return None if row is None else RenewalProgress(**row)


def payable_until(
    connection: sa.Connection, order_id: str, rules: renewal.RenewalRules, zone: ZoneInfo
) -> datetime | None:
    """Return until when the money of this order renews what runs; None where no renewal waits for it."""
    awaited = connection.execute(_AWAITED, {"of": order_id}).first()
    return None if awaited is None else renewal.last_moment(rules.of_term(awaited.term), awaited.period_end, zone)


def rules_for(rules: renewal.RenewalRules, of: Subscription) -> renewal.TermRules:
    """Return the rules of what runs: those of a trial, while it does."""
    if not of.in_trial or of.starts_at is None or of.ends_at is None:
        return rules.of_term(of.term)
    return rules.of_trial(of.ends_at - of.starts_at, kept=of.auto_renewal and rules.collects)


def plan(
    connection: sa.Connection, subscription_id: str, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """Set the subscription's timer to its next step, and return when that is; None where nothing is to be done."""
    known = subscription_record.lock(connection, subscription_id)
    if known is None or known.ends_at is None or known.status not in ("active", "grace"):
        renewal_timer.drop(connection, subscription_id)
        return None
    stands = progress(connection, known, now)
    coming = [s for s in renewal.steps(rules_for(rules, known), known.ends_at, zone) if s.number > stands.done]
    if stands.documents:  # the step that waits is done once they are accepted
        coming = [s for s in coming if s.due_at > now]
    moments = [s.due_at for s in coming] + [n.due_at for n in _notices(known, stands, rules, zone, now)]
    if not moments:
        renewal_timer.drop(connection, subscription_id)
        return None
    due = now if stands.corrects else min(moments)
    renewal_timer.set_renewal_timer(connection, subscription_id, due, planned_by=mark(rules, zone))
    return due


def mark(rules: renewal.RenewalRules, zone: ZoneInfo) -> str:
    """Return what tells these rules from others: a timer set by it needn't be thought over again."""
    return hashlib.sha256(f"{rules!r} {renewal.NOTICE_DAYS} {renewal.WAY_DAYS} {zone.key}".encode()).hexdigest()[:16]


def plan_all(connection: sa.Connection, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime) -> int:
    """Plan what other rules have planned, or nobody; return how many subscriptions that were.

    At the start, for a profile's rules may have changed while the desk was down.
    """
    found = subscription_record.list_other_running(
        connection, renewal_timer.select_planned_subscriptions(mark(rules, zone))
    )
    for subscription_id in found:
        plan(connection, subscription_id, rules, zone, now)
    return len(found)


def due_step(
    of: Subscription, progress: RenewalProgress, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime
) -> renewal.RenewalStep | None:
    """Return the step to be done now: of several that were missed only the last one makes sense."""
    if of.ends_at is None:
        return None
    planned = renewal.steps(rules_for(rules, of), of.ends_at, zone)
    missed = [s for s in planned if s.number > progress.done and s.due_at <= now]
    return missed[-1] if missed else None


def due_notice(
    of: Subscription, progress: RenewalProgress, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime
) -> renewal.EndNotice | None:
    """Return the notice of the end that is due now: of several that were missed the last; after the end none."""
    missed = [n for n in _notices(of, progress, rules, zone, now) if n.due_at <= now]
    return missed[-1] if missed else None


def _notices(
    of: Subscription, progress: RenewalProgress, rules: renewal.RenewalRules, zone: ZoneInfo, now: datetime
) -> list[renewal.EndNotice]:
    """Return the notices of the end that are still to come or overdue."""
    if of.ends_at is None or of.ends_at <= now or of.status != "active":
        return []
    known = renewal.notices(rules_for(rules, of), of.term, of.ends_at, zone)
    return [n for n in known if progress.noticed is None or n.days < progress.noticed]


def addresses(connection: sa.Connection, account_id: str, now: datetime) -> Addresses:
    """Every conversation in which the customer has logged in or, behind those, opened a start link of their own."""
    by_link = sa.select(start_link.c.taken_by).where(
        start_link.c.account_id == account_id, start_link.c.taken_by.is_not(None)
    )
    found = connection.execute(
        sa.select(conversation.c.id, conversation.c.closed_at, conversation.c.channel, conversation.c.customer_at)
        .where(
            sa.or_(conversation.c.account_id == account_id, conversation.c.id.in_(by_link)),
            sa.or_(conversation.c.account_id.is_(None), conversation.c.account_id == account_id),
        )
        .order_by(conversation.c.account_id.is_(None), conversation.c.started_at, conversation.c.id)
    ).all()
    open_ = [row for row in found if row.closed_at is None]
    brought = any(row.channel in REACHES_AWAY or (row.customer_at and now - row.customer_at < LATELY) for row in open_)
    return Addresses(tuple(row.id for row in open_), stopped=bool(found) and not open_, brought=brought)
