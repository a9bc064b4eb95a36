"""Conversations of an erased person, and those without an account that name their e-mail or telephone number.

The former are told by the account's visits. The latter have a forgotten password of which nothing came, an address
left for an answer, a number typed at somebody else's question. They are found by looking through what is kept of
conversations that are nobody's, which goes after `unfinished_days`: an index would be paid for by every turn.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, structs

from services.accounts import accounts, visits
from services.accounts.visits import AccountVisit
from services.privacy import desk_rows
from services.privacy.sections import list_blanks
from services.store import conversations, events, jobs_table, journal, timer_rows
from services.store.conversations import StoredConversation
from services.store.tables.accounts import one_time_link
from services.store.tables.base import canonical
from services.store.tables.core import call, conversation, event, timer
from services.store.tables.orders import withdrawal
from services.store.tables.support import desk_note, feedback, handoff, recording, ticket

_WRITTEN_BETWEEN = " \u00a0().-/"
_BETWEEN_DIGITS = re.compile(rf"(?<=\d)[{re.escape(_WRITTEN_BETWEEN)}]+(?=\d)")
_SUFFIX = 9
"""So many last digits tell a telephone number, whatever country code stands before it, or none."""

SEARCHED: tuple[tuple[sa.Table, tuple[str, ...]], ...] = (
    (conversation, ("state",)),
    (journal.table, ("data",)),
    (call, ("payload", "outcome")),
    (event, ("payload",)),
    (timer, ("data",)),
    (one_time_link, ("data",)),
    (handoff, ("email", "reason")),
    (ticket, ("about", "words")),
    (withdrawal, ("words", "reason")),
    (feedback, ("words",)),
    (desk_note, ("words",)),
    (recording, ("words",)),
)
"""Where words of a conversation stand."""


class Names(Struct, frozen=True):
    """A person's e-mails in small letters, and the last digits of their telephone numbers."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.emails or self.phones)

    def __repr__(self) -> str:
        """Without them: they are the person's."""
        return f"Names({len(self.emails)} e-mails, {len(self.phones)} phones)"

    def are_in(self, stored: Any) -> bool:
        """Return whether one of them stands there as a whole: `anna@x.pl` isn't named by `hanna@x.pl`."""
        text = canonical(stored).lower()
        if any(re.search(rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)", text) for email in self.emails):
            return True
        digits = _BETWEEN_DIGITS.sub("", text) if self.phones else ""
        return any(re.search(rf"{phone}(?!\d)", digits) for phone in self.phones)

    def may_be_in(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Return the condition of a query that leaves out most rows in which they aren't."""
        written = sa.cast(column, sa.Text)
        text: sa.ColumnElement[str] = sa.func.lower(written)
        digits: sa.ColumnElement[str] = written
        for sign in _WRITTEN_BETWEEN:
            digits = sa.func.replace(digits, sign, "")
        by_email = (text.contains(email, autoescape=True) for email in self.emails)
        # The number's digits in their order, whatever is between them: it spares most rows the six replacements.
        by_phone = (sa.and_(written.like(f"%{'%'.join(phone)}%"), digits.contains(phone)) for phone in self.phones)
        return sa.or_(sa.false(), *by_email, *by_phone)


def names(values: Iterable[str]) -> Names:
    """Return the names among an account's contacts: e-mails as they are compared, numbers in international form."""
    known = dict.fromkeys(value.strip().lower() for value in values)
    phones = [value[-_SUFFIX:] for value in known if value.startswith("+") and len(value) > _SUFFIX]
    return Names(tuple(value for value in known if "@" in value), tuple(dict.fromkeys(phones)))


def unbound_naming(connection: sa.Connection, named: Names) -> tuple[str, ...]:
    """Return the conversations without an account in which they may stand."""
    if not named:
        return ()
    nobodys = conversation.c.account_id.is_(None)
    found: set[str] = set()
    for table, columns in SEARCHED:
        where = sa.or_(*(named.may_be_in(table.c[name]) for name in columns))
        if table is conversation:
            rows = sa.select(conversation.c.id).where(nobodys, where)
        else:
            of = table.c.conversation_id
            rows = sa.select(of).join(conversation, conversation.c.id == of).where(nobodys, where).distinct()
        found.update(connection.execute(rows).scalars())
    return tuple(sorted(found))


def redact(
    connection: sa.Connection, one: StoredConversation, named: Names, going_on: Sequence[str], now: datetime
) -> bool:
    """Delete what names them in a locked conversation without an account; False if nothing does.

    Where its state does, it begins anew. Nobody is told: whoever wrote there need not be the person.
    """
    lines = [entry.id for entry in journal.read_all(connection, one.id) if named.are_in(entry.data)]
    journal.forget_lines(connection, lines)
    jobs = [*_naming(connection, call, one.id, named)]
    _empty_jobs(connection, jobs, going_on)
    links = [*_naming(connection, one_time_link, one.id, named)]
    _empty_links(connection, links)
    rated = [*_naming(connection, feedback, one.id, named)]
    connection.execute(sa.update(feedback).where(feedback.c.id.in_(rated)).values(**list_blanks(feedback)))
    asked = [*_naming(connection, handoff, one.id, named)]
    connection.execute(sa.update(handoff).where(handoff.c.id.in_(asked)).values(email=None, reason=""))
    named_in = (event, timer, ticket, withdrawal, desk_note, recording)
    dropped = sum(_drop(connection, table, one.id, named) for table in named_in)
    knew = named.are_in(one.state)
    if knew:
        reset_conversation(connection, one, now)
        desk_rows.erase(connection, one)
    elif lines:
        desk_rows.erase_copies(connection, one.id)
    return bool(lines or jobs or links or rated or asked or dropped or knew)


def reset_conversation(connection: sa.Connection, one: StoredConversation, now: datetime) -> None:
    """Nothing that it knew stays but its language; whoever understood a message against the old state does so again."""
    fresh = structs.replace(one, account_id=None, state={}, mode="bot")
    if not conversations.save(connection, fresh, now):
        raise RuntimeError("a conversation was changed under its lock")
    connection.execute(sa.delete(handoff).where(handoff.c.conversation_id == one.id))


def empty_conversations(
    connection: sa.Connection,
    account_id: str,
    here: dict[str, StoredConversation],
    words: Sequence[str],
    going_on: Sequence[str],
    now: datetime,
) -> list[str]:
    """Delete what was said while the account was logged in; return the conversations that it was logged in to now."""
    stretches: dict[str, list[AccountVisit]] = {id: [] for id, one in here.items() if one.account_id == account_id}
    for visit in visits.of_account(connection, account_id):
        stretches.setdefault(visit.conversation_id, []).append(visit)
    told: list[str] = []
    for id in sorted(stretches):
        all_here = visits.in_conversation(connection, id)
        alone = all(visit.account_id == account_id for visit in all_here)
        mine = here[id].account_id == account_id
        if mine and alone:
            journal.forget(connection, id)
        else:
            _empty_stretches(connection, stretches[id], words)
        if mine or (here[id].account_id is None and _names(here[id].state, words)):
            reset_conversation(connection, here[id], now)
        desk_rows.erase(connection, here[id])
        if mine or alone:
            _forget_about(connection, id, going_on)
        if mine:
            told.append(id)
    accounts.unbind_all(connection, account_id)
    visits.forget(connection, account_id)
    return told


def _empty_stretches(connection: sa.Connection, stretches: Sequence[AccountVisit], words: Sequence[str]) -> None:
    """Another was logged in there, too, or somebody goes on in it.

    Only this person's lines, and those that name them on the way in or out.
    """
    for visit in stretches:
        journal.forget(connection, visit.conversation_id, after=visit.after_line, until=visit.until_line)
    left = [
        entry.id for entry in journal.read_all(connection, stretches[0].conversation_id) if _names(entry.data, words)
    ]
    journal.forget_lines(connection, left)


def redact_others(
    connection: sa.Connection, ids: Iterable[str], named: Names, going_on: Sequence[str], now: datetime
) -> int:
    """Redact what nobody is logged in to, now that the account's own are empty; return how many named the person."""
    again = (conversations.load(connection, id, lock=True) for id in ids)
    unbound = [one for one in again if one is not None and one.account_id is None]
    return sum(redact(connection, one, named, going_on, now) for one in unbound)


def _names(stored: Any, words: Sequence[str]) -> bool:
    text = canonical(stored)
    return any(word in text for word in words)


def _forget_about(connection: sa.Connection, conversation_id: str, going_on: Sequence[str]) -> None:
    """Forget what else hangs on the conversation: jobs, timers, events, requests for a person, links.

    A request that is open stays where the talk goes on: its state says who has it, and the two must agree.
    """
    timer_rows.cancel_all(connection, conversation_id)
    jobs_table.forget_of(connection, conversation_id, going_on=going_on)
    events.forget_of(connection, conversation_id)
    asked = handoff.c.conversation_id == conversation_id
    connection.execute(sa.delete(handoff).where(asked, handoff.c.ended_at.is_not(None)))
    connection.execute(sa.update(handoff).where(asked).values(email=None))
    for table in (ticket, withdrawal):  # of nobody: they would be about this person, whom no row leads to
        nobodys = table.c.conversation_id == conversation_id, table.c.account_id.is_(None)
        connection.execute(sa.delete(table).where(*nobodys))
    connection.execute(
        sa.update(feedback).where(feedback.c.conversation_id == conversation_id).values(**list_blanks(feedback))
    )
    links = sa.update(one_time_link).where(one_time_link.c.conversation_id == conversation_id)
    connection.execute(links.values(**list_blanks(one_time_link)))
    connection.execute(links.where(one_time_link.c.state == "open").values(state="cancelled"))


def _naming(connection: sa.Connection, table: sa.Table, conversation_id: str, named: Names) -> Iterator[Any]:
    """Yield the keys of a conversation's rows that name them."""
    columns = next(searched for of, searched in SEARCHED if of is table)
    key = next(iter(table.primary_key.columns))
    rows = sa.select(key, *(table.c[name] for name in columns)).where(table.c.conversation_id == conversation_id)
    if "account_id" in table.c:  # what is an account's is about its holder, whoever is named
        rows = rows.where(table.c.account_id.is_(None))
    for found, *words in connection.execute(rows):
        if named.are_in(words):
            yield found


def _drop(connection: sa.Connection, table: sa.Table, conversation_id: str, named: Names) -> int:
    keys = [*_naming(connection, table, conversation_id, named)]
    key = next(iter(table.primary_key.columns))
    connection.execute(sa.delete(table).where(key.in_(keys)))
    return len(keys)


def _empty_jobs(connection: sa.Connection, ids: Sequence[int], going_on: Sequence[str]) -> None:
    """Empty them; those that are open are cancelled, but money on its way."""
    these = sa.update(call).where(call.c.id.in_(ids), sa.or_(call.c.status != "open", call.c.kind.not_in(going_on)))
    cancelled = {"status": "cancelled", "lease_until": None}
    connection.execute(these.where(call.c.status == "open").values(**cancelled))
    connection.execute(these.values(payload={}, outcome=None, root=None))


def _empty_links(connection: sa.Connection, ids: Sequence[str]) -> None:
    these = sa.update(one_time_link).where(one_time_link.c.id.in_(ids))
    connection.execute(these.where(one_time_link.c.state == "open").values(state="cancelled"))
    connection.execute(these.values(**list_blanks(one_time_link)))
