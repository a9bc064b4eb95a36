"""The lifecycle pages list the stops of a message and of a payment as they are passed on a running desk."""

import re
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
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
MOST_FILES = {"message-lifecycle": 185, "payment-lifecycle": 218}
"""Files of the product in which a function is called on the way: may only fall, to 150 and 170. Two less are met."""

NOW_AND_THEN = {
    "bot/app/serve.py",
    "services/jobs/backoff.py",
    "services/refusals.py",
    "services/store/events.py",
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
    """The functions of the product in the order in which each was first entered since one was after `begin`."""

    entered: dict[Stop, None] = field(default_factory=dict[Stop, None])
    first: Stop | None = None

    def begin(self, page: str) -> None:
        """Forget what was entered and note what is from the page's first stop on: a timer may come before."""
        self.entered, self.first = {}, stops(page)[0]

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call; for `sys.setprofile`."""
        if self.first is None or event != "call":
            return
        code = frame.f_code
        file = code.co_filename.removeprefix(f"{ROOT}/")
        if file.partition("/")[0] in ROOMS and (self.entered or (file, code.co_qualname) == self.first):
            self.entered.setdefault((file, code.co_qualname))


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


def check(page: str, trace: Trace) -> None:
    """Fail unless the page's stops were entered in its order, none twice, and neither they nor files are too many."""
    listed = stops(page)
    assert 0 < len(listed) <= MOST_STOPS[page]
    assert len(set(listed)) == len(listed)
    order = {stop: at for at, stop in enumerate(trace.entered)}
    missing = [stop for stop in listed if stop not in order]
    assert not missing, f"never entered: {missing}"
    wrong = [(one, other) for one, other in pairwise(listed) if order[one] > order[other]]
    assert not wrong, f"entered the other way round: {wrong}"
    files = {file for file, name in trace.entered if name != "<module>"} - NOW_AND_THEN
    assert len(files) <= MOST_FILES[page], sorted(files)


async def test_a_message_and_a_payment_pass_the_stops_that_the_pages_list(tmp_path: Path) -> None:
    email = "jan.nowak@example.com"
    with traced() as trace:
        async with running_desk(tmp_path, telegram_mode="webhook") as desk:
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
            check("message-lifecycle", trace)

            await to_the_order(chat, email)
            await chat.follows("p")
            payment = (await desk.card(email))["payments"][0]["id"]
            await desk.advance(A_MOMENT_S)
            trace.begin("payment-lifecycle")
            await desk.pay(payment)
            await chat.sees(lambda: chat.button("einvoice:activate"))  # the payment's own message becomes the receipt
            check("payment-lifecycle", trace)
