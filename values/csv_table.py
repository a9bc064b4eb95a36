"""Tables as CSV (RFC 4180) of which no spreadsheet runs a part, whatever sign it takes for the end of a cell."""

import csv
from collections.abc import Iterable
from typing import TextIO

from values.patterns import regex

# Spreadsheets of countries with decimal commas part cells at semicolons, and then our quotes are none. Blanks are left
# out by some; the full-width signs are read as the plain ones.
_FORMULA = regex(r"(^|[;,\t\r\n\v\f|\"])(?=\s*[=+\-@＝＋－＠])")


def inert_cell(text: str) -> str:
    """Return a cell with an apostrophe wherever a formula might begin: text, for every spreadsheet."""
    return _FORMULA.sub(r"\1'", text)


def write_rows(to: TextIO, rows: Iterable[Iterable[str]]) -> None:
    """Write rows of a table, each cell inert; the text is to end its lines itself (`newline=""`)."""
    csv.writer(to).writerows([*map(inert_cell, row)] for row in rows)
