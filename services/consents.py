"""Consents: who agreed to which words, when, where and how. Rows are only ever added.

Taking a consent back is a row of its own; a later row of the same consent says how things stand. What was agreed to
before there was an account is attached to it once there is one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.store.account_tables import consent
from values.consent import Consent


@dataclass(frozen=True, slots=True)
class Standing:
    """How one consent stands: the last time it was given, and since when it isn't any more."""

    consent_id: str
    version: str
    locale: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None


_RECORD = sa.insert(consent)
_OF_ACCOUNT = sa.select(consent).where(consent.c.account_id == sa.bindparam("of")).order_by(consent.c.id)


def record(
    connection: sa.Connection,
    *,
    account_id: str | None,
    conversation_id: str,
    consent_id: str,
    version: str,
    locale: str,
    text_sha256: str,
    given: bool,
    channel: str,
    how: str,
    now: datetime,
) -> None:
    """Adds one decision on one consent. `text_sha256` is that of the exact words shown; `how`: button, word or page."""
    connection.execute(
        _RECORD,
        {
            "account_id": account_id,
            "conversation_id": conversation_id,
            "consent_id": consent_id,
            "version": version,
            "locale": locale,
            "text_sha256": text_sha256,
            "given": given,
            "channel": channel,
            "how": how,
            "at": now,
        },
    )


def withdraw(
    connection: sa.Connection,
    *,
    account_id: str,
    conversation_id: str,
    consent_id: str,
    channel: str,
    how: str,
    now: datetime,
) -> bool:
    """Takes a consent back, against the words under which it was given; False if it doesn't stand."""
    last = _last(connection, account_id, consent_id)
    if last is None or not last["given"]:
        return False
    record(
        connection,
        account_id=account_id,
        conversation_id=conversation_id,
        consent_id=consent_id,
        version=last["version"],
        locale=last["locale"],
        text_sha256=last["text_sha256"],
        given=False,
        channel=channel,
        how=how,
        now=now,
    )
    return True


def attach_to_account(connection: sa.Connection, *, conversation_id: str, account_id: str) -> None:
    """Gives the account what its conversation decided before there was an account."""
    connection.execute(
        sa.update(consent)
        .where(consent.c.conversation_id == conversation_id, consent.c.account_id.is_(None))
        .values(account_id=account_id)
    )


def of_account(connection: sa.Connection, account_id: str) -> list[Standing]:
    """Each consent that was ever given, as it stands, in the order of their first giving."""
    standing: dict[str, Standing] = {}
    for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings():
        known = standing.get(row["consent_id"])
        if row["given"]:
            standing[row["consent_id"]] = Standing(
                row["consent_id"], row["version"], row["locale"], row["channel"], row["at"], None
            )
        elif known is not None and known.withdrawn_at is None:
            standing[row["consent_id"]] = Standing(
                known.consent_id, known.version, known.locale, known.channel, known.given_at, row["at"]
            )
    return list(standing.values())


def stands(connection: sa.Connection, *, account_id: str, consent_id: str) -> bool:
    """Whether the last word on this consent was yes."""
    last = _last(connection, account_id, consent_id)
    return last is not None and bool(last["given"])


def outdated(connection: sa.Connection, *, account_id: str, today: Iterable[Consent]) -> tuple[str, ...]:
    """Return the ids of those that stand for the account in another version or in other words than today's.

    What was never accepted, or was withdrawn, isn't among them: `stands` tells that.
    """
    accepted = ((asked, _last(connection, account_id, asked.id)) for asked in today)
    return tuple(asked.id for asked, row in accepted if row is not None and row["given"] and not _is(asked, row))


def _is(asked: Consent, row: sa.RowMapping) -> bool:
    return row["version"] == asked.version and row["text_sha256"] == asked.fingerprint(row["locale"])


def _last(connection: sa.Connection, account_id: str, consent_id: str) -> sa.RowMapping | None:
    of_this = (
        _OF_ACCOUNT.where(consent.c.consent_id == consent_id).order_by(None).order_by(consent.c.id.desc()).limit(1)
    )
    return connection.execute(of_this, {"of": account_id}).mappings().first()


def conversation_of(connection: sa.Connection, *, account_id: str, consent_id: str) -> str | None:
    """The conversation in which the account last said something about this consent."""
    found = (
        sa.select(consent.c.conversation_id)
        .where(consent.c.account_id == account_id, consent.c.consent_id == consent_id)
        .order_by(consent.c.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar()
