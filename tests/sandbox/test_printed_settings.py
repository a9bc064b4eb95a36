"""What `okienko sandbox --env` prints: all that the stand-ins name, and all that a live desk asks for."""

import json

import pytest

from bot.app.settings import Settings
from bot.app.unsafe_settings import unsafe
from bot.cli import sandbox as sandbox_settings
from sandbox.payments import KNOWN_SECRETS
from tests.sandbox.room import URL, Room


async def test_a_live_desk_needs_no_other_setting(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await room.sandbox.start_mail()
    named = json.loads(json.dumps(room.sandbox.endpoints()).replace(URL, "http://127.0.0.1:8090"))
    for line in sandbox_settings.lines(named):
        if line.startswith("OKIENKO_"):
            monkeypatch.setenv(*line.split("=", 1))
    settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
    assert not settings.sandboxed
    assert settings.missing_for_live() == []
    assert unsafe(settings, KNOWN_SECRETS) == []
    assert (settings.smtp_port, settings.events_url) == (named["smtp"]["port"], named["seller"]["events_url"])
    assert settings.transcription_url == "http://127.0.0.1:8090/sandbox/transcription/v1"
    assert settings.transcription_key is not None
    assert settings.transcription_key.get_secret_value() == named["transcription"]["key"]
    assert settings.transcription_model == "whisper-1"


def test_no_sandbox_there_is_one_sentence() -> None:
    with pytest.raises(sandbox_settings.NoSandbox, match="Start it in another terminal: okienko sandbox"):
        sandbox_settings.ask_sandbox("http://127.0.0.1:9")
