"""Mermaid flowcharts of a walk: the steps that speak or wait, and the ways from one to the next."""

from collections.abc import Iterable, Iterator

from dialogs.explorer.explore import Walk
from dialogs.kit.journey import EDIT, AnyStep

# An arrow with more labels than this says how many more there are.
MOST_LABELS = 3
MOST_IN_A_LINE = 3


def diagram(found: Walk, dialog: str | None = None) -> str:
    """Return Mermaid text of the whole journey, or of one dialog with the ways out of it.

    Raises KeyError for a dialog that the journey doesn't have.
    """
    names = list(found.journey.dialogs) if dialog is None else [found.journey.dialogs[dialog].name]
    ways = {way: labels for way, labels in found.ways.items() if _drawn(way, labels, names)}
    steps = _named(ways)
    lines = ["flowchart TD"]
    for name in names:
        if nodes := [f"    {_node(path, found)}" for path in steps if path.startswith(f"{name}.")]:
            lines += [f"  subgraph {name}", *nodes, "  end"]
    lines += [f"  {_node(path, found)}" for path in steps if path.partition(".")[0] not in names]
    lines += [f'  {_id(start)} -->|"{_label(labels)}"| {_id(end)}' for (start, end), labels in sorted(ways.items())]
    return "\n".join(lines) + "\n"


def overview(found: Walk) -> str:
    """Return Mermaid text of the journey's dialogs in their order, each with its questions.

    The ways are those where every command has its ordinary outcome.
    """
    ways: dict[tuple[str, str], list[str]] = {}
    for (start, end), labels in found.ways.items():
        begins, goes_on = start.partition(".")[0], end.partition(".")[0]
        ordinary = [label for label in labels if " / " not in label]
        if begins != goes_on and ordinary:
            ways.setdefault((begins, goes_on), []).extend(ordinary)
    lines = ["flowchart TD"]
    drawn = [name for name in found.journey.dialogs if any(name in way for way in ways)]
    lines += [f'  {name}["<b>{name}</b>{"".join(_asked(name, found))}"]' for name in drawn]
    arrows = ((way, _label(list(dict.fromkeys(labels)))) for way, labels in sorted(ways.items()))
    lines += [f'  {start} -->|"{label}"| {end}' for (start, end), label in arrows]
    return "\n".join(lines) + "\n"


def _asked(dialog: str, found: Walk) -> Iterator[str]:
    """Yield a dialog's questions and waits, so many to a line."""
    reached = {path for way, labels in found.ways.items() if labels for path in way}
    steps = [s for s in found.journey.steps if s.dialog == dialog and not s.awaits_machine and s.path in reached]
    for n, step in enumerate(steps):
        yield f"{'<br/>' if n % MOST_IN_A_LINE == 0 else ' · '}{step.name}"


def _drawn(way: tuple[str, str], labels: list[str], names: list[str]) -> bool:
    start, end = way
    return start != end and bool(labels) and any(path.partition(".")[0] in names for path in (start, end))


def _named(ways: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({path for way in ways for path in way})


def _node(path: str, found: Walk) -> str:
    name = path.rpartition(".")[2]
    if name == EDIT:
        return f'{_id(path)}{{"what to change?"}}'
    step: AnyStep = found.journey.step(path)
    shape = ("([", "])") if step.awaits_machine else ("[", "]")
    told = name if name == step.expects else f"{name}<br/><i>{step.expects}</i>"
    return f'{_id(path)}{shape[0]}"{told}"{shape[1]}'


def _id(path: str) -> str:
    return path.replace(".", "__")


def _label(labels: list[str]) -> str:
    shown = sorted(_shortened(labels), key=lambda label: label.count("/"))
    more = len(shown) - MOST_LABELS
    return "<br/>".join([*shown[:MOST_LABELS], *([f"… {more} more"] if more > 0 else [])])


def _shortened(labels: list[str]) -> Iterator[str]:
    """Yield labels with `method:card`, `method:blik` … joined into `method:…`."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for label in labels:
        said, slash, came = label.partition(" / ")
        alike.setdefault((said.partition(":")[0], slash, came), []).append(label)
    for (head, slash, came), same in alike.items():
        yield same[0] if len(same) == 1 else f"{head}:…{slash}{came}"
