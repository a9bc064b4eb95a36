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
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ref", AnyText(), nullable=False),
        sa.Column("customer_number", AnyText(), nullable=True),
        sa.Column("user_name", AnyText(), nullable=True),
        sa.Column("name", AnyText(), nullable=True),
        sa.Column("email", AnyText(), nullable=True),
        sa.Column("email_key", AnyText(), nullable=True),
        sa.Column("phone", AnyText(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("tax_number", AnyText(), nullable=True),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_customer_on_file_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_on_file")),
        sa.UniqueConstraint("account_id", name=op.f("uq_customer_on_file_account_id")),
        sa.UniqueConstraint("customer_number", name=op.f("uq_customer_on_file_customer_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_customer_on_file_ref")),
    )
    op.create_index("ix_customer_on_file_email_key", "customer_on_file", ["email_key"], unique=False)
    op.create_table(
        "owned_program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("serial", AnyText(), nullable=False),
        sa.Column("subscription_ends_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer_on_file.id"], name=op.f("fk_owned_program_customer_id_customer_on_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owned_program")),
        sa.UniqueConstraint("product", "serial", name="uq_owned_program_serial"),
    )
    op.create_index("ix_owned_program_customer_id", "owned_program", ["customer_id"], unique=False)
    op.create_index("ix_owned_program_subscription_ends_at", "owned_program", ["subscription_ends_at"], unique=False)
    op.create_table(
        "issued_invoice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("number", AnyText(), nullable=False),
        sa.Column("issued_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("url", AnyText(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "customer_id IS NOT NULL OR account_id IS NOT NULL", name=op.f("ck_issued_invoice_somebodys")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_issued_invoice_account_id_account")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer_on_file.id"], name=op.f("fk_issued_invoice_customer_id_customer_on_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_invoice_number")),
    )
    op.create_index("ix_issued_invoice_customer_id", "issued_invoice", ["customer_id"], unique=False)
    op.create_index("ix_issued_invoice_account_id", "issued_invoice", ["account_id"], unique=False)
    op.create_index("ix_issued_invoice_told_at_id", "issued_invoice", ["told_at", "id"])


def _orders() -> None:
    op.create_table(
        "discount_code",
        sa.Column("code", AnyText(), nullable=False),
        sa.Column("last_placed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_discount_code")),
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
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("phone", AnyText(), nullable=False),
        sa.Column("email", AnyText(), nullable=False),
        sa.Column("invoice_email", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_orderer_order_id_sales_order")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orderer")),
    )


