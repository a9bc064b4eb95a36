"""A setting that can't be read is told by every command alike: by its name, without its value, in our words."""

import sys

import pytest
from pydantic import BaseModel, ValidationError

from bot.app.settings_mistakes import said
from bot.cli import main
from tests.kit.cases import cases


@pytest.mark.parametrize(("name", "value", "told"), cases(__file__, "settings.wrong"))
def test_it_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"OKIENKO_{name}", value)
    monkeypatch.setattr(sys, "argv", ["okienko", "agent", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("okienko: ")
    assert told in line
    assert value not in line


def test_other_mistakes_are_left_as_they_are() -> None:
    class Other(BaseModel):
        n: int

    with pytest.raises(ValidationError) as wrong:
        Other.model_validate({"n": "x"})
    with pytest.raises(ValidationError):
        list(said(wrong.value))
