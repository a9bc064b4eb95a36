"""How much there is to read beside the code: words of prose in docs/, and the pages of decisions.

Pages that a command writes begin with a comment that names it; they are looked up rather than read, and aren't counted.
"""

from pathlib import Path

from tests.architecture.rooms import ROOT

GENERATED = "<!-- Made "
"""With these signs a page begins that a command writes."""

BRIEF = 300
"""Words that a page of decisions has at most."""

TABLE = "dependencies.md"
"""The page that says why each library is here: looked up row by row, so as long as there are libraries."""


def prose_pages(docs: Path = ROOT / "docs") -> tuple[Path, ...]:
    """Return the pages that people write, releases' notes and samples with them."""
    return tuple(page for page in sorted(docs.rglob("*.md")) if not page.read_text("utf-8").startswith(GENERATED))


def word_count(page: Path) -> int:
    """Return the page's words, as `wc -w` counts them."""
    return len(page.read_text("utf-8").split())


def decision_pages(decisions: Path = ROOT / "docs" / "decisions") -> tuple[Path, ...]:
    """Return the pages of decisions, the index aside."""
    return tuple(page for page in sorted(decisions.glob("*.md")) if page.name != "README.md")


def long_decisions(decisions: Path = ROOT / "docs" / "decisions") -> tuple[str, ...]:
    """Return the pages of decisions of more than `BRIEF` words, with their words."""
    told = (page for page in decision_pages(decisions) if page.name != TABLE)
    return tuple(f"{words} {page.name}" for page in told if (words := word_count(page)) > BRIEF)
