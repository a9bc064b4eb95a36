"""`okienko run`: the desk."""

import asyncio
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot.app import logs
from bot.app.ready import NotReady
from bot.app.settings import Settings
from bot.app.supervisor import supervise
from bot.app.supervisor_pipe import inherit_pipe, inherited_listening
from bot.app.unsafe_settings import doubtful
from bot.cli import NEEDLESS, refuse
from bot.profile import ProfileErrors
from services.interpreter import hide_libraries, pause_garbage_collection
from services.store.database import parse_url
from services.store.errors import StoreError

_log = structlog.get_logger(__name__)


def run_desk(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder; default: OKIENKO_PROFILE.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; default: OKIENKO_PORT; 0 picks a free one.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
) -> None:
    """Run the desk until it is told to stop."""
    given: dict[str, Any] = {name: value for name, value in (("profile", profile), ("port", port)) if value is not None}
    try:
        settings = Settings(**given)
        logs.configure(settings.log_level)
        _checked(settings.database)
        _run(settings, workers)
    except (NotReady, ProfileErrors, StoreError) as error:
        refuse(error)


def _checked(database: str) -> None:
    """Raise NotReady for an address that is no database's, ExtraMissing for one without its driver."""
    try:
        parse_url(database)
    except ValueError as wrong:
        raise NotReady(f"OKIENKO_DATABASE_URL: {wrong}") from None


def _run(settings: Settings, workers: int) -> None:
    """Run one desk; or several workers; or, started by their supervisor, one of those."""
    lifeline, listening = inherit_pipe(), inherited_listening()
    # Once, not by each worker.
    for doubt in doubtful(settings) if lifeline is None else ():
        _log.warning("setting_doubtful", about=doubt)
        if sys.stderr.isatty():
            typer.echo(f"okienko: {doubt}", err=True)
    if workers > 1 and lifeline is None:
        asyncio.run(supervise(settings, workers))
        return
    # By name: who looks after workers is no desk, and needs none of what a desk is made of.
    with pause_garbage_collection(), hide_libraries(*NEEDLESS):
        serve: Any = import_module("bot.app.serve")
    is_worker = lifeline is not None and listening is not None
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve.run_worker(settings, listening, lifeline) if is_worker else serve.run(settings))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's, where it can be installed (not on Windows); else None for asyncio's own."""
    try:
        return import_module("uvloop").new_event_loop
    except ImportError:
        return None
