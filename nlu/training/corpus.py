"""The sentences that are learnt from: the project's own, and some of them once more with a value beside the wish.

The project's stand in Rasa's training data in YAML (3.1), a file a language. People write "sign me up, my mail is
…" as well as "my mail is …"; the sentences written for the intents seldom have values, those of `inform` always have,
and a reader trained on them alone would take every message with a number for `inform`. Which value stands where is
drawn from the sentence itself: the same sentences always give the same ones.
"""

import random
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from msgspec.structs import replace

from nlu.evaluation import Labelled
from values.patterns import regex

DATA = Path(__file__).parent.parent / "data"
"""A file for each language."""
_ANNOTATED = regex(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def shipped_examples() -> list[Labelled]:
    """Return the sentences of the shipped languages, in the order of their files."""
    return [one for file in sorted(DATA.glob("*.yml")) for one in read_examples(file)]


def read_examples(file: Path) -> Iterator[Labelled]:
    """Yield a file's sentences; its name is their language. Errors: ValueError names the file."""
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
                yield Labelled(_ANNOTATED.sub(r"\1", line.removeprefix("- ").strip()), file.stem, intent)
        case _:
            raise ValueError(f"{file}: each entry needs an intent and its examples")


_ONE_IN = 4
_WITHOUT = frozenset(
    "inform greet goodbye thank affirm deny back restart help change_language ask_password_rules out_of_scope".split()
)
"""Intents that people don't state together with a value, or by it alone."""
_VALUES: Mapping[str, Sequence[str]] = tomllib.loads(Path(__file__).with_name("values.toml").read_text("utf-8"))


def augmented(sentences: Sequence[Labelled]) -> Iterator[Labelled]:
    """Yield the sentences that are made of those given."""
    for sentence in sentences:
        draw = random.Random(zlib.crc32(sentence.text.encode()))  # noqa: S311 - no secret hangs on it
        values = _VALUES.get(sentence.lang)
        if values is not None and sentence.intent not in _WITHOUT and draw.randrange(_ONE_IN) == 0:
            value, text = draw.choice(values), sentence.text.rstrip(" .")
            yield replace(sentence, text=f"{text}, {value}" if draw.randrange(3) else f"{value}, {text}")
