"""Figures of loops follow the loops that there are."""

import pytest

from bot.conversation.metrics import Metrics
from services import tasks
from services.tasks import Loop


def shown(metrics: Metrics) -> str:
    return metrics.text(()).decode()


def test_a_loop_that_failed_and_then_ended_is_told_as_down_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = Metrics()
    monkeypatch.setattr(tasks, "loops", lambda: {"menu": [Loop("menu", failures=1, down_since=3.0)]})
    assert 'okienko_loop_up{loop="menu"} 0.0' in shown(metrics)
    assert metrics.down() == ["menu"]
    monkeypatch.setattr(tasks, "loops", dict[str, list[Loop]])
    assert "okienko_loop_up{" not in shown(metrics)
    assert metrics.down() == []


@pytest.mark.parametrize("failing_is_first", [True, False])
def test_of_loops_of_one_name_one_that_is_down_is_enough(
    monkeypatch: pytest.MonkeyPatch, failing_is_first: bool
) -> None:
    both = [Loop("timers", failures=2, down_since=3.0), Loop("timers", failures=1)]
    monkeypatch.setattr(tasks, "loops", lambda: {"timers": both if failing_is_first else both[::-1]})
    metrics = Metrics()
    assert 'okienko_loop_up{loop="timers"} 0.0' in shown(metrics)
    assert 'okienko_loop_failures{loop="timers"} 3.0' in shown(metrics)
    assert metrics.down() == ["timers"]
