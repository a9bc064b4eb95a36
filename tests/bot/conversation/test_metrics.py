"""Figures of loops follow the loops that there are."""

import pytest

from bot.conversation.metrics import Metrics
from services import tasks
from services.tasks import Loop


def test_a_loop_that_failed_and_then_ended_is_told_as_down_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics, down = Metrics(), 'okienko_loop_up{loop="menu"} 0.0'
    monkeypatch.setattr(tasks, "loops", lambda: [Loop("menu", failures=1, down_since=3.0)])
    assert down in metrics.text(()).decode()
    assert metrics.down() == ["menu"]
    monkeypatch.setattr(tasks, "loops", list[Loop])
    assert "okienko_loop_up{" not in metrics.text(()).decode()
    assert metrics.down() == []
