"""docs/dev/journeys.md: every row of a guide names tests that exist. dialogs.md is what a walk finds."""

import re

from docs.dev.generated import dialogs_page
from tests.architecture.rooms import ROOT

PAGE = (ROOT / "docs" / "dev" / "journeys.md").read_text("utf-8")
ROWS = [line.strip("|").rsplit("|", 1) for line in PAGE.splitlines() if line.startswith("| ") and "|---" not in line]


def test_no_row_is_empty() -> None:
    assert ROWS
    assert all(cell.strip() for row in ROWS for cell in row)


def test_every_test_that_is_named_exists() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    known = set(re.findall(r"def (test_\w+)", sources))
    assert {name for _, shown in ROWS for name in re.findall(r"`(test_\w+)`", shown)} - known == set()


def test_every_file_and_scene_that_is_named_exists() -> None:
    files = {f"tests/{name}" for name in re.findall(r"\bt/([\w/]+\.py)", PAGE)}
    assert files
    files |= {name for name in re.findall(r"`((?:tests|profiles)/[\w/.*]+)`", PAGE) if "*" not in name}
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    transcripts = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests/journeys/transcripts").glob("*.txt"))
    # Told as T *…*, or quoted behind "transcript" or "scene", up to the next semicolon.
    scenes = {name for _, shown in ROWS for name in re.findall(r"T \*([^*]+)\*", shown)}
    told = [part for _, shown in ROWS for part in re.findall(r"(?:transcripts?|scenes?)\b([^;]*)", shown)]
    scenes |= {name for part in told for name in re.findall(r"[“\"]([^”\"]+)[”\"]", part)}
    assert [name for name in sorted(scenes) if name not in transcripts] == []


def test_the_page_of_dialogs_is_current() -> None:
    found = (ROOT / dialogs_page.PAGE).read_text("utf-8")
    assert found == dialogs_page.page(ROOT / dialogs_page.PROFILE), "run python -m docs.dev.generated.dialogs_page"
