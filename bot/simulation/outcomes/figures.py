"""Counting outcomes: one figure for each thing that may go right or wrong, by language, with its bound."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from bot.simulation.outcomes import wanted
from bot.simulation.outcomes.judge import Judged, Verdict
from bot.simulation.outcomes.talks import TalkOutcome

_Z = 1.645
"""Of the one-sided 95 % bound."""


class Figure(Struct, frozen=True):
    """So many of so many. `least`: more is better; else less is."""

    name: str
    count: int
    of: int
    least: bool

    @property
    def share(self) -> float:
        """The share, 0…1; of nothing it is what would be best."""
        return self.count / self.of if self.of else float(self.least)

    @property
    def bound(self) -> float:
        """The upper 95 % bound of the share, by Wilson's interval."""
        if not self.of:
            return 0.0
        n, p = self.of, self.share
        middle = p + _Z * _Z / (2 * n)
        return (middle + _Z * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))) / (1 + _Z * _Z / n)


_Count = Callable[[Sequence[Judged]], tuple[int, int]]


def _of(kind: type, *verdicts: Verdict, where: Callable[[Judged], bool] = lambda _: True) -> _Count:
    def count(found: Sequence[Judged]) -> tuple[int, int]:
        counted = [one for one in found if isinstance(one.item, kind) and where(one)]
        return sum(one.verdict in verdicts for one in counted), len(counted)

    return count


def _on_file(one: Judged) -> bool:
    return isinstance(one.item, wanted.OneQuestion) and bool(one.item.answers)


def _lost_without_a_word(found: Sequence[Judged]) -> tuple[int, int]:
    facts = [one for one in found if isinstance(one.item, wanted.Facts)]
    return sum(len(one.lost) for one in facts), sum(
        len(one.item.want) for one in facts if isinstance(one.item, wanted.Facts)
    )


def _kept(found: Sequence[Judged]) -> tuple[int, int]:
    return sum(one.kept for one in found if isinstance(one.item, wanted.Facts)), _lost_without_a_word(found)[1]


_FIGURES: Mapping[str, tuple[_Count, bool]] = {
    "wrongly bound": (lambda found: (sum(bool(one.bound) for one in found), len(found)), False),
    "outward acts unasked": (lambda found: (sum(bool(one.unasked) for one in found), len(found)), False),
    "values under a stance taken": (_of(wanted.NotFacts, Verdict.WRONG), False),
    "questions answered wrongly": (_of(wanted.OneQuestion, Verdict.WRONG), False),
    "answers on file given": (_of(wanted.OneQuestion, Verdict.RIGHT, where=_on_file), True),
    "… or offered": (_of(wanted.OneQuestion, Verdict.RIGHT, Verdict.OFFERED, where=_on_file), True),
    "both of two questions": (_of(wanted.SeveralQuestions, Verdict.RIGHT), True),
    "assents taken": (_of(wanted.Bind, Verdict.RIGHT), True),
    "near misses left alone": (_of(wanted.Near, Verdict.RIGHT), True),
    "corrections right": (_of(wanted.Correct, Verdict.RIGHT), True),
    "corrections wrong": (_of(wanted.Correct, Verdict.WRONG), False),
    "facts kept": (_kept, True),
    "facts lost without a word": (_lost_without_a_word, False),
    "consents right": (_of(wanted.Consents, Verdict.RIGHT), True),
    "consents wrong": (_of(wanted.Consents, Verdict.WRONG), False),
    "acts right": (_of(wanted.WantedAct, Verdict.RIGHT), True),
    "acts wrong": (_of(wanted.WantedAct, Verdict.WRONG), False),
}


def figures(found: Iterable[Judged], talks: Iterable[TalkOutcome] = ()) -> Iterator[Figure]:
    """Yield all figures of these messages and talks; those of which nothing was tried are left out."""
    judged = list(found)
    for name, (count, least) in _FIGURES.items():
        number, of = count(judged)
        if of:
            yield Figure(name, number, of, least)
    played = list(talks)
    if played:
        yield Figure("talks through unaided", sum(one.through for one in played), len(played), least=True)
        often = sum(one.repeats > 1 for one in played)
        yield Figure("talks with more than one repeat", often, len(played), least=False)


def is_worse(figure: Figure, baseline: float) -> bool:
    """Return whether a figure is worse than its baseline, by more than half an item."""
    slack = 0.5 / max(1, figure.of)
    return figure.share < baseline - slack if figure.least else figure.share > baseline + slack
