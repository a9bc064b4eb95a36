"""`okienko db …`: the schema of the desk's database. `okienko run` brings it up to date by itself."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from bot.settings import Settings
from services.store import migrate
from services.store.errors import StoreError

T = TypeVar("T")
app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to this release."""
    _do(migrate.upgrade)
    current()


@app.command("downgrade")
def downgrade(revision: Annotated[str, typer.Argument(help="A revision, or `base` for an empty database.")]) -> None:
    """Take the schema back to an earlier revision; what only the newer one can hold is lost."""
    _do(lambda url: migrate.downgrade(url, revision))
    current()


@app.command("current")
def current() -> None:
    """Say which revision the database is at."""
    typer.echo(_do(migrate.current) or "no schema yet")


def _do(work: Callable[[str], T]) -> T:
    try:
        return work(Settings().database)
    except (StoreError, ValueError) as error:
        typer.echo(f"okienko: {error}", err=True)
        raise typer.Exit(1) from None
