"""The Python written out in the documentation runs, and does what the text says."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if BLOCK.search(page.read_text("utf-8"))]


def test_there_is_an_example() -> None:
    assert DOCS / "dev" / "the-kit.md" in PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_blocks_run_one_after_the_other(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text("utf-8"))
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})
