"""The database: reached, of this release's schema, of this seller and key, with a clock that agrees. Only read."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.app import ready, secret_key
from bot.app.doctor.findings import Finding, doubtful, report_ok, wrong
from bot.app.settings import Settings
from services import key_change
from services.agents import agent_accounts
from services.store import installation_rows, migrate
from services.store.database import inspect_database, parse_url, server_time
from services.store.errors import StoreError
from services.store.tables.core import journal

DATABASE, SCHEMA, SELLER, KEY, AGENTS, CLOCK = "database", "schema", "seller", "key", "agents", "clock"
APART = timedelta(seconds=5)
"""So far the clocks of two machines may be apart; codes and links are counted in minutes."""
BACK = timedelta(minutes=5)
_BACK_UP = "Take a back-up first (docs/how-to/upgrade.md); the next start brings it up."


def database_findings(settings: Settings, seller: str | None, now: datetime) -> Iterator[Finding]:
    """Yield how the configured database stands; `seller` is the profile's id, None where it can't be read."""
    try:
        url = parse_url(settings.database)
    except (ValueError, StoreError) as error:
        yield wrong(DATABASE, f"OKIENKO_DATABASE_URL: {error}", "Write it so, or leave it out for a SQLite file.")
        return
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    if url.drivername == "sqlite" and not Path(str(url.database)).exists():
        yield report_ok(DATABASE, f"{shown}: none yet, the first start makes it")
        return
    if url.drivername == "sqlite" and not os.access(str(url.database), os.R_OK | os.W_OK):
        yield wrong(DATABASE, f"{shown} can't be read and written by this user", "Give the desk's user the file.")
        return
    try:
        with inspect_database(settings.database) as connection:
            yield from _inside(connection, settings, seller, now, shown)
    except StoreError as error:
        yield wrong(DATABASE, f"{shown} can't be opened: {error}", _remedy(url.drivername))


def _remedy(driver: str) -> str:
    if driver == "sqlite":
        return "Restore the last back-up (docs/how-to/operate.md), or name another file by OKIENKO_DATABASE_URL."
    return "Start it, or correct OKIENKO_DATABASE_URL: host, port, user, password, name."


def _inside(
    connection: sa.Connection, settings: Settings, seller: str | None, now: datetime, shown: str
) -> Iterator[Finding]:
    here, newest = migrate.revision_of(connection), migrate.find_newest()
    yield report_ok(DATABASE, f"{shown} answers")
    if (there := server_time(connection)) is not None:
        yield _against(there, now)
    if here is None:
        yield report_ok(SCHEMA, "none yet, the first start makes it")
        return
    if here > newest:
        what = f"the database is at {here}, and this release knows {newest} at most: a newer one was at work"
        yield wrong(SCHEMA, what, "Install that release again, or restore the back-up made before it.")
        return
    yield (
        report_ok(SCHEMA, here)
        if here == newest
        else doubtful(SCHEMA, f"at {here}, this release's is {newest}", _BACK_UP)
    )
    yield from _whose(connection, settings, seller)
    yield from _last_written(connection, now)
    if here == newest and not settings.sandboxed:
        yield from _agents(connection)


def _whose(connection: sa.Connection, settings: Settings, seller: str | None) -> Iterator[Finding]:
    """Yield whose database it is, and whether it was used with the key that is set."""
    if not sa.inspect(connection).has_table("installation"):  # of a release before there was that table
        return
    owner = installation_rows.read_value(connection, ready.SELLER)
    if seller is not None and owner not in (None, seller):
        what = f"the database belongs to the seller `{owner}`, and the profile's id is `{seller}`"
        yield wrong(SELLER, what, f"{ready.remedy(settings, seller)}.")
    elif owner is not None:
        yield report_ok(SELLER, f"the database is that of `{owner}`")
    key = secret_key.read_given_key(settings)
    if key is None or settings.sandboxed:
        return
    if not key_change.would_take_key(connection, key):
        yield wrong(KEY, f"{secret_key.ANOTHER}: {secret_key.UNKNOWN}", f"{secret_key.REMEDY}.")
    elif key.former:
        yield doubtful(KEY, "two keys are set", "`okienko db keys` says what still needs the former one.")
    else:
        yield report_ok(KEY, "OKIENKO_SECRET_KEY fits the database")


def _against(there: datetime, now: datetime) -> Finding:
    apart = abs(there - now)
    if apart > APART:
        what = f"this machine and the database server are {apart.total_seconds():.0f} s apart"
        return wrong(CLOCK, what, "Have both kept right (timedatectl set-ntp true): links and codes end by it.")
    return report_ok(CLOCK, "this machine and the database server agree")


def _last_written(connection: sa.Connection, now: datetime) -> Iterator[Finding]:
    """Yield that the clock has gone back, as a machine's without a battery does; a sandbox's is moved on purpose."""
    last: datetime | None = connection.execute(sa.select(journal.c.at).order_by(journal.c.id.desc()).limit(1)).scalar()
    ahead = last - now - installation_rows.clock_offset(connection) if last is not None else timedelta()
    if ahead > BACK:
        what = f"the clock has gone back: it is {now:%Y-%m-%d %H:%M}, and a message of {last:%Y-%m-%d %H:%M} is stored"
        yield wrong(CLOCK, what, "Set the clock (timedatectl set-ntp true) before the desk starts.")


def _agents(connection: sa.Connection) -> Iterator[Finding]:
    found = [one for one in agent_accounts.list_agents(connection) if one.disabled_at is None and not one.sandbox]
    if found:
        yield report_ok(AGENTS, f"{len(found)} may answer customers")
    else:
        yield doubtful(AGENTS, "nobody may answer customers at /desk", "Say `okienko agent add LOGIN --name NAME`.")
