"""Rows beside test files: read as their columns say, each block the rows of a test that asks for them."""

import re
from pathlib import Path

import pytest

from tests.architecture.rooms import ROOT
from tests.kit.rows import Rows, rows_beside
from values.meaning import Expects

BESIDE = [path for path in sorted((ROOT / "tests").rglob("test_*.tsv")) if path.with_suffix(".py").exists()]


def test_a_cell_is_what_its_column_says() -> None:
    rows = Rows.under("text\tmaybe?\tnumber=\tpair()\tlist[]\tset{}\tkind:Expects")
    rows.add('a b\t\t3\t["x", ["y"]]\t[["p", 1]]\t["s", "s"]\temail')
    rows.add("c\td\tnull\t[]\t[]\t[]\tphone")
    assert rows.names == ["text", "maybe", "number", "pair", "list", "set", "kind"]
    assert rows.rows == [
        ("a b", None, 3, ("x", ("y",)), [("p", 1)], {"s"}, Expects.email),
        ("c", "d", None, (), [], set(), Expects.phone),
    ]


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="zip"):
        Rows.under("one\tother").add("alone")


@pytest.mark.parametrize("path", BESIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_block_has_rows_and_is_asked_for(path: Path) -> None:
    source = path.with_suffix(".py").read_text(encoding="utf-8")
    blocks = rows_beside(str(path.with_suffix(".py")))
    assert [name for name, kept in blocks.items() if not kept.rows] == []
    assert [
        name for name in blocks if not re.search(rf'_row(s?)\n(@.+\n)*(async )?def {name}\(|"{name}"\)', source)
    ] == []
