"""The table of statements by which customers withdraw from a contract."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, UtcDateTime, metadata
from services.store.tables.privacy import EMPTIED, KEPT, exported, owner, section

# The proof of what was stated and when, so it stays with the order; the words go with their person.
withdrawal = sa.Table(
    "withdrawal",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=exported(KEPT)),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=exported(KEPT)),
    # None: whoever stated it hasn't logged in yet
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(KEPT)),
    # None: no contract is known, or several run and the customer hasn't said which is meant
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True, index=True, info=exported(KEPT)),
    sa.Column("words", AnyText, nullable=False, info=exported(EMPTIED)),
    sa.Column("stated_at", UtcDateTime, nullable=False, info=exported(KEPT)),
    sa.Column("decision", sa.Text, nullable=True, info=exported(KEPT)),  # accepted, refused; None while it waits
    sa.Column("reason", AnyText, nullable=True, info=exported(EMPTIED)),  # why it was refused, as the customer read it
    sa.Column("decided_at", UtcDateTime, nullable=True, info=exported(KEPT)),
    info=section("withdrawals", "stated_at", "id"),
)
