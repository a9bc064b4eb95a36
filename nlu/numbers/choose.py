"""From a run of groups and corrections to the digit string that was meant."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise, product

from nlu.languages.language import Languages, map_numbers
from nlu.numbers.groups import runs
from nlu.numbers.runs import DigitGroup, Run, Segment
from nlu.phrase_lines import Forms
from nlu.tokens import Token

_SAYS = Forms("terms")
_MOST_READINGS = 48
_MOST_STATES = 256
_MOST_GROUPS = 40
_MOST_CORRECTIONS = 6
_WRITTEN_WHOLE = 6
_PLACES = frozenset({"first", "before_last", "tail"})
_SAID_ANEW = frozenset({"", "fix", "restart"})
_THOUSANDS_MARKS = frozenset(".'’")
_THOUSANDS = 3  # digits of a group behind the first one of a large number: "1 000"

Groups = tuple[str, ...]
Fits = Callable[[str], bool]


def candidates(run: Run) -> list[str]:
    """Digit strings a run may mean, most likely first: readings of the words, corrections carried out."""
    return list(dict.fromkeys("".join(state) for state in _states(run)))


def read_counted_numbers(run: Run, text: str) -> list[tuple[str, int, int]]:
    """Return the numbers that a run gives where it counts something, each with its place; two of a range ("1-2").

    Digits in groups are one number of a phone or a code; of a quantity only where they are thousands ("1 000").
    """
    last = run.segments[-1]
    groups = last.groups
    if len(groups) < 2 or run.plus or last.how not in _SAID_ANEW or _is_one(groups, text):
        return [(candidates(run)[0].lstrip("0") or "0", run.start, run.end)]
    return [(group.readings()[0].lstrip("0") or "0", group.start, group.end) for group in groups]


def _is_one(groups: list[DigitGroup], text: str) -> bool:
    """Return whether groups are the thousands of one number, with a mark between them that writes it."""
    behind = all(len(group.parts) == 1 and len(group.parts[0]) == _THOUSANDS for group in groups[1:])
    apart = (text[one.end : other.start] for one, other in pairwise(groups))
    return (
        behind
        and not any(group.spelled for group in groups)
        and all(gap.isspace() or gap in _THOUSANDS_MARKS for gap in apart)
    )


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


def halves(run: Run) -> Iterator[tuple[str, str]]:
    """Yield the digits before and behind each joint that sets typed groups apart: there two numbers may stand."""
    groups = run.groups if len(run.segments) == 1 and len(run.groups) <= _MOST_GROUPS else []
    for at in range(1, len(groups)):
        if groups[at].hard_before or _whole(groups[at]) or _whole(groups[at - 1]):
            yield ("".join(g.readings()[0] for g in groups[:at]), "".join(g.readings()[0] for g in groups[at:]))


def _states(run: Run) -> list[Groups]:
    states = older = _readings(run.segments[0].groups)
    said = run.segments[0]
    for segment in run.segments[1:][-_MOST_CORRECTIONS:]:
        unchanged = states if _denies(segment, said, older[0], states[0]) else []
        older, states = states, [*unchanged, *_corrected(states, said, segment)]
        said = segment
    return states


def _denies(segment: Segment, said: Segment, older: Groups, state: Groups) -> bool:
    """Return whether digits behind a "no" are the old ones: "the last digit is 9, no 2"."""
    old, new = "".join(older), "".join(state)
    named = "".join(group.readings()[0] for group in segment.groups)
    placed = segment.how == "fix" and said.how not in ("", "fix", "restart") and len(old) == len(new)
    return placed and named in old and old != new


def _readings(groups: list[DigitGroup]) -> list[Groups]:
    if len(groups) > _MOST_GROUPS:
        return [tuple(g.readings()[0] for g in groups)]
    first = tuple(g.readings()[0] for g in groups)
    ambiguous = [g.readings() for g in groups]
    varied = islice(product(*ambiguous), _MOST_READINGS * 8)
    ranked = sorted(varied, key=lambda state: sum(a != b for a, b in zip(state, first, strict=True)))
    return ranked[:_MOST_READINGS] or [first]


def _corrected(states: list[Groups], said: Segment, segment: Segment) -> list[Groups]:
    """Return the digit groups after the correction, likeliest first; `segment` is never empty."""
    afters = _readings(segment.groups)[:8]
    last = len(said.groups) - max((i for i, group in enumerate(said.groups) if group.hard_before), default=0)
    breaks = [i for i, group in enumerate(segment.groups) if i and group.hard_before]
    out: dict[Groups, None] = {}
    for before in states[:_MOST_READINGS]:
        for after in afters:
            for state in islice(_ways(before, after, segment.how, last, breaks), 8):
                out.setdefault(state)
        if len(out) >= _MOST_STATES:
            break
    return list(out)[:_MOST_STATES]


def _ways(before: Groups, after: Groups, how: str, last: int, breaks: list[int]) -> Iterator[Groups]:
    """Yield what a correction may make of the groups.

    `last` is how many of them were said last without a break, `breaks` where the new ones have one.
    """
    said, new = "".join(before), "".join(after)
    if how == "restart":
        yield after
    elif how == "instead":
        yield from _instead(before, after, breaks)
    elif how in _PLACES:
        yield replace_signs(said, new, how)
    else:
        yield from _fixed(before, after, last, breaks)


def replace_signs(said: str, new: str, place: str) -> Groups:
    """Return what was said with new signs in their place, one of `_PLACES`."""
    if place == "first":
        return (new, said[len(new) :])
    if place == "before_last":
        return (said[: -len(new) - 1], new, said[-1:])
    return (said[: -len(new)], new)


def _instead(before: Groups, after: Groups, breaks: list[int]) -> Iterator[Groups]:
    """Yield the groups with digits that are named replaced by those named behind them; unchanged if there are none."""
    said = "".join(before)
    borders = breaks or ([1] if len(after) == 2 and len(after[0]) == len(after[1]) > 1 else [])
    for border in borders:
        wrong, right = "".join(after[:border]), "".join(after[border:])
        if (at := _place(before, wrong)) >= 0 or (at := said.rfind(wrong)) >= 0:
            yield (said[:at], right, said[at + len(wrong) :])
    yield before


def _place(groups: Groups, digits: str) -> int:
    """Return where digits stand that begin with a group, the last such place, or -1."""
    said = "".join(groups)
    starts = (len("".join(groups[:i])) for i in range(len(groups) - 1, -1, -1))
    return next((start for start in starts if said.startswith(digits, start)), -1)


def _fixed(before: Groups, after: Groups, last: int, breaks: list[int]) -> Iterator[Groups]:
    said, new = "".join(before), "".join(after)
    border = breaks[0] if breaks else len(after)
    first = "".join(after[:border])
    if len(new) >= max(len(said), 4):
        yield after
    if len("".join(before[-last:])) == len(first):  # what stood last between two commas is said anew
        yield (*before[:-last], first, *after[border:])
    if all(len(g) == 1 for g in before) and len(new) > 1:
        yield replace_signs(said, new, "tail")
    same = next((i for i in range(len(before) - 1, -1, -1) if len(before[i]) == len(after[0])), None)
    if same is not None:
        yield (*before[:same], after[0], *before[same + 1 :], *after[1:])
        yield (*before[:same], *after)
    if breaks and len(first) < len(said):
        yield (said[: -len(first)], first, *after[border:])
    yield replace_signs(said, new, "tail")
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


_TWELVE = 12


_HALF = frozenset("pol mezza mezzo half".split())


def unsaid_number(words: Sequence[Token], langs: Languages) -> tuple[str, int, int] | None:
    """Return a number that no number word says by itself (a couple, half a dozen, two dozen), with its place."""
    for number, pattern in ((_TWELVE, _SAYS.dozen), (2, _SAYS.couple)):
        at = next((i for i, token in enumerate(words) if pattern.fullmatch(token.word)), None)
        if at is not None:
            halved = [token for token in words[max(0, at - 2) : at] if token.word in _HALF]
            times = words[at - 1] if at and number == _TWELVE else None
            word = "" if times is None else times.word
            said = word if word.isdecimal() else map_numbers(langs).get(word, "")
            couple = next((token for token in words[max(0, at - 2) : at] if _SAYS.couple.fullmatch(token.word)), None)
            if couple is not None:
                return str(2 * number), couple.start, words[at].end
            if times is not None and 0 < len(said) <= 2 and not halved:
                return str(int(said) * number), times.start, words[at].end
            start = halved[0].start if halved else words[at].start
            return str(number // 2 if halved else number), start, words[at].end
    return None


_FEWEST_DIGITS = 7


def find_dictated(text: str, typed: Sequence[tuple[int, int]], langs: Languages) -> Iterator[tuple[int, int]]:
    """Yield where numbers stand in words, or partly so; of one that is put right only the last saying of it."""
    for run in runs(text, langs):
        if not run.groups or _digits(run.groups) < _FEWEST_DIGITS or not run.segments[-1].groups:
            continue
        start, end = _last_saying(run), run.end
        if not any(one < end and start < other for one, other in typed):
            yield start, end


def _last_saying(run: Run) -> int:
    """Return where the number was last said whole: a part that puts it right belongs to it, the refused one too."""
    first = _digits(run.segments[0].groups)
    whole = [segment.groups[0].start for segment in run.segments if _is_whole(segment, first)]
    return whole[-1] if whole else run.start


def _is_whole(segment: Segment, first: int) -> bool:
    """Return whether a segment is a number; "not 659, but 695" is a part of the first, even of many digits."""
    return _digits(segment.groups) >= (max(first, _FEWEST_DIGITS) if segment.how == "instead" else _FEWEST_DIGITS)


def _digits(groups: Sequence[DigitGroup]) -> int:
    return sum(len(group.readings()[0]) for group in groups)
