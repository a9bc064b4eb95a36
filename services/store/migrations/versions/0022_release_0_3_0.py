"""What 0.3.0 keeps: customers on file, renewals, the seller's API, agents and their desk, and a customer's second year.

New tables, columns without a value or with a default, and indexes. The indexes on the tables of accounts, companies,
orders and subscriptions are made while those can be read; PostgreSQL holds up writes to each for as long as it takes.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime

revision = "0022"
down_revision = "0003"
branch_labels = None
depends_on = None

# By table: columns that may be empty.
COLUMNS: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    "account": {
        "person_name": AnyText(),
        "legal_form": sa.Text(),
        "closed_at": UtcDateTime(),
    },
    "company": {
        "contact_form": sa.Text(),
        "email": AnyText(),
        "vat_checked_at": UtcDateTime(),
        "vat_check_id": AnyText(),
    },
    "sales_order": {
        "discount_amount": sa.BigInteger(),
        "tax": Json(),
    },
    "payment_method": {
        "provider": sa.Text(),
        "token": AnyText(),
        "customer": AnyText(),
        "expires_on": sa.Date(),
        "payment_id": sa.Text(),
        "gone_at": UtcDateTime(),
        "forgotten_at": UtcDateTime(),
    },
    "payment": {"stored_id": sa.Text()},
    "payment_attempt": {
        "stored_id": sa.Text(),
        "refusal": sa.Text(),
    },
    "start_link": {"from_conversation": sa.Text()},
    "handoff": {
        "agent_id": sa.Text(),
        "taken_at": UtcDateTime(),
        "first_taken_at": UtcDateTime(),
    },
}

# The API lists them in the order of time.
LISTED = (
    ("account", "created_at"),
    ("company", "created_at"),
    ("sales_order", "placed_at"),
    ("subscription", "created_at"),
)

NEW = (
    "customer_on_file",
    "owned_program",
    "issued_invoice",
    "discount_code",
    "orderer",
    "subscription_extension",
    "renewal",
    "reminder_stop",
    "file_reminder",
    "ticket",
    "feedback",
    "outgoing_event",
    "api_answer",
    "visit",
    "consent_text",
    "agent",
    "agent_session",
    "agent_link",
    "agent_recovery_code",
    "agent_identity",
    "agent_sign_on",
    "audit",
    "desk_note",
    "canned_reply",
    "blocked_address",
    "transcript_line",
    "sentence_label",
    "desk_topic",
    "desk_forum_trouble",
    "agent_telegram",
    "agent_telegram_code",
    "helpdesk_conversation",
)

# On tables of 0.2.0.
ADDED_INDEXES = (
    ("ix_sales_order_discount_code", "sales_order"),
    ("ix_start_link_account_id", "start_link"),
    ("ix_consent_text_sha256", "consent"),
    *((f"ix_{table}_{moment}_id", table) for table, moment in LISTED),
)

# Of earlier visits only those that last are known.
VISIT = """
INSERT INTO visit (conversation_id, account_id, after_line, until_line)
SELECT conversation.id, account.id, 0, NULL FROM conversation JOIN account ON account.id = conversation.account_id
"""

_subscription = sa.table(
    "subscription", sa.column("id"), sa.column("order_id"), sa.column("product"), sa.column("quantity")
)
_order = sa.table("sales_order", sa.column("id"), sa.column("items", Json))


def upgrade() -> None:
    """Forwards."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    _directory()
    _orders()
    _subscriptions()
    _reminders()
    _tickets()
    _feedback()
    _sellers_system()
    _visits()
    _consents()
    _agents()
    _sessions()
    _links()
    _recovery_codes()
    _identities()
    _audit()
    _notes_and_replies()
    _blocked()
    _lines()
    _forum()
    _members()
    _helpdesk()


