"""Count a turn's work: `python -m benchmarks.calls [--json | --check | --write]`, some fifteen seconds.

A desk with its sandbox in this process, behind the customers of `bot.bench.crowd` on Telegram's webhook: three warm it
up, ten are counted, one at a time. Counts don't hang on the machine's pace, as seconds do. What is counted, a turn:

- `calls_per_turn`: calls of Python functions of the desk's own rooms, steps of generators and coroutines among them;
- `by_phase`: these by the part of the turn that they are made in (`PHASES`);
- `statements_per_turn`: statements handed to SQLite; `bot_api_calls_per_turn`; `tasks_per_turn` of asyncio.

What the desk does by itself beside turns (`BESIDE`) isn't. `calls.json` has the limits, and they may only fall:
`--check` fails above them, `--write` lowers them.
"""

import asyncio
import gc
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from unittest.mock import patch

import httpx
import uvloop

from bot.app import logs
from bot.app.own_process import own_process
from bot.app.serve import run_desk
from bot.app.settings import OwnSettings
from bot.bench.turns import SCRIPT
from bot.handlers.telegram.transport import LeanRequest
from services.store import group_commit

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).with_suffix(".json")
ROOMS = tuple(f"{ROOT / room}{os.sep}" for room in ("bot", "dialogs", "nlu", "services", "values", "sandbox"))
WARM, COUNTED = 3, 10
"""Customers, of twelve turns each."""
SWING = {"calls_per_turn": 3.0, "phase": 3.0}
OTHERWISE = 0.1
"""So much more may be counted: the loop's order differs from run to run."""

PHASES: Mapping[str, str] = {
    "bot/app/serve.py:Alarmed.__call__": "request",
    "bot/conversation/loading.py:ConversationLoader.load": "load",
    "bot/conversation/understanding.py:MessageUnderstanding.hear": "read",
    "bot/conversation/pipeline.py:MessagePipeline._decide": "lock",
    "bot/conversation/turn.py:Turn.play": "decide",
    "bot/conversation/replies.py:compose_message": "compose",
    "bot/conversation/turn.py:Turn._store": "store",
    "bot/conversation/pipeline.py:MessagePipeline._deliver": "deliver",
    "bot/conversation/delivery.py:Delivery._bring": "deliver",
}
"""The functions that begin a part of a turn; all that they call counts to it, but for other parts within."""
REST = "rest"
"""What is in none of them: the loop's callbacks, group commit, the acknowledgement of presses."""
BESIDE_TURNS = "beside turns"
BESIDE = ("services/jobs/", "services/store/database.py:SqliteStore._read")
"""What runs beside turns as time goes by: the looks for due jobs and timers, on connections that only read."""

Figures = dict[str, Any]


