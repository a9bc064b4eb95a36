"""Logs: JSON lines on stderr, one event each, without personal data: no message texts, addresses, numbers or tokens."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.app.alarms import Alarms
from services.errors import describe

# Fields that could carry personal data or a secret: dropped, so that a mistake costs a field only.
FORBIDDEN = frozenset(
    {
        "text",
        "body",
        "email",
        "phone",
        "address",
        "name",
        "nip",
        "tax_number",
        "code",
        "token",
        "password",
        "url",
        "path",
    }
)


def without_people(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what must not be logged."""
    for field in FORBIDDEN & event.keys():
        event[field] = "[dropped]"
    return event


def without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Log an exception's place without its message and locals: drivers quote values in them."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        frames: list[str] = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["where"] = frames[-6:]
    return event


class PlaceOnly(logging.Formatter):
    """Libraries' own log lines: who speaks and how loud, an exception's kind and place; no message of either."""

    def formatException(self, ei: Any) -> str:  # the name is logging's
        """Return where it was raised."""
        error = ei[1]
        return str(describe(error)) if isinstance(error, BaseException) else ""

    def formatStack(self, stack_info: str) -> str:
        """Nothing: a stack quotes source lines only, but says no more than the place."""
        return ""


def configure(level: str) -> None:
    """Set up logging for this process; `level` is the least that is written."""
    least = getattr(logging, level.upper())
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(PlaceOnly("%(levelname)s %(name)s"))
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[shown])
    for chatty in ("httpx", "httpcore", "telegram", "mail.log", "psycopg"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            Alarms(),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_people,
            without_words,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