def _directory() -> None:
    op.create_table(
        "customer_on_file",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ref", AnyText, nullable=False, unique=True),
        sa.Column("customer_number", AnyText, unique=True),
        sa.Column("user_name", AnyText),
        sa.Column("name", AnyText),
        sa.Column("email", AnyText),
        sa.Column("email_key", AnyText, index=True),
        sa.Column("phone", AnyText),
        sa.Column("country", sa.Text),
        sa.Column("tax_number", AnyText),
        sa.Column("legal_form", sa.Text),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), unique=True),
        sa.Column("imported_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "owned_program",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, sa.ForeignKey("customer_on_file.id"), nullable=False, index=True),
        sa.Column("product", sa.Text, nullable=False),
        sa.Column("serial", AnyText, nullable=False),
        sa.Column("subscription_ends_at", UtcDateTime, index=True),
        sa.UniqueConstraint("product", "serial", name=op.f("uq_owned_program_serial")),
    )
    op.create_table(
        "issued_invoice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, sa.ForeignKey("customer_on_file.id"), index=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), index=True),
        sa.Column("number", AnyText, nullable=False, unique=True),
        sa.Column("issued_on", sa.Text, nullable=False),
        sa.Column("due_on", sa.Text),
        sa.Column("gross", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("url", AnyText),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("customer_id IS NOT NULL OR account_id IS NOT NULL", name="somebodys"),
        sa.Index("ix_issued_invoice_told_at_id", "told_at", "id"),
    )


def _orders() -> None:
    op.create_table(
        "discount_code",
        sa.Column("code", AnyText, primary_key=True),
        sa.Column("last_placed_at", UtcDateTime, nullable=False),
    )
    op.create_index(
        "ix_sales_order_discount_code",
        "sales_order",
        ["discount_code", "account_id"],
        sqlite_where=sa.text("discount_code IS NOT NULL"),
        postgresql_where=sa.text("discount_code IS NOT NULL"),
    )
    op.create_table(
        "orderer",
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True),
        sa.Column("name", AnyText, nullable=False),
        sa.Column("phone", AnyText, nullable=False),
        sa.Column("email", AnyText, nullable=False),
        sa.Column("invoice_email", AnyText, nullable=False),
    )


