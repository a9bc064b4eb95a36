"""The revision of an account's books: a number that moves with each change of what dialogs read of an account.

Triggers move it, so no writer has to think of it: a command, a job, the seller's API, another process. They are made
from the tables' own declarations (`privacy.owner` marks the column that leads to the account), and made anew after each
migration: SQLite can't rename a table that a trigger names.

On PostgreSQL they are deferred to the commit. So the row here is locked last, behind all others of a transaction, and
no order of locks changes.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from services.store.prepared import Prepared
from services.store.tables.accounts import account, account_revision, company, consent, contact
from services.store.tables.orders import einvoice, payment, payment_method, sales_order, withdrawal
from services.store.tables.privacy import KEY, OPERATIONAL, ColumnPrivacy
from services.store.tables.seller import customer_on_file, issued_invoice
from services.store.tables.subscriptions import reminder_stop, renewal, subscription

BOOKS = (
    *(account, contact, consent, company, customer_on_file, issued_invoice, einvoice, payment_method),
    *(sales_order, payment, subscription, renewal, withdrawal, reminder_stop),
)
"""The tables of which dialogs read what an account has (`services/accounts/account_view.py`)."""
_PREFIX = "account_revision_of_"
_FIRST = 10**12
"""The first revision is drawn below this: in a copied or restored database no number comes back for other books."""
_EVENTS = {"INSERT": ("NEW",), "UPDATE": ("NEW", "OLD"), "DELETE": ("OLD",)}
_OF = Prepared(sa.select(account_revision.c.revision).where(account_revision.c.account_id == sa.bindparam("of")))


def read_revision(connection: sa.Connection, account_id: str) -> int:
    """Return the revision of the account's books; 0 before anything was written to them."""
    found = _OF.row(connection, {"of": account_id})
    return 0 if found is None else found[0]


def create_triggers(connection: sa.Connection) -> None:
    """Make the triggers of all tables in `BOOKS`; the schema is this release's."""
    statements = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
    for table in BOOKS:
        for statement in statements(table):
            connection.exec_driver_sql(statement)


def drop_triggers(connection: sa.Connection) -> None:
    """Drop the triggers that this release or an earlier one has made."""
    if connection.dialect.name == "postgresql":
        functions = "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        for name in connection.exec_driver_sql(functions).scalars().all():
            if name.startswith(_PREFIX):
                connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")
        return
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        if name.startswith(_PREFIX):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _on_sqlite(table: sa.Table) -> Iterator[str]:
    for event, rows in _EVENTS.items():
        moved = (
            "INSERT INTO account_revision (account_id, revision)"
            f" SELECT owner, abs(random() % {_FIRST}) FROM ({_owners_of(table, rows)}) WHERE owner IS NOT NULL"
            " ON CONFLICT (account_id) DO UPDATE SET revision = revision + 1; "
        )
        of = f"{event} OF {_told(table)}" if event == "UPDATE" else event
        yield f"CREATE TRIGGER {_PREFIX}{table.name}_{event.lower()} AFTER {of} ON {table.name} BEGIN {moved}END"


def _on_postgresql(table: sa.Table) -> Iterator[str]:
    name, owners = f"{_PREFIX}{table.name}", _owners_of(table, ("NEW", "OLD"))
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO account_revision AS known (account_id, revision)"
        f" SELECT owner, floor(random() * {_FIRST})::bigint FROM ({owners}) AS found WHERE owner IS NOT NULL"
        " ON CONFLICT (account_id) DO UPDATE SET revision = known.revision + 1; RETURN NULL; END $$"
    )
    yield (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE OF {_told(table)} OR DELETE ON {table.name}"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _told(table: sa.Table) -> str:
    """Return the columns that dialogs may tell of: none that only run the desk, as when a provider was asked last."""
    declared: dict[str, ColumnPrivacy] = {column.name: column.info[KEY] for column in table.columns}
    return ", ".join(f'"{name}"' for name, privacy in declared.items() if privacy.withheld != OPERATIONAL)


def _owners_of(table: sa.Table, rows: tuple[str, ...]) -> str:
    """Return the query of the accounts that these rows of a trigger belong to, as `owner`."""
    return " UNION ".join(f"SELECT {way} AS owner" for row in rows for way in _ways_to_account(table, row))


def _ways_to_account(table: sa.Table, row: str) -> Iterator[str]:
    """Yield the expressions that lead from a row of the table to its account."""
    if table is account:
        yield f"{row}.id"
    if table is reminder_stop:  # of a customer on file it is nobody's account
        yield f"CASE WHEN {row}.kind <> 'customer' THEN {row}.subject END"
    for column in table.columns:
        declared: ColumnPrivacy = column.info[KEY]
        for key in column.foreign_keys if declared.owner else ():
            parent = key.column.table
            if parent is account:
                yield f"{row}.{column.name}"
                continue
            for way in _ways_to_account(parent, parent.name):
                yield f"(SELECT {way} FROM {parent.name} WHERE {parent.name}.id = {row}.{column.name})"
