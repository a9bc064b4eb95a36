"""`okienko new`: a profile to begin with."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot import profile
from bot.cli import refuse
from values.locale import SHIPPED

TEMPLATE = Path(profile.__file__).with_name("template")


class FolderTaken(Exception):
    """There is something in the folder already."""


def begin(folder: Path, locales: Sequence[str] = SHIPPED) -> list[Path]:
    """Copy the template into a new `folder` and return the files.

    `locales` are shipped ones, of which the first is spoken first. Errors: FolderTaken; OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    _speak(folder, locales)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _speak(folder: Path, locales: Sequence[str]) -> None:
    """Keep only these languages in the files, in this order."""
    left_out = [locale for locale in SHIPPED if locale not in locales]
    for locale in left_out:
        for file in (f"texts/{locale}.toml", f"faq/{locale}.toml", f"tests/{locale}.txt"):
            (folder / file).unlink()
    if tuple(locales) == SHIPPED:
        return
    named = ", ".join(f'"{locale}"' for locale in locales)
    _replace(folder / "profile.toml", lambda line: f"locales = [{named}]\n" if line.startswith("locales = ") else line)
    replies = tuple(f"words.{locale} = " for locale in left_out)
    _replace(folder / "desk" / "replies.toml", lambda line: "" if replies and line.startswith(replies) else line)


def _replace(path: Path, changed: Callable[[str], str]) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(map(changed, lines)), "utf-8")


def write_new_profile(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the new profile is written.")],
    locales: Annotated[
        str, typer.Option(metavar="CODES", help="Its languages, the first one spoken first; of pl, it, en.")
    ] = ",".join(SHIPPED),
) -> None:
    """Write a profile to begin with; it passes `okienko check` and is ready to be made yours."""
    spoken = tuple(dict.fromkeys(code.strip() for code in locales.split(",")))
    if other := [code for code in spoken if code not in SHIPPED]:
        shipped = f"choose from {', '.join(SHIPPED)} (docs/how-to/sell-in-another-language.md)"
        typer.echo(f"okienko: “{other[0]}” isn’t a shipped language: {shipped}", err=True)
        raise typer.Exit(2)
    try:
        files = begin(folder, spoken)
    except FolderTaken:
        refuse(f"{folder} isn't empty; nothing was written. Name a new folder.")
    for file in files:
        typer.echo(str(file))
    typer.echo(f"Next: `okienko preview {folder}`; make it yours, then `okienko check {folder}`.")
