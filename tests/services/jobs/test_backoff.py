"""The back-off: longer each time, up to a cap."""

from datetime import timedelta

import pytest

from services.jobs.backoff import STEPS, pause


def test_pauses_grow_up_to_the_cap() -> None:
    pauses = [pause(n) for n in range(1, 50)]
    assert pauses[0] == timedelta(seconds=2)
    assert pauses == sorted(pauses)
    assert pauses[-1] == STEPS[-1] == timedelta(hours=1)


def test_nothing_attempted_has_no_pause() -> None:
    with pytest.raises(ValueError, match="nothing"):
        pause(0)
