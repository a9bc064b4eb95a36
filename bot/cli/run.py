"""`okienko run`: the desk."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from bot import logs
from bot.app.serve import NotReady, run
from bot.profile import ProfileErrors
from bot.settings import Settings
from services.store.errors import StoreError


def run_desk(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; more than one needs PostgreSQL.")] = 1,
) -> None:
    """Run the desk until it is told to stop."""
    given: dict[str, Any] = {name: value for name, value in (("profile", profile), ("port", port)) if value is not None}
    try:
        settings = Settings(**given)
        logs.configure(settings.log_level)
        if workers != 1:
            raise NotReady("this release runs one process; several workers need PostgreSQL and come with a later one")
        asyncio.run(run(settings))
    except (NotReady, ProfileErrors, StoreError) as error:
        typer.echo(f"okienko: {error}", err=True)
        raise typer.Exit(1) from None
    except ValidationError as error:
        for wrong in error.errors():
            typer.echo(f"okienko: {'.'.join(str(p) for p in wrong['loc']) or 'settings'}: {wrong['msg']}", err=True)
        raise typer.Exit(1) from None
