"""The tables of those who answer customers: accounts, sessions, second factors, and the trail of what they did."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, columns, deleted_with, metadata
from services.store.tables.privacy import BY_RULE, KEPT, leave_out

_AGENT = leave_out("of the seller's own people, nothing of a customer", KEPT)
_AUDIT = leave_out("ids of viewers and of what they viewed: the seller's own record of its people's acts", KEPT)
_PUT_RIGHT = leave_out("an answer as an agent put it right: the answer itself is handed out", BY_RULE)

agent = sa.Table(
    "agent",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_AGENT),
    sa.Column("login", AnyText, nullable=False, info=_AGENT),
    sa.Column("login_key", AnyText, nullable=False, unique=True, info=_AGENT),
    sa.Column("name", AnyText, nullable=False, info=_AGENT),
    sa.Column("email", AnyText, unique=True, info=_AGENT),
    sa.Column("role", sa.Text, nullable=False, info=_AGENT),
    *columns(sa.Text, "locale", "password_hash", info=_AGENT),
    # Encrypted under a key derived from the desk's; a code of an earlier or the same time step isn't taken again.
    sa.Column("totp_secret", sa.Text, info=_AGENT),
    sa.Column("totp_since", UtcDateTime, info=_AGENT),
    sa.Column("totp_step", sa.BigInteger, info=_AGENT),
    sa.Column("sandbox", sa.Boolean, nullable=False, info=_AGENT),
    sa.Column("created_at", UtcDateTime, nullable=False, info=_AGENT),
    sa.Column("disabled_at", UtcDateTime, info=_AGENT),
    # Counted up, so that what was made before doesn't hold again when the agent is let in again; none is nought.
    sa.Column("times_disabled", sa.BigInteger, info=_AGENT),
    sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role"),
)
"""Whoever may open `/desk`. Never deleted: the trail names them. `sandbox`: made by it, worth nothing outside."""


agent_session = sa.Table(
    "agent_session",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_AGENT),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, info=_AGENT),
    deleted_with("agent", _AGENT, index=True),
    sa.Column("stage", sa.Text, nullable=False, info=_AGENT),
    *columns(UtcDateTime, "proved_at", "seen_at", nullable=False, info=_AGENT),
    sa.CheckConstraint("stage IN ('half', 'full')", name="stage"),
)
"""Log-ins that hold; one that ended is gone. `half`: the password was right, the second factor is still asked."""

agent_link = sa.Table(
    "agent_link",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True, info=_AGENT),
    deleted_with("agent", _AGENT, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False, info=_AGENT),
)
"""One-time links that set an agent's password; one that was used is gone."""

agent_recovery_code = sa.Table(
    "agent_recovery_code",
    metadata,
    deleted_with("agent", _AGENT, primary_key=True),
    sa.Column("code_hash", sa.Text, primary_key=True, info=_AGENT),
)
"""What opens instead of the second factor, once each."""

agent_identity = sa.Table(
    "agent_identity",
    metadata,
    *columns(AnyText, "issuer", "subject", primary_key=True, info=_AGENT),
    deleted_with("agent", _AGENT, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False, info=_AGENT),
)
"""Whom an identity provider's subject is, since the first log-in by it."""

agent_sign_on = sa.Table(
    "agent_sign_on",
    metadata,
    sa.Column("state_hash", sa.Text, primary_key=True, info=_AGENT),
    sa.Column("next", sa.Text, nullable=False, info=_AGENT),
    sa.Column("expires_at", UtcDateTime, nullable=False, info=_AGENT),
)
"""Ways to the identity provider that haven't come back yet."""

agent_telegram = sa.Table(
    "agent_telegram",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False, info=_AGENT),
    deleted_with("agent", _AGENT, unique=True),
    sa.Column("joined_at", UtcDateTime, nullable=False, info=_AGENT),
)
"""Which agent a Telegram account is."""

agent_telegram_code = sa.Table(
    "agent_telegram_code",
    metadata,
    sa.Column("code_hash", sa.Text, primary_key=True, info=_AGENT),
    deleted_with("agent", _AGENT, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False, info=_AGENT),
)
"""One-time codes that say so; one that was used is gone."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_AUDIT),
    sa.Column("at", UtcDateTime, nullable=False, index=True, info=_AUDIT),
    sa.Column("agent_id", sa.Text, index=True, info=_AUDIT),
    sa.Column("what", sa.Text, nullable=False, info=_AUDIT),
    sa.Column("conversation_id", sa.Text, index=True, info=_AUDIT),
    sa.Column("account_id", sa.Text, index=True, info=_AUDIT),
    sa.Column("details", Json, nullable=False, info=_AUDIT),
    *columns(AnyText, "before", "after", info=_PUT_RIGHT),
    # A number is never given twice: what was taken out of the trail leaves a gap.
    sqlite_autoincrement=True,
)
"""Who saw and did what, by ids: it outlives the conversations and people that it names, but for answers put right."""
