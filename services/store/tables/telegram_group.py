"""The tables behind the agents' Telegram group: its topics, who of its members is which agent, its troubles."""

import sqlalchemy as sa

from services.store.tables.base import BigId, UtcDateTime, metadata

desk_topic = sa.Table(
    "desk_topic",
    metadata,
    # Without a foreign key: a topic whose conversation is gone is still there in the group, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("thread_id", sa.BigInteger),  # None: it was deleted by hand, and another is to be made
    sa.Column("card_id", sa.BigInteger),
    sa.Column("shown", sa.Text),  # hash of what the card says
    sa.Column("mirrored_id", BigId, nullable=False),  # the last line of the journal that the topic has
    sa.Column("status", sa.Text, nullable=False),
    sa.UniqueConstraint("chat_id", "thread_id"),
    sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name="status"),
)
"""One topic per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""

agent_telegram = sa.Table(
    "agent_telegram",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, unique=True),
    sa.Column("joined_at", UtcDateTime, nullable=False),
)
"""Which agent a Telegram account is."""

agent_telegram_code = sa.Table(
    "agent_telegram_code",
    metadata,
    sa.Column("code_hash", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
"""One-time codes that say so; one that was used is gone."""

desk_forum_trouble = sa.Table(
    "desk_forum_trouble",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("told_at", UtcDateTime),  # when the seller's support was written to
)
"""A group that can't be written to; the row goes when it can again."""