class CallCounter:
    """Counts calls of all threads from the moment that it is `on`; each goes to the part of a turn that it is made in.

    A profile function: the interpreter calls it for each call and return. Steps of a coroutine are calls, too.
    """

    def __init__(self) -> None:
        self.on, self.tasks, self.statements, self.requests = False, 0, 0, 0
        self.calls = Counter[str]()
        self._names = dict[int, tuple[CodeType, str]]()  # by identity: code of two files may be equal
        self._stacks = threading.local()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take note of an event of the interpreter's."""
        stack: list[str] = self._stacks.__dict__.setdefault("phases", [])
        if event == "call":
            phase, is_own = self.part_of(frame.f_code, stack[-1] if stack else "")
            stack.append(phase)
            if is_own and self.on:
                self.calls[phase] += 1
        elif event == "return":
            if stack:
                stack.pop()
        elif event == "c_call" and self.on and argument.__qualname__ in ("Connection.execute", "Cursor.execute"):
            self.statements += stack[-1:] != [BESIDE_TURNS]

    def part_of(self, code: CodeType, outer: str) -> tuple[str, bool]:
        """Return the part of a turn that a call within `outer` is made in, and whether the called code is our own."""
        if (known := self._names.get(id(code))) is None:
            is_own = code.co_filename.startswith(ROOMS)
            place = Path(code.co_filename).relative_to(ROOT).as_posix() if is_own else ""
            known = self._names[id(code)] = (code, f"{place}:{code.co_qualname}" if is_own else "")
        name = known[1]
        if outer in ("", REST) and name.startswith(BESIDE):
            return BESIDE_TURNS, True
        return PHASES.get(name, "") or outer or (REST if name else ""), bool(name)

    def count_requests(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call of the Bot API, counted."""

        def counted(*given: Any, **named: Any) -> Any:
            self.requests += self.on
            return call(*given, **named)

        return counted

    def create_task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> asyncio.Task[Any]:
        """Create a task, as a loop's factory of tasks does."""
        self.tasks += self.on
        return asyncio.Task(coroutine, loop=loop, **more)


async def measure(counter: CallCounter) -> Figures:
    """Return the figures. Errors: RuntimeError where a reply isn't as the script says."""
    settings: dict[str, Any] = {"profile": ROOT / "profiles/fakturasmart", "port": 0, "rate_limits": "off"}
    settings |= {"telegram_token": "1:" + "A" * 35, "telegram_mode": "webhook"}
    with tempfile.TemporaryDirectory(prefix="okienko-") as folder, own_process("bot.bench.crowd", str(SCRIPT)) as crowd:
        own = OwnSettings(**settings, data_dir=Path(folder), telegram_base_url=f"{crowd.url}/bot")
        async with run_desk(own), httpx.AsyncClient(base_url=crowd.url, trust_env=False, timeout=None) as http:
            asyncio.get_running_loop().set_task_factory(counter.create_task)
            await _play(http, WARM)
            gc.disable()
            with patch.object(LeanRequest, "call", counter.count_requests(LeanRequest.call)):
                counter.on = True
                turns = await _play(http, COUNTED)
                counter.on = False
            gc.enable()
    by_phase = {phase: round(counter.calls[phase] / turns, 1) for phase in dict.fromkeys((*PHASES.values(), REST))}
    return {
        "calls_per_turn": round(sum(by_phase.values()), 1),
        "by_phase": by_phase,
        "statements_per_turn": round(counter.statements / turns, 2),
        "bot_api_calls_per_turn": round(counter.requests / turns, 2),
        "tasks_per_turn": round(counter.tasks / turns, 2),
        "turns": turns,
    }


async def _play(http: httpx.AsyncClient, customers: int) -> int:
    done = (await http.post("/run", json={"customers": customers, "clients": 1})).json()
    if "failed" in done:
        raise RuntimeError(done["failed"])
    return len(done["took_ms"])


def count_calls() -> Figures:
    """Run the desk and its customers, and return the figures."""
    logs.configure("error")
    counter = CallCounter()
    threading.setprofile(counter)
    sys.setprofile(counter)
    try:
        # As on a machine of any pace: no flush is handed to a thread, and all that may wait goes along with a turn.
        always = patch.multiple(group_commit, _QUICK_FLUSH_S=float("inf"), ALONE_AFTER_S=60.0)
        with always, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(measure(counter))
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # pyright: ignore[reportArgumentType]


def flat(figures: Figures) -> dict[str, float]:
    """Return the figures that have limits, each phase by a name of its own."""
    phases = {f"phase {phase}": calls for phase, calls in figures["by_phase"].items()}
    return {name: value for name, value in figures.items() if name.endswith("_per_turn")} | phases


def exceeded(figures: Figures, limits: Mapping[str, float]) -> list[str]:
    """Return a line for each figure above its limit."""
    return [
        f"{name}: {value} a turn, at most {limits.get(name)}. It may only fall: make the phase do less, or another one"
        for name, value in flat(figures).items()
        if value > limits.get(name, 0) + SWING.get(name.partition(" ")[0], OTHERWISE)
    ]


def main(arguments: list[str]) -> int:
    """Print the figures; with `--check` return 1 where one is above its limit, with `--write` lower the limits."""
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets decides how often some things are asked
        os.execve(
            sys.executable, [sys.executable, "-m", "benchmarks.calls", *arguments], os.environ | {"PYTHONHASHSEED": "0"}
        )
    figures = count_calls()
    if "--json" in arguments:
        print(json.dumps(figures))
        return 0
    limits: dict[str, float] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    print(*(f"{name:26} {value:>8}   limit {limits.get(name)}" for name, value in flat(figures).items()), sep="\n")
    over = exceeded(figures, limits) if limits else []
    if "--write" in arguments and not over:
        kept = {name: min(value, limits.get(name, value)) for name, value in flat(figures).items()}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    print(*over, sep="\n", file=sys.stderr)
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
