"""Consents that stand, each with what was said at the question that gave it: from the journal, word for word."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.accounts.accounts import COLUMNS
from services.store.journal import CUSTOMER
from services.store.tables.accounts import account, consent
from services.store.tables.core import journal
from values.private import HiddenStruct

_GIVEN = (
    sa.select(consent, *(column for column in COLUMNS if column.name == "email"))
    .join(account, account.c.id == consent.c.account_id)
    .where(consent.c.consent_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(consent.c.id)
)
_SAID = (
    sa.select(journal.c.at, journal.c.data)
    .where(
        journal.c.conversation_id == sa.bindparam("conversation"),
        journal.c.kind == CUSTOMER,
        journal.c.at <= sa.bindparam("until"),
    )
    .order_by(journal.c.id)
)


class ConsentLine(HiddenStruct):
    """A customer's message at the question: a button's payload, or none, and the words."""

    at: datetime
    payload: str | None
    text: str


class GivenConsent(HiddenStruct):
    """A consent that stands: whose, since when, and what was said at its question until then, oldest first."""

    account_id: str
    email: str | None
    consent_id: str
    channel: str
    given_at: datetime
    lines: tuple[ConsentLine, ...]


def given_with_words(
    connection: sa.Connection, ids: Collection[str], *, step: str, since: str
) -> Iterator[GivenConsent]:
    """Yield the standing consents of these ids with what was said at `step` before.

    `since` is the payload of the button that asks anew: what was said before it belongs to an earlier answer.
    """
    standing: dict[tuple[str, str], sa.RowMapping] = {}
    for row in connection.execute(_GIVEN, {"ids": list(ids)}).mappings():
        key = (row["account_id"], row["consent_id"])
        if not row["given"]:
            standing.pop(key, None)
        elif key not in standing:
            standing[key] = row
    for row in standing.values():
        said = _lines(connection, row, step, since)
        yield GivenConsent(row["account_id"], row["email"], row["consent_id"], row["channel"], row["at"], said)


def _lines(connection: sa.Connection, row: sa.RowMapping, step: str, since: str) -> tuple[ConsentLine, ...]:
    found: list[ConsentLine] = []
    for at, data in connection.execute(_SAID, {"conversation": row["conversation_id"], "until": row["at"]}).all():
        line: dict[str, Any] = data
        if line.get("payload") == since:
            found.clear()
        elif line.get("step") == step:
            found.append(ConsentLine(at, line.get("payload"), str(line.get("text") or "")))
    return tuple(found)
