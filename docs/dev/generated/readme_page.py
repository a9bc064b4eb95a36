"""README.md's quotes: figures of other pages, the state machine, the reading order. Run as `make pages` does."""

import re
from pathlib import Path

from bot.app.settings import Settings
from bot.cli.diagram import words_of
from bot.profile import load
from dialogs.explorer.diagram import overview
from dialogs.explorer.explore import BRIEF
from dialogs.explorer.seller import walk_anew

PAGE = Path("README.md")
PROFILE: Path = Settings.model_fields["profile"].default
LIFECYCLE = "docs/dev/message-lifecycle.md"

FIGURES = {
    "docs/dev/journeys.md": r"(\d+) sentences",
    "docs/dev/reliability.md": r"(\d+) kills of a desk",
    "docs/dev/by-thumb.md": r"\| fakturasmart +\|(?:[^|]+\|){9} (\d+)",
    "docs/dev/performance.md": r"([\d.]+) kB on the wire",
}
"""Where a page tells the figure that README.md links to it."""


def page() -> str:
    """Return the page with what it quotes as it stands today."""
    text = PAGE.read_text("utf-8")
    for source, told in FIGURES.items():
        text = _put(
            text, rf"(?<=\[)[\d.,]+(?=[^\]]*\]\({source}\))", *re.findall(told, Path(source).read_text("utf-8"))
        )
    text = _put(text, r"(?<=```mermaid\n).+?(?=```)", _drawing())
    return _put(text, r"(?<=```text\n).+?(?=```)", _reading_order())


def _put(text: str, where: str, *found: str) -> str:
    (one,) = found
    text, times = re.subn(where, lambda _: one, text, flags=re.DOTALL)
    assert times == 1, f"README.md has {times} places for {where}"
    return text


def _drawing() -> str:
    profile = load(PROFILE)
    return overview(walk_anew(profile.seller, straight=True, patience=BRIEF), words_of(profile, "en"))


def _reading_order() -> str:
    """Return the files that a message passes, as the page of its lifecycle lists them: a line for each folder's."""
    stops = re.findall(r"^\d+\. \[.*\]\(\.\./\.\./([\w/]+)/(\w+\.py)\)", Path(LIFECYCLE).read_text("utf-8"), re.M)
    lines: list[list[str]] = []
    for folder, file in dict.fromkeys(stops):
        if not lines or lines[-1][0] != f"{folder}/":
            lines.append([f"{folder}/"])
        lines[-1].append(file)
    return "".join(f"{' '.join(line)}\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
