"""Reads and validates one TOML file of a profile; every mistake is told with its line and remedy."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.profile.mistakes import describe_mistakes, toml
from bot.profile.problems import ProfileProblem, line_of

M = TypeVar("M", bound=BaseModel)


# Notepad puts a mark before the first line of UTF-8 files.
ENCODING = "utf-8-sig"


def source_of(path: Path) -> str:
    """Return the text of a file, to find lines in; empty where it can't be read, which `read_tables` reports."""
    try:
        return text_of(path, []) or ""
    except FileNotFoundError:
        return ""


def text_of(path: Path, problems: list[ProfileProblem]) -> str | None:
    """Return the text of a file; None for one that isn't UTF-8, which is added to `problems`.

    Errors: FileNotFoundError.
    """
    try:
        return path.read_text(ENCODING)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(ProfileProblem(path, line, "this is no UTF-8 text", "Store the file as UTF-8."))
        return None


def read_tables(path: Path, problems: list[ProfileProblem]) -> tuple[dict[str, Any] | None, str]:
    """Return the tables of a file, None for a mistake, and its source."""
    try:
        source = text_of(path, problems)
    except FileNotFoundError:
        begin = "Name the profile's folder, or write one: okienko new DIR"
        remedy = begin if path.name == "profile.toml" else "Write it, or take its language out of `locales`."
        problems.append(ProfileProblem(path, 0, "there is no such file", remedy))
        source = None
    if source is None:
        return None, ""
    try:
        return tomllib.loads(source), source
    except tomllib.TOMLDecodeError as error:
        number = _line_told(str(error), source)
        lines = source.splitlines()
        what, remedy = toml(str(error), lines[number - 1] if 0 < number <= len(lines) else "")
        problems.append(ProfileProblem(path, number, what, remedy))
        return None, source


def _line_told(message: str, source: str) -> int:
    _, found, rest = message.partition("(at line ")
    return int(rest.partition(",")[0]) if found else source.count("\n") + 1


def validate_tables(model: type[M], raw: Any, source: str, path: Path, problems: list[ProfileProblem]) -> M | None:
    """Return the tables as the model, None for a mistake."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for place, what, remedy in describe_mistakes(model, error.errors(include_url=False)):
            # What is missing at the top of the file has no line of its own.
            problems.append(ProfileProblem(path, line_of(source, place) or 1, what, remedy))
        return None
