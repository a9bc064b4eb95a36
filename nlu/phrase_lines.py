"""Lines of the tables of phrases, each of which may stand for several phrases; `phrases/binding/pl.toml` explains."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from values.parsing import fold_words
from values.patterns import regex

_PARTED, _FORMS = "...", "forms"
_FILES = [Path(__file__).parent / "phrases" / f"{name}.toml" for name in ("corrections", "wishes", "word_lists")]


def expand_all(lines: Iterable[str]) -> frozenset[str]:
    """Return all phrases that lines mean, as pl.toml explains."""
    return frozenset(phrase for line in lines for phrase in _meant_by(line) if phrase)


def wish(table: str, pattern: str) -> re.Pattern[str]:
    """Return a pattern of words of one table of the files of lists: `<name>` is one of that list of it.

    `..` are up to four words between two.
    """
    spelled = re.sub(r"<(\w+)>", lambda name: rf"\b{alternatives(table, name[1])}\b", pattern)
    return regex(spelled.replace("..", r" (?:\w+ ){0,4}?"))


class Forms:
    """The patterns that a reader looks for, by the names that its table gives them.

    In one of them `{name}` is one of that list of it, or that pattern, `<name>` the same as whole words,
    `{table.name}` one of another table's list, and `{gap}` up to four words between two. Its lines make one.
    """

    def __init__(self, table: str) -> None:
        """Prepare all of them, so that they can be compiled while nobody waits."""
        self.__dict__ |= {name: regex(_spelled(table, form)) for name, form in _forms()[table].items()}

    def __getattr__(self, name: str) -> re.Pattern[str]:
        """Raise AttributeError for a name that the table doesn't have."""
        raise AttributeError(name)


def _spelled(table: str, form: str) -> str:
    """Return a form with what it names put in."""

    def meant(found: re.Match[str]) -> str:
        of, name = found["of"] or table, found["name"]
        if name == "gap":
            return r" (?:\w+ ){0,4}?"
        return alternatives(of, name) if name in _tables()[of] else f"(?:{_spelled(of, _forms()[of][name])})"

    whole = re.sub(r"(?<!\(\?P)<(\w+)>", r"\\b{\1}\\b", form.replace("\n", ""))
    return re.sub(r"\{(?:(?P<of>[a-z_]+)\.)?(?P<name>[a-z_]+)\}", meant, whole)


def alternatives(table: str, *names: str) -> str:
    """Return the source of a pattern that is one of the patterns of lists."""
    return f"(?:{'|'.join(one for name in names for one in _tables()[table][name])})"


def patterns(table: str) -> dict[str, str]:
    """Return the sources of the patterns of all lists of a table, by their names."""
    return {name: "|".join(listed) for name, listed in _tables()[table].items()}


def word_list(table: str, name: str) -> list[str]:
    """Return a list in its order."""
    return _tables()[table][name]


def word_set(table: str, *names: str) -> frozenset[str]:
    """Return the plain words, or whole phrases, of lists."""
    return frozenset(one for name in names for one in word_list(table, name))


@cache
def _read() -> dict[str, dict[str, Any]]:
    read = (tomllib.loads(file.read_text(encoding="utf-8")) for file in _FILES)
    return {name: of for file in read for name, of in file.items()}


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return {
        name: {one: v.splitlines() if isinstance(v, str) else v for one, v in of.items() if one != _FORMS}
        for name, of in _read().items()
    }


@cache
def _forms() -> dict[str, dict[str, str]]:
    return {name: of.get(_FORMS, {}) for name, of in _read().items()}


def _meant_by(line: str) -> Iterator[str]:
    slots = [[_folded(word) for word in slot.split("/")] for slot in line.split()]
    return (" ".join(filter(None, chosen)) for chosen in product(*slots))


def _folded(word: str) -> str:
    if word == _PARTED:
        return word
    ending = "*" if word.endswith("*") else ""
    return fold_words(word.replace("_", " ")) + ending
