"""The page of a letter: one slip of paper in the seller's look, for whatever shows mail.

Tables, styles inlined, colours by day and by night; nothing is fetched. What a text says in lines `Label: value` stands
in rows, as on the chat's cards.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from bot.web.pages import templates
from values.consent import Block, document_blocks, is_document
from values.look import Look, by_day, by_night

if TYPE_CHECKING:
    from css_inline import CSSInliner

_ROW = re.compile(r"(?P<label>[^\s:.!?][^:.!?]{1,39}): (?P<value>\S.*)")


class LetterLink(Struct, frozen=True):
    """Words that lead to a page, and whose page it is."""

    words: str
    href: str

    @property
    def host(self) -> str:
        return urlsplit(self.href).netloc


class LetterPart(Struct, frozen=True):
    """A heading (`h2`, `h3`), a rule, a paragraph or rows; rows have a label each, with the lines of its value."""

    kind: Literal["h2", "h3", "rule", "text", "rows"]
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()


class LetterPage(Struct, frozen=True, kw_only=True):
    """The parts of a letter from top to bottom; `foot` says why it came.

    `code` are words with six digits at the end: these stand above everything in two groups, copied as one. `quoted` are
    a talk's lines, each with who said it. `picture` is a part of the letter by its name, with the words for who can't
    see it. `enclosed` are words, and the documents that they announce. `total` is the label of the most weighty row.
    """

    locale: str
    title: str
    text: str
    foot: str = ""
    code: str = ""
    quoted: tuple[tuple[str, str], ...] = ()
    picture: tuple[str, str] | None = None
    button: LetterLink | None = None
    enclosed: tuple[str, tuple[LetterLink, ...]] | None = None
    stop: LetterLink | None = None
    total: str = ""

    def html(self, look: Look) -> str:
        """Return the letter as HTML, its styles inlined; those for the night stay in its head."""
        return self._drawn(look, divide(self.text), None if self.code else self.title.removesuffix(f" – {look.name}"))

    def document(self, look: Look) -> str:
        """Return the page of a document, which needs nothing but itself; `title` stands above one without a heading."""
        parts = tuple(map(_of_document, document_blocks(self.text)))
        return self._drawn(look, parts, None if is_document(self.text) else self.title)

    def _drawn(self, look: Look, parts: tuple[LetterPart, ...], headline: str | None) -> str:
        page, lights = templates().get_template("letter.html"), {"day": by_day(look), "night": by_night(look)}
        return _inliner().inline(page.render(letter=self, look=look, parts=parts, headline=headline, **lights))


def divide(text: str) -> tuple[LetterPart, ...]:
    """Return the paragraphs of a text; lines `Label: value` become rows, below the line that leads to them."""
    paragraphs = (paragraph.split("\n") for paragraph in text.split("\n\n") if paragraph)
    return tuple(part for lines in paragraphs for part in _divide_paragraph(lines))


def _divide_paragraph(lines: list[str]) -> Iterator[LetterPart]:
    leads = lines[0].endswith(":") and len(lines) > 1
    rows: list[tuple[str, tuple[str, ...]]] = []
    for line in lines[leads:]:
        if found := _ROW.fullmatch(line):
            rows.append((found["label"], (found["value"],)))
        elif rows:
            rows[-1] = (rows[-1][0], (*rows[-1][1], line))
        else:
            break
    if len(rows) + leads < 2:
        yield LetterPart("text", tuple(lines))
        return
    if leads:
        yield LetterPart("text", (lines[0],))
    yield LetterPart("rows", rows=tuple(rows))


def _of_document(block: Block) -> LetterPart:
    # The letter's own words stand above: a document in it begins a level lower.
    if block.level:
        return LetterPart("h2" if block.level == 1 else "h3", block.lines)
    return LetterPart("text", block.lines) if block.lines else LetterPart("rule")


@lru_cache(1)
def _inliner() -> "CSSInliner":
    made: CSSInliner = import_module("css_inline").CSSInliner(load_remote_stylesheets=False)  # with the first letter
    return made
