"""The first schema: all tables of 0.1.0."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", AnyText(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("root", AnyText(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", Json(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'done', 'failed', 'cancelled')", name=op.f("ck_call_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("key", name=op.f("uq_call_key")),
    )
    op.create_index(op.f("ix_call_conversation_id"), "call", ["conversation_id"], unique=False)
    op.create_index(
        "ix_call_due",
        "call",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_call_open_root",
        "call",
        ["root"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_table(
        "code",
        sa.Column("challenge_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("target_hash", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_code")),
    )
    op.create_index("ix_code_conversation_id_issued_at", "code", ["conversation_id", "issued_at"], unique=False)
    op.create_index("ix_code_issued_at", "code", ["issued_at"], unique=False)
    op.create_index("ix_code_prefix_issued_at", "code", ["prefix", "issued_at"], unique=False)
    op.create_index("ix_code_target_hash_issued_at", "code", ["target_hash", "issued_at"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("customer_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("mode IN ('bot', 'waiting', 'agent')", name=op.f("ck_conversation_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_conversation_channel_address")),
    )
    op.create_index(op.f("ix_conversation_account_id"), "conversation", ["account_id"], unique=False)
    op.create_table(
        "counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_counter")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_open",
        "event",
        ["at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("email", AnyText(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    op.create_index(
        "uq_handoff_open",
        "handoff",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "limit_hit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_hit")),
    )
    op.create_index("ix_limit_hit_at", "limit_hit", ["at"], unique=False)
    op.create_index("ix_limit_hit_scope_subject_hash_at", "limit_hit", ["scope", "subject_hash", "at"], unique=False)
    op.create_table(
        "payment_notice",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("dedup_key", AnyText(), nullable=False),
        sa.Column("payment_ref", AnyText(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "dedup_key", name=op.f("pk_payment_notice")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("conversation_id", "kind", name=op.f("uq_timer_conversation_id_kind")),
    )
    op.create_index(op.f("ix_timer_due_at"), "timer", ["due_at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", AnyText(), nullable=False),
        sa.Column("email_key", AnyText(), nullable=False),
        sa.Column("user_name", AnyText(), nullable=False),
        sa.Column("user_name_key", AnyText(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("demanded", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_account_credential_id_credential")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("ix_account_email_key", "account", ["email_key"], unique=False)
    op.create_index("ix_account_user_name_key", "account", ["user_name_key"], unique=False)
    op.create_table(
        "delivered_mark",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("given_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_delivered_mark_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_delivered_mark")),
    )
    op.create_table(
        "inbound",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", AnyText(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_inbound_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel", "key", name=op.f("pk_inbound")),
    )
    op.create_index(op.f("ix_inbound_at"), "inbound", ["at"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("root", AnyText(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "delivery IN ('none', 'open', 'sent', 'given_up', 'kept', 'given')", name=op.f("ck_journal_delivery")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_journal_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_conversation_id_id", "journal", ["conversation_id", "id"], unique=False)
    op.create_index("ix_journal_conversation_id_seq", "journal", ["conversation_id", "seq"], unique=False)
    op.create_index(
        "ix_journal_open",
        "journal",
        ["conversation_id", "id"],
        unique=False,
        sqlite_where=sa.text("delivery = 'open'"),
        postgresql_where=sa.text("delivery = 'open'"),
    )
    op.create_index(op.f("ix_journal_root"), "journal", ["root"], unique=False)
    op.create_table(
        "company",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_number", AnyText(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("street", AnyText(), nullable=False),
        sa.Column("postal_code", AnyText(), nullable=False),
        sa.Column("city", AnyText(), nullable=False),
        sa.Column("sdi_code", AnyText(), nullable=True),
        sa.Column("pec", AnyText(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("check_state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_company_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("account_id", "country", "tax_number", name="uq_company_owner"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_account_id", "consent", ["account_id"], unique=False)
    op.create_index("ix_consent_conversation_id", "consent", ["conversation_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", AnyText(), nullable=False),
        sa.Column("value", AnyText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "kind", "key", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_kind_key", "contact", ["kind", "key"], unique=False)
    op.create_table(
        "contact_claim",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", AnyText(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_claim_account_id_account")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_contact_claim")),
    )
    op.create_index("ix_contact_claim_account_id", "contact_claim", ["account_id"], unique=False)
    op.create_table(
        "einvoice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("email", AnyText(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=True),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_einvoice_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_einvoice")),
        sa.UniqueConstraint("account_id", name=op.f("uq_einvoice_account_id")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(
        "ix_one_time_link_conversation_id_purpose", "one_time_link", ["conversation_id", "purpose"], unique=False
    )
    op.create_table(
        "payment_method",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("label", AnyText(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_method_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_method")),
        sa.UniqueConstraint("account_id", "method", "label", name="uq_payment_method_label"),
    )
    op.create_table(
        "start_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("customer_id", AnyText(), nullable=True),
        sa.Column("entry", AnyText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "account_id IS NOT NULL OR customer_id IS NOT NULL OR entry IS NOT NULL", name=op.f("ck_start_link_leads")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_start_link_account_id_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_start_link")),
    )
    op.create_table(
        "sales_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("billing", Json(), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("discount_code", AnyText(), nullable=True),
        sa.Column("discount_percent", sa.Integer(), nullable=True),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("auto_renewal", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sales_order_account_id_account")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sales_order_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    op.create_index("ix_sales_order_account_id_placed_at", "sales_order", ["account_id", "placed_at"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_payment_order_id_sales_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_payment_token_hash")),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id"], unique=False)
    op.create_index(
        "uq_payment_live",
        "payment",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'paid')"),
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("auto_renewal", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_subscription_account_id_account")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_subscription_order_id_sales_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_account_id", "subscription", ["account_id"], unique=False)
    op.create_index("ix_subscription_order_id", "subscription", ["order_id"], unique=False)
    op.create_table(
        "payment_attempt",
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", AnyText(), nullable=True),
        sa.Column("redirect_url", AnyText(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("received_currency", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_attempt_payment_id_payment")),
        sa.PrimaryKeyConstraint("payment_id", "n", name=op.f("pk_payment_attempt")),
    )
    op.create_index("ix_payment_attempt_provider_ref", "payment_attempt", ["provider", "provider_ref"], unique=False)
    op.create_index("ix_payment_attempt_status", "payment_attempt", ["status", "created_at"], unique=False)


def downgrade() -> None:
    """Back to the step before."""
    op.drop_index("ix_payment_attempt_status", table_name="payment_attempt")
    op.drop_index("ix_payment_attempt_provider_ref", table_name="payment_attempt")
    op.drop_table("payment_attempt")
    op.drop_index("ix_subscription_order_id", table_name="subscription")
    op.drop_index("ix_subscription_account_id", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(
        "uq_payment_live",
        table_name="payment",
        sqlite_where=sa.text("status IN ('pending', 'paid')"),
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    )
    op.drop_index("ix_payment_order_id", table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_sales_order_account_id_placed_at", table_name="sales_order")
    op.drop_table("sales_order")
    op.drop_table("start_link")
    op.drop_table("payment_method")
    op.drop_index("ix_one_time_link_conversation_id_purpose", table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_table("einvoice")
    op.drop_index("ix_contact_claim_account_id", table_name="contact_claim")
    op.drop_table("contact_claim")
    op.drop_index("ix_contact_kind_key", table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_consent_conversation_id", table_name="consent")
    op.drop_index("ix_consent_account_id", table_name="consent")
    op.drop_table("consent")
    op.drop_table("company")
    op.drop_index(op.f("ix_journal_root"), table_name="journal")
    op.drop_index(
        "ix_journal_open",
        table_name="journal",
        sqlite_where=sa.text("delivery = 'open'"),
        postgresql_where=sa.text("delivery = 'open'"),
    )
    op.drop_index("ix_journal_conversation_id_seq", table_name="journal")
    op.drop_index("ix_journal_conversation_id_id", table_name="journal")
    op.drop_table("journal")
    op.drop_index(op.f("ix_inbound_at"), table_name="inbound")
    op.drop_table("inbound")
    op.drop_table("delivered_mark")
    op.drop_index("ix_account_user_name_key", table_name="account")
    op.drop_index("ix_account_email_key", table_name="account")
    op.drop_table("account")
    op.drop_index(op.f("ix_timer_due_at"), table_name="timer")
    op.drop_table("timer")
    op.drop_table("payment_notice")
    op.drop_index("ix_limit_hit_scope_subject_hash_at", table_name="limit_hit")
    op.drop_index("ix_limit_hit_at", table_name="limit_hit")
    op.drop_table("limit_hit")
    op.drop_index(
        "uq_handoff_open",
        table_name="handoff",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("handoff")
    op.drop_index(
        "ix_event_open",
        table_name="event",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("event")
    op.drop_table("credential")
    op.drop_table("counter")
    op.drop_index(op.f("ix_conversation_account_id"), table_name="conversation")
    op.drop_table("conversation")
    op.drop_index("ix_code_target_hash_issued_at", table_name="code")
    op.drop_index("ix_code_prefix_issued_at", table_name="code")
    op.drop_index("ix_code_issued_at", table_name="code")
    op.drop_index("ix_code_conversation_id_issued_at", table_name="code")
    op.drop_table("code")
    op.drop_table("clock")
    op.drop_index(
        "ix_call_open_root",
        table_name="call",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index(
        "ix_call_due",
        table_name="call",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index(op.f("ix_call_conversation_id"), table_name="call")
    op.drop_table("call")
