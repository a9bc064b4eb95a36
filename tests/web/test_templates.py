"""What holds for every template, whatever page it makes."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "bot" / "web" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_moments_are_written_as_html_reads_them(path: Path) -> None:
    """HTML takes three digits of a second at most; Python writes six."""
    written = path.read_text("utf-8")
    assert ".isoformat()" not in written
    assert all("datetime=" in tag for tag in re.findall(r"<time[^>]*>", written))
