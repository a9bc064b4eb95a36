"""The table behind the seller's own help desk: which conversation stands for which there, and how far."""

import sqlalchemy as sa

from services.store.tables.base import BigId, metadata

helpdesk_conversation = sa.Table(
    "helpdesk_conversation",
    metadata,
    # Without a foreign key: one whose conversation is gone is still there outside, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.BigInteger, nullable=False),
    sa.Column("inbox_id", sa.BigInteger, nullable=False),
    sa.Column("contact_id", sa.BigInteger, nullable=False),
    sa.Column("own_contact", sa.Boolean, nullable=False),  # made by us: goes when the customer is erased
    sa.Column("outside_id", sa.BigInteger),  # None: it was deleted there, and another is to be made
    sa.Column("carded", sa.Boolean, nullable=False),  # what went before stands there
    sa.Column("mirrored_id", BigId, nullable=False),  # the last line of the journal that stands there
    sa.Column("seen_id", sa.BigInteger, nullable=False),  # agents' messages up to this one are done
    sa.Column("told_status", sa.Text, nullable=False),  # as it was there when last looked at
    sa.Column("assignee_id", sa.BigInteger),  # who had it there then
    sa.Column("knocked", sa.BigInteger, nullable=False),  # so many webhooks have come
    sa.Column("heard", sa.BigInteger, nullable=False),  # so many of them had come when it was last looked at
    sa.Column("state", sa.Text, nullable=False),
    sa.UniqueConstraint("account_id", "outside_id"),
    sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name="state"),
)
"""One per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""
