"""The database that a command acts on: said before anything is done, and never made by the way."""

from pathlib import Path

import typer

from bot.app.settings import Settings
from services.store import migrate
from services.store.database import parse_url
from services.store.errors import StoreError


def the_desks(settings: Settings) -> str:
    """Say on stderr which database it is, and return its address.

    Errors: ValueError for an address of another kind; StoreError where no desk has made a database there.
    """
    url = parse_url(settings.database)
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    typer.echo(f"okienko: {shown}", err=True)
    on_file = url.get_backend_name() == "sqlite"
    if (on_file and not Path(str(url.database)).exists()) or migrate.current(settings.database) is None:
        raise StoreError(
            "no desk has made a database there. Give this command the desk's own settings (OKIENKO_DATA_DIR, "
            "OKIENKO_DATABASE_URL), or start the desk first"
        )
    return settings.database