def _subscriptions() -> None:
    with op.batch_alter_table("subscription") as subscription:
        subscription.alter_column("order_id", existing_type=sa.Text(), nullable=True)
        subscription.add_column(sa.Column("serial", AnyText(), nullable=True))
    op.create_table(
        "subscription_extension",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("from_end", UtcDateTime(), nullable=False),
        sa.Column("to_end", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_subscription_extension_order_id_sales_order")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_extension_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("order_id", "subscription_id", name=op.f("pk_subscription_extension")),
    )
    op.create_table(
        "renewal",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("period_end", UtcDateTime(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("announced", sa.BigInteger(), nullable=True),
        sa.Column("documents", Json(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_renewal_order_id_sales_order")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_renewal_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "period_end", name=op.f("pk_renewal")),
    )
    op.add_column("subscription", sa.Column("quantity", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_subscription_extension_subscription_id", "subscription_extension", ["subscription_id"])
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_reminder_stop")),
    )
    op.create_table(
        "file_reminder",
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("period_end", UtcDateTime(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("program_id", "period_end", name=op.f("pk_file_reminder")),
    )


def _tickets() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about", Json(), nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ticket_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
    )
    op.create_index("ix_ticket_account_id", "ticket", ["account_id"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("words", AnyText(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_feedback_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_at_id", "feedback", ["at", "id"])
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])


def _sellers_system() -> None:
    op.create_table(
        "outgoing_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_event")),
    )
    op.create_index("ix_outgoing_event_at_id", "outgoing_event", ["at", "id"])
    op.create_table(
        "api_answer",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", Json(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_api_answer")),
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"])
    for table, moment in LISTED:
        op.create_index(f"ix_{table}_{moment}_id", table, [moment, "id"])


def _visits() -> None:
    op.create_index("ix_start_link_account_id", "start_link", ["account_id"])
    op.create_table(
        "visit",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("after_line", sa.BigInteger(), nullable=False),
        sa.Column("until_line", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], op.f("fk_visit_conversation_id_conversation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], op.f("fk_visit_account_id_account")),
        sa.PrimaryKeyConstraint("conversation_id", "account_id", "after_line", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_account_id", "visit", ["account_id"])
    op.execute(VISIT)


def _consents() -> None:
    op.create_table(
        "consent_text",
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_sha256", name="pk_consent_text"),
    )
    op.create_index("ix_consent_text_sha256", "consent", ["text_sha256"])


def _agents() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", AnyText(), nullable=False),
        sa.Column("login_key", AnyText(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("email", AnyText(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_since", UtcDateTime(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("sandbox", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("times_disabled", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_agent_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("login_key", name=op.f("uq_agent_login_key")),
        sa.UniqueConstraint("email", name=op.f("uq_agent_email")),
    )


def _sessions() -> None:
    op.create_table(
        "agent_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("proved_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("stage IN ('half', 'full')", name=op.f("ck_agent_session_stage")),
        _of_agent("agent_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agent_session_token_hash")),
    )
    op.create_index("ix_agent_session_agent_id", "agent_session", ["agent_id"])


def _links() -> None:
    op.create_table(
        "agent_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        _of_agent("agent_link"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_link")),
    )
    op.create_index("ix_agent_link_agent_id", "agent_link", ["agent_id"])


def _recovery_codes() -> None:
    op.create_table(
        "agent_recovery_code",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        _of_agent("agent_recovery_code"),
        sa.PrimaryKeyConstraint("agent_id", "code_hash", name=op.f("pk_agent_recovery_code")),
    )


def _identities() -> None:
    op.create_table(
        "agent_identity",
        sa.Column("issuer", AnyText(), nullable=False),
        sa.Column("subject", AnyText(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _of_agent("agent_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_agent_identity")),
    )
    op.create_index("ix_agent_identity_agent_id", "agent_identity", ["agent_id"])
    op.create_table(
        "agent_sign_on",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_agent_sign_on")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("details", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    for column in ("at", "agent_id", "conversation_id", "account_id"):
        op.create_index(f"ix_audit_{column}", "audit", [column])


def _of_agent(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], op.f(f"fk_{table}_agent_id_agent"), ondelete="CASCADE")


def _notes_and_replies() -> None:
    op.create_table(
        "desk_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_desk_note_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
    )
    op.create_index("ix_desk_note_conversation_id", "desk_note", ["conversation_id", "at", "id"])
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("title", AnyText(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.UniqueConstraint("owner", "shortcut", name=op.f("uq_canned_reply_owner_shortcut")),
    )


def _blocked() -> None:
    op.create_table(
        "blocked_address",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_blocked_address")),
    )


def _lines() -> None:
    op.create_table(
        "transcript_line",
        sa.Column("line_id", BigId, autoincrement=False, nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["journal.id"], name=op.f("fk_transcript_line_line_id_journal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_transcript_line")),
    )
    op.create_table(
        "sentence_label",
        sa.Column("line_id", BigId, autoincrement=False, nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["journal.id"], name=op.f("fk_sentence_label_line_id_journal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_sentence_label")),
    )
    op.create_index("ix_sentence_label_at", "sentence_label", ["at", "line_id"])


def _forum() -> None:
    op.create_table(
        "desk_topic",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name=op.f("ck_desk_topic_status")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_topic")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_desk_topic_chat_id_thread_id")),
    )
    op.create_table(
        "desk_forum_trouble",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_desk_forum_trouble")),
    )


def _members() -> None:
    op.create_table(
        "agent_telegram",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_agent_telegram_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_agent_telegram")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_agent_telegram_agent_id")),
    )
    op.create_table(
        "agent_telegram_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_agent_telegram_code_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_agent_telegram_code")),
    )
    op.create_index(op.f("ix_agent_telegram_code_agent_id"), "agent_telegram_code", ["agent_id"])


def _helpdesk() -> None:
    op.create_table(
        "helpdesk_conversation",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("own_contact", sa.Boolean(), nullable=False),
        sa.Column("outside_id", sa.BigInteger(), nullable=True),
        sa.Column("carded", sa.Boolean(), nullable=False),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("told_status", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("knocked", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name=op.f("ck_helpdesk_conversation_state")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_helpdesk_conversation")),
        sa.UniqueConstraint("account_id", "outside_id", name=op.f("uq_helpdesk_conversation_account_id_outside_id")),
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
