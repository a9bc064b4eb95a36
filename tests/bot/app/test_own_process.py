"""The desk that `okienko chat` starts for itself."""

from pathlib import Path

import pytest

from bot.app.own_process import NotStarted, own_desk


def test_a_desk_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(NotStarted) as failed, own_desk(tmp_path / "nowhere"):
        pass
    assert str(failed.value).strip()
