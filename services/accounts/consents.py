"""Consents: who agreed to which words, when, where and how.

Rows are only ever added; the words are kept once, under their fingerprint, and outlive the profile that had them.

Taking a consent back is a row of its own; a later row of the same consent says how things stand. What was agreed to
before there was an account is attached to it once there is one.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from services.accounts.accounts import COLUMNS
from services.store.journal import CUSTOMER
from services.store.statements import PerDialect
from services.store.tables.accounts import account, consent, consent_text
from services.store.tables.core import journal
from values.consent import Acceptance, Consent, fingerprint
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


class ConsentStatus(Struct, frozen=True):
    """The status of one consent: the time it was last given, and that of its withdrawal (None while it stands)."""

    consent_id: str
    version: str
    locale: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
    how: str = "button"
    words: str | None = None  # None: given before words were kept, and none of today's texts since

    @property
    def stands(self) -> bool:
        """Return whether the customer hasn't withdrawn it."""
        return self.withdrawn_at is None


class KeptConsent(Struct, frozen=True):
    """Words that somebody accepted, of which consent and in which language."""

    consent_id: str
    words: str
    locale: str


_RECORD = sa.insert(consent)
_KEEP = PerDialect(consent_text, lambda insert: insert.on_conflict_do_nothing())
_OF_ACCOUNT = (
    sa.select(consent, consent_text.c.words)
    .outerjoin(consent_text, consent_text.c.text_sha256 == consent.c.text_sha256)
    .where(consent.c.account_id == sa.bindparam("of"))
    .order_by(consent.c.id)
)


def record(
    connection: sa.Connection,
    *,
    account_id: str | None,
    conversation_id: str,
    consent_id: str,
    version: str,
    locale: str,
    words: str,
    given: bool,
    channel: str,
    how: str,
    now: datetime,
) -> None:
    """Add one decision on one consent, with the exact words that were shown. `how`: button or word."""
    _add(
        connection,
        account_id=account_id,
        conversation_id=conversation_id,
        consent_id=consent_id,
        version=version,
        locale=locale,
        text_sha256=_keep(connection, words),
        given=given,
        channel=channel,
        how=how,
        now=now,
    )


def _add(connection: sa.Connection, *, now: datetime, **row: Any) -> None:
    connection.execute(_RECORD, {**row, "at": now})


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
    """Take a consent back, against the words under which it was given; False if it doesn't stand."""
    last = _last(connection, account_id, consent_id)
    if last is None or not last["given"]:
        return False
    _add(
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


def of_account(connection: sa.Connection, account_id: str) -> list[ConsentStatus]:
    """Return each consent that was ever given, as it stands, in the order of their first giving."""
    standing: dict[str, ConsentStatus] = {}
    for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings():
        known = standing.get(row["consent_id"])
        if row["given"]:
            standing[row["consent_id"]] = _standing(row)
        elif known is not None and known.withdrawn_at is None:
            standing[row["consent_id"]] = replace(known, withdrawn_at=row["at"])
    return list(standing.values())


def _standing(row: sa.RowMapping) -> ConsentStatus:
    same = {name: row[name] for name in ("consent_id", "version", "locale", "channel", "how", "words")}
    return ConsentStatus(**same, given_at=row["at"], withdrawn_at=None)


def list_given_consents(connection: sa.Connection, account_id: str) -> tuple[Acceptance, ...]:
    """Return what the account has accepted last, of each consent that it hasn't taken back since."""
    last = {row.consent_id: row for row in connection.execute(_OF_ACCOUNT, {"of": account_id})}
    return tuple(
        Acceptance(row.consent_id, row.version, row.locale, row.text_sha256, row.at, row.how)
        for row in last.values()
        if row.given
    )


def is_given(connection: sa.Connection, *, account_id: str, consent_id: str) -> bool:
    """Return whether the last word on this consent was yes."""
    last = _last(connection, account_id, consent_id)
    return last is not None and bool(last["given"])


def was_changed_since(connection: sa.Connection, account_id: str, consent_id: str, at: datetime) -> bool:
    """Return whether the account has given or withdrawn this consent at that time or later."""
    last = _last(connection, account_id, consent_id)
    return last is not None and last["at"] >= at


def is_given_as_worded(connection: sa.Connection, *, account_id: str, today: Consent) -> bool:
    """Return whether the last word on this consent was yes, to the version and the words that it has today."""
    last = _last(connection, account_id, today.id)
    return last is not None and bool(last["given"]) and _is(today, last)


def keep_words(connection: sa.Connection, today: Iterable[Consent]) -> None:
    """Keep today's words, with or without the full text, where they were accepted before words were kept.

    Their fingerprint tells.
    """
    for words in {words for asked in today for _, words in (*asked.words, *asked.sentences)}:
        accepted = sa.select(consent.c.id).where(consent.c.text_sha256 == fingerprint(words)).limit(1)
        if connection.execute(accepted).first() is not None:
            _keep(connection, words)


def _keep(connection: sa.Connection, words: str) -> str:
    """Keep the words, unless they are there; return their fingerprint."""
    print_ = fingerprint(words)
    connection.execute(_KEEP.of(connection), {"text_sha256": print_, "words": words})
    return print_


def find_accepted_words(connection: sa.Connection, print_: str) -> KeptConsent | None:
    """Return the words that were accepted under this fingerprint; None if nobody did."""
    of_print = (
        sa.select(consent.c.consent_id, consent_text.c.words, consent.c.locale)
        .join(consent, consent.c.text_sha256 == consent_text.c.text_sha256)
        .where(consent_text.c.text_sha256 == print_)
        .limit(1)
    )
    row = connection.execute(of_print).first()
    return None if row is None else KeptConsent(row.consent_id, row.words, row.locale)


def list_outdated_consents(connection: sa.Connection, *, account_id: str, today: Iterable[Consent]) -> tuple[str, ...]:
    """Return the ids of those that stand for the account in another version or in other words than today's.

    What was never accepted, or was withdrawn, isn't among them: `is_given` tells that.
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


def find_consent_conversation(connection: sa.Connection, *, account_id: str, consent_id: str) -> str | None:
    """Return the conversation in which the account last said something about this consent."""
    found = (
        sa.select(consent.c.conversation_id)
        .where(consent.c.account_id == account_id, consent.c.consent_id == consent_id)
        .order_by(consent.c.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar()


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
