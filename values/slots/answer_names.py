"""Names of answers, by `answer_names.toml`, for texts that are unaccented."""

import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

_FILE = Path(__file__).with_name("answer_names.toml")


class AnswerName(Struct, frozen=True):
    """Names of the answers `of` a kind, the likeliest first, as regular expressions; the file says what marks them."""

    of: tuple[str, ...]
    called: str
    told: str = ""
    in_words: bool = False
    bare: bool = False
    stands_around: bool = False


@cache
def answer_names() -> tuple[AnswerName, ...]:
    """Return the names of all answers, in the order in which they are tried."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))["answers"]
    return convert([{**one, **_spelt(one)} for one in listed], tuple[AnswerName, ...])


def _spelt(table: dict[str, object]) -> dict[str, str]:
    """Return the texts of a table as regular expressions: its lines are alternatives."""
    return {name: "|".join(value.split("\n")[:-1]) for name, value in table.items() if isinstance(value, str)}
