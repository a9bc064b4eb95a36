"""Outcomes of messages at a desk: the committed sets, no worse than the committed figures."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.simulation.outcomes.gate import BASELINE, SETS, Tried, fallen, find_committed_sets, try_all
from bot.simulation.outcomes.judge import judge_message
from bot.simulation.outcomes.trial import PLACES, try_items
from bot.simulation.outcomes.wanted import BadSet, Near, Talk, read_set

NAMES = [path.stem for path in find_committed_sets()]


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
async def test_a_set_is_no_worse_than_the_figures_that_were_committed(name: str) -> None:
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    (found,) = await try_all(name, read_set(SETS / f"{name}.jsonl"))
    assert [(figure.name, figure.share, was) for figure, was in fallen(found, known)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_set_has_three_hundred_messages_of_every_kind_and_talks(name: str) -> None:
    items = read_set(SETS / f"{name}.jsonl")
    kinds = Counter(type(item) for item in items)
    assert len(items) - kinds[Talk] >= 300
    assert len(kinds) == 10
    assert {item.at for item in items if not isinstance(item, Talk)} <= PLACES


async def test_what_is_tried_leaves_nothing_behind() -> None:
    """Each message is tried at the same place, though the one before it would have ordered."""
    texts = ("zamawiam", "blik i bez odnawiania", "zamawiam", "zmień NIP na 5260250274")
    near = [Near(lang="pl", at="pay", text=text) for text in texts]
    found = await try_items(SETS.parents[3] / "profiles" / "fakturasmart", "pl", near)
    first, _, third, last = (judge_message(item, trial) for item, trial in found)
    assert first.bound == third.bound == ("order",)
    assert first.trial.before == third.trial.before
    assert last.unasked == ("tax_number",), "of a company that is saved, too"


def test_a_figure_below_its_baseline_is_told() -> None:
    assert list(fallen(Tried("x", "pl", (), ()), {"x/pl": {"facts kept": 1.0}})) == []


def test_a_line_that_is_written_wrong_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"kind": "near", "lang": "pl", "at": "pay"}\n', encoding="utf-8")
    with pytest.raises(BadSet, match=r"own\.jsonl:1: .*text"):
        read_set(file)
