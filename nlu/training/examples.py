"""The project's own sentences with their intents: Rasa's training data in YAML (3.1), a file for each intent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from nlu.evaluation import Labelled

DATA = Path(__file__).parent.parent / "data"
"""A folder for each language; a file's intents stand in it."""
_ANNOTATED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def shipped_examples() -> list[Labelled]:
    """Return the sentences of the shipped languages, in the order of their files."""
    folders = sorted(path for path in DATA.iterdir() if path.is_dir())
    return [one for folder in folders for file in sorted(folder.glob("*.yml")) for one in read_examples(file)]


def read_examples(file: Path) -> Iterator[Labelled]:
    """Yield a file's sentences; the folder names their language. Errors: ValueError names the file."""
    content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    match content:
        case {"version": "3.1", "nlu": list(entries)}:
            for entry in cast("list[Any]", entries):
                yield from _entry(entry, file)
        case _:
            raise ValueError(f'{file}: version: "3.1" and a list nlu are needed')


def _entry(entry: object, file: Path) -> Iterator[Labelled]:
    match entry:
        case {"intent": str(intent), "examples": str(lines)}:
            for line in lines.splitlines():
                yield Labelled(_ANNOTATED.sub(r"\1", line.removeprefix("- ").strip()), file.parent.name, intent)
        case _:
            raise ValueError(f"{file}: each entry needs an intent and its examples")
