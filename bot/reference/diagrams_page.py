"""docs/reference/diagrams.md, drawn by walking the sellers' journeys: run `python -m bot.reference.diagrams_page`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.profile import load
from dialogs.explorer.diagram import diagram, overview
from dialogs.explorer.explore import Walk
from dialogs.explorer.seller import walk_seller
from dialogs.journey import ALL
from dialogs.kit import Journey

PAGE = Path("docs/reference/diagrams.md")
PROFILES = Path("profiles")

HEAD = """<!-- Drawn by walking the journeys: `python -m bot.reference.diagrams_page`; don't edit. -->
# Diagrams

The shipped sellers' journeys, drawn by playing them with every answer and every outcome. First each seller: its dialogs
in their order, what each asks, and what leads from one to another where all goes well. Then the dialogs, once for all:
a step or a way stands there if some seller has it. `okienko diagram DIR` draws one seller's journey whole;
[dialogs](dialogs.md) lists steps, buttons and outcomes of one of them.

Left out: back, cancel, start again, help, language, a person, questions and corrections work at every step. Rounded
boxes wait for a machine. `✎` is a typed answer, `a / B` the answer `a` when its command came to `B` instead of the
ordinary outcome.
"""


def page(walks: Mapping[str, Walk]) -> str:
    """Return the page, as Markdown, of these sellers' walks by their folders' names."""
    return "".join([HEAD, *_sellers(walks), "\n## The dialogs\n", *_dialogs(walks)])


def shipped(root: Path = Path()) -> dict[str, Walk]:
    """Walk of the shipped sellers."""
    folders = sorted(path.parent for path in (root / PROFILES).glob("*/profile.toml"))
    return {folder.name: walk_seller(load(folder).seller) for folder in folders}


def _sellers(walks: Mapping[str, Walk]) -> Iterator[str]:
    for name, found in walks.items():
        yield f"\n## {name}\n\n"
        order = " → ".join(f"`{dialog}`" for dialog in found.journey.dialogs)
        yield f"{order}\n\n{_mermaid(overview(found))}"


def _dialogs(walks: Mapping[str, Walk]) -> Iterator[str]:
    union = Walk(Journey(list(ALL.values())), frozenset())
    for found in walks.values():
        for (start, end), labels in found.ways.items():
            for label in labels:
                union.took(start, end, label)
    for name in union.journey.dialogs:
        having = [f"`{seller}`" for seller, found in walks.items() if any(_of(name, way) for way in found.ways)]
        if having:
            yield f"\n### {name}\n\nWith {', '.join(having)}.\n\n{_mermaid(diagram(union, name))}"


def _of(dialog: str, way: tuple[str, str]) -> bool:
    return any(path.partition(".")[0] == dialog for path in way)


def _mermaid(drawn: str) -> str:
    return f"```mermaid\n{drawn}```\n"


if __name__ == "__main__":
    PAGE.write_text(page(shipped()), encoding="utf-8")
