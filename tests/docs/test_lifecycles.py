"""The lifecycle pages list the stops of a message and of a payment as they are passed on a running desk."""

import re
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.architecture.rooms import ROOMS, ROOT
from tests.desk.running import A_MOMENT_S, running_desk
from tests.desk.telegram_chat import SandboxChat
from tests.desk.test_telegram_journey import sign_up, to_the_order

pytestmark = pytest.mark.anyio

STOP = re.compile(r"^\d+\. \[`(?P<name>[\w.]+)`\]\(\.\./\.\./(?P<file>[\w/]+\.py)\)", re.MULTILINE)
MOST_STOPS = {"message-lifecycle": 14, "payment-lifecycle": 18}
MOST_FILES = {"message-lifecycle": 170, "payment-lifecycle": 140}
"""Files of the product, its sandbox aside, in which a function is called until the last stop: may only fall.

Four less are met where this test runs alone: beside others a job that was under way is met in either walk.
"""

NOW_AND_THEN = {
    "bot/app/serve.py",
    "services/jobs/backoff.py",
    "services/refusals.py",
    "services/store/events.py",
    "services/store/jobs_table.py",
    "values/patterns.py",
}
"""Entered by the clock, by a job that was still under way, or where it is first needed."""

Stop = tuple[str, str]
"""A function: its file, relative to the repository, and its qualified name."""


def stops(page: str) -> list[Stop]:
    """Return the numbered stops of a page of docs/dev, in their order."""
    text = (ROOT / "docs" / "dev" / f"{page}.md").read_text("utf-8")
    return [(stop["file"], stop["name"]) for stop in STOP.finditer(text)]


@dataclass
class Trace:
    """Calls of the product between `begin` and `end`: files, and each call of a page's stop in its order."""

    listed: list[Stop] = field(default_factory=list[Stop])
    passed: list[Stop] = field(default_factory=list[Stop])
    files: set[str] = field(default_factory=set[str])
    noting: bool = False

    def begin(self, page: str) -> None:
        """Forget what was entered and note what is from the page's first stop on: a timer may come before."""
        self.listed, self.passed, self.files, self.noting = stops(page), [], set(), True

    def end(self) -> "Trace":
        """Return what was entered, and note nothing more: other threads may still be at work."""
        self.noting = False
        return Trace(self.listed, list(self.passed), {one for one in self.files - NOW_AND_THEN if "sandbox" not in one})

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call; for `sys.setprofile`. That a module is loaded is none."""
        if not self.noting or event != "call":
            return
        code = frame.f_code
        file = code.co_filename.removeprefix(f"{ROOT}/")
        stop = (file, code.co_qualname)
        if file.partition("/")[0] not in ROOMS or not (self.passed or stop == self.listed[0]):
            return
        if code.co_name != "<module>" and self.listed[-1] not in self.passed:
            self.files.add(file)
        if stop in self.listed:
            self.passed.append(stop)

    def check_order(self) -> None:
        """Fail unless the stops were passed in their order, whatever another job passed in between."""
        missing = [stop for stop in self.listed if stop not in self.passed]
        assert not missing, f"never entered: {missing}"
        rest = iter(self.passed)
        late = [stop for stop in self.listed if stop not in rest]
        assert not late, f"not entered after what is listed before: {late[0]}"


@contextmanager
def traced() -> Generator[Trace]:
    """Trace this thread and those that begin meanwhile: the desk writes in a thread of its own."""
    trace = Trace()
    threading.setprofile(trace.profile)
    sys.setprofile(trace.profile)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def walk(data: Path) -> dict[str, Trace]:
    """Sign up, answer and pay on a new desk; return what a message and a payment entered, by page."""
    email = "jan.nowak@example.com"
    entered: dict[str, Trace] = {}
    with traced() as trace:
        async with running_desk(data, telegram_mode="webhook") as desk:
            chat = SandboxChat(desk)
            await sign_up(chat, email)
            await chat.reads("Jaki jest NIP")
            before = len(chat.shown)
            await chat.say("123-456-32-16")  # what is loaded for the first such answer is no stop of the next one
            await chat.answered(before)
            await desk.advance(A_MOMENT_S)  # what the sign-up caused is done
            before = len(chat.shown)
            trace.begin("message-lifecycle")
            await chat.say("123-456-32-19")  # a wrong check digit: one turn, no job
            await chat.answered(before)
            entered["message-lifecycle"] = trace.end()

            await to_the_order(chat, email)
            await chat.follows("p")
            payment = (await desk.card(email))["payments"][0]["id"]
            await desk.advance(A_MOMENT_S)
            trace.begin("payment-lifecycle")
            await desk.pay(payment)
            await chat.sees(lambda: chat.button("einvoice:activate"))  # the payment's own message becomes the receipt
            entered["payment-lifecycle"] = trace.end()
    return entered


async def test_a_message_and_a_payment_pass_the_stops_that_the_pages_list(tmp_path: Path) -> None:
    first, second = await walk(tmp_path / "first"), await walk(tmp_path / "second")
    for page, most in MOST_STOPS.items():
        listed = first[page].listed
        assert 0 < len(listed) == len(set(listed)) <= most
        first[page].check_order()
        second[page].check_order()
        # what the clock, another job or a first use causes is entered in one of the two, and is no stop of the way
        files = first[page].files & second[page].files
        assert len(files) <= MOST_FILES[page], sorted(files)
