"""A request for a person knows who passed it on, when its agent last typed, and when an answer was last put right.

Columns without a value, and an index of the few that were put right.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_PUT_RIGHT = sa.text("corrected_at IS NOT NULL")


def upgrade() -> None:
    """Forwards."""
    op.add_column("handoff", sa.Column("passed_by", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("typed_at", UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("corrected_at", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_handoff_corrected_at", "handoff", ["corrected_at"], sqlite_where=_PUT_RIGHT, postgresql_where=_PUT_RIGHT
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_handoff_corrected_at", "handoff")
    for name in ("corrected_at", "typed_at", "passed_by"):
        op.drop_column("handoff", name)
