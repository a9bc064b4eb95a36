"""Additions to the text of `faq/LOCALE.toml`: what stands there stays as it is, comments and order included."""

import json
import re
import tomllib
from collections.abc import Sequence

from msgspec import Struct

from bot.profile.problems import line_of

_MARK = "\ufeff"
"""The mark that Notepad puts before the first line."""
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|(?P<comment>#[^\n]*)|[\[\],]|[^\s]',
    re.DOTALL,
)
_INDENT = "    "


class NotWritable(ValueError):
    """A list of questions is written in a form to which nothing can be added by itself."""


class _List(Struct, frozen=True):
    """Offsets of a list's opening bracket, of the end of its last value or comma, and of its closing bracket."""

    opens: int
    last: int
    closes: int


def with_questions(source: str, entry: int, questions: Sequence[str]) -> str:
    """Return the text with more ways to ask for the entry (from 0) at the end of its list. Raises NotWritable."""
    line = line_of(source.removeprefix(_MARK), ("entry", entry, "questions"))
    begin = sum(map(len, source.splitlines(keepends=True)[: line - 1]))
    at = _list_from(source, begin)
    separator = "" if source[at.last - 1] == "," else ","
    before = source.rfind("\n", 0, at.closes) + 1
    if before > at.opens and not source[before : at.closes].strip():
        lines = "".join(f"{_INDENT}{quoted(one)},{_newline(source)}" for one in questions)
        added = f"{source[: at.last]}{separator}{source[at.last : before]}{lines}{source[before:]}"
    else:
        values = ", ".join(map(quoted, questions))
        added = f"{source[: at.last]}{separator} {values}{source[at.last :]}"
    if _questions(added, entry) != [*_questions(source, entry), *questions]:
        raise NotWritable
    return added


def with_entry(source: str, id: str, title: str, questions: Sequence[str], answer: str) -> str:
    """Return the text with one entry more at its end."""
    lines = (
        "[[entry]]",
        f"id = {quoted(id)}",
        f"title = {quoted(title)}",
        "questions = [",
        *(f"{_INDENT}{quoted(one)}," for one in questions),
        "]",
        f"answer = {quoted(answer)}",
    )
    newline = _newline(source)
    # A mark before the first line is no text yet.
    gap = f"{newline}{newline}" if source.strip(f"{_MARK} \r\n") else ""
    return f"{source.rstrip()}{gap}{newline.join(lines)}{newline}"


def quoted(text: str) -> str:
    """Return the text as a TOML string of one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list_from(source: str, begin: int) -> _List:
    """Return the first list behind `begin`. Raises NotWritable."""
    opens, last = source.find("[", begin), 0
    for token in _TOKEN.finditer(source, opens + 1):
        if token[0] == "]" and last:
            return _List(opens, last, token.start())
        if token["comment"] is None:
            last = token.end()
    raise NotWritable


def _questions(source: str, entry: int) -> list[str]:
    try:
        return list(tomllib.loads(source.removeprefix(_MARK))["entry"][entry]["questions"])
    except (tomllib.TOMLDecodeError, LookupError):
        raise NotWritable from None


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"
