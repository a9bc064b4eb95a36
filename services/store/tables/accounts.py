"""The tables of customers: accounts with contacts, companies and consents; codes, links, limits and visits.

Values that are only compared (codes, tokens, the subjects of limits) are stored as hashes.
"""

from itertools import pairwise

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, PartialIndex, UtcDateTime, columns, deleted_with, metadata
from services.store.tables.privacy import (
    BY_RULE,
    COMPARED,
    DELETED,
    EMPTIED,
    INTERNAL,
    KEPT,
    REPLACED,
    SAME,
    STAMPED,
    hand_out,
    leave_out,
    owner,
    section,
)
from values.account_view import ANSWERS

_PASSWORD = leave_out("a hash of the password, disclosed to nobody, the person included", DELETED)
_CLAIM = leave_out("says of a contact whose it is; the contact itself is handed out", DELETED)
_WORDING = leave_out("handed out as `words` of each consent", KEPT)
_LIMIT = leave_out("counts under keyed hashes that can't be joined to a person; two days", KEPT)
_CODE = leave_out("keyed hashes of codes and of where they were sent; two days", KEPT)
_LINK = leave_out("hashes of links and what they were for; thirty days after their end", KEPT)
_KEY = leave_out("public keys of the seller's own site", KEPT)
_TOKEN = leave_out("hashes of identity tokens that were used; a day", KEPT)
_SITE_CHAT = leave_out("says which chat is a browser's, until the site's log-out", DELETED)
_VISIT = leave_out("says which lines of a conversation are whose", DELETED)

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_PASSWORD),
    sa.Column("password_hash", sa.Text, nullable=False, info=_PASSWORD),
    sa.Column("created_at", UtcDateTime, nullable=False, info=_PASSWORD),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("email", AnyText, nullable=False, info=hand_out(EMPTIED)),
    sa.Column("email_key", AnyText, nullable=False, index=True, info=leave_out(COMPARED, EMPTIED)),
    sa.Column("user_name", AnyText, nullable=False, info=hand_out(EMPTIED)),
    sa.Column("user_name_key", AnyText, nullable=False, index=True, info=leave_out(COMPARED, EMPTIED)),
    sa.Column(
        "credential_id",
        sa.Text,
        sa.ForeignKey("credential.id"),
        nullable=True,
        info=leave_out("names the password's hash", EMPTIED),
    ),
    sa.Column("locale", sa.Text, nullable=False, info=hand_out(KEPT)),
    # the kinds of contact that must be proven before it is active
    sa.Column("demanded", Json, nullable=False, info=hand_out(KEPT, "contacts_demanded")),
    sa.Column("status", sa.Text, nullable=False, info=hand_out(BY_RULE)),  # pending, active, closed
    # a shadow: its e-mail is another account's
    sa.Column("taken", sa.Boolean, nullable=False, info=leave_out(INTERNAL, KEPT)),
    # the one last bound to it
    sa.Column("conversation_id", sa.Text, nullable=True, info=leave_out("stands among the conversations", EMPTIED)),
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Column("activated_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    # first and last, where the seller asks for it
    sa.Column("person_name", AnyText, nullable=True, info=hand_out(EMPTIED, after="user_name")),
    # erased then: what is left is nobody's any more
    sa.Column("closed_at", UtcDateTime, nullable=True, info=hand_out(STAMPED)),
    *(
        sa.Column(name, AnyText, nullable=True, info=hand_out(EMPTIED, after=before))
        for before, name in pairwise(("person_name", *ANSWERS))
    ),
    # to the seller's own questions
    sa.Column("own_answers", Json, nullable=True, info=hand_out(EMPTIED, "answers")),
    # A credential that goes is looked for here, as the reference demands.
    sa.Index("ix_account_credential_id", "credential_id"),
    sa.Index("ix_account_created_at_id", "created_at", "id"),
    info=section("account", single=True),
)

# Moved by triggers with each change of what dialogs read of the account (`services/store/account_revisions.py`).
account_revision = sa.Table(
    "account_revision",
    metadata,
    # not bound to its row: it is written by triggers, behind all that a transaction does
    sa.Column("account_id", sa.Text, primary_key=True, info=leave_out(SAME, KEPT)),
    sa.Column("revision", sa.BigInteger, nullable=False, info=leave_out(INTERNAL, BY_RULE)),
)

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), primary_key=True, info=owner(DELETED)),
    sa.Column("kind", sa.Text, primary_key=True, info=hand_out(DELETED)),  # email, phone
    # the value in the form that is compared
    sa.Column("key", AnyText, primary_key=True, info=leave_out(COMPARED, DELETED)),
    sa.Column("value", AnyText, nullable=False, info=hand_out(DELETED)),
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(DELETED, "given_at")),
    sa.Column("verified_at", UtcDateTime, nullable=True, info=hand_out(DELETED)),
    # the channel whose word proved it; None: a code or a link did
    sa.Column("vouched_by", sa.Text, nullable=True, info=hand_out(DELETED)),
    sa.Index("ix_contact_kind_key", "kind", "key"),
    info=section("contacts", "created_at", "kind", "key"),
)

