"""The tables of subscriptions, their renewals and the reminders about them."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, PartialIndex, UtcDateTime, columns, metadata
from services.store.tables.privacy import (
    BY_RULE,
    DELETED,
    EMPTIED,
    INTERNAL,
    KEPT,
    ON_FILE,
    hand_out,
    leave_out,
    owner,
    section,
)

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True, info=owner(KEPT)),
    # None: it was bought before the desk, as the seller's books say
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True, index=True, info=hand_out(KEPT)),
    sa.Column("product", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("status", sa.Text, nullable=False, info=hand_out(KEPT)),  # pending, active, grace, ended
    *columns(UtcDateTime, "starts_at", "ends_at", info=hand_out(KEPT)),
    sa.Column("auto_renewal", sa.Boolean, nullable=False, info=hand_out(BY_RULE)),
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    # of a program that it keeps up to date
    sa.Column("serial", AnyText, nullable=True, info=hand_out(EMPTIED, after="product")),
    sa.Column("quantity", sa.Integer, nullable=False, server_default="1", info=hand_out(KEPT, after="serial")),
    # why no other term follows, known before the end: cancelled, withdrawn, refunded, disputed; term: it was just over
    sa.Column("end_reason", sa.Text, nullable=True, info=hand_out(KEPT, after="quantity")),
    sa.Column("term", sa.Text, nullable=False, server_default="P1Y", info=hand_out(KEPT, after="product")),  # ISO 8601
    # the start by whose day of the month it ends; None: bought before the desk, by the day of its end
    sa.Column("anchor", UtcDateTime, nullable=True, info=leave_out(INTERNAL, KEPT)),
    # until then it costs nothing; None: it was paid for from the start
    sa.Column("trial_ends_at", UtcDateTime, nullable=True, info=hand_out(KEPT, after="ends_at")),
    # how many are renewed; None: as many as run
    sa.Column("next_quantity", sa.Integer, nullable=True, info=hand_out(KEPT, after="quantity")),
    # the plan that is renewed; None: the one that runs
    sa.Column("next_plan", sa.Text, nullable=True, info=hand_out(KEPT, after="next_quantity")),
    sa.Index("ix_subscription_created_at_id", "created_at", "id"),
    sa.Index("ix_subscription_status_created_at_id", "status", "created_at", "id"),
    info=section("subscriptions", "created_at", "id"),
)

# What a paid order has put off the end of, from when to when: so that it is done once, and can be taken back. The same
# end twice: it has added to the term that ends then.
subscription_extension = sa.Table(
    "subscription_extension",
    metadata,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True, info=hand_out(KEPT)),
    sa.Column(
        "subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True, info=hand_out(KEPT, owner=True)
    ),
    *columns(UtcDateTime, "from_end", "to_end", "at", nullable=False, info=hand_out(KEPT)),
    sa.Index("ix_subscription_extension_subscription_id", "subscription_id"),
    PartialIndex("ix_subscription_extension_renews", "at", "order_id", where=sa.text("to_end > from_end")),
    info=section("subscription_extensions", "at", "order_id"),
)

# How far the desk has come with a period that ends: one row per subscription and end, so nothing is done twice.
renewal = sa.Table(
    "renewal",
    metadata,
    sa.Column(
        "subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True, info=hand_out(KEPT, owner=True)
    ),
    sa.Column("period_end", UtcDateTime, primary_key=True, info=hand_out(KEPT)),
    # number of the last step done (values/renewal.py), -1 for none
    sa.Column("done", sa.Integer, nullable=False, info=leave_out(INTERNAL, KEPT)),
    # placed by the desk itself
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True, info=hand_out(KEPT)),
    sa.Column("reminded_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    sa.Column("changed_at", UtcDateTime, nullable=False, info=hand_out(KEPT, after="documents")),
    # the gross sum that the customer was told last, minor units
    sa.Column("announced", sa.BigInteger, nullable=True, info=hand_out(KEPT)),
    # ids of those to be accepted anew before anything is charged
    sa.Column("documents", Json, nullable=True, info=hand_out(KEPT)),
    # days before the end of the last notice that nothing follows
    sa.Column("noticed", sa.Integer, nullable=True, info=hand_out(KEPT)),
    # an earlier release may have promised another renewal than there will be: told once
    sa.Column("corrects", sa.Boolean, nullable=False, server_default=sa.false(), info=leave_out(INTERNAL, KEPT)),
    info=section("renewals", "subscription_id", "period_end"),
)


# Who wants no reminders any more: an account, or a customer on file who has none; "unfinished": an account that wants
# none of what was left unfinished.
reminder_stop = sa.Table(
    "reminder_stop",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, info=hand_out(DELETED)),  # account, customer, unfinished
    sa.Column("subject", sa.Text, primary_key=True, info=leave_out("the account, or what stands in on_file", DELETED)),
    sa.Column("how", sa.Text, nullable=False, info=hand_out(DELETED)),  # chat, letter
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(DELETED)),
    info=section("no_reminders", "at", "kind"),
)

# One row per program and end of its subscription, so that nobody is reminded twice of one end.
file_reminder = sa.Table(
    "file_reminder",
    metadata,
    # programs come and go with the seller's imports
    sa.Column(
        "program_id", sa.Text, primary_key=True, info=hand_out(ON_FILE, owner=True, refers_to="owned_program.id")
    ),
    sa.Column("period_end", UtcDateTime, primary_key=True, info=hand_out(ON_FILE)),
    sa.Column("sent", sa.Boolean, nullable=False, info=hand_out(ON_FILE)),  # False: the customer wanted none
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(ON_FILE)),
    info=section("reminders_on_file", "at", "program_id"),
)
