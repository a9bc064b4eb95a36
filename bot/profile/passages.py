"""A seller's own pages and documents as answers: `faq/LOCALE/NAME.md`, split by their headings.

Each part is an answer of its own and says where it stands: the page's title and the heading above it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from bot.profile.problems import ProfileProblem
from bot.profile.toml_reader import text_of

LONGEST = 600
"""Characters of an answer: a longer section is split between its paragraphs."""
_MOST_BYTES = 500_000
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*")
_LINK = re.compile(r"!?\[([^\]]*)\]\((\S+?)(?:\s+\"[^\"]*\")?\)")
_MARKS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_SENTENCES = re.compile(r"(?<=[.!?;:])\s+|\n+")
_NAMED = (
    "A page is a Markdown file called faq/LOCALE/NAME.md (small letters, digits, - and _); name it so, or remove it."
)


class Passage(Struct, frozen=True):
    """A part of a page: its id `NAME.NUMBER`, the page's title, the heading above it, and its words."""

    id: str
    title: str
    heading: str
    words: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the words: each is a way to ask for them."""
        return tuple(one.strip() for one in _SENTENCES.split(self.words) if one.strip())


def passages(folder: Path, locales: Sequence[str], problems: list[ProfileProblem]) -> dict[str, tuple[Passage, ...]]:
    """Return the parts of all pages by language; mistakes are added to `problems`."""
    found: dict[str, list[Passage]] = {locale: [] for locale in locales}
    for path in sorted(path for path in (folder / "faq").glob("*/**/*") if path.is_file()):
        locale = path.parent.name
        if path.parent != folder / "faq" / locale or path.suffix != ".md" or not _NAME.fullmatch(path.stem):
            problems.append(ProfileProblem(path, 0, "this is no page", _NAMED))
        elif locale not in found:
            what = f"nothing reads this: “{locale}” isn’t among `locales`"
            problems.append(ProfileProblem(path, 0, what, "Remove it, or add the language in profile.toml."))
        elif path.stat().st_size > _MOST_BYTES:
            problems.append(ProfileProblem(path, 0, "this page is longer than 500 kB", "Split it into several."))
        elif (source := text_of(path, problems)) is not None:
            parts = list(_parted(path.stem, source))
            found[locale] += parts
            if not parts:
                problems.append(ProfileProblem(path, 1, "there are no words in it", "Write them, or remove the file."))
    return {locale: tuple(parts) for locale, parts in found.items()}


def _parted(name: str, source: str) -> Iterator[Passage]:
    title, number = name, 0
    for heading, words in _sections(source):
        title = heading if number == 0 and title == name and heading else title
        for part in _fitting(words):
            number += 1
            yield Passage(f"{name}.{number}", title, heading or title, part)


def _sections(source: str) -> Iterator[tuple[str, str]]:
    """Yield each heading with the words below it; the first heading also where none stand there."""
    heading, lines, fenced = "", list[str](), False
    for line in source.splitlines():
        fenced ^= line.lstrip().startswith("```")
        match = None if fenced else _HEADING.fullmatch(line.strip())
        if match is None:
            lines.append(line)
            continue
        if heading or "".join(lines).strip():
            yield heading, "\n".join(lines)
        heading, lines = _plain(match[2]), []
    yield heading, "\n".join(lines)


def _fitting(words: str) -> Iterator[str]:
    """Yield the paragraphs, as many together as fit into one answer."""
    part = ""
    for paragraph in re.split(r"\n\s*\n", words):
        plain = _plain(paragraph)
        if part and len(part) + len(plain) > LONGEST:
            yield part
            part = ""
        part = f"{part}\n\n{plain}".strip() if plain else part
    if part:
        yield part


def _plain(markdown: str) -> str:
    """Return the words without Markdown's marks; a link is followed by its address."""
    lines = (line.strip() for line in _LINK.sub(_linked, markdown).splitlines())
    text = "\n".join(line.removeprefix("> ") for line in lines if line and not line.startswith(("```", "<!--")))
    return _MARKS.sub(r"\2", text).strip()


def _linked(link: re.Match[str]) -> str:
    words, address = link[1], link[2]
    return f"{words} ({address})" if address.startswith(("http://", "https://", "mailto:")) else words