# Whose a contact is: the primary key lets one account win, whatever number of them prove it at once.
contact_claim = sa.Table(
    "contact_claim",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, info=_CLAIM),
    sa.Column("key", AnyText, primary_key=True, info=_CLAIM),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True, info=owner(DELETED)),
    sa.Column("at", UtcDateTime, nullable=False, info=_CLAIM),
)

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=leave_out(INTERNAL, KEPT)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(KEPT)),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=hand_out(EMPTIED, after="at")),
    sa.Column("consent_id", sa.Text, nullable=False, info=hand_out(KEPT, "id")),
    *columns(sa.Text, "version", "locale", nullable=False, info=hand_out(KEPT)),
    # of the exact words shown, which are in `consent_text`
    sa.Column("text_sha256", sa.Text, nullable=False, index=True, info=hand_out(KEPT, after="at")),
    sa.Column("given", sa.Boolean, nullable=False, info=hand_out(KEPT)),
    sa.Column("channel", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("how", sa.Text, nullable=False, info=hand_out(KEPT)),  # button, word
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    info=section("consents", "id"),
)

# The words that were accepted, once per version and language; a profile changes, these stay. What was accepted before
# they were kept has its words here only if a profile of later on still had them.
consent_text = sa.Table(
    "consent_text",
    metadata,
    sa.Column("text_sha256", sa.Text, primary_key=True, info=_WORDING),
    sa.Column("words", sa.Text, nullable=False, info=_WORDING),
)

company = sa.Table(
    "company",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, info=owner(KEPT)),
    sa.Column("country", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("tax_number", AnyText, nullable=False, index=True, info=hand_out(REPLACED)),
    *columns(AnyText, "name", "street", "postal_code", "city", nullable=False, info=hand_out(EMPTIED)),
    *columns(AnyText, "sdi_code", "pec", info=hand_out(EMPTIED)),
    sa.Column("source", sa.Text, nullable=False, info=hand_out(KEPT)),  # mf, gus, vies, seller, customer
    sa.Column("check_state", sa.Text, nullable=False, info=hand_out(KEPT, "check")),  # verified, pending, not_found
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(KEPT, "given_at")),
    sa.Column("confirmed_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    # an ordinary mailbox, where one is asked
    sa.Column("email", AnyText, nullable=True, info=hand_out(EMPTIED, after="pec")),
    # when VIES confirmed the number; NULL: it hasn't
    sa.Column("vat_checked_at", UtcDateTime, nullable=True, info=hand_out(EMPTIED)),
    # VIES's own number for that check, where it gave one
    sa.Column("vat_check_id", AnyText, nullable=True, info=hand_out(EMPTIED)),
    # to the seller's own questions
    sa.Column("own_answers", Json, nullable=True, info=hand_out(EMPTIED, "answers")),
    sa.UniqueConstraint("account_id", "country", "tax_number", name="uq_company_owner"),
    sa.Index("ix_company_created_at_id", "created_at", "id"),
    info=section("companies", "created_at", "id"),
)


limit_hit = sa.Table(
    "limit_hit",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_LIMIT),
    *columns(sa.Text, "scope", "subject_hash", nullable=False, info=_LIMIT),
    sa.Column("at", UtcDateTime, nullable=False, index=True, info=_LIMIT),
    sa.Index("ix_limit_hit_scope_subject_hash_at", "scope", "subject_hash", "at"),
)

