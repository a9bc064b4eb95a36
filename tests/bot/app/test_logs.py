"""What goes into the log says where something went wrong, never what somebody wrote."""

import io
import json
import logging
import subprocess
import sys

import pytest
import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from bot.app import logs
from bot.app.serve import Alarmed


def test_a_librarys_exception_is_told_by_its_place() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.PlaceOnly())
    log = logging.Logger("telegram.ext")
    log.addHandler(handler)
    try:
        raise ValueError("anna@example.com")
    except ValueError:
        log.exception("Task of anna@example.com was never retrieved", stack_info=True)
    line = json.loads(written.getvalue())
    assert (line["logger"], line["level"], line["error"]) == ("telegram.ext", "error", "ValueError")
    assert line["place"].startswith("test_a_librarys_exception")
    assert "alarm" not in line
    assert "anna" not in written.getvalue()


ODD = """
import asyncio, gc, logging, sys, threading, warnings
from bot.app import logs
logs.configure("info")
import structlog
structlog.get_logger("desk").info("ours", n=1)
logging.getLogger("uvicorn.error").error("two\\nlines of anna@example.com")
logging.getLogger("sanic.root").warning("%s", "anna@example.com")
warnings.warn("anna@example.com\\nsecond line", UserWarning)
def fails():
    raise ValueError("anna@example.com\\n{}")
async def fail():
    fails()
class Finalised:
    def __del__(self):
        fails()
async def loop():
    asyncio.create_task(fail(), name="lost-task")
    await asyncio.sleep(0)
    gc.collect()
    asyncio.get_running_loop().call_soon(fails)
    await asyncio.sleep(0)
asyncio.run(loop())
Finalised()
thread = threading.Thread(target=fails)
thread.start()
thread.join()
fails()
"""


def test_each_line_of_a_process_is_one_json_object() -> None:
    done = subprocess.run([sys.executable, "-c", ODD], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "anna" not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert all(line.keys() >= {"event", "level", "timestamp"} for line in lines), lines
    told = [(line["event"], line.get("logger"), line.get("error"), line.get("alarm")) for line in lines]
    assert told == [
        ("ours", None, None, None),
        ("library", "uvicorn.error", None, None),
        ("library", "sanic.root", None, None),
        ("library", "py.warnings", "UserWarning", None),
        ("loop_raised", "asyncio", "ValueError", True),
        ("loop_raised", "asyncio", "ValueError", None),  # of the same place: woken once
        ("finaliser_raised", None, "ValueError", True),
        ("thread_raised", None, "ValueError", True),
        ("process_raised", None, "ValueError", True),
    ]


def test_fields_with_personal_data_and_an_exceptions_words_are_dropped() -> None:
    written = io.StringIO()
    chain = (logs.without_people, logs.without_words, structlog.processors.JSONRenderer())
    log = structlog.wrap_logger(structlog.PrintLogger(written), processors=chain)
    try:
        raise ValueError("anna@example.com")
    except ValueError:
        log.error("it failed", exc_info=True, email="anna@example.com", token="secret", n=3)
    line = json.loads(written.getvalue())
    assert line["n"] == 3
    assert "anna" not in written.getvalue()
    assert "secret" not in written.getvalue()


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_message: Message) -> None:
    return


@pytest.mark.anyio
async def test_what_no_handler_caught_is_an_alarm_without_the_path() -> None:
    async def broken(scope: Scope, _receive: object, _send: object) -> None:
        raise ClientDisconnect if scope["path"] == "/gone" else ValueError("anna@example.com")

    app = Alarmed(broken)
    with capture_logs() as lines:
        with pytest.raises(ValueError, match="anna"):
            await app({"type": "http", "path": "/s/a-token"}, _receive, _send)
        with pytest.raises(ClientDisconnect):
            await app({"type": "http", "path": "/gone"}, _receive, _send)
    assert [(line["event"], line["alarm"], line["part"], line["error"]) for line in lines] == [
        ("request_failed", True, "s", "ValueError")
    ]
    assert "anna" not in str(lines)
    assert "a-token" not in str(lines)
