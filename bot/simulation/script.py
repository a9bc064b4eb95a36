"""A seller's own tests: conversations written down as they are read, one line a message.

The form: docs/how-to/test-your-journey.md.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from bot.profile.problems import ProfileProblem
from values.seller import Seller

FOLDER = "tests"
"""Where a profile keeps its tests, as `*.txt`."""

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LONGEST_S = 100 * 365 * 86400
_SPAN = re.compile(r"(\d{1,20}) (second|minute|hour|day)s?")
_PAID = ("paid", "failed", "abandoned")


class Mark(StrEnum):
    """The first character of a line."""

    SAYS = ">"
    HEARS = "<"
    NEVER = "!"
    STANDS = "@"
    ELSEWHERE = "*"


class Act(StrEnum):
    """Something that the customer does elsewhere than in the chat."""

    CODE = "code"
    LETTER = "letter"
    PAGE = "page"
    PAYS = "pays"
    TRANSFERS = "transfers"
    WAITS = "waits"
    FAILS = "fails"


class ScriptLine(Struct, frozen=True):
    """A line: `words` are the customer's or the desk's, a step's path, or what stands behind an act."""

    number: int
    mark: Mark
    words: str
    act: Act | None = None

    @property
    def written(self) -> str:
        """The line as it stands in the file."""
        return " ".join(part for part in (self.mark, self.act, self.words) if part)

    @property
    def button(self) -> str | None:
        """The title or payload of the button that is pressed."""
        pressed = self.mark is Mark.SAYS and self.words.startswith("[") and self.words.endswith("]")
        return self.words[1:-1] if pressed else None

    @property
    def fields(self) -> dict[str, str]:
        """The values typed into a page's fields, by their names."""
        return dict(word.split("=", 1) for word in self.words.split())

    @property
    def span(self) -> timedelta:
        """The time for which nothing is said."""
        number, unit = self.words.split()
        return timedelta(seconds=int(number) * _UNITS[unit.removesuffix("s")])


class ScriptedConversation(Struct, frozen=True):
    """One conversation of a file, from its heading on, in the customer's language."""

    file: Path
    title: str
    locale: str
    lines: tuple[ScriptLine, ...]


def read_scripts(folder: Path, seller: Seller) -> tuple[list[ScriptedConversation], list[ProfileProblem]]:
    """Return the conversations of a profile's folder, and every mistake in them."""
    conversations: list[ScriptedConversation] = []
    problems: list[ProfileProblem] = []
    for file in sorted((folder / FOLDER).glob("*.txt")):
        text = _text(file)
        if isinstance(text, ProfileProblem):
            problems.append(text)
            continue
        for heading, locale, body in _parted(text):
            lines = [line_of(file, number, text) for number, text in body]
            problems += [line for line in lines if isinstance(line, ProfileProblem)]
            if locale not in ("", *seller.locales):
                spoken = ", ".join(seller.locales)
                problems.append(ProfileProblem(file, heading[0], f"{locale} isn't spoken here", f"Choose: {spoken}."))
            if not heading[1]:
                what = "there is no heading above the first line"
                problems.append(ProfileProblem(file, heading[0], what, "Begin with `# ` and what is tested."))
            told = tuple(line for line in lines if isinstance(line, ScriptLine))
            conversations.append(ScriptedConversation(file, heading[1], locale or seller.locales[0], told))
    return conversations, problems


def _text(file: Path) -> str | ProfileProblem:
    try:
        written = file.read_bytes()
    except OSError as error:
        return ProfileProblem(file, 1, f"it can't be read: {error.strerror}", "Make it a text file of yours.")
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        return ProfileProblem(file, line, "a character isn't written in UTF-8", "Save the file as UTF-8.")


_Numbered = tuple[int, str]


def _parted(text: str) -> Iterator[tuple[_Numbered, str, list[_Numbered]]]:
    """Yield the heading, the language and the lines of each conversation."""
    heading, locale, body = (1, ""), "", list[_Numbered]()
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        if written.startswith("# "):
            if body:
                yield heading, locale, body
            heading, locale, body = (number, written[2:].strip()), "", []
        elif written.startswith("language:") and not body:
            locale = written.partition(":")[2].strip()
        elif written:
            body.append((number, written))
    if body:
        yield heading, locale, body


def line_of(file: Path, number: int, text: str) -> ScriptLine | ProfileProblem:
    mark, _, words = text.partition(" ")
    words = words.strip()
    if mark not in [*Mark] or not words:
        known = ", ".join(f"`{one} `" for one in Mark)
        return ProfileProblem(file, number, "a line is a mark, a blank and words", f"Begin it with one of {known}.")
    if mark != Mark.ELSEWHERE:
        return ScriptLine(number, Mark(mark), words)
    name, _, rest = words.partition(" ")
    if name not in [*Act]:
        return ProfileProblem(file, number, f"there is no act {name}", f"Choose: {', '.join(Act)}.")
    if (remedy := _misfit(Act(name), rest.split())) is not None:
        return ProfileProblem(file, number, f"“{words}” can't be done", remedy)
    return ScriptLine(number, Mark.ELSEWHERE, rest, Act(name))


def _misfit(act: Act, rest: list[str]) -> str | None:
    """Return the remedy where an act is given what it can't use."""
    match act, rest:
        case Act.PAGE, _ if all("=" in word for word in rest):
            return None
        case Act.PAGE, _:
            return "Write `* page FIELD=VALUE …`."
        case Act.PAYS, [] | ["paid" | "failed" | "abandoned"]:
            return None
        case Act.PAYS, _:
            return f"Write `* pays`, or with one of {', '.join(_PAID)}."
        case Act.WAITS, _:
            if (span := _SPAN.fullmatch(" ".join(rest))) is not None and int(span[1]) * _UNITS[span[2]] > _LONGEST_S:
                return "Write less than a hundred years."
            return None if span is not None else "Write `* waits 3 days`: seconds, minutes, hours, days."
        case Act.FAILS, [_, _]:
            return None
        case Act.FAILS, _:
            return "Write `* fails PROVIDER MODE` (docs/how-to/test-your-journey.md)."
        case Act.TRANSFERS, _:
            return None if len(rest) == 1 else "Write `* transfers EMAIL`."
        case ((Act.CODE | Act.LETTER), []):
            return None
        case _:
            return f"Write `* {act}` alone."
