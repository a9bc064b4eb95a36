"""Conversations: opened by the first message of an address, changed by turns only."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import astuple, replace
from sqlalchemy import bindparam as given
from sqlalchemy import exc

from services.store.errors import ConversationGone
from services.store.prepared import Prepared
from services.store.statements import Insert, PerDialect, columns
from services.store.tables.accounts import account_revision
from services.store.tables.core import conversation as table
from services.store.tables.core import delivered_mark as _delivered
from values.channel import Channel


class StoredConversation(Struct, frozen=True):
    """One address on one channel, as it stands. `state` is the dialogs' own; `mode` is bot, waiting or agent.

    `closed_at`: since when the channel takes nothing for the customer (blocked, chat gone), None while it does.
    `network`: keyed hash of the network address of the last message; None where no address counts in limits. `session`:
    what holds it in place of the address, once that was turned. `birth`: drawn when it was opened.
    `topic`: the channel's name of the part of the chat in which the customer wrote last, where it has such.
    `books_revision`: the revision of its account's books when it was read; no column, and saved by no turn.
    """

    id: str
    channel: str
    address: str
    account_id: str | None
    locale: str
    mode: str
    revision: int
    state: dict[str, Any]
    seq: int
    started_at: datetime
    updated_at: datetime
    customer_at: datetime | None
    closed_at: datetime | None
    network: str | None = None
    session: str | None = None
    birth: str = ""
    topic: str | None = None
    books_revision: int = 0

    @property
    def life(self) -> str:
        """The name of this life of the conversation, which never comes back.

        Whoever writes again from the address of a deleted conversation gets one with the same id, from revision 0 on:
        so what is to be unique for ever is derived from the life, never from the id.
        """
        return f"{self.id}:{self.birth}"

    @property
    def holder(self) -> str:
        """The hash of the token by which a visitor sees the conversation and writes in it."""
        return self.session or self.address

    @property
    def way_back(self) -> str | None:
        """The holder of a web chat, or Telegram's name: by it a page leads back there. None on other channels."""
        ways = {Channel.WEB.value: self.holder, Channel.TELEGRAM.value: self.channel}
        return ways.get(self.channel)

    def __repr__(self) -> str:
        """Without the address and the state: both are personal data."""
        return f"Conversation(id={self.id!r}, channel={self.channel!r}, mode={self.mode!r}, revision={self.revision})"


_columns = columns(table, StoredConversation, but="books_revision")
_books = sa.select(account_revision.c.revision).where(account_revision.c.account_id == table.c.account_id)
ROW = (*_columns, sa.func.coalesce(_books.scalar_subquery(), 0).label("books_revision"))
"""The columns of a `StoredConversation`, in its order."""
_all = sa.select(*ROW)
_by_id = _all.where(table.c.id == given("wanted"))
# FOR NO KEY UPDATE: turns exclude each other, yet rows that only refer to the conversation may be added meanwhile.
_load = {False: Prepared(_by_id), True: Prepared(_by_id.with_for_update(key_share=True))}
_at_address = _all.where(table.c.channel == given("on"), table.c.address == given("at_address"))
_find = {False: Prepared(_at_address), True: Prepared(_at_address.with_for_update(key_share=True))}
_of_account = _all.where(table.c.account_id == given("of")).order_by(table.c.started_at, table.c.id)
# Whichever of its keys the other process's row stands in the way of: the id follows from the address.
_insert = Prepared(PerDialect(table, lambda insert: insert.on_conflict_do_nothing().returning(*_columns)), *_columns)
_close = (
    sa.update(table).where(table.c.id == given("wanted"), table.c.closed_at.is_(None)).values(closed_at=given("now"))
)
_change = (
    sa.update(table)
    .where(table.c.id == given("wanted"))
    .values(
        account_id=given("new_account_id"),
        locale=given("new_locale"),
        mode=given("new_mode"),
        state=given("new_state"),
        seq=given("new_seq"),
        updated_at=given("now"),
        customer_at=given("new_customer_at"),
        closed_at=given("new_closed_at"),
        network=given("new_network"),
        topic=given("new_topic"),
    )
)
_unchanged = table.c.revision == given("seen")
_save = Prepared(_change.where(_unchanged).values(revision=given("seen") + 1))
# Of another revision the next is NULL, which the column refuses.
_save_locked = Prepared(_change.values(revision=sa.case((_unchanged, given("seen") + 1))))


def find(connection: sa.Connection, channel: str, address: str, *, lock: bool = False) -> StoredConversation | None:
    """Return the conversation at this address, if anybody wrote from there; `lock` as with `load`."""
    row = _find[lock].row(connection, {"on": channel, "at_address": address})
    return None if row is None else StoredConversation(*row)


