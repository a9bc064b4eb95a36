"""The tables of subscriptions, their renewals and the reminders about them."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, UtcDateTime, metadata

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    # None: it was bought before the desk, as the seller's books say
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True),
    sa.Column("product", sa.Text, nullable=False),
    sa.Column("years", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # pending, active, grace, ended
    sa.Column("starts_at", UtcDateTime, nullable=True),
    sa.Column("ends_at", UtcDateTime, nullable=True),
    sa.Column("auto_renewal", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("serial", AnyText, nullable=True),  # of a program that it keeps up to date
    sa.Column("quantity", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_subscription_account_id", "account_id"),
    sa.Index("ix_subscription_order_id", "order_id"),
    sa.Index("ix_subscription_created_at_id", "created_at", "id"),
)

# What a paid order has put off the end of, from when to when: so that it is done once, and can be taken back.
subscription_extension = sa.Table(
    "subscription_extension",
    metadata,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True),
    sa.Column("subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True),
    sa.Column("from_end", UtcDateTime, nullable=False),
    sa.Column("to_end", UtcDateTime, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_subscription_extension_subscription_id", "subscription_id"),
)

# How far the desk has come with a period that ends: one row per subscription and end, so nothing is done twice.
renewal = sa.Table(
    "renewal",
    metadata,
    sa.Column("subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True),
    sa.Column("period_end", UtcDateTime, primary_key=True),
    sa.Column("done", sa.Integer, nullable=False),  # number of the last step done (values/renewal.py), -1 for none
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True),  # placed by the desk itself
    sa.Column("reminded_at", UtcDateTime, nullable=True),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("announced", sa.BigInteger, nullable=True),  # the gross sum that the customer was told last, minor units
    sa.Column("documents", Json, nullable=True),  # ids of those to be accepted anew before anything is charged
)


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
