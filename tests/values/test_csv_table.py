"""No part of a written table is run by a spreadsheet, whatever sign it takes for the end of a cell."""

import csv
import io
import re
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.rooms import shown, sources
from tests.kit.rows import all_rows
from values.csv_table import inert_cell, write_rows

SIGNS = "=+-@＝＋－＠"
PARTS = ";,\t|"
texts = st.text(alphabet=f"{SIGNS}{PARTS}\"'\r\n \u00a0\u3000aż1(&", max_size=30)


def written(rows: list[list[str]]) -> str:
    to = io.StringIO(newline="")
    write_rows(to, rows)
    return to.getvalue()


@all_rows
def test_a_cell_begins_no_formula_anywhere(text: str, cell: str) -> None:
    assert inert_cell(text) == cell
    assert inert_cell(cell) == cell


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_spreadsheet_finds_a_formula(rows: list[list[str]]) -> None:
    told = written(rows)
    readers = (csv.reader(io.StringIO(told, newline=""), delimiter=part) for part in PARTS)
    cells = chain(chain.from_iterable(chain.from_iterable(readers)), re.split(rf'[{PARTS}"\r\n]', told))
    assert not [cell for cell in cells if cell.strip().startswith(tuple(SIGNS))]


@given(st.lists(st.lists(texts, min_size=2, max_size=3), min_size=1, max_size=3))
def test_whoever_takes_the_apostrophes_out_has_what_was_written(rows: list[list[str]]) -> None:
    read = [*csv.reader(io.StringIO(written(rows), newline=""))]
    assert [[cell.replace("'", "") for cell in row] for row in read] == [
        [cell.replace("'", "") for cell in row] for row in rows
    ]


def test_there_is_one_writer_of_tables() -> None:
    writers = {shown(path) for path in sources() if re.search(r"^import csv|^from csv", path.read_text("utf-8"), re.M)}
    assert writers == {"values/csv_table.py"}
