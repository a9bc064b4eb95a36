"""The distributed queue's own tables on PostgreSQL; SQLite has none.

What the installed package wants later on is applied by every `okienko db upgrade`, without a step of ours.
"""

from alembic import op

from services.store import queue_schema

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    queue_schema.install(op.get_bind())


def downgrade() -> None:
    """Back."""
    queue_schema.remove(op.get_bind())
