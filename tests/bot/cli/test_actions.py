"""The action server as it is started for real."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import build
from tests.crash.process import free_port

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "0123456789abcdefghijklmnopqrstuvwxyz"


def asked(http: httpx.Client, process: "subprocess.Popen[bytes]", path: str) -> httpx.Response:
    """The first answer; fails when the server ends instead."""
    for _ in range(600):
        assert process.poll() is None, "the action server ended"
        try:
            return http.get(path)
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the action server never answered")


def test_it_serves_the_action_on_loopback_and_ends_when_told(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "actions", "--port", str(port)],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "OKIENKO_DATA_DIR": str(tmp_path / "data"),
            "OKIENKO_DESK_URL": "http://127.0.0.1:9",
            "OKIENKO_ACTIONS_TOKEN": TOKEN,
        },
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as http:
            assert asked(http, process, "/health").json() == {"status": "ok"}
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
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    for line in log.read_text().splitlines():
        assert json.loads(line).keys() >= {"event", "level", "timestamp"}, line
    assert "endpoint configuration" not in log.read_text(), "nobody has set up tracing, and nothing is missing"


def test_where_others_reach_it_it_starts_with_a_token_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for token in ("", "short", "ab" * 20):
        monkeypatch.setenv("OKIENKO_ACTIONS_TOKEN", token)
        refused = CliRunner().invoke(build("actions"), ["actions", "--host", "0.0.0.0"])
        assert refused.exit_code == 1
        assert "OKIENKO_ACTIONS_TOKEN" in refused.stderr
