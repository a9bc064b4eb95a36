"""Brings a database to a schema's revision and tells which one it has; used by `okienko run` and `okienko db`.

All steps of one command are one transaction, on SQLite too: a migration that fails leaves the database as it was.
"""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from services.store import account_revisions, queue_schema
from services.store.database import parse_url
from services.store.errors import StoreError, StoreTooNew, StoreUnavailable
from services.store.sqlite_files import prepare, writer
from services.store.tables.schema import metadata

_version = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_ONE_AT_A_TIME = 0x6F6B6965_6E6B6F
"""The number of the lock under which PostgreSQL lets one process migrate at a time ("okienko" in ASCII)."""


def upgrade(url: str, revision: str = "head") -> None:
    """Apply the steps up to `revision`; several processes may try at once, one does it.

    On PostgreSQL also what a newer release of the queue's package has added to its own tables.

    Raises StoreTooNew if the database's revision isn't known to this release, StoreUnavailable if it can't be reached.
    """
    with _opened(url) as connection:
        here = revision_of(connection)
        if here is None and revision == "head":
            _create(connection)
        elif here != find_newest() or revision != "head":
            steps = _steps()
            if here is not None and here not in steps.revisions():
                raise StoreTooNew(f"the database has revision {here}, which this release of the desk doesn't know")
            account_revisions.drop_triggers(connection)
            steps.upgrade(connection, revision)
            _check_references(connection)
            if revision_of(connection) == find_newest():
                account_revisions.create_triggers(connection)
        queue_schema.apply_missing_migrations(connection)


def downgrade(url: str, revision: str) -> None:
    """Take steps back down to `revision` ("base": an empty database).

    Raises StoreTooNew, StoreUnavailable as `upgrade`; StoreError for a revision that this release doesn't know.
    """
    with _opened(url) as connection:
        steps, here = _steps(), revision_of(connection)
        known = steps.revisions()
        if here is not None and here not in known:
            raise StoreTooNew(f"the database has revision {here}, which this release of the desk doesn't know")
        if revision not in (*known, "base"):
            raise StoreError(f"there is no revision {revision}: this release knows {known[-1]} to {known[0]}, and base")
        account_revisions.drop_triggers(connection)
        steps.downgrade(connection, revision)
        _check_references(connection)


def current(url: str) -> str | None:
    """Return the revision that the database has, None for one without a schema."""
    with _opened(url) as connection:
        return revision_of(connection)


def find_newest() -> str:
    """Return the revision of this release's schema, with which the name of its last step's file begins."""
    steps = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return max(path.name.partition("_")[0] for path in steps)


def new_step(url: str, revision: str, title: str) -> None:
    """Write `versions/<revision>_<title>.py`: what leads from the database's schema to the tables in the code.

    For developers, by hand; read what it wrote before committing it.
    """
    with _opened(url) as connection:
        _steps().write(connection, revision, title)


def _create(connection: sa.Connection) -> None:
    """Make at once what all steps together lead to."""
    metadata.create_all(connection, checkfirst=False)
    account_revisions.create_triggers(connection)
    queue_schema.install(connection)
    _version.create(connection, checkfirst=True)
    connection.execute(sa.insert(_version).values(version_num=find_newest()))


def _steps() -> Any:
    # By name: Alembic takes 90 ms and 10 MiB; a new database, or this release's schema, does without.
    return import_module("services.store.migration_steps")


def revision_of(connection: sa.Connection) -> str | None:
    """Return the revision of the database behind this connection, None for one without a schema."""
    there = sa.inspect(connection).has_table(_version.name)
    return connection.scalar(sa.select(_version.c.version_num)) if there else None


def _check_references(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise exc.IntegrityError("PRAGMA foreign_key_check", None, ValueError("a reference leads nowhere"))


@contextmanager
def _opened(url: str) -> Generator[sa.Connection]:
    """Return a connection in one transaction, with nobody else migrating."""
    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        path = Path(str(parsed.database))
        prepare(path)
        engine, shown = writer(path), str(path)
        event.listen(engine, "connect", _without_foreign_keys)
    else:
        engine = sa.create_engine(parsed, poolclass=sa.pool.NullPool, hide_parameters=True)
        shown = parsed.set(drivername=parsed.get_backend_name()).render_as_string(hide_password=True)
    try:
        with _begun(engine, shown) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _begun(engine: sa.Engine, shown: str) -> Generator[sa.Connection]:
    try:
        connection = engine.connect()
    except exc.DBAPIError as error:
        why = str(error.orig).partition("\n")[0]
        raise StoreUnavailable(f"the database {shown} can't be opened: {why}") from error
    with connection, connection.begin():
        yield connection


def _without_foreign_keys(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    # A table that is made anew is dropped for a moment; references to it are looked at when all is done.
    connection.cursor().execute("PRAGMA foreign_keys=OFF")
