"""The table of visits: which stretch of a conversation was whose.

In one chat two people may log in one after the other: what the first one wrote is not the second one's to be handed
out, nor to be deleted.
"""

import sqlalchemy as sa

from services.store.tables.base import metadata

visit = sa.Table(
    "visit",
    metadata,
    sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversation.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=True,
    ),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, primary_key=True),
    # lines of the journal: those above the one up to the other; None while the account is logged in there
    sa.Column("after_line", sa.BigInteger, nullable=False, primary_key=True),
    sa.Column("until_line", sa.BigInteger, nullable=True),
    sa.Index("ix_visit_account_id", "account_id"),
)
