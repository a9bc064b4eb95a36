"""Programs that a command starts for one try: in a temporary folder, on a free port, gone afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from msgspec import Struct

READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 10.0


class NotStarted(Exception):
    """The program ended or didn't get ready; the message is the end of its output."""


class OwnProcess(Struct, frozen=True):
    """A program that answers at `url`."""

    url: str
    pid: int


@contextmanager
def own_process(module: str, *arguments: str, settings: Mapping[str, str] | None = None) -> Generator[OwnProcess]:
    """Start `python -m MODULE … PORT`; yield it once `/readyz` there answers 200. Raises NotStarted.

    No setting of a desk is taken over from the environment.
    """
    with tempfile.TemporaryDirectory(prefix="okienko-") as name:
        folder = Path(name)
        port = _free_port()
        written = folder / "output.log"
        with written.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments, str(port)],
                cwd=folder,  # a `.env` of the working folder may name a real database and a real bot
                env=_environment() | dict(settings or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the command, which then ends the program
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, url, written)
            yield OwnProcess(url, process.pid)
        finally:
            _end(process)


@contextmanager
def own_desk(profile: Path, settings: Mapping[str, str] | None = None) -> Generator[OwnProcess]:
    """Start `okienko run` with the sandbox on and a database of its own. Raises NotStarted."""
    arguments = ("run", "--profile", str(profile.absolute()), "--port")
    own = {"OKIENKO_DATA_DIR": "data", "OKIENKO_SANDBOX": "on"}
    with own_process("bot.cli", *arguments, settings=own | dict(settings or {})) as desk:
        yield desk


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    rooms = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (rooms, kept.get("PYTHONPATH", "")) if part)
    return kept | {"PYTHONPATH": path}


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
    raise NotStarted(written.read_text(encoding="utf-8", errors="replace")[-2000:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
