"""The towns of Europe by name: they confirm that words are one, and refuse none."""

import gzip
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from values.parsing import fold_words

_FILE = Path(__file__).with_name("towns.txt.gz")
_SHORTEST = 2
_MOST_IN_CASE = 2


@cache
def _towns() -> str:
    """Return the names in their order, a line each: as ninety thousand strings they would take ten times the memory."""
    return f"{gzip.decompress(_FILE.read_bytes()).decode()}\n"


def is_town(text: str) -> bool:
    """Return whether a text is the name of a town, however its letters are typed."""
    name, towns = fold_words(text), _towns()
    at = bisect_left(range(len(towns)), name, key=_name_at)
    return at < len(towns) and _name_at(at) == name


def _name_at(place: int) -> str:
    towns = _towns()
    return towns[towns.rfind("\n", 0, place) + 1 : towns.find("\n", place)]


def called_town(text: str, before: str = "") -> str | None:
    """Return a town as it is called that words behind another one name: "Sopot" of "w Sopocie"; None for no town."""
    words, case = text.split(), _cases().get(before)
    if case is not None and len(words) <= _MOST_IN_CASE:
        forms = product(*(_called(word, case) for word in words))
        found = next((town for one in forms if is_town(town := " ".join(one)) and town != text), None)
        if found is not None:
            return found
    return text if is_town(text) else None


@cache
def _cases() -> dict[str, tuple[str, ...]]:
    """Return by preposition the endings behind it with those of the name."""
    listed = tomllib.loads(_FILE.with_name("town_cases.toml").read_text(encoding="utf-8"))["cases"]
    return {word: tuple(case["endings"].split()) for case in listed for word in case["behind"].split()}


def _called(word: str, case: Sequence[str]) -> Iterator[str]:
    for form in case:
        ending, _, called = form.partition("=")
        stem = word[: -len(ending)]
        fits = word.lower().endswith(ending) and (len(stem) >= _SHORTEST or not stem)
        yield from (f"{stem}{one}" if stem else one.title() for one in called.split(",") if fits)
    yield word
