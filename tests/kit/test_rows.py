"""Rows beside test files: read as their columns say, each block the rows of a test that asks for them."""

import re
from pathlib import Path

import pytest

from tests.architecture.rooms import ROOT
from tests.kit.rows import Rows, all_rows, blocks, each_row
from values.meaning import Expects

BESIDE = [*sorted((ROOT / "tests").rglob("test_*.tsv")), *sorted((ROOT / "tests").rglob("rows.tsv"))]


def test_a_cell_is_what_its_column_says() -> None:
    rows = Rows.under("text\tlines\\n\tmaybe?\tnumber=\tpair()\tlist[]\tset{}\tkind:Expects")
    rows.add('a b\t1\\n2\t\t3\t["x", ["y"]]\t[["p", 1]]\t["s", "s"]\temail')
    rows.add("c\t\td\tnull\t[]\t[]\t[]\tphone")
    assert rows.names == ["text", "lines", "maybe", "number", "pair", "list", "set", "kind"]
    assert rows.rows == [
        ("a b", "1\n2", None, 3, ("x", ("y",)), [("p", 1)], {"s"}, Expects.email),
        ("c", "", "d", None, (), [], set(), Expects.phone),
    ]


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="zip"):
        Rows.under("one\tother").add("alone")


def test_a_row_that_fails_is_named_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "rows.tsv"
    beside.write_text("# Remark.\n\n@test\none\tother\na\ta\nb\tc\n")
    kept = blocks(beside)["test"]
    monkeypatch.setattr("tests.kit.rows.rows_of", lambda _test: kept)

    def test(one: str, other: str) -> None:
        assert one == other

    with pytest.raises(AssertionError) as failed:
        all_rows(test)()
    assert failed.value.__notes__ == ["with rows.tsv:6: one='b', other='c'"]
    assert [row.id for row in each_row(test).pytestmark[0].args[1]] == ["rows.tsv:5", "rows.tsv:6"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", BESIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_block_has_rows_and_is_asked_for(path: Path) -> None:
    own = [path.with_suffix(".py")] if path.stem != "rows" else sorted(path.parent.glob("test_*.py"))
    source = "\n".join(file.read_text(encoding="utf-8") for file in own)
    kept = blocks(path)
    assert [name for name, block in kept.items() if not block.rows] == []
    found = [name for name in kept if not re.search(rf'_row(s?)\n(@.+\n)*(async )?def {name}\(|"{name}"[)\]]', source)]
    assert found == []
