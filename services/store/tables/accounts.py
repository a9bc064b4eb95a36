"""The tables of customers: accounts with contacts, companies and consents; codes, links, limits and visits.

Values that are only compared (codes, tokens, the subjects of limits) are stored as hashes.
"""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, metadata

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

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("consent_id", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("text_sha256", sa.Text, nullable=False),  # of the exact words shown, which are in `consent_text`
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False),  # button, word
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_consent_account_id", "account_id"),
    sa.Index("ix_consent_conversation_id", "conversation_id"),
    sa.Index("ix_consent_text_sha256", "text_sha256"),
)

# The words that were accepted, once per version and language; a profile changes, these stay. What was accepted before
# they were kept has its words here only if a profile of later on still had them.
consent_text = sa.Table(
    "consent_text",
    metadata,
    sa.Column("text_sha256", sa.Text, primary_key=True),
    sa.Column("words", sa.Text, nullable=False),
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
    sa.Column("contact_form", sa.Text, nullable=True),  # email, phone, sms (by commas), none; NULL: not asked
    sa.Column("email", AnyText, nullable=True),  # an ordinary mailbox, where one is asked
    sa.Column("vat_checked_at", UtcDateTime, nullable=True),  # when VIES confirmed the number; NULL: it hasn't
    sa.Column("vat_check_id", AnyText, nullable=True),  # VIES's own number for that check, where it gave one
    sa.UniqueConstraint("account_id", "country", "tax_number", name="uq_company_owner"),
    sa.Index("ix_company_created_at_id", "created_at", "id"),
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
    sa.Column("network", sa.Text, nullable=True),  # keyed hash of the network address that asked
    sa.Index("ix_code_target_hash_issued_at", "target_hash", "issued_at"),
    sa.Index("ix_code_conversation_id_issued_at", "conversation_id", "issued_at"),
    sa.Index("ix_code_prefix_issued_at", "prefix", "issued_at"),
    sa.Index("ix_code_network_issued_at", "network", "issued_at"),
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
