"""`okienko db …`: the desk's database. `okienko run` brings its schema up to date by itself."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from bot.cli.database import the_desks
from bot.settings import Settings
from services.store import copying, migrate
from services.store.errors import StoreError

T = TypeVar("T")
app = typer.Typer(help="The database: its schema, and taking it to another.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to this release."""
    _do(migrate.upgrade, made=False)
    current()


@app.command("downgrade")
def downgrade(revision: Annotated[str, typer.Argument(help="A revision, or `base` for an empty database.")]) -> None:
    """Take the schema back to an earlier revision; what only the newer one can hold is lost."""
    _do(lambda url: migrate.downgrade(url, revision))
    current()


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


def _told(table: str, rows: int) -> None:
    if rows:
        typer.echo(f"{rows:>9}  {table}")


def _do(work: Callable[[str], T], *, made: bool = True) -> T:
    """`made`: a desk's database must be there."""
    try:
        return work(the_desks(Settings()) if made else Settings().database)
    except (StoreError, ValueError) as error:
        typer.echo(f"okienko: {error}", err=True)
        raise typer.Exit(1) from None
