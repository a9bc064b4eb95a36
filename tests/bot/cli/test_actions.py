"""The action server as it is started for real."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.crash.process import free_port

ROOT = Path(__file__).resolve().parents[3]


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
        },
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as http:
            assert asked(http, process, "/health").json() == {"status": "ok"}
            assert http.get("/actions").json() == [{"name": "action_okienko_turn"}]
            call = {
                "next_action": "action_okienko_turn",
                "sender_id": "1",
                "version": "3.6.21",
                "tracker": {"sender_id": "1", "slots": {}, "latest_message": {"text": "hej"}, "events": []},
                "domain": {},
            }
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
    assert "endpoint configuration" not in log.read_text(), "nobody has set up tracing, and nothing is missing"
