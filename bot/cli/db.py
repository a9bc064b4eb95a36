"""`okienko db …`: the desk's database. `okienko run` brings its schema up to date by itself."""

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import sqlalchemy as sa
import typer

from bot.app import secret_key
from bot.app.ready import SELLER
from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import in_store, the_desks
from services import key_change
from services.agents import audit
from services.clock import SystemClock
from services.store import copying, migrate
from services.store.database import parse_url
from services.store.errors import StoreError
from services.store.installation_rows import read_value, replace_value

T = TypeVar("T")
_BASE = "base"
app = typer.Typer(help="The database: its schema, and taking it to another.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to this release."""
    _do(migrate.upgrade, made=False)
    current()


@app.command("downgrade")
def downgrade(
    revision: Annotated[str, typer.Argument(help="A revision, or `base` for an empty database.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask whether it is meant; needed without a terminal.")
    ] = False,
) -> None:
    """Take the schema back to an earlier revision; what only the newer one can hold is lost. No desk may be at work."""

    def work(url: str) -> None:
        with copying.keep_desks_away(parse_url(url), made=False):
            if not yes:
                _confirm("all that it holds" if revision == _BASE else "what only the newer schema can hold")
            migrate.downgrade(url, revision)

    _do(work)
    typer.echo("the database is empty" if revision == _BASE else revision)


def _confirm(lost: str) -> None:
    """Ask a person; a script that can't be asked says that it is meant."""
    if not sys.stdin.isatty():
        refuse(f"this deletes {lost}, and there is no terminal to ask at: say --yes if it is meant")
    typer.confirm(f"Delete {lost}?", abort=True)


@app.command("current")
def current() -> None:
    """Say which revision the database is at."""
    typer.echo(_do(migrate.current))


@app.command("copy")
def copy(
    to: Annotated[str, typer.Option("--to", help="An empty database: `postgresql://…` or `sqlite:///path`.")],
    source: Annotated[str | None, typer.Option("--from", help="The database to copy; default: the desk's own.")] = None,
) -> None:
    """Copy all data to an empty database, from SQLite to PostgreSQL or back. No desk may be at work meanwhile."""
    rows = _do(lambda url: copying.copy(source or url, to, _told), made=source is None)
    typer.echo(f"{rows} rows copied, read again and found the same")


@app.command("keys")
def keys(
    lost: Annotated[bool, typer.Option("--lost", help="The former key is lost: take the one that is set.")] = False,
) -> None:
    """Say what still needs the former OKIENKO_SECRET_KEY, while two are set."""
    settings = Settings()
    key = secret_key.read_given_key(settings)
    if lost:
        done = in_store(settings, lambda store: store.write(key_change.forget))
        typer.echo("the next start takes the key that is set" if done else "the database knows of no key")
    elif key is None or not key.former:
        typer.echo("OKIENKO_SECRET_KEY holds one key: nothing is being replaced")
    else:
        now = SystemClock().now()
        _say(in_store(settings, lambda store: store.write(lambda c: key_change.list_former_key_needs(c, key, now))))


@app.command("profile")
def profile(
    seller: Annotated[
        str | None, typer.Argument(metavar="ID", help="The profile's new `id`; left out: say it.")
    ] = None,
) -> None:
    """Say whose the database is, or give it to the seller's new id. No desk may be at work meanwhile."""
    if seller is None:
        owner = in_store(Settings(), lambda store: store.read(lambda c: read_value(c, SELLER)))
        typer.echo(owner or "nobody's yet: the next start writes the id of its profile")
        return

    def work(url: str) -> None:
        with copying.keep_desks_away(parse_url(url), made=False):
            pass  # a desk at work would go on with the former id

    _do(work)
    in_store(Settings(), lambda store: store.write(lambda c: _rename(c, seller)))
    typer.echo(seller)


def _rename(connection: sa.Connection, seller: str) -> None:
    details = {"former": read_value(connection, SELLER), "seller": seller}
    audit.note(connection, agent_id=None, what="database_renamed", at=SystemClock().now(), details=details)
    replace_value(connection, SELLER, seller)


def _say(needs: key_change.Needs) -> None:
    if needs.replaced_at is None:
        typer.echo("no desk has been started with the new key yet")
        return
    told = [*needs.told()]
    typer.echo("the former key is still needed by:" if told else "nothing needs the former key any more: take it out")
    for line in told:
        typer.echo(f"  {line}")


def _told(table: str, rows: int) -> None:
    if rows:
        typer.echo(f"{rows:>9}  {table}")


def _do(work: Callable[[str], T], *, made: bool = True) -> T:
    """`made`: a desk's database must be there."""
    try:
        return work(the_desks(Settings()) if made else Settings().database)
    except (StoreError, ValueError) as error:
        refuse(error)
