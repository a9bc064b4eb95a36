"""`okienko actions` as a process of its own, and a client for it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.crash.process import free_port

ROOT = Path(__file__).resolve().parents[4]
LOG = "log"


@contextmanager
def action_server(folder: Path, **settings: str) -> Iterator[httpx.Client]:
    """Run it in `folder`, where it writes its log, until the block ends; `settings` without their prefix."""
    port, log = free_port(), folder / LOG
    given = {f"OKIENKO_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "actions", "--port", str(port)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OKIENKO_DATA_DIR": str(folder / "data")} | given,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http:
            assert _first_answer(http, process).json() == {"status": "ok"}
            yield http
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _first_answer(http: httpx.Client, process: "subprocess.Popen[bytes]") -> httpx.Response:
    """Fails when the server ends instead."""
    for _ in range(600):
        assert process.poll() is None, "the action server ended"
        try:
            return http.get("/health")
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the action server never answered")
