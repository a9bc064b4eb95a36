"""The desk that `okienko chat` starts for itself."""

from pathlib import Path

import pytest

from bot.cli.own_desk import DeskFailed, own_desk


def test_a_desk_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(DeskFailed) as failed, own_desk(tmp_path / "nowhere"):
        pass
    assert str(failed.value).strip()
