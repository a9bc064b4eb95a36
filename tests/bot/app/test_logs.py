"""What goes into the log says where something went wrong, never what somebody wrote."""

import io
import json
import logging

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
    handler.setFormatter(logs.PlaceOnly("%(levelname)s %(name)s"))
    log = logging.Logger("asyncio")
    log.addHandler(handler)
    try:
        raise ValueError("anna@example.com")
    except ValueError:
        log.exception("Task of anna@example.com was never retrieved", stack_info=True)
    assert "ValueError" in written.getvalue()
    assert "test_a_librarys_exception" in written.getvalue()
    assert "anna" not in written.getvalue()


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
