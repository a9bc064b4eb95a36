"""A desk of its own for one try: `okienko run` on a free port and a temporary database, gone afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 10.0


class DeskFailed(Exception):
    """The desk ended or didn't get ready; the message is the end of its output."""


@contextmanager
def own_desk(profile: Path) -> Generator[str]:
    """Start a desk with the sandbox on and return its address. Raises DeskFailed."""
    with tempfile.TemporaryDirectory(prefix="okienko-chat-") as name:
        folder = Path(name)
        port = _free_port()
        written = folder / "desk.log"
        with written.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "run", "--profile", str(profile.absolute()), "--port", str(port)],
                cwd=folder,  # a `.env` of the working folder may name a real database and a real bot
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the chat, which then ends the desk
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, url, written)
            yield url
        finally:
            _end(process)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    rooms = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (rooms, kept.get("PYTHONPATH", "")) if part)
    return kept | {"PYTHONPATH": path, "OKIENKO_DATA_DIR": str(folder / "data"), "OKIENKO_SANDBOX": "on"}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", url: str, written: Path) -> None:
    patience = time.monotonic() + READY_WITHIN_S
    with httpx.Client(trust_env=False, timeout=2.0) as http:
        while time.monotonic() < patience:
            if process.poll() is not None:
                break
            try:
                if http.get(f"{url}/readyz").status_code == 200:
                    return
            except httpx.HTTPError:
                pass  # not listening yet
            time.sleep(0.1)
    raise DeskFailed(written.read_text(encoding="utf-8", errors="replace")[-2000:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
