"""The sandbox alone: over real sockets, through kill -9 and SIGTERM."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.credentials import SMSAPI_TOKEN

CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from sandbox.server import run
asyncio.run(run(0, Path(sys.argv[1]), real_time=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC),
                on_ready=lambda url: print(url, flush=True)))
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def running(data: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-c", CHILD, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            with httpx.Client(base_url=child.stdout.readline().strip(), trust_env=False, timeout=10) as client:
                yield child, client
        finally:
            child.kill()


def send(client: httpx.Client, idx: str) -> httpx.Response:
    form = {"to": "+48512000111", "message": "kod 123456", "format": "json", "idx": idx, "check_idx": "1"}
    return client.post("/sandbox/smsapi/sms.do", data=form, headers={"Authorization": f"Bearer {SMSAPI_TOKEN}"})


def test_what_was_answered_survives_kill_9_and_what_was_dropped_looks_dropped(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (child, client):
        assert send(client, "one").json()["count"] == 1
        client.post("/sandbox/api/clock", json={"advance_s": 3600})
        for mode in ("lost", "reset"):
            client.post("/sandbox/api/faults", json={"provider": "smsapi", "mode": mode, "times": 1})
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                send(client, mode)
        child.kill()
    with running(tmp_path / "data") as (child, client):
        assert [message["key"] for message in client.get("/sandbox/api/messages").json()] == ["one", "lost"]
        assert send(client, "one").json()["error"] == 53
        assert client.get("/sandbox/api/clock").json()["now"] == "2026-11-20T13:00:00+00:00"
        points = client.get("/sandbox/api/endpoints").json()
        assert points["mf"]["url"] == f"{str(client.base_url).rstrip('/')}/sandbox/mf"
        assert points["smtp"]["port"] > 0
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
