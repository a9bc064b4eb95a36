"""Tables of what the desk does for its customers: accounts, proofs, orders, payments.

Who may write which table is told by the module of the same idea in `services/`. Ids are texts given by the caller, so
that a transaction run again writes the same rows. Amounts are integers in minor units, times aware UTC. What must be
compared but never read again (codes, tokens, the subjects of limits) is kept as a hash.
"""

import sqlalchemy as sa

from services.store.base import AnyText, BigId, Json, UtcDateTime, metadata

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", AnyText, nullable=False),
    sa.Column("email_key", AnyText, nullable=False),
    sa.Column("user_name", AnyText, nullable=False),
    sa.Column("user_name_key", AnyText, nullable=False),
    sa.Column("credential_id", sa.Text, sa.ForeignKey("credential.id"), nullable=True),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("demanded", Json, nullable=False),  # the kinds of contact that must be proven before it is active
    sa.Column("status", sa.Text, nullable=False),  # pending, active, closed
    sa.Column("taken", sa.Boolean, nullable=False),  # a shadow: its e-mail is another account's
    sa.Column("conversation_id", sa.Text, nullable=True),  # the one last bound to it
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("activated_at", UtcDateTime, nullable=True),
    sa.Column("person_name", AnyText, nullable=True),  # first and last, where the seller asks for it
    sa.Column("legal_form", sa.Text, nullable=True),  # company, sole_trader, natural_person; where it is asked
    sa.Column("closed_at", UtcDateTime, nullable=True),  # erased then: what is left is nobody's any more
    sa.Index("ix_account_email_key", "email_key"),
    sa.Index("ix_account_user_name_key", "user_name_key"),
    sa.Index("ix_account_created_at_id", "created_at", "id"),
)

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # email, phone
    sa.Column("key", AnyText, primary_key=True),  # the value in the form that is compared
    sa.Column("value", AnyText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("verified_at", UtcDateTime, nullable=True),
    sa.Index("ix_contact_kind_key", "kind", "key"),
)

# Whose a contact is: the primary key lets one account win, whatever number of them prove it at once.
contact_claim = sa.Table(
    "contact_claim",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", AnyText, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_contact_claim_account_id", "account_id"),
)

limit_hit = sa.Table(
    "limit_hit",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("subject_hash", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_limit_hit_scope_subject_hash_at", "scope", "subject_hash", "at"),
    sa.Index("ix_limit_hit_at", "at"),
)

code = sa.Table(
    "code",
    metadata,
    sa.Column("challenge_id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("target_hash", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=True),  # a phone number without its last four digits
    sa.Column("code_hash", sa.Text, nullable=True),  # gone once the code can't be used any more
    sa.Column("state", sa.Text, nullable=False),  # open, used, replaced, exhausted
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_code_target_hash_issued_at", "target_hash", "issued_at"),
    sa.Index("ix_code_conversation_id_issued_at", "conversation_id", "issued_at"),
    sa.Index("ix_code_prefix_issued_at", "prefix", "issued_at"),
    sa.Index("ix_code_issued_at", "issued_at"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("data", Json, nullable=False),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),  # open, used, cancelled; expired follows from the time
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime, nullable=True),
    sa.Index("ix_one_time_link_conversation_id_purpose", "conversation_id", "purpose"),
)

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("consent_id", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("text_sha256", sa.Text, nullable=False),  # of the exact words shown
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False),  # button, word, page
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_consent_account_id", "account_id"),
    sa.Index("ix_consent_conversation_id", "conversation_id"),
)

company = sa.Table(
    "company",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("tax_number", AnyText, nullable=False),
    sa.Column("name", AnyText, nullable=False),
    sa.Column("street", AnyText, nullable=False),
    sa.Column("postal_code", AnyText, nullable=False),
    sa.Column("city", AnyText, nullable=False),
    sa.Column("sdi_code", AnyText, nullable=True),
    sa.Column("pec", AnyText, nullable=True),
    sa.Column("source", sa.Text, nullable=False),  # mf, gus, vies, seller, customer
    sa.Column("check_state", sa.Text, nullable=False),  # verified, pending, not_found
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("confirmed_at", UtcDateTime, nullable=True),
    sa.Column("contact_form", sa.Text, nullable=True),  # email, phone, sms, none; NULL: it wasn't asked
    sa.Column("email", AnyText, nullable=True),  # an ordinary mailbox, where one is asked
    sa.Column("vat_checked_at", UtcDateTime, nullable=True),  # when VIES confirmed the number; NULL: it hasn't
    sa.Column("vat_check_id", AnyText, nullable=True),  # VIES's own number for that check, where it gave one
    sa.UniqueConstraint("account_id", "country", "tax_number", name="uq_company_owner"),
    sa.Index("ix_company_created_at_id", "created_at", "id"),
)

