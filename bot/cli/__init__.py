"""The command `okienko`: one file per command, listed here. It reads the settings, starts what is built elsewhere."""

import importlib
import sys
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from services.interpreter import hide_libraries, pause_garbage_collection

PANELS = {
    "Make it yours": {
        "new": "bot.cli.new:write_new_profile",
        "check": "bot.cli.check:check",
        "preview": "bot.cli.preview:preview",
        "test": "bot.cli.test:play",
        "diagram": "bot.cli.diagram:diagram",
    },
    "Run it": {
        "run": "bot.cli.run:run_desk",
        "doctor": "bot.cli.doctor:doctor",
        "sandbox": "bot.cli.sandbox:sandbox",
        "hear": "bot.cli.hear:hear",
        "chat": "bot.cli.chat:chat",
        "actions": "bot.cli.actions:actions",
        "db": "bot.cli.db:app",
    },
    "People": {
        "agent": "bot.cli.agent:app",
        "customer": "bot.cli.customer:app",
        "refund": "bot.cli.refund:refund",
        "reconcile": "bot.cli.reconcile:reconcile",
        "answers": "bot.cli.answers:answers",
    },
    "Measure": {"simulate": "bot.cli.simulate:simulate", "bench": "bot.cli.bench:bench", "nlu": "bot.cli.nlu:app"},
}
"""Commands by what one wants, in the order of the help; each with its place: a function, or a Typer of its own."""
COMMANDS = {name: place for commands in PANELS.values() for name, place in commands.items()}
NEEDLESS = ("cryptography", "greenlet", "pygments", "rich")
"""Loaded by a desk's libraries wherever they are installed, for what it never does: by python-telegram-bot for the
documents of Telegram Passport, by SQLAlchemy for its own `asyncio`, by httpx and structlog to colour requests and
exceptions. Of our own, what uses one loads it then."""


def build(*names: str) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        name="okienko",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,  # locals may hold a key or a customer's words
    )
    app.callback(help="A seller's sign-up desk inside the messenger.")(_okienko)
    for name in names:
        module, _, found = COMMANDS[name].partition(":")
        command: Any = getattr(importlib.import_module(module), found)
        panel = next(title for title, commands in PANELS.items() if name in commands)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            app.command(name, rich_help_panel=panel)(command)
    return app


def refuse(why: object) -> NoReturn:
    """Say on stderr why the command doesn't do what it is asked; the exit code is 1."""
    typer.echo(f"okienko: {why}", err=True)
    raise typer.Exit(1)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"okienko {version('okienko')}")
        raise typer.Exit


def _okienko(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which release this is.")
    ] = False,
) -> None:
    """Parse the options that stand before a command."""


def main() -> None:
    """Run the command line.

    Commands are imported on demand: loading the desk takes seconds, and `okienko chat` needs none of it.
    """
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    with pause_garbage_collection(), hide_libraries(*(NEEDLESS if asked == "run" else ())):
        app = build(*([asked] if asked in COMMANDS else COMMANDS))
    try:
        app()
    except ValidationError as error:
        for mistake in importlib.import_module("bot.app.doctor.settings_checks").tell_mistakes(error):
            typer.echo(f"okienko: {mistake}", err=True)
        sys.exit(1)
