"""What the log holds and what wakes somebody: of each cause one alarm in a quarter of an hour."""

import io
import json
import logging
import subprocess
import sys
from typing import Any

import pytest
import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from bot.app import logs
from bot.app.logs import QUIET_S, Alarms
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
    assert all(line["timestamp"].endswith("Z") for line in lines), "UTC"
    assert [(line["event"], line.get("logger"), line.get("error"), line.get("alarm")) for line in lines] == [
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
    assert json.loads(written.getvalue())["n"] == 3
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
    found = [(line["event"], line["alarm"], line["part"], line["error"]) for line in lines]
    assert found == [("request_failed", True, "s", "ValueError")]
    assert "anna" not in str(lines)
    assert "a-token" not in str(lines)


class Watch:
    """The seconds that an alarm reads."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def line(event: str, **fields: Any) -> dict[str, Any]:
    return {"event": event, "alarm": True, **fields}


def test_a_cause_wakes_somebody_once_in_a_quarter_of_an_hour() -> None:
    watch = Watch()
    alarms = Alarms(watch)
    seen = [alarms(None, "error", line("turn_failed", error="ValueError", conversation=str(n))) for n in range(30)]
    assert [bool(one.get("alarm")) for one in seen] == [True] + [False] * 29
    assert all(one["event"] == "turn_failed" for one in seen)
    watch.seconds = QUIET_S
    again = alarms(None, "error", line("turn_failed", error="ValueError", conversation="31"))
    assert (again["alarm"], again["since_the_last_alarm"]) == (True, 29)


def test_other_causes_and_other_money_wake_somebody_at_once() -> None:
    alarms = Alarms(Watch())
    lines = [
        line("turn_failed", error="ValueError", place="a:1"),
        line("turn_failed", error="ValueError", place="b:1"),
        line("payment_disputed", order="1"),
        line("payment_disputed", order="2"),
        line("codes_stopped", reason="prefix"),
    ]
    assert all(alarms(None, "error", one).get("alarm") for one in lines)
    assert "alarm" not in alarms(None, "info", {"event": "call_later"})


def test_what_is_remembered_has_an_end() -> None:
    alarms = Alarms(Watch())
    for n in range(5000):
        alarms(None, "error", line("payment_disputed", order=str(n)))
    assert len(vars(alarms)["_woke"]) == 1000
