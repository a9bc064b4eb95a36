"""The action server as it is started for real."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import build
from tests.bot.handlers.rasa.action_server import LOG, action_server

TOKEN = "0123456789abcdefghijklmnopqrstuvwxyz"


def test_it_serves_the_action_on_loopback_and_ends_when_told(tmp_path: Path) -> None:
    with action_server(tmp_path, desk_url="http://127.0.0.1:9", actions_token=TOKEN) as http:
        assert http.get("/actions").status_code == 401
        http.headers["authorization"] = f"Bearer {TOKEN}"
        assert http.get("/actions").json() == [{"name": "action_okienko_turn"}]
        call = {
            "next_action": "action_okienko_turn",
            "sender_id": "1",
            "version": "3.6.21",
            "tracker": {"sender_id": "1", "slots": {}, "latest_message": {"text": "hej"}, "events": []},
            "domain": {},
        }
        assert http.post("/webhook", json=call, headers={"host": "rebound.example"}).status_code == 403
        assert http.post("/webhook", json=call, headers={"origin": "https://evil.example"}).status_code == 403
        assert http.post("/webhook", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
        for wrong in ({"next_action": "action_okienko_turn"}, [], call | {"tracker": None}):
            refused = http.post("/webhook", json=wrong)
            assert (refused.status_code, list(refused.json())) == (400, ["error"])
        assert http.post("/webhook", json=call | {"next_action": "unknown"}).status_code == 404
        said = http.post("/webhook", json=call)
        assert said.status_code == 200
        assert "desk" in said.json()["responses"][0]["text"], "nobody is there: a sentence all the same"
    log = (tmp_path / LOG).read_text()
    for line in log.splitlines():
        assert json.loads(line).keys() >= {"event", "level", "timestamp"}, line
    assert "endpoint configuration" not in log, "nobody has set up tracing, and nothing is missing"


def test_where_others_reach_it_it_starts_with_a_token_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for token in ("", "short", "ab" * 20):
        monkeypatch.setenv("OKIENKO_ACTIONS_TOKEN", token)
        refused = CliRunner().invoke(build("actions"), ["actions", "--host", "0.0.0.0"])
        assert refused.exit_code == 1
        assert "OKIENKO_ACTIONS_TOKEN" in refused.stderr
