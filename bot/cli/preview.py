"""`okienko preview`: a profile tried in a desk of its own, away from everything that is live."""

import asyncio
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import logs
from bot.app.ready import NotReady
from bot.app.settings import OwnSettings
from bot.cli import refuse
from bot.profile import ProfileErrors
from services.interpreter import pause_garbage_collection
from services.store.errors import StoreError


def preview(
    profile: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = 8081,
) -> None:
    """Show a profile in a desk with the sandbox and temporary data; neither `.env` nor the environment is read.

    `/sandbox/look` has its look beside each other: chat, page, letter, receipt and launcher, by day and by night.
    """
    if not profile.is_dir():
        refuse(f"there is no folder {profile}. Make one: okienko new {profile}")
    logs.configure("warning")
    with pause_garbage_collection():
        serve: Any = import_module("bot.app.serve")
    typer.echo("The look, by day and by night: /sandbox/look at this address:", err=True)
    with tempfile.TemporaryDirectory(prefix="okienko-preview-") as folder:
        settings = OwnSettings(profile=profile, data_dir=Path(folder), port=port)
        try:
            asyncio.run(serve.run(settings))
        except (NotReady, ProfileErrors, StoreError) as error:
            refuse(error)
