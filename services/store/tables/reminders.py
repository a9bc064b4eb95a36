"""Tables of reminders: who wants none, and which were sent to customers who have no account yet."""

import sqlalchemy as sa

from services.store.tables.base import UtcDateTime, metadata

# Who wants no reminders any more: an account, or a customer on file who has none; "unfinished": an account that wants
# none of what was left unfinished.
reminder_stop = sa.Table(
    "reminder_stop",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),  # account, customer, unfinished
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("how", sa.Text, nullable=False),  # chat, letter
    sa.Column("at", UtcDateTime, nullable=False),
)

# One row per program and end of its subscription, so that nobody is reminded twice of one end.
file_reminder = sa.Table(
    "file_reminder",
    metadata,
    sa.Column("program_id", sa.Text, primary_key=True),  # programs come and go with the seller's imports
    sa.Column("period_end", UtcDateTime, primary_key=True),
    sa.Column("sent", sa.Boolean, nullable=False),  # False: the customer wanted none
    sa.Column("at", UtcDateTime, nullable=False),
)
