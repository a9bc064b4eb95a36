"""Reads and validates one TOML file of a profile; every mistake is told with its line and remedy."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.profile.problems import Problem
from bot.profile.where import line_of

M = TypeVar("M", bound=BaseModel)


# Notepad puts a mark before the first line of UTF-8 files.
ENCODING = "utf-8-sig"


def source_of(path: Path) -> str:
    """The text of a file, to find lines in; nothing where it can't be read, which `read` tells."""
    try:
        return text_of(path, []) or ""
    except FileNotFoundError:
        return ""


def text_of(path: Path, problems: list[Problem]) -> str | None:
    """The text of a file; None for one that isn't UTF-8, which is added to `problems`. Errors: FileNotFoundError."""
    try:
        return path.read_text(ENCODING)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(Problem(path, line, "this is no UTF-8 text", "Store the file as UTF-8."))
        return None


def read(path: Path, problems: list[Problem]) -> tuple[dict[str, Any] | None, str]:
    """The tables of a file, None for a mistake, and its source."""
    try:
        source = text_of(path, problems)
    except FileNotFoundError:
        problems.append(Problem(path, 0, "there is no such file", "Write it, or begin anew with `okienko new`."))
        source = None
    if source is None:
        return None, ""
    try:
        return tomllib.loads(source), source
    except tomllib.TOMLDecodeError as error:
        line = _line_told(str(error), source)
        problems.append(Problem(path, line, f"this is no TOML: {error}", "Correct the line, see https://toml.io."))
        return None, source


def _line_told(message: str, source: str) -> int:
    _, found, rest = message.partition("(at line ")
    return int(rest.partition(",")[0]) if found else source.count("\n") + 1


def validated(model: type[M], raw: Any, source: str, path: Path, problems: list[Problem]) -> M | None:
    """The tables as the model, None for a mistake."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        inner = {place[:n] for place in (m["loc"] for m in mistakes) for n in range(len(place))}
        for mistake in mistakes:
            place = mistake["loc"]
            if place in inner:  # what is wrong inside is told already
                continue
            name = ".".join(map(str, place))
            what = f"{name}: {mistake['msg'].removeprefix('Value error, ')}"
            problems.append(Problem(path, line_of(source, place), what, _remedy(mistake["type"], str(place[-1]))))
        return None


def _remedy(kind: str, name: str) -> str:
    if kind == "missing":
        return f"Add `{name} = …`."
    if kind == "extra_forbidden":
        return "Remove it, or correct its spelling."
    return "Correct the value; docs/reference/profile.md says what is taken."
