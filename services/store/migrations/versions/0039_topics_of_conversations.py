"""A conversation knows the topic of its chat in which the customer wrote last: answers stand there."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Conversations under way have none until their next message."""
    op.add_column("conversation", sa.Column("topic", sa.Text))


def downgrade() -> None:
    """Back to the step before."""
    op.drop_column("conversation", "topic")
