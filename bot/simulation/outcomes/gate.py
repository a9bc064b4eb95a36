"""The gate of a release: the committed sets, played at desks, and their figures beside the committed baseline."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from bot.app.settings import Settings
from bot.simulation.outcomes.figures import Figure, figures, is_worse
from bot.simulation.outcomes.judge import Judged, judge_message
from bot.simulation.outcomes.talks import TalkOutcome, play_talk
from bot.simulation.outcomes.trial import try_items
from bot.simulation.outcomes.wanted import Item, Talk

SETS = Path(__file__).parent / "sets"
BASELINE = SETS / "baseline.json"
_PROFILE: Path = Path(__file__).parents[3] / Settings.model_fields["profile"].default


class Tried(Struct, frozen=True):
    """The outcomes of one language of a set."""

    name: str
    lang: str
    judged: tuple[Judged, ...]
    talks: tuple[TalkOutcome, ...]

    @property
    def key(self) -> str:
        """The name under which the baseline has it."""
        return f"{self.name}/{self.lang}"

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures of it."""
        return tuple(figures(self.judged, self.talks))


def find_committed_sets() -> Iterator[Path]:
    """Yield the files of the committed sets."""
    yield from sorted(SETS.glob("*.jsonl"))


async def try_all(name: str, items: Iterable[Item]) -> list[Tried]:
    """Try all items, language by language. Errors: BadSet for a place that isn't known."""
    by_language: dict[str, list[Item]] = {}
    for item in items:
        by_language.setdefault(item.lang, []).append(item)
    return [await _try_language(name, lang, own) for lang, own in by_language.items()]


async def _try_language(name: str, lang: str, items: Sequence[Item]) -> Tried:
    messages = [item for item in items if not isinstance(item, Talk)]
    talks = [item for item in items if isinstance(item, Talk)]
    found = await try_items(_PROFILE, lang, messages)
    through = [await play_talk(_PROFILE, talk, number) for number, talk in enumerate(talks, 1)]
    return Tried(name, lang, tuple(judge_message(item, trial) for item, trial in found), tuple(through))


def baseline() -> Mapping[str, Mapping[str, float]]:
    """Return the committed figures, by set and language."""
    return json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}


def fallen(one: Tried, known: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[Figure, float]]:
    """Yield the figures that are worse than their baseline, each with it."""
    of = known.get(one.key, {})
    yield from (
        (found, of[found.name]) for found in one.figures if found.name in of and is_worse(found, of[found.name])
    )


def accept(found: Iterable[Tried]) -> None:
    """Take these figures as the baseline from now on."""
    known = {key: dict(of) for key, of in baseline().items()}
    for one in found:
        known[one.key] = {figure.name: round(figure.share, 4) for figure in one.figures}
    BASELINE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
