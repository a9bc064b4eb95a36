"""Mermaid flowcharts of a walk: the steps that speak or wait, and the ways from one to the next."""

from collections.abc import Callable, Iterator

from dialogs.explorer.watch import Walk
from dialogs.journey import ANYWHERE
from dialogs.kit import Params
from dialogs.kit.journey import EDIT, AnyStep

Ways = dict[tuple[str, str], list[str]]
Words = Callable[[str, Params], str | None]
"""Returns the seller's words for a key with its places filled, None where there are none."""
# An arrow with more labels than this says how many more there are.
MOST_LABELS = 3


def diagram(found: Walk, dialog: str | None = None) -> str:
    """Return Mermaid text of the whole journey, or of one dialog with the ways out of it.

    Raises KeyError for a dialog that the journey doesn't have.
    """
    names = list(found.journey.dialogs) if dialog is None else [found.journey.dialogs[dialog].name]
    ways = {way: labels for way, labels in found.ways.items() if _drawn(way, labels, names)}
    steps = sorted({path for way in ways for path in way})
    lines = ["flowchart TD"]
    for name in names:
        if nodes := [f"    {_node(path, found)}" for path in steps if path.startswith(f"{name}.")]:
            lines += [f"  subgraph {name}", *nodes, "  end"]
    lines += [f"  {_node(path, found)}" for path in steps if path.partition(".")[0] not in names]
    lines += [f'  {_id(start)} -->|"{_label(labels)}"| {_id(end)}' for (start, end), labels in sorted(ways.items())]
    return "\n".join(lines) + "\n"


def overview(found: Walk, words: Words) -> str:
    """Return Mermaid text of the parts of the way in their order, each with what it asks, and the way to a person.

    All is in the seller's `words`. The ways are those where every command has its ordinary outcome, with the answers
    if nothing else leads there; those back are dotted. Dialogs that customers may be led into anywhere are left out.
    """
    parts = {name: dialog.shown_as for name, dialog in found.journey.dialogs.items() if name not in ANYWHERE}
    payloads = {option.payload for option in found.options.values()}
    ways: Ways = {}
    for (start, end), labels in found.ways.items():
        begins, goes_on = (parts.get(path.partition(".")[0], "") for path in (start, end))
        ordinary = [label for label in labels if " / " not in label and not label.startswith("/")]
        if begins and goes_on and begins != goes_on and ordinary:
            ways.setdefault((begins, goes_on), []).extend(ordinary if payloads.issuperset(ordinary) else ())
    drawn = [part for part in dict.fromkeys(parts.values()) if any(part in way for way in ways)]
    lines = ["flowchart TD", "  start((●))", '  subgraph way [" "]']
    lines += [f"    {part}{_box(part, found, words)}" for part in drawn]
    lines += ["  end", "  done((◎))", f"  start --> {drawn[0]}"]
    forth = {way for way in ways if drawn.index(way[0]) < drawn.index(way[1])}
    for way in sorted(ways, key=lambda way: [*map(drawn.index, way)]):
        if not _is_shortcut(way, ways, forth):
            lines.append(f"  {way[0]} {'-->' if way in forth else '-.->'}{_answers(ways[way], found, words)} {way[1]}")
    person = words("part.handoff", {}) or "handoff"
    return "\n".join([*lines, f"  {drawn[-1]} --> done", f'  way <-.-> handoff["<b>{_quoted(person)}</b>"]']) + "\n"


def _is_shortcut(way: tuple[str, str], ways: Ways, forth: set[tuple[str, str]]) -> bool:
    """Return whether the way's answers lead into a part, too, from which it goes on: there that part asks nothing."""

    def leads(part: str) -> bool:
        return part == way[1] or any(leads(end) for start, end in forth if start == part)

    return any(start == way[0] and {*ways[way]} <= {*ways[start, end]} and leads(end) for start, end in forth - {way})


def _box(part: str, found: Walk, words: Words) -> str:
    """Return a part's box: its title, then its questions that are called otherwise."""
    title = words(f"part.{part}", {}) or part
    reached = {path for way, labels in found.ways.items() if labels for path in way}
    asked = dict.fromkeys(
        words(f"label.{step.name}", {}) or step.name
        for step in found.journey.steps
        if step.path in reached and not step.awaits_machine and found.journey.dialogs[step.dialog].shown_as == part
        if step.dialog not in ANYWHERE
    )
    lines = [f"<b>{title}</b>", ", ".join(name for name in asked if name != title)]
    return f'["{_quoted("<br/>".join(filter(None, lines)))}"]'


def _answers(labels: list[str], found: Walk, words: Words) -> str:
    """Return what stands on an arrow: the answers that lead along it, as their buttons say them."""
    buttons = {option.payload: option for option in reversed(found.options.values())}  # the first one's words count
    said = [words(buttons[label].key, buttons[label].params) for label in labels if label in buttons]
    shown = [word for word in dict.fromkeys(said) if word]
    more = len(shown) - MOST_LABELS
    label = "<br/>".join([*shown[:MOST_LABELS], *([f"+ {more}"] if more > 0 else [])])
    return f'|"{_quoted(label)}"|' if label else ""


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def _drawn(way: tuple[str, str], labels: list[str], names: list[str]) -> bool:
    start, end = way
    return start != end and bool(labels) and any(path.partition(".")[0] in names for path in (start, end))


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
