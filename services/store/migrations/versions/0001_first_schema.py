"""The first schema: all tables of 0.1.0."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, BigId, Json, PartialIndex, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "call",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("key", AnyText, nullable=False, unique=True),
        sa.Column("conversation_id", sa.Text, nullable=False, index=True),
        sa.Column("root", AnyText),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("background", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("outcome", Json),
        sa.CheckConstraint("status IN ('open', 'done', 'failed', 'cancelled')", name="status"),
        PartialIndex("ix_call_due", "due_at", where=sa.text("status = 'open'")),
        PartialIndex("ix_call_open_root", "root", where=sa.text("status = 'open'")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("offset_us", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "code",
        sa.Column("challenge_id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("target_hash", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text),
        sa.Column("code_hash", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False, index=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Index("ix_code_conversation_id_issued_at", "conversation_id", "issued_at"),
        sa.Index("ix_code_prefix_issued_at", "prefix", "issued_at"),
        sa.Index("ix_code_target_hash_issued_at", "target_hash", "issued_at"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address", AnyText, nullable=False),
        sa.Column("account_id", sa.Text, index=True),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("customer_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.CheckConstraint("mode IN ('bot', 'waiting', 'agent')", name="mode"),
        sa.UniqueConstraint("channel", "address"),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        PartialIndex("ix_event_open", "at", "id", where=sa.text("done_at IS NULL")),
    )
    op.create_table(
        "handoff",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("reason", AnyText, nullable=False),
        sa.Column("email", AnyText),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        PartialIndex("uq_handoff_open", "conversation_id", where=sa.text("ended_at IS NULL"), unique=True),
    )
    op.create_table(
        "limit_hit",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("subject_hash", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Index("ix_limit_hit_scope_subject_hash_at", "scope", "subject_hash", "at"),
    )
    op.create_table(
        "payment_notice",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("dedup_key", AnyText, primary_key=True),
        sa.Column("payment_ref", AnyText, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "timer",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False, index=True),
        sa.Column("data", Json, nullable=False),
        sa.UniqueConstraint("conversation_id", "kind"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", AnyText, nullable=False),
        sa.Column("email_key", AnyText, nullable=False, index=True),
        sa.Column("user_name", AnyText, nullable=False),
        sa.Column("user_name_key", AnyText, nullable=False, index=True),
        sa.Column("credential_id", sa.Text, sa.ForeignKey("credential.id")),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("demanded", Json, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("activated_at", UtcDateTime),
    )
    op.create_table(
        "delivered_mark",
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("given_seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "inbound",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("key", AnyText, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Column("failed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("root", AnyText, index=True),
        sa.Column("seq", sa.Integer),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.CheckConstraint("delivery IN ('none', 'open', 'sent', 'given_up', 'kept', 'given')", name="delivery"),
        sa.Index("ix_journal_conversation_id_id", "conversation_id", "id"),
        sa.Index("ix_journal_conversation_id_seq", "conversation_id", "seq"),
        PartialIndex("ix_journal_open", "conversation_id", "id", where=sa.text("delivery = 'open'")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("tax_number", AnyText, nullable=False),
        sa.Column("name", AnyText, nullable=False),
        sa.Column("street", AnyText, nullable=False),
        sa.Column("postal_code", AnyText, nullable=False),
        sa.Column("city", AnyText, nullable=False),
        sa.Column("sdi_code", AnyText),
        sa.Column("pec", AnyText),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("check_state", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_at", UtcDateTime),
        sa.UniqueConstraint("account_id", "country", "tax_number", name=op.f("uq_company_owner")),
    )
    op.create_table(
        "consent",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), index=True),
        sa.Column("conversation_id", sa.Text, nullable=False, index=True),
        sa.Column("consent_id", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("text_sha256", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "contact",
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", AnyText, primary_key=True),
        sa.Column("value", AnyText, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("verified_at", UtcDateTime),
        sa.Index("ix_contact_kind_key", "kind", "key"),
    )
    op.create_table(
        "contact_claim",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", AnyText, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "einvoice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, unique=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("email", AnyText),
        sa.Column("requested_at", UtcDateTime),
        sa.Column("activated_at", UtcDateTime),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id")),
        sa.Column("data", Json, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Index("ix_one_time_link_conversation_id_purpose", "conversation_id", "purpose"),
    )
    op.create_table(
        "payment_method",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("label", AnyText, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("account_id", "method", "label", name=op.f("uq_payment_method_label")),
    )
    op.create_table(
        "start_link",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id")),
        sa.Column("customer_id", AnyText),
        sa.Column("entry", AnyText),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("taken_by", sa.Text),
        sa.Column("taken_at", UtcDateTime),
        sa.CheckConstraint("account_id IS NOT NULL OR customer_id IS NOT NULL OR entry IS NOT NULL", name="leads"),
    )
    op.create_table(
        "sales_order",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("company_id", sa.Text, sa.ForeignKey("company.id"), nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("billing", Json, nullable=False),
        sa.Column("items", Json, nullable=False),
        sa.Column("discount_code", AnyText),
        sa.Column("discount_percent", sa.Integer),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("vat", sa.BigInteger, nullable=False),
        sa.Column("gross", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("auto_renewal", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("placed_at", UtcDateTime, nullable=False),
        sa.Column("paid_at", UtcDateTime),
        sa.Column("cancelled_at", UtcDateTime),
        sa.Index("ix_sales_order_account_id_placed_at", "account_id", "placed_at"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=False, index=True),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("paid_at", UtcDateTime),
        PartialIndex("uq_payment_live", "order_id", where=sa.text("status IN ('pending', 'paid')"), unique=True),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=False, index=True),
        sa.Column("product", sa.Text, nullable=False),
        sa.Column("years", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("starts_at", UtcDateTime),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("auto_renewal", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "payment_attempt",
        sa.Column("payment_id", sa.Text, sa.ForeignKey("payment.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("provider_ref", AnyText),
        sa.Column("redirect_url", AnyText),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger),
        sa.Column("received_currency", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Index("ix_payment_attempt_provider_ref", "provider", "provider_ref"),
        sa.Index("ix_payment_attempt_status", "status", "created_at"),
    )


def downgrade() -> None:
    """Back to the step before."""
    for table in (
        "payment_attempt",
        "subscription",
        "payment",
        "sales_order",
        "start_link",
        "payment_method",
        "one_time_link",
        "einvoice",
        "contact_claim",
        "contact",
        "consent",
        "company",
        "journal",
        "inbound",
        "delivered_mark",
        "account",
        "timer",
        "payment_notice",
        "limit_hit",
        "handoff",
        "event",
        "credential",
        "counter",
        "conversation",
        "code",
        "clock",
        "call",
    ):
        op.drop_table(table)