# Numbers that people read, one row per series; the row is the lock that keeps them without gaps and doubles.
counter = sa.Table(
    "counter",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

sales_order = sa.Table(
    "sales_order",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("company_id", sa.Text, sa.ForeignKey("company.id"), nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=True),
    sa.Column("billing", Json, nullable=False),  # the company as it stood when the order was placed
    sa.Column("items", Json, nullable=False),
    sa.Column("discount_code", AnyText, nullable=True),
    sa.Column("discount_percent", sa.Integer, nullable=True),
    sa.Column("net", sa.BigInteger, nullable=False),
    sa.Column("vat", sa.BigInteger, nullable=False),
    sa.Column("gross", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("auto_renewal", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # placed, paid, failed, cancelled
    sa.Column("placed_at", UtcDateTime, nullable=False),
    sa.Column("paid_at", UtcDateTime, nullable=True),
    sa.Column("cancelled_at", UtcDateTime, nullable=True),
    sa.Column("discount_amount", sa.BigInteger, nullable=True),
    sa.Column("tax", Json, nullable=True),  # why its VAT is what it is; NULL: the seller's own rate, as in its lines
    sa.Index("ix_sales_order_account_id_placed_at", "account_id", "placed_at"),
    sa.Index("ix_sales_order_placed_at_id", "placed_at", "id"),
    sa.Index(
        "ix_sales_order_discount_code",
        "discount_code",
        "account_id",
        sqlite_where=sa.text("discount_code IS NOT NULL"),
        postgresql_where=sa.text("discount_code IS NOT NULL"),
    ),
)

# The row is the lock behind which the uses of a code are counted; how many there are, the orders say.
discount_code = sa.Table(
    "discount_code",
    metadata,
    sa.Column("code", AnyText, primary_key=True),
    sa.Column("last_placed_at", UtcDateTime, nullable=False),
)

payment = sa.Table(
    "payment",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # pending, paid, failed, expired, cancelled, refunded
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("paid_at", UtcDateTime, nullable=True),
    sa.Column("stored_id", sa.Text, nullable=True),  # the stored way to pay that its link leads to
    sa.Index("ix_payment_order_id", "order_id"),
    sa.Index(
        "uq_payment_live",
        "order_id",
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'paid')"),
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    ),
)

# One order at a provider. `received` is what the provider says that it took, booked or not.
payment_attempt = sa.Table(
    "payment_attempt",
    metadata,
    sa.Column("payment_id", sa.Text, sa.ForeignKey("payment.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_ref", AnyText, nullable=True),
    sa.Column("redirect_url", AnyText, nullable=True),
    sa.Column("status", sa.Text, nullable=False),  # services/payments/attempts.py tells them
    sa.Column("received", sa.BigInteger, nullable=True),
    sa.Column("received_currency", sa.Text, nullable=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("stored_id", sa.Text, nullable=True),  # a charge without its payer: the stored way that is charged
    sa.Column("refusal", sa.Text, nullable=True),  # why it was refused: declined, needs_payer, gone
    sa.Index("ix_payment_attempt_provider_ref", "provider", "provider_ref"),
    sa.Index("ix_payment_attempt_status", "status", "created_at"),
)

payment_notice = sa.Table(
    "payment_notice",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("dedup_key", AnyText, primary_key=True),
    sa.Column("payment_ref", AnyText, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

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
)

# Who ordered for the company, and where its invoices go.
orderer = sa.Table(
    "orderer",
    metadata,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True),
    sa.Column("name", AnyText, nullable=False),
    sa.Column("phone", AnyText, nullable=False),
    sa.Column("email", AnyText, nullable=False),
    sa.Column("invoice_email", AnyText, nullable=False),
)

# What customers told the seller's support, in their own words; numbered like orders are.
ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("about", Json, nullable=False),  # what it is about, as it stood
    sa.Column("words", AnyText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_ticket_account_id", "account_id"),
)

payment_method = sa.Table(
    "payment_method",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("label", AnyText, nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("provider", sa.Text, nullable=True),  # where it is stored to be charged again
    sa.Column("token", AnyText, nullable=True),  # its name there, and its payer's
    sa.Column("customer", AnyText, nullable=True),
    sa.Column("expires_on", sa.Date, nullable=True),  # the last day on which a card is good
    sa.Column("payment_id", sa.Text, nullable=True),  # the payment with which it was stored, the mandate with its order
    sa.Column("gone_at", UtcDateTime, nullable=True),  # the provider says that it can't be charged any more
    sa.Column("forgotten_at", UtcDateTime, nullable=True),  # by its holder; the row goes once the provider has done so
    sa.UniqueConstraint("account_id", "method", "label", name="uq_payment_method_label"),
)

einvoice = sa.Table(
    "einvoice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, unique=True),
    sa.Column("status", sa.Text, nullable=False),  # off, requested, active
    sa.Column("email", AnyText, nullable=True),
    sa.Column("requested_at", UtcDateTime, nullable=True),
    sa.Column("activated_at", UtcDateTime, nullable=True),
)

handoff = sa.Table(
    "handoff",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("reason", AnyText, nullable=False),
    sa.Column("email", AnyText, nullable=True),  # where the answer was promised
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    sa.Column("agent_id", sa.Text, nullable=True),  # who has it now
    sa.Column("taken_at", UtcDateTime, nullable=True),
    sa.Column("first_taken_at", UtcDateTime, nullable=True),  # when the wait ended
    sa.Index(
        "uq_handoff_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

start_link = sa.Table(
    "start_link",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("customer_id", AnyText, nullable=True),  # on file, where there is no account
    sa.Column("entry", AnyText, nullable=True),  # where the journey begins
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("taken_by", sa.Text, nullable=True),  # the conversation that a personal link brought in
    sa.Column("taken_at", UtcDateTime, nullable=True),
    sa.Column("from_conversation", sa.Text, nullable=True),  # the one that goes on where this link is opened
    sa.Index("ix_start_link_account_id", "account_id"),
    sa.CheckConstraint("account_id IS NOT NULL OR customer_id IS NOT NULL OR entry IS NOT NULL", name="leads"),
)