def _subscriptions() -> None:
    with op.batch_alter_table("subscription") as subscription:
        subscription.alter_column("order_id", existing_type=sa.Text(), nullable=True)
        subscription.add_column(sa.Column("serial", AnyText(), nullable=True))
    op.create_table(
        "subscription_extension",
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True),
        sa.Column("subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True, index=True),
        sa.Column("from_end", UtcDateTime, nullable=False),
        sa.Column("to_end", UtcDateTime, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "renewal",
        sa.Column("subscription_id", sa.Text, sa.ForeignKey("subscription.id"), primary_key=True),
        sa.Column("period_end", UtcDateTime, primary_key=True),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id")),
        sa.Column("reminded_at", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("announced", sa.BigInteger),
        sa.Column("documents", Json),
    )
    op.add_column("subscription", sa.Column("quantity", sa.Integer(), nullable=False, server_default="1"))
    _quantities()


def _quantities() -> None:
    """A subscription of before has the quantity of its order's line."""
    connection = op.get_bind()
    bought = sa.select(_subscription.c.id, _subscription.c.product, _order.c["items"]).join(
        _order, _order.c.id == _subscription.c.order_id
    )
    for subscription_id, product, items in connection.execute(bought).all():
        quantity = next((line["quantity"] for line in items if line["id"] == product), 1)
        if quantity != 1:
            connection.execute(
                sa.update(_subscription).where(_subscription.c.id == subscription_id).values(quantity=quantity)
            )


def _reminders() -> None:
    op.create_table(
        "reminder_stop",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "file_reminder",
        sa.Column("program_id", sa.Text, primary_key=True),
        sa.Column("period_end", UtcDateTime, primary_key=True),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _tickets() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), index=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("words", AnyText, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("words", AnyText),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Index("ix_feedback_at_id", "at", "id"),
    )


def _sellers_system() -> None:
    op.create_table(
        "outgoing_event",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Index("ix_outgoing_event_at_id", "at", "id"),
    )
    op.create_table(
        "api_answer",
        sa.Column("key_hash", sa.Text, primary_key=True),
        sa.Column("request_hash", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", Json),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
    )
    for table, moment in LISTED:
        op.create_index(f"ix_{table}_{moment}_id", table, [moment, "id"])


def _visits() -> None:
    op.create_index("ix_start_link_account_id", "start_link", ["account_id"])
    op.create_table(
        "visit",
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), primary_key=True, index=True),
        sa.Column("after_line", sa.BigInteger, primary_key=True),
        sa.Column("until_line", sa.BigInteger),
    )
    op.execute(VISIT)


def _consents() -> None:
    op.create_table(
        "consent_text",
        sa.Column("text_sha256", sa.Text, primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("ix_consent_text_sha256", "consent", ["text_sha256"])


def _agents() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("login", AnyText, nullable=False),
        sa.Column("login_key", AnyText, nullable=False, unique=True),
        sa.Column("name", AnyText, nullable=False),
        sa.Column("email", AnyText, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("locale", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_since", UtcDateTime),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("sandbox", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("disabled_at", UtcDateTime),
        sa.Column("times_disabled", sa.BigInteger),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role"),
    )


def _sessions() -> None:
    op.create_table(
        "agent_session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("proved_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("stage IN ('half', 'full')", name="stage"),
    )


def _links() -> None:
    op.create_table(
        "agent_link",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )


def _recovery_codes() -> None:
    op.create_table(
        "agent_recovery_code",
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("code_hash", sa.Text, primary_key=True),
    )


def _identities() -> None:
    op.create_table(
        "agent_identity",
        sa.Column("issuer", AnyText, primary_key=True),
        sa.Column("subject", AnyText, primary_key=True),
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "agent_sign_on",
        sa.Column("state_hash", sa.Text, primary_key=True),
        sa.Column("next", sa.Text, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("agent_id", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("account_id", sa.Text),
        sa.Column("details", Json, nullable=False),
        sqlite_autoincrement=True,
    )
    for column in ("at", "agent_id", "conversation_id", "account_id"):
        op.create_index(f"ix_audit_{column}", "audit", [column])


def _notes_and_replies() -> None:
    op.create_table(
        "desk_note",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("words", AnyText, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Index("ix_desk_note_conversation_id", "conversation_id", "at", "id"),
    )
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("shortcut", sa.Text, nullable=False),
        sa.Column("title", AnyText, nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("owner", "shortcut"),
    )


def _blocked() -> None:
    op.create_table(
        "blocked_address",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("address", AnyText, primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("reason", AnyText, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime),
        sa.Column("told_at", UtcDateTime),
    )


def _lines() -> None:
    op.create_table(
        "transcript_line",
        sa.Column(
            "line_id", BigId, sa.ForeignKey("journal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("words", AnyText, nullable=False),
    )
    op.create_table(
        "sentence_label",
        sa.Column(
            "line_id", BigId, sa.ForeignKey("journal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("words", AnyText, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("asked", sa.Text),
        sa.Column("intent", sa.Text),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Index("ix_sentence_label_at", "at", "line_id"),
    )


def _forum() -> None:
    op.create_table(
        "desk_topic",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("shown", sa.Text),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name="status"),
        sa.UniqueConstraint("chat_id", "thread_id"),
    )
    op.create_table(
        "desk_forum_trouble",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("told_at", UtcDateTime),
    )


def _members() -> None:
    op.create_table(
        "agent_telegram",
        sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("joined_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "agent_telegram_code",
        sa.Column("code_hash", sa.Text, primary_key=True),
        sa.Column("agent_id", sa.Text, sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )


def _helpdesk() -> None:
    op.create_table(
        "helpdesk_conversation",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("inbox_id", sa.BigInteger, nullable=False),
        sa.Column("contact_id", sa.BigInteger, nullable=False),
        sa.Column("own_contact", sa.Boolean, nullable=False),
        sa.Column("outside_id", sa.BigInteger),
        sa.Column("carded", sa.Boolean, nullable=False),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("seen_id", sa.BigInteger, nullable=False),
        sa.Column("told_status", sa.Text, nullable=False),
        sa.Column("assignee_id", sa.BigInteger),
        sa.Column("knocked", sa.BigInteger, nullable=False),
        sa.Column("heard", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name="state"),
        sa.UniqueConstraint("account_id", "outside_id"),
    )


def downgrade() -> None:
    """Back. Programs that no order brought here are forgotten, and so is who has a conversation: it waits again.

    An order that an amount has lowered keeps its sums, and forgets by how much they were lowered.
    """
    for table in reversed(NEW):
        op.drop_table(table)
    for index, table in ADDED_INDEXES:
        op.drop_index(index, table)
    op.execute(sa.text("DELETE FROM subscription WHERE order_id IS NULL"))
    with op.batch_alter_table("subscription") as subscription:
        subscription.drop_column("quantity")
        subscription.drop_column("serial")
        subscription.alter_column("order_id", existing_type=sa.Text(), nullable=False)
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as altered:
            for name in columns:
                altered.drop_column(name)
