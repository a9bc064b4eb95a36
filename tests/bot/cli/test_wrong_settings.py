"""A setting that can't be read is told by every command alike: by its name, without its value, in our words."""

import sys

import pytest
from pydantic import BaseModel, ValidationError

from bot.app.settings_mistakes import said
from bot.cli import main


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "abcd", "OKIENKO_PORT: write a whole number, digits only"),
        ("PORT", "70000", "OKIENKO_PORT: write 65535 at most"),
        ("REST_PER_MINUTE", "0", "OKIENKO_REST_PER_MINUTE: write 1 at least"),
        ("SANDBOX", "offf", "OKIENKO_SANDBOX: write on or off or public"),
        ("PUBLIC_URL", "desk.example.com", "OKIENKO_PUBLIC_URL: write an address with https:// in front"),
        ("TELEGRAM_BASE_URL", "https://a.example", "in front and /bot at the end"),
        ("TRANSCRIPTION_URL", "https://hears.example/", "in front and /v1 at the end"),
        ("TRANSCRIPTION_URL", "http://hears.example/v1", "OKIENKO_TRANSCRIPTION_URL must be https, except on loopback"),
        ("API_TOKEN", ",,", "OKIENKO_API_TOKEN holds nothing but commas"),
        ("HOST", "203.0.113.1", "OKIENKO_HOST must be a loopback address"),
    ],
)
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