def open_talk(
    connection: sa.Connection,
    channel: str,
    address: str,
    locale: str,
    now: datetime,
    new_id: str,
    network: str | None = None,
) -> StoredConversation:
    """Return the conversation at this address, locked; made (empty state, revision 0) if it is the first time.

    Two processes may open the same one at once: both get the one that came first. `new_id` and `network` are used only
    if it is made.
    """
    begun = new_id, channel, address, None, locale, "bot", 0, {}, 0, now, now, None, None
    fresh = StoredConversation(*begun, network=network, birth=secrets.token_hex(8))
    if (row := _insert.row(connection, astuple(fresh)[:-1])) is not None:  # but for its books
        return StoredConversation(*row)  # as it reads there: not every character of an address can be stored
    if (found := find(connection, channel, address, lock=True)) is None:
        raise LookupError("a conversation was opened and is gone again")
    return found


def load(connection: sa.Connection, id: str, *, lock: bool) -> StoredConversation | None:
    """Return the conversation; with `lock` no other process runs a turn of it before this transaction ends."""
    row = _load[lock].row(connection, {"wanted": id})
    return None if row is None else StoredConversation(*row)


def ask(connection: sa.Connection, id: str) -> Callable[[], StoredConversation | None]:
    """Ask for the conversation as `load` with `lock` does; the returned gives it."""
    asked = _load[True].ask(connection, {"wanted": id})
    return lambda: None if (row := asked.row()) is None else StoredConversation(*row)


def save(connection: sa.Connection, changed: StoredConversation, now: datetime) -> bool:
    """Store what a turn made of the conversation, as the revision after `changed.revision`.

    False, and nothing is stored, if somebody else has saved that revision's successor already. Channel, address and
    start never change.
    """
    return _save.run(connection, _new(changed, now)) == 1


def save_locked(connection: sa.Connection, changed: StoredConversation, now: datetime) -> None:
    """Store as `save` does, under the conversation's lock; nobody need wait for the answer.

    A revision that was saved in spite of the lock is sqlalchemy's IntegrityError: nothing of the transaction stays.
    """
    _save_locked.send(connection, _new(changed, now))


def turn(connection: sa.Connection, id: str, holder: str) -> None:
    """Have another token hold the conversation from now on; the one before is dead at once."""
    connection.execute(sa.update(table).where(table.c.id == id).values(session=holder))


def close(connection: sa.Connection, id: str, now: datetime) -> None:
    """Note that the customer can't be written to; the next turn of a message of theirs takes it back.

    Not a turn: neither revision nor state changes, so a turn under way isn't disturbed.
    """
    connection.execute(_close, {"wanted": id, "now": now})


def _new(changed: StoredConversation, now: datetime) -> dict[str, Any]:
    return {
        "wanted": changed.id,
        "seen": changed.revision,
        "new_account_id": changed.account_id,
        "new_locale": changed.locale,
        "new_mode": changed.mode,
        "new_state": changed.state,
        "new_seq": changed.seq,
        "now": now,
        "new_customer_at": changed.customer_at,
        "new_closed_at": changed.closed_at,
        "new_network": changed.network,
        "new_topic": changed.topic,
    }


def advance_revision(changed: StoredConversation, now: datetime) -> StoredConversation:
    """Return the conversation as `save` left it in the store."""
    return replace(changed, revision=changed.revision + 1, updated_at=now)


def of_account(connection: sa.Connection, account_id: str) -> tuple[StoredConversation, ...]:
    """All conversations of an account, the oldest first."""
    return tuple(StoredConversation(*row) for row in connection.execute(_of_account, {"of": account_id}))


def _raise(insert: Insert) -> sa.Executable:
    new = insert.excluded.given_seq
    return insert.on_conflict_do_update(
        index_elements=["conversation_id"], set_={"given_seq": new}, where=_delivered.c.given_seq < new
    )


_mark = Prepared(PerDialect(_delivered, _raise), *_delivered.c)
_reached = Prepared(sa.select(_delivered.c.given_seq).where(_delivered.c.conversation_id == given("of")))


def delivered_seq(connection: sa.Connection, conversation_id: str) -> int:
    """Return the number of the last message carried; 0 if none was."""
    reached = _reached.row(connection, {"of": conversation_id})
    return 0 if reached is None else reached[0]


def mark_delivered(connection: sa.Connection, conversation_id: str, seq: int) -> None:
    """Note that all messages up to `seq` were carried; never goes back. Errors: ConversationGone."""
    try:
        _mark.run(connection, (conversation_id, seq))
    except exc.IntegrityError as gone:  # nothing but the conversation is referred to
        raise ConversationGone(conversation_id) from gone
