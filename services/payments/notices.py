"""Providers' notices, stored before they are answered: each is known by the provider's own key and worked on once."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.store.statements import PerDialect
from services.store.tables.orders import payment_notice

_STORE = PerDialect(
    payment_notice,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["provider", "dedup_key"]).returning(
        payment_notice.c.dedup_key
    ),
)
_TOLD_WITH = (
    sa.select(payment_notice.c.payment_ref)
    .where(payment_notice.c.provider == sa.bindparam("by"))
    .order_by(payment_notice.c.at.desc())
)


def store(
    connection: sa.Connection,
    *,
    provider: str,
    dedup_key: str,
    payment_ref: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Keep a notice; False if this one had come before (then there is nothing to do for it)."""
    values = {"provider": provider, "dedup_key": dedup_key, "payment_ref": payment_ref, "facts": dict(facts), "at": now}
    return connection.execute(_STORE.of(connection), values).first() is not None


def select_notices_with_facts(before: datetime) -> sa.Select[Any]:
    """Return the query of the old notices that still say what they told, by their keys."""
    of_keys: Any = sa.select(payment_notice.c.provider, payment_notice.c.dedup_key)
    return of_keys.where(payment_notice.c.at < before, payment_notice.c.facts != {})


def forget_facts(connection: sa.Connection, keys: Sequence[Any]) -> None:
    """Empty these notices; their keys stay, so that a very late repeat is still known."""
    key = sa.tuple_(payment_notice.c.provider, payment_notice.c.dedup_key)
    connection.execute(sa.update(payment_notice).where(key.in_(keys)).values(facts={}))


def reference_told_with(connection: sa.Connection, provider: str, name: str) -> str | None:
    """Our reference of the attempt about which a notice told this name of the provider's, too; None for no such notice.

    Reads through the notices: for what is rare.
    """
    if not name:
        return None
    facts = sa.cast(payment_notice.c.facts, sa.Text)
    about = _TOLD_WITH.where(facts.contains(json.dumps(name), autoescape=True), payment_notice.c.payment_ref != name)
    return connection.execute(about.limit(1), {"by": provider}).scalar()
