"""`okienko doctor`: all that can be seen of a desk without asking anybody outside, each finding with its remedy."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins
from pydantic import ValidationError

from bot.app.doctor.examine import examine, unknowable
from bot.app.doctor.findings import Finding, Level
from bot.app.settings import Settings
from services.clock import SystemClock

_LEVEL, _CHECK = max(map(len, Level)), 12


def doctor(
    profile: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The seller's folder; default: OKIENKO_PROFILE.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One list of findings, for programs.")] = False,
) -> None:
    """Look over settings, profile, database, machine and addresses; change nothing, ask nobody but the database."""
    given: dict[str, Any] = {} if profile is None else {"profile": profile}
    found = [*examine(given, SystemClock().now())]
    if as_json:
        typer.echo(json.dumps(to_builtins(found), ensure_ascii=False, indent=1))
    else:
        _show(found, given)
    if any(one.level is Level.WRONG for one in found):
        raise typer.Exit(1)


def _show(found: Sequence[Finding], given: dict[str, Any]) -> None:
    for one in found:
        typer.echo(f"{one.level:<{_LEVEL}}  {one.check:<{_CHECK}}  {one.what}")
        if one.remedy:
            typer.echo(f"{'':<{_LEVEL}}  {'':<{_CHECK}}  → {one.remedy}")
    typer.echo(f"\n{_counted(found)}")
    try:
        typer.echo(unknowable(Settings(**given)))
    except (ValidationError, OSError, UnicodeDecodeError):
        return  # told above


def _counted(found: Iterable[Finding]) -> str:
    levels = [one.level for one in found]
    wrong, warnings = levels.count(Level.WRONG), levels.count(Level.WARNING)
    if not wrong and not warnings:
        return "All is well."
    return f"{wrong} wrong, {warnings} to look at."
