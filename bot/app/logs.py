"""Logs: JSON lines on stderr, one event each, without personal data: no message texts, addresses, numbers or tokens."""

import logging
import re
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

import structlog

from services.errors import describe

QUIET_S = 15 * 60.0
_MOST_CAUSES = 1000  # beyond them those that were quiet for longest are forgotten
# What tells one occurrence from the next, not one cause from another. Money stays: each payment, order and
# subscription named wants its own look.
_OF_ONE = frozenset(
    {"alarm", "level", "timestamp", "key", "conversation", "attempts", "attempt", "seq", "line", "id", "update_id"}
)


class Alarms:
    """Structlog processor that leaves `alarm` on a cause's first line alone, by each process. `now` gives seconds.

    What strangers write can make the same line again and again; it stays in the log. In memory, since an alarm must not
    need the database: it may be about it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        # When each cause woke somebody, and how often it has come since; the latest cause stands last.
        self._woke: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Take the alarm off a line whose cause woke somebody just now; the next alarm says how many there were."""
        if event.get("alarm") is not True:
            return event
        cause = repr(sorted((name, repr(value)) for name, value in event.items() if name not in _OF_ONE))
        woke, since = self._woke.pop(cause, (float("-inf"), 0))
        now = self._now()
        if now - woke < QUIET_S:
            self._woke[cause] = (woke, since + 1)
            del event["alarm"]
        else:
            self._woke[cause] = (now, 0)
            if since:
                event["since_the_last_alarm"] = since
        if len(self._woke) > _MOST_CAUSES:
            self._woke.popitem(last=False)
        return event


# Fields that could carry personal data or a secret: dropped, so that a mistake costs a field only.
FORBIDDEN = frozenset("text body email phone address name nip tax_number code token password url path".split())


ASYNCIO = "asyncio"
UNCAUGHT = ("loop_raised", "process_raised", "thread_raised", "finaliser_raised")
"""The alarms for what nobody caught."""
_WARNING = re.compile(r"(?:.*[/\\\\])?(?P<file>[^/\\\\]+):(?P<line>\d+): (?P<kind>\w+): ")


_STAMPED = structlog.processors.TimeStamper(fmt="iso", utc=True)
_RENDERED = structlog.processors.JSONRenderer(ensure_ascii=True)


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
    """Libraries' own log lines as JSON: who speaks and how loud, an exception's kind and place; no message of either.

    asyncio speaks of what nobody waits for any more, such as a task's exception: each of its errors is an alarm.
    """

    def __init__(self, alarms: Alarms | None = None) -> None:
        super().__init__()
        self._alarms = alarms or Alarms()

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        line: dict[str, Any] = {"event": "library", "logger": record.name, "level": record.levelname.lower()}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line |= describe(error)
        if record.name == "py.warnings":
            # The message quotes the warned line; where it is says as much.
            line |= _warned(record)
        if record.name == ASYNCIO and record.levelno >= logging.ERROR:
            line["event"] = "loop_raised"
            line["alarm"] = True
        return _line(self._alarms, line)


def _warned(record: logging.LogRecord) -> dict[str, str]:
    """Return kind and place of a Python warning, which logging hands over as `file:line: Kind: words`."""
    found = _WARNING.match(record.getMessage())
    return {"error": found["kind"], "place": f"{found['file']}:{found['line']}"} if found else {}


def _line(alarms: Alarms, line: dict[str, Any]) -> str:
    return str(_RENDERED(None, "", _STAMPED(None, "", alarms(None, "", line))))


class Uncaught:
    """Hooks for exceptions that end the process or a thread: one line, an alarm, and no message."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms

    def of_process(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log what ends the process; Ctrl-C is no fault."""
        if not issubclass(kind, KeyboardInterrupt):
            self._say("process_raised", error.with_traceback(trace))

    def of_thread(self, told: threading.ExceptHookArgs) -> None:
        """Log what ended a thread."""
        if told.exc_value is not None:
            self._say("thread_raised", told.exc_value)

    def of_garbage(self, told: Any) -> None:
        """Log what was raised where nobody could catch it, as in a finaliser."""
        if told.exc_value is not None:
            self._say("finaliser_raised", told.exc_value)

    def _say(self, event: str, error: BaseException) -> None:
        line = {"event": event, "level": "critical", "alarm": True, **describe(error)}
        print(_line(self._alarms, line), file=sys.stderr, flush=True)


def configure(level: str) -> None:
    """Set up logging for this process; `level` is the least that is written.

    Each line on stderr is one JSON object: ours, libraries', Python's warnings, and what nobody caught.
    """
    least = getattr(logging, level.upper())
    alarms = Alarms()
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(PlaceOnly(alarms))
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[shown], force=True)
    logging.captureWarnings(True)
    uncaught = Uncaught(alarms)
    sys.excepthook, threading.excepthook, sys.unraisablehook = (
        uncaught.of_process,
        uncaught.of_thread,
        uncaught.of_garbage,
    )
    for chatty in ("httpx", "httpcore", "telegram", "mail.log", "psycopg"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            alarms,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _STAMPED,
            without_people,
            without_words,
            _RENDERED,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def take_over(*names: str) -> None:
    """Let these loggers, which write by handlers of their own, write as all others do."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
