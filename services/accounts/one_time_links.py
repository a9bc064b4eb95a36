"""One-time pages: a link leads to one form that can be sent off once.

The token follows from the desk's key and the link's id, so that a mail sent again after a crash holds the same link;
the store has its SHA-256 only. Looking at a link changes nothing; `use` is the one act, and one of several at once
wins.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa

from services import keyed_hash
from services.store.prepared import Prepared
from services.store.statements import demand_same_row
from services.store.tables.accounts import one_time_link
from values.private import Private, PrivateStruct
from values.rules import PAGE_LIFETIME

Purpose = Literal[
    "set_password",
    "log_in",
    "log_in_digits",
    "confirm_email",
    "reset_password",
    "taken_log_in",
    "register",
    "stop_reminders",
    "stop_unfinished",
    "change_email",
    "export",
    "export_files",
    "erase",
    "not_me",
    "prove_withdrawal",
    "end_contract",
]
State = Literal["open", "used", "expired", "cancelled"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

LIFETIMES: dict[Purpose, timedelta] = {
    "set_password": PAGE_LIFETIME,
    "log_in": PAGE_LIFETIME,
    "log_in_digits": timedelta(minutes=5),
    "reset_password": PAGE_LIFETIME,
    "confirm_email": timedelta(hours=72),
    "taken_log_in": PAGE_LIFETIME,
    "register": timedelta(hours=72),
    "stop_reminders": timedelta(days=90),
    "stop_unfinished": timedelta(days=90),
    "change_email": timedelta(hours=1),
    "export": PAGE_LIFETIME,
    "export_files": timedelta(minutes=15),
    "erase": PAGE_LIFETIME,
    "not_me": timedelta(days=30),
    "prove_withdrawal": timedelta(days=14),
    "end_contract": timedelta(days=3),
}

STOPS: tuple[Purpose, ...] = ("stop_reminders", "stop_unfinished")
"""Of these a press can be repeated, also after the link's time: what they do is done once and for all."""
_SEVERAL: tuple[Purpose, ...] = ("not_me", "prove_withdrawal")
"""Of these a conversation may have several open: each is about another log-in, or another statement."""
_LETTER_TO = "letter to"
_INSIDE: tuple[Purpose, ...] = ("change_email", "export", "export_files", "erase")


class OneTimeLink(PrivateStruct):
    """A one-time link as it stands at the moment it was looked at. `data` is what the page needs, never a secret."""

    id: str
    purpose: Purpose
    conversation_id: str
    account_id: str | None
    data: Private[dict[str, Any]]
    state: State
    expires_at: datetime

    @property
    def told_as(self) -> Purpose:
        """The purpose as pages and e-mails name it: a customer on file without an account sets a first password."""
        return "set_password" if self.purpose == "reset_password" and "customer" in self.data else self.purpose


_FIND = sa.select(one_time_link).where(one_time_link.c.token_hash == sa.bindparam("wanted"))
_GET = sa.select(one_time_link).where(one_time_link.c.id == sa.bindparam("wanted"))
_KNOWN = Prepared(sa.select(one_time_link).where(one_time_link.c.id == sa.bindparam("wanted")))
_CANCEL = Prepared(
    sa.update(one_time_link)
    .where(
        one_time_link.c.conversation_id == sa.bindparam("of"),
        one_time_link.c.purpose == sa.bindparam("for"),
        one_time_link.c.state == "open",
    )
    .values(state="cancelled")
)
_ISSUE = Prepared(
    sa.insert(one_time_link), *(column for column in one_time_link.c if column is not one_time_link.c.used_at)
)
_USE = (
    sa.update(one_time_link)
    .where(
        one_time_link.c.id == sa.bindparam("wanted"),
        one_time_link.c.state == "open",
        one_time_link.c.expires_at > sa.bindparam("now"),
    )
    .values(state="used", used_at=sa.bindparam("now"))
    .returning(one_time_link.c.id)
)


def token_of(server_key: bytes, link_id: str) -> str:
    """Return the token in the link's address: 43 characters of base64url. It goes to the customer only."""
    return keyed_hash.token(keyed_hash.key_of(server_key, link_id), "one-time link", link_id)


def make_address_mark(server_key: bytes, email_key: str) -> str:
    """Return what stands in a mailed link's `data["to"]` for its address: it proves that one and no other."""
    return keyed_hash.keyed_hex(server_key, _LETTER_TO, email_key)


def is_addressee(server_key: bytes, to: str, email_key: str) -> bool:
    """Return whether `to` stands for this address."""
    return keyed_hash.is_keyed_hex(server_key, to, _LETTER_TO, email_key)


def issue(
    connection: sa.Connection,
    *,
    link_id: str,
    purpose: Purpose,
    conversation_id: str,
    account_id: str | None,
    data: dict[str, Any],
    server_key: bytes,
    now: datetime,
    ttl: timedelta | None = None,
) -> datetime:
    """Make a link; return the end of its time. The conversation's open ones of the same purpose are cancelled.

    The same id twice is the same link; its time doesn't begin anew. Errors: NameTaken.
    """
    if (row := _KNOWN.row(connection, {"wanted": link_id})) is not None:
        known = dict(zip(one_time_link.c.keys(), row, strict=True))
        mine = {"purpose": purpose, "conversation_id": conversation_id, "account_id": account_id}
        # More may stand in its data since: what the page has handed out, and to whom the letter went.
        demand_same_row("one_time_link", {**known, "data": {**known["data"], **data}}, **mine, data=known["data"])
        return known["expires_at"]
    if purpose not in _SEVERAL:
        cancel(connection, conversation_id=conversation_id, purpose=purpose)
    expires_at = now + (ttl or LIFETIMES[purpose])
    token_hash = keyed_hash.sha256_hex(token_of(server_key, link_id))
    subject = purpose, conversation_id, account_id, data
    _ISSUE.run(connection, (link_id, *subject, token_hash, "open", now, expires_at))
    return expires_at