code = sa.Table(
    "code",
    metadata,
    sa.Column("challenge_id", sa.Text, primary_key=True, info=_CODE),
    *columns(sa.Text, "purpose", "conversation_id", "target_hash", nullable=False, info=_CODE),
    sa.Column("prefix", sa.Text, nullable=True, info=_CODE),  # a phone number without its last four digits
    sa.Column("code_hash", sa.Text, nullable=True, info=_CODE),  # gone once the code can't be used any more
    sa.Column("state", sa.Text, nullable=False, info=_CODE),  # open, used, replaced, exhausted
    sa.Column("attempts", sa.Integer, nullable=False, info=_CODE),
    sa.Column("issued_at", UtcDateTime, nullable=False, index=True, info=_CODE),
    sa.Column("expires_at", UtcDateTime, nullable=False, info=_CODE),
    sa.Column("network", sa.Text, nullable=True, info=_CODE),  # keyed hash of the network address that asked
    sa.Index("ix_code_target_hash_issued_at", "target_hash", "issued_at"),
    sa.Index("ix_code_conversation_id_issued_at", "conversation_id", "issued_at"),
    sa.Index("ix_code_prefix_issued_at", "prefix", "issued_at"),
    sa.Index("ix_code_network_issued_at", "network", "issued_at"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_LINK),
    *columns(sa.Text, "purpose", "conversation_id", nullable=False, info=_LINK),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, info=owner(EMPTIED)),
    sa.Column("data", Json, nullable=False, info=leave_out("what the link was for", EMPTIED)),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, info=_LINK),
    # open, used, cancelled; expired follows from the time
    sa.Column("state", sa.Text, nullable=False, info=leave_out(INTERNAL, BY_RULE)),
    *columns(UtcDateTime, "created_at", "expires_at", nullable=False, info=_LINK),
    sa.Column("used_at", UtcDateTime, nullable=True, info=_LINK),
    sa.Index("ix_one_time_link_conversation_id_purpose", "conversation_id", "purpose"),
    # most links are of nobody yet
    PartialIndex("ix_one_time_link_account_id", "account_id", where=sa.text("account_id IS NOT NULL")),
)

start_link = sa.Table(
    "start_link",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True, info=leave_out("of the link, which is a key", DELETED)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(DELETED)),
    # on file, where there is no account
    sa.Column("customer_id", AnyText, nullable=True, info=leave_out(SAME, DELETED)),
    sa.Column("entry", AnyText, nullable=True, info=hand_out(DELETED)),  # where the journey begins
    *columns(UtcDateTime, "created_at", "expires_at", nullable=False, info=hand_out(DELETED)),
    # the conversation that a personal link brought in
    sa.Column("taken_by", sa.Text, nullable=True, info=hand_out(DELETED, "taken_in")),
    sa.Column("taken_at", UtcDateTime, nullable=True, info=hand_out(DELETED)),
    # the one that goes on where this link is opened
    sa.Column("from_conversation", sa.Text, nullable=True, info=hand_out(DELETED, "made_in")),
    sa.CheckConstraint("account_id IS NOT NULL OR customer_id IS NOT NULL OR entry IS NOT NULL", name="leads"),
    info=section("start_links", "created_at", "token_hash"),
)


visit = sa.Table(
    "visit",
    metadata,
    deleted_with("conversation", _VISIT, primary_key=True),
    sa.Column(
        "account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, primary_key=True, info=owner(DELETED)
    ),
    # lines of the journal: those above the one up to the other; None while the account is logged in there
    sa.Column("after_line", sa.BigInteger, nullable=False, primary_key=True, info=_VISIT),
    sa.Column("until_line", sa.BigInteger, nullable=True, info=_VISIT),
    sa.Column("began_at", UtcDateTime, nullable=True, info=hand_out(DELETED)),
    # the site's key or the start link by which the account was known; None: a log-in
    sa.Column("told_by", sa.Text, nullable=True, info=_VISIT),
    sa.Index("ix_visit_account_id", "account_id"),
)

identity_key = sa.Table(
    "identity_key",
    metadata,
    sa.Column("kid", sa.Text, primary_key=True, info=_KEY),
    sa.Column("algorithm", sa.Text, nullable=False, info=_KEY),
    sa.Column("jwk", Json, nullable=False, info=_KEY),  # public
    sa.Column("created_at", UtcDateTime, nullable=False, info=_KEY),
    # a retired one stays, so that its id never names another
    sa.Column("retired_at", UtcDateTime, nullable=True, info=_KEY),
)

identity_token = sa.Table(
    "identity_token",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True, info=_TOKEN),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True, info=_TOKEN),
)

# The chats of a browser in which the seller's site has said who the customer is, until it says otherwise.
site_chat = sa.Table(
    "site_chat",
    metadata,
    deleted_with("conversation", _SITE_CHAT, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True, info=owner(DELETED)),
    sa.Column("browser", sa.Text, nullable=False, index=True, info=_SITE_CHAT),  # the address of its own chat
    sa.Column("nonce", sa.Text, nullable=False, info=_SITE_CHAT),  # of which the page's token is made, with our key
)
