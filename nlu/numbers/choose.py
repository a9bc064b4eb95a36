"""From a run of groups and corrections to the digit string that was meant."""

from collections.abc import Callable, Iterator
from itertools import islice, product

from nlu.numbers.groups import DigitGroup, Run, Segment

_MOST_READINGS = 48
_MOST_STATES = 256
_MOST_GROUPS = 40
_MOST_CORRECTIONS = 6
_WRITTEN_WHOLE = 6

Groups = tuple[str, ...]
Fits = Callable[[str], bool]


def candidates(run: Run) -> list[str]:
    """Digit strings a run may mean, most likely first: readings of the words, corrections carried out."""
    return list(dict.fromkeys("".join(state) for state in _states(run)))


def choose(run: Run, fits: Fits, right_length: Fits) -> str | None:
    """Return the candidate that `fits` (length and check digit); else the first of the right length; else None.

    Where the whole run fits nothing, parts of it are tried that a comma, a filler or a long written group sets
    apart.
    """
    found = candidates(run)
    parts = list(_apart(run))
    for pool in (found, parts):
        best = next((c for c in pool if fits(c)), None)
        if best is not None:
            return best
    return next((c for c in (*found, *parts) if right_length(c)), None)


def _states(run: Run) -> list[Groups]:
    states = _readings(run.segments[0].groups)
    for segment in run.segments[1:][-_MOST_CORRECTIONS:]:
        states = _corrected(states, segment)
    return states


def _readings(groups: list[DigitGroup]) -> list[Groups]:
    if len(groups) > _MOST_GROUPS:
        return [tuple(g.readings()[0] for g in groups)]
    first = tuple(g.readings()[0] for g in groups)
    ambiguous = [g.readings() for g in groups]
    varied = islice(product(*ambiguous), _MOST_READINGS * 8)
    ranked = sorted(varied, key=lambda state: sum(a != b for a, b in zip(state, first, strict=True)))
    return ranked[:_MOST_READINGS] or [first]


def _corrected(states: list[Groups], segment: Segment) -> list[Groups]:
    """Return the digit groups after the correction, likeliest first; `segment` is never empty."""
    afters = _readings(segment.groups)[:8]
    out: dict[Groups, None] = {}
    for before in states[:_MOST_READINGS]:
        for after in afters:
            for state in islice(_ways(before, after, segment.how), 8):
                out.setdefault(state)
        if len(out) >= _MOST_STATES:
            break
    return list(out)[:_MOST_STATES]


def _ways(before: Groups, after: Groups, how: str) -> Iterator[Groups]:
    said, new = "".join(before), "".join(after)
    tail = (said[: -len(new)], new) if len(new) <= len(said) else after
    if how == "restart":
        yield after
        return
    if how == "tail":
        yield tail
        return
    if len(new) >= max(len(said), 4):
        yield after
    same = next((i for i in range(len(before) - 1, -1, -1) if len(before[i]) == len(after[0])), None)
    if all(len(g) == 1 for g in before) and len(new) > 1:
        yield tail
    if same is not None:
        yield (*before[:same], after[0], *before[same + 1 :], *after[1:])
        yield (*before[:same], *after)
    yield tail
    yield after
    yield (*before, *after)


def _apart(run: Run) -> Iterator[str]:
    """Yield digit strings of parts between hard joints, within the last segment first."""
    for segment in reversed(run.segments):
        groups = segment.groups[:_MOST_GROUPS]
        borders = [i for i, g in enumerate(groups) if i == 0 or g.hard_before or _whole(g) or _whole(groups[i - 1])]
        borders.append(len(groups))
        for a in range(len(borders) - 1):
            for b in range(min(len(borders) - 1, a + 6), a, -1):
                if (a, b) != (0, len(borders) - 1):
                    part = groups[borders[a] : borders[b]]
                    yield from ("".join(s) for s in islice(_readings(part), 8))


def _whole(group: DigitGroup) -> bool:
    return not group.spelled and len(group.parts[0]) >= _WRITTEN_WHOLE
