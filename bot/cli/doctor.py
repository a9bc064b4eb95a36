"""`okienko doctor`: all that can be seen of a desk without asking anybody outside, each finding with its remedy."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins
from pydantic import ValidationError

from bot.app.doctor import machine_checks, settings_checks
from bot.app.doctor.database_checks import database_findings
from bot.app.doctor.findings import Finding, Level, doubtful, report_ok, wrong
from bot.app.ready import find_profile
from bot.app.settings import Settings
from bot.profile import Profile, ProfileErrors, load
from bot.profile.price_checks import doubts
from services.clock import SystemClock

PROFILE = "profile"


def examine(given: dict[str, Any], now: datetime) -> Iterator[Finding]:
    """Yield what is found of the desk that is set here; `given` are settings that stand before all others."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        yield from settings_checks.env_file(Path(".env"))
        yield from settings_checks.unreadable(error)
        yield from machine_checks.clock_findings(now)
        yield doubtful(settings_checks.SETTINGS, "nothing else was looked at", "Correct them, and ask again.")
        return
    except (OSError, UnicodeDecodeError):
        yield wrong(
            settings_checks.ENV_FILE,
            f"{Path('.env').absolute()} can't be read by this user, or isn't UTF-8",
            "Correct that.",
        )
        return
    yield from settings_checks.env_file(Path(".env"))
    profile, found = _profile(settings, now)
    yield from settings_checks.settings_findings(settings, profile)
    yield from found
    yield from machine_checks.folder_findings(settings)
    yield from machine_checks.disk_findings(settings)
    yield from database_findings(settings, profile.seller.id if profile is not None else None, now)
    yield from machine_checks.clock_findings(now)
    yield from machine_checks.address_findings(settings)
    yield from machine_checks.rest_findings(settings)
    if profile is not None:
        yield from machine_checks.mail_findings(settings, profile)
        yield from settings_checks.provider_findings(settings, profile)
        yield from settings_checks.hearing_findings(settings, profile)
        yield from machine_checks.panel_findings(settings, profile)


def _profile(settings: Settings, now: datetime) -> tuple[Profile | None, list[Finding]]:
    """Return the profile if it can be read, and what a quick check says of it."""
    folder = find_profile(settings.profile)
    try:
        profile = load(folder)
    except ProfileErrors as error:
        return None, [wrong(PROFILE, f"{one.place}: {one.what}", one.remedy) for one in error.problems]
    unsure = [doubtful(PROFILE, f"{one.place}: {one.what}", one.remedy) for one in doubts(profile, now)]
    seller = profile.seller
    about = f"{seller.id} in {folder}: files, offer and texts in {', '.join(seller.locales)} are well"
    return profile, [report_ok(PROFILE, about), *unsure]


def unknowable(settings: Settings) -> str:
    """Return what nobody can know who asks nobody."""
    asked = "Nobody outside was asked"
    if settings.sandboxed:
        return f"{asked}; the sandbox's stand-ins are looked at by `okienko preview` and `okienko chat`."
    return (
        f"{asked}, so this isn't known: whether the mail server and the providers take these keys, whether SPF, DKIM "
        "and DMARC name the mail server, whether the proxy leads here, and what stands in the providers' panels. Buy "
        "once, and compare the addresses above (docs/how-to/go-live.md)."
    )


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