def find(connection: sa.Connection, *, token: str, now: datetime) -> OneTimeLink | None:
    """Return the link of a token, None if there never was one. Changes nothing, as often as asked."""
    row = connection.execute(_FIND, {"wanted": keyed_hash.sha256_hex(token)}).mappings().first()
    return None if row is None else _link(row, now)


def get(connection: sa.Connection, *, link_id: str, now: datetime) -> OneTimeLink | None:
    """Return the link of this id, for whoever is to send it."""
    row = connection.execute(_GET, {"wanted": link_id}).mappings().first()
    return None if row is None else _link(row, now)


def open_of_account(
    connection: sa.Connection, *, account_id: str, purposes: tuple[Purpose, ...], now: datetime
) -> OneTimeLink | None:
    """Return an account's newest open link of these purposes, from whichever conversation it was sent."""
    mine = (one_time_link.c.account_id == account_id, one_time_link.c.purpose.in_(purposes))
    still = (one_time_link.c.state == "open", one_time_link.c.expires_at > now)
    newest = sa.select(one_time_link).where(*mine, *still).order_by(one_time_link.c.created_at.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else _link(row, now)


def _link(row: sa.RowMapping, now: datetime) -> OneTimeLink:
    over = row["state"] == "open" and row["expires_at"] <= now
    fields: dict[str, Any] = {name: row[name] for name in OneTimeLink.__struct_fields__}
    if over:
        fields["state"] = "expired"
    return OneTimeLink(**fields)


def use(connection: sa.Connection, *, link_id: str, now: datetime) -> bool:
    """Use the link up. True for exactly one caller, and only while it is open."""
    return connection.execute(_USE, {"wanted": link_id, "now": now}).first() is not None


def mark_used(connection: sa.Connection, *, link_id: str, now: datetime) -> None:
    """Use a link up that the caller has checked otherwise."""
    connection.execute(sa.update(one_time_link).where(one_time_link.c.id == link_id).values(state="used", used_at=now))


def list_given_things(connection: sa.Connection, *, link_id: str) -> tuple[str, ...]:
    """Return what of several things the page has handed out already."""
    data = connection.execute(sa.select(one_time_link.c.data).where(one_time_link.c.id == link_id)).scalar()
    return tuple((data or {}).get("given", ()))


def hand_out(connection: sa.Connection, *, link_id: str, what: str, of: Iterable[str], now: datetime) -> bool:
    """Hand out one of several things, each to one caller (True); with the last one the link is used up."""
    row = connection.execute(_GET.with_for_update(), {"wanted": link_id}).mappings().first()
    if row is None or row["state"] != "open" or row["expires_at"] <= now:
        return False
    before = tuple(row["data"].get("given", ()))
    if what in before:
        return False
    after = (*before, what)
    used: dict[str, Any] = {"state": "used", "used_at": now} if set(of) <= set(after) else {}
    changed = sa.update(one_time_link).where(one_time_link.c.id == link_id)
    connection.execute(changed.values(data={**row["data"], "given": list(after)}, **used))
    return True


def take_back(connection: sa.Connection, *, link_id: str, what: str) -> None:
    """Note that what was to be handed out wasn't."""
    row = connection.execute(_GET.with_for_update(), {"wanted": link_id}).mappings().first()
    if row is not None:
        given = [one for one in row["data"].get("given", ()) if one != what]
        changed = sa.update(one_time_link).where(one_time_link.c.id == link_id)
        connection.execute(changed.values(data={**row["data"], "given": given}))


def note_address_mark(connection: sa.Connection, *, link_id: str, to: str) -> None:
    """Note the mark of the address that the link was mailed to (`make_address_mark`)."""
    row = connection.execute(_GET.with_for_update(), {"wanted": link_id}).mappings().first()
    if row is not None and row["data"].get("to") != to:
        changed = sa.update(one_time_link).where(one_time_link.c.id == link_id)
        connection.execute(changed.values(data={**row["data"], "to": to}))


def cancel(connection: sa.Connection, *, conversation_id: str, purpose: Purpose) -> None:
    """End the conversation's open links of a purpose."""
    _CANCEL.run(connection, {"of": conversation_id, "for": purpose})


def cancel_of_account(connection: sa.Connection, *, account_id: str, purposes: tuple[Purpose, ...] = PURPOSES) -> None:
    """End an account's open links: after its password was changed, say."""
    _cancel(connection, purposes, one_time_link.c.account_id == account_id)


def cancel_inside(connection: sa.Connection, *, conversation_id: str, account_id: str) -> None:
    """End the open links of an account that a conversation asked for: whoever is there isn't logged in any more."""
    here = one_time_link.c.conversation_id == conversation_id
    _cancel(connection, _INSIDE, here, one_time_link.c.account_id == account_id)


def _cancel(connection: sa.Connection, purposes: tuple[Purpose, ...], *of: sa.ColumnElement[bool]) -> None:
    ended = sa.update(one_time_link).where(*of, one_time_link.c.purpose.in_(purposes), one_time_link.c.state == "open")
    connection.execute(ended.values(state="cancelled"))
