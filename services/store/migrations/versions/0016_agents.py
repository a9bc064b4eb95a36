"""Those who answer customers: accounts, sessions, second factors, single sign-on, and the trail of what they did.

New tables: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, BigId, Json, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    _agents()
    _sessions()
    _links()
    _recovery_codes()
    _identities()
    _audit()


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


def downgrade() -> None:
    """Back."""
    for table in (
        "audit",
        "agent_sign_on",
        "agent_identity",
        "agent_recovery_code",
        "agent_link",
        "agent_session",
        "agent",
    ):
        op.drop_table(table)
