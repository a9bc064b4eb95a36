"""Start links: tokens by which the seller's own site leads a customer into a chat, at an entry or as somebody it knows.

An entry link (a button on a page) serves everybody until it expires. A personal one says who is coming and so serves
one conversation only: the first that brings it.
"""

import re
from datetime import datetime

import sqlalchemy as sa

from services import keyed_hash
from services.store.statements import PerDialect
from services.store.tables.accounts import start_link as table
from values.private import Private, PrivateStruct
from values.rules import GO_ON, WISHES

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PERSONAL_AT_LEAST = 22  # characters: 128 bits and more


class StartToken(PrivateStruct):
    """A stored start link: the customer it is for, if it is personal, and the entry it leads to.

    `is_taken`: a conversation had opened it before.
    """

    account_id: str | None
    customer_id: Private[str | None]
    entry: str | None
    expires_at: datetime
    from_conversation: str | None = None  # the one that goes on where the link is opened
    is_taken: bool = False

    @property
    def tells_of(self) -> str | None:
        """The account whose holder is known where the seller's own link is opened first; letters only lead to it."""
        return self.account_id if self.entry is None and self.from_conversation is None and not self.is_taken else None


_CREATE = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["token_hash"]).returning(table.c.token_hash)
)
_GET = sa.select(table).where(table.c.token_hash == sa.bindparam("wanted"))
_FIND = _GET.with_for_update()


def create(
    connection: sa.Connection,
    *,
    token: str,
    expires_at: datetime,
    now: datetime,
    account_id: str | None = None,
    customer_id: str | None = None,
    entry: str | None = None,
    from_conversation: str | None = None,
) -> bool:
    """Store a link under the hash of its token (1–64 of A–Z a–z 0–9 _ -); False if the token is in use.

    Errors: ValueError for a token of another form, a personal one that could be guessed, or a link that leads nowhere.
    """
    personal = account_id is not None or customer_id is not None
    if not _TOKEN.fullmatch(token) or (personal and len(token) < _PERSONAL_AT_LEAST):
        raise ValueError("a start token has 1 to 64 safe characters, a personal one at least 22")
    if not personal and entry is None:
        raise ValueError("a start link leads to a customer or to an entry")
    values = {
        "token_hash": keyed_hash.sha256_hex(token),
        "account_id": account_id,
        "customer_id": customer_id,
        "entry": entry,
        "created_at": now,
        "expires_at": expires_at,
        "taken_by": None,
        "taken_at": None,
        "from_conversation": from_conversation,
    }
    return connection.execute(_CREATE.of(connection), values).first() is not None


def get(connection: sa.Connection, *, token: str) -> StartToken | None:
    """Return the link of a token as it was made, expired or not; None if there is none."""
    row = connection.execute(_GET, {"wanted": keyed_hash.sha256_hex(token)}).mappings().first()
    return None if row is None else _link(row)


def take(connection: sa.Connection, *, token: str, conversation_id: str, now: datetime) -> StartToken | None:
    """Return what the token means for this conversation; None if it is unknown, expired or another conversation's."""
    hashed = keyed_hash.sha256_hex(token)
    row = connection.execute(_FIND, {"wanted": hashed}).mappings().first()
    if row is None or row["expires_at"] <= now:
        return None
    personal = row["account_id"] is not None or row["customer_id"] is not None
    # A link of an e-mail only leads to log-in: what opens it first may be a scanner, or another browser.
    mailed = row["entry"] in WISHES
    if personal and not mailed and row["taken_by"] not in (None, conversation_id):
        return None
    if row["from_conversation"] is not None and not mailed and row["taken_by"] is not None:
        return None  # it would put the conversation back to where the other one stands
    if personal and row["taken_by"] != conversation_id:
        connection.execute(
            sa.update(table).where(table.c.token_hash == hashed).values(taken_by=conversation_id, taken_at=now)
        )
    return _link(row)


def find_link_to_go_on(
    connection: sa.Connection, *, account_id: str, conversation_id: str, now: datetime
) -> StartToken | None:
    """Return the link to another conversation of the account that was opened here last; None if none leads anywhere."""
    found = sa.select(table).where(
        table.c.account_id == account_id,
        table.c.taken_by == conversation_id,
        table.c.entry == GO_ON,
        table.c.expires_at > now,
    )
    row = connection.execute(found.order_by(table.c.taken_at.desc()).limit(1)).mappings().first()
    return None if row is None else _link(row)


def use_up(connection: sa.Connection, link: StartToken, *, now: datetime) -> None:
    """End the links to the same conversation: somebody has gone on with it."""
    connection.execute(
        sa.update(table)
        .where(table.c.from_conversation == link.from_conversation, table.c.entry == GO_ON)
        .values(expires_at=now)
    )


def _link(row: sa.RowMapping) -> StartToken:
    names = "account_id", "customer_id", "entry", "expires_at", "from_conversation"
    return StartToken(*(row[name] for name in names), is_taken=row["taken_by"] is not None)


def token_of(server_key: bytes, link_id: str) -> str:
    """Return the token of a link that the desk itself makes: 43 characters, the same whenever it is shown."""
    return keyed_hash.token(keyed_hash.key_of(server_key, link_id), "start link", link_id)


def opened_from(connection: sa.Connection, *, conversation_id: str) -> tuple[str, ...]:
    """Return the conversations that have opened a link of this one."""
    found = sa.select(table.c.taken_by).where(
        table.c.from_conversation == conversation_id, table.c.taken_by.is_not(None)
    )
    return tuple(dict.fromkeys(connection.execute(found.order_by(table.c.taken_at, table.c.token_hash)).scalars()))


def drop_unopened(connection: sa.Connection, *, conversation_id: str) -> None:
    """End the links of a conversation that nobody has opened."""
    connection.execute(sa.delete(table).where(table.c.from_conversation == conversation_id, table.c.taken_by.is_(None)))


def drop_from(connection: sa.Connection, *, conversation_id: str) -> None:
    """End all links of a conversation: who came by one isn't written to any more for that."""
    connection.execute(sa.delete(table).where(table.c.from_conversation == conversation_id))
