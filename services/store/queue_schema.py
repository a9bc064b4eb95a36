"""The tables of the distributed queue, on PostgreSQL only: made by the installed package's own SQL, nothing is copied.

Up to which of the package's migrations they are is noted as a comment on its main table, so that a later release of the
package finds what it has to apply. Its names all begin with `procrastinate_`.
"""

from importlib import import_module
from pathlib import Path

import sqlalchemy as sa

from services.store.errors import StoreTooNew

PREFIX = "procrastinate_"
"""What every table, type and function of the queue begins with."""

_MAIN = "procrastinate_jobs"
_NOTE = "up to "
_noted = sa.select(sa.func.obj_description(sa.func.to_regclass(_MAIN), sa.literal("pg_class")))
_there = sa.select(sa.func.to_regclass(_MAIN).is_not(None))

_REMOVE = r"""
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname LIKE 'procrastinate\_%'
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\_%'
        UNION ALL
        SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\_%'
            AND (typtype = 'e' OR typtype = 'c' AND typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
    LOOP
        EXECUTE command;
    END LOOP;
END;
$$
"""


def install(connection: sa.Connection) -> None:
    """Make the queue's tables as the installed package wants them; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        _run(connection, _package().get_schema())
        _note(connection, _migrations()[-1].name)


def apply_missing_migrations(connection: sa.Connection) -> None:
    """Apply what the installed package has that the database hasn't, if the queue is there at all.

    No older process of the desk may be at work meanwhile: the package's last steps drop what it called. Raises
    StoreTooNew if the tables were made by a later release of the package than the installed one.
    """
    if connection.dialect.name != "postgresql" or not connection.scalar(_there):
        return
    at = str(connection.scalar(_noted)).removeprefix(_NOTE)
    steps = _migrations()
    if at not in {step.name for step in steps}:
        raise StoreTooNew(f"the queue's tables are {at!r}, which the installed procrastinate doesn't know")
    for step in steps:
        if step.name > at:
            _run(connection, step.read_text(encoding="utf-8"))
            _note(connection, step.name)


def remove(connection: sa.Connection) -> None:
    """Drop the queue with all that waits in it; the desk's own rows say what is still to be done."""
    if connection.dialect.name == "postgresql":
        _run(connection, _REMOVE)


def _package() -> type:
    # By name: a desk on SQLite does without the package.
    return import_module("procrastinate.schema").SchemaManager


def _migrations() -> list[Path]:
    """In the order in which they are applied: that of their names, which begin with the version."""
    return sorted(Path(_package().get_migrations_path()).glob("*.sql"), key=lambda path: path.name)


def _run(connection: sa.Connection, statements: str) -> None:
    # Without parameters the driver takes several statements at once, and a % is nothing special.
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def _note(connection: sa.Connection, step: str) -> None:
    table = sa.Table(_MAIN, sa.MetaData(), comment=f"{_NOTE}{step}")
    connection.execute(sa.schema.SetTableComment(table))
