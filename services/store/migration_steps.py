"""Alembic's part of a migration, loaded only where a schema is to change: Alembic takes 10 MiB and 50 ms."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parent / "migrations"


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Apply the steps up to `revision`."""
    command.upgrade(_config(connection), revision)


def downgrade(connection: sa.Connection, revision: str) -> None:
    """Take the steps back down to `revision`."""
    command.downgrade(_config(connection), revision)


def write(connection: sa.Connection, revision: str, title: str) -> None:
    """Write the file of a step that leads from the database's schema to the tables in the code."""
    command.revision(_config(connection), title, autogenerate=True, rev_id=revision)


def revisions() -> tuple[str, ...]:
    """All revisions that this release knows, the newest first."""
    script = ScriptDirectory.from_config(_config(None))
    return tuple(step.revision for step in script.walk_revisions())


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
