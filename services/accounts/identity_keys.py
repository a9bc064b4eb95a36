"""Public keys of the seller's site, the tokens that were used, and the chats that stand for its customers.

A chat of the site's customer is the browser's and the customer's: another customer in the same browser has another
one. The page is told its token for as long as it is shown; nothing in the browser keeps it.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services import keyed_hash
from services.store.statements import PerDialect, columns
from services.store.tables.accounts import identity_key as table
from services.store.tables.accounts import identity_token as used
from services.store.tables.accounts import site_chat, visit

KID = r"[0-9A-Za-z_.:-]{1,64}"  # the form of a key's name
_KNOWN_AT = "token of a site's customer"


class IdentityKey(Struct, frozen=True):
    """A public key; `algorithm` is the only one that it verifies."""

    kid: str
    algorithm: str
    jwk: Mapping[str, Any]
    created_at: datetime | None = None
    retired_at: datetime | None = None


class SiteChat(Struct, frozen=True):
    """A chat in which the seller's site has said who the customer is. `browser` is the address of the browser's own."""

    conversation_id: str
    account_id: str
    browser: str
    nonce: str


_ALL = sa.select(*columns(table, IdentityKey)).order_by(table.c.created_at, table.c.kid)
_ADD = PerDialect(table, lambda insert: insert.on_conflict_do_nothing().returning(table.c.kid))
_USE = PerDialect(used, lambda insert: insert.on_conflict_do_nothing().returning(used.c.token_hash))
_OPEN = PerDialect(site_chat, lambda insert: insert.on_conflict_do_nothing())
_CHATS = sa.select(*columns(site_chat, SiteChat))


def list_keys(connection: sa.Connection) -> tuple[IdentityKey, ...]:
    """Return all keys, the oldest first, retired ones included."""
    return tuple(IdentityKey(*row) for row in connection.execute(_ALL))


def find_usable(connection: sa.Connection) -> tuple[IdentityKey, ...]:
    """Return the keys that count now."""
    return tuple(key for key in list_keys(connection) if key.retired_at is None)


def add(connection: sa.Connection, key: IdentityKey, now: datetime) -> IdentityKey:
    """Keep a key and return it as it is kept; the one that has the name already, if there is one."""
    values = {"kid": key.kid, "algorithm": key.algorithm, "jwk": dict(key.jwk), "created_at": now, "retired_at": None}
    connection.execute(_ADD.of(connection), values)
    return next(known for known in list_keys(connection) if known.kid == key.kid)


def retire(connection: sa.Connection, kid: str, now: datetime) -> IdentityKey | None:
    """End a key for good; None for an unknown one."""
    connection.execute(sa.update(table).where(table.c.kid == kid, table.c.retired_at.is_(None)).values(retired_at=now))
    return next((known for known in list_keys(connection) if known.kid == kid), None)


def use_once(connection: sa.Connection, *, kid: str, jti: str, expires_at: datetime) -> bool:
    """Note a token as used; False if it was used before, here or in another process."""
    values = {"token_hash": keyed_hash.derived_id("identity token", kid, jti), "expires_at": expires_at}
    return connection.execute(_USE.of(connection), values).first() is not None


def address_of(server_key: bytes, browser: str, account_id: str, n: int) -> str:
    """Return the address of the customer's chat in a browser, counted from 0: nobody else's in it, whoever asks."""
    nth = (str(n),) if n else ()
    return keyed_hash.keyed_hex(server_key, "chat of a site's customer", browser, account_id, *nth)


def open_chat(connection: sa.Connection, chat: SiteChat) -> SiteChat:
    """Keep the chat, and return it as it is kept: another tab may have been first."""
    connection.execute(_OPEN.of(connection), asdict(chat))
    return SiteChat(*connection.execute(_CHATS.where(site_chat.c.conversation_id == chat.conversation_id)).one())


def chats_in(connection: sa.Connection, browser: str) -> tuple[SiteChat, ...]:
    """Return the chats of the site's customers in a browser."""
    return tuple(SiteChat(*row) for row in connection.execute(_CHATS.where(site_chat.c.browser == browser)))


def chats_by(connection: sa.Connection, kid: str) -> tuple[SiteChat, ...]:
    """Return the chats whose customer a key has told."""
    told = sa.select(visit.c.conversation_id).where(visit.c.told_by == kid)
    return tuple(SiteChat(*row) for row in connection.execute(_CHATS.where(site_chat.c.conversation_id.in_(told))))


def close_chat(connection: sa.Connection, conversation_id: str) -> None:
    """Forget that a chat is of the site's customer."""
    connection.execute(sa.delete(site_chat).where(site_chat.c.conversation_id == conversation_id))


def page_token(server_key: bytes, address: str, nonce: str) -> str:
    """Return the session by which a page holds its chat (`bot/web/session.py`): the same in each tab, until its end.

    Its last letter tells it from those that a log-in turns.
    """
    named = urlsafe_b64encode(bytes.fromhex(address)).rstrip(b"=").decode("ascii")
    return f"{named}{keyed_hash.token(server_key, _KNOWN_AT, address, nonce)}s"
