"""Words are counted on the pages that people write, and a decision that grows too long is named."""

from pathlib import Path

from tests.architecture.prose import BRIEF, decision_pages, long_decisions, prose_pages
from tests.architecture.rooms import ROOT, shown


def test_pages_that_a_command_writes_are_not_counted() -> None:
    written = {*(ROOT / "docs").rglob("*.md")} - {*prose_pages()}

    names = ("access", "api", "commands", "dialogs", "settings")
    assert {shown(page) for page in written} == {f"docs/reference/{name}.md" for name in names}


def test_a_decision_of_too_many_words_is_named(tmp_path: Path) -> None:
    lengths = {"README.md": 2 * BRIEF, "dependencies.md": 2 * BRIEF, "cards.md": BRIEF, "voice.md": BRIEF + 1}
    for name, words in lengths.items():
        (tmp_path / name).write_text("word " * words)

    assert [page.name for page in decision_pages(tmp_path)] == ["cards.md", "dependencies.md", "voice.md"]
    assert long_decisions(tmp_path) == (f"{BRIEF + 1} voice.md",)
