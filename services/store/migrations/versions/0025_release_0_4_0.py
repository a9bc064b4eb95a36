"""What 0.4.0 keeps: networks behind codes, who passed a conversation on, and hashes of REST senders.

Columns without a value and indexes first. Then the senders of the REST channel are hashed: whoever knows a sender is
the customer, so no copy of it is kept. Conversations keep their ids, which are made of the same hash. There is no way
back to the senders: an earlier release goes on with these conversations, but its `/events` doesn't find them.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0025"
down_revision = "0022"
branch_labels = None
depends_on = None

# By table: columns that may be empty.
COLUMNS: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    # The network address behind it, as a keyed hash: limits of codes and e-mails count it.
    "conversation": {"network": sa.Text()},
    "code": {"network": sa.Text()},
    # Who passed a request for a person on, when its agent last typed, and when an answer was last put right.
    "handoff": {"passed_by": sa.Text(), "typed_at": UtcDateTime(), "corrected_at": UtcDateTime()},
}
CHANNELS = ("rest", "terminal")

_PUT_RIGHT = sa.text("corrected_at IS NOT NULL")


def upgrade() -> None:
    """Forwards."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index("ix_code_network_issued_at", "code", ["network", "issued_at"])
    op.create_index(
        "ix_handoff_corrected_at", "handoff", ["corrected_at"], sqlite_where=_PUT_RIGHT, postgresql_where=_PUT_RIGHT
    )
    _hash_senders()


def downgrade() -> None:
    """Back, but for the senders: what is hashed stays so."""
    op.drop_index("ix_handoff_corrected_at", "handoff")
    op.drop_index("ix_code_network_issued_at", "code")
    for table, columns in COLUMNS.items():
        for name in reversed([*columns]):
            op.drop_column(table, name)


def _hash_senders() -> None:
    """The conversations last: the other rows are told by their senders."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("sha256_hex", 2, _hex, deterministic=True)
    talk = sa.table("conversation", *map(sa.column, ("id", "channel", "address")))
    inbound = sa.table("inbound", *map(sa.column, ("conversation_id", "key")))
    _rename(inbound, inbound.c.key, talk, "")
    for name in ("journal", "call"):
        caused = sa.table(name, *map(sa.column, ("conversation_id", "root")))
        _rename(caused, caused.c.root, talk, talk.c.channel + ":")
    for table in (talk, sa.table("blocked_address", *map(sa.column, ("channel", "address")))):
        mine = sa.update(table).where(table.c.channel.in_(CHANNELS))
        op.execute(mine.values(address=_hashed(table.c.channel, table.c.address)))


def _rename(table: sa.TableClause, column: sa.ColumnClause[Any], talk: sa.TableClause, before: Any) -> None:
    """Replace the sender at the beginning of a column, behind `before`."""
    old, new = before + talk.c.address + ":", before + _hashed(talk.c.channel, talk.c.address) + ":"
    here = sa.and_(
        talk.c.id == table.c.conversation_id,
        talk.c.channel.in_(CHANNELS),
        sa.func.substr(column, 1, sa.func.length(old)) == old,
    )
    renamed = sa.select(new + sa.func.substr(column, sa.func.length(old) + 1)).where(here).scalar_subquery()
    op.execute(sa.update(table).where(sa.exists().where(here)).values({column.name: renamed}))


def _hashed(channel: Any, address: Any) -> Any:
    if op.get_bind().dialect.name == "sqlite":
        return "sha256-" + sa.func.sha256_hex(channel, address, type_=sa.Text)
    bytes_of = (sa.func.convert_to(one, "UTF8", type_=sa.LargeBinary) for one in (channel, address))
    joined = next(bytes_of).concat(sa.literal(b"\0", sa.LargeBinary)).concat(next(bytes_of))
    return "sha256-" + sa.func.encode(sa.func.sha256(joined), "hex", type_=sa.Text)


def _hex(channel: str, address: str) -> str:
    return hashlib.sha256(f"{channel}\0{address}".encode()).hexdigest()
