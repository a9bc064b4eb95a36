"""Every call over a border fails in every manner, each once, in the course of some journeys: the same end, no doubles.

A call is what is done (a write, a read, a request, a letter) and what its customer was about. Each fails once a
journey, in the next manner; so journeys follow each other until one is undisturbed. On PostgreSQL those of the database
fail: a request or a letter that fails is the same on either.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import structlog

from sandbox.testing.desk import DeskClient
from tests.bot.handlers.telegram.bot_api import TOKEN, until
from tests.crash.process import free_port
from tests.desk import stubborn
from tests.desk.faulty import Trouble, failing_borders
from tests.desk.quick_starts import quick_starts
from tests.desk.running import Running, running_desk
from tests.desk.stubborn import ACTS, Insistent, Json, Stubborn, StubbornDoor, judged, person, told_apart
from tests.desk.telegram_chat import bot_api
from tests.desk.traced_chat import TracedChat, judged_chat, walked

MOST_JOURNEYS = 60
#: Until whoever wasn't answered asks again.
AT_ONCE_S = 0.002
#: What loops and the clock do from time to time.
BACKGROUND = (
    *(
        *("read due", "read next_due", "read next_planned", "TimerLoop.", "Dispatcher.fire"),
        *("VirtualClock.", "Delivery._left"),
    ),
    *(
        *("EventSender.", "Dispatcher._settle", "POST events", "Worker._take_due", "Worker._renew_loop"),
        *("QueueEngine._bring", "ProcessLease._keep", "Housekeeping."),
    ),
)

#: What the desk asks its store because of Telegram, and the Bot API's methods; the rest is as on REST.
STORED_FOR_TELEGRAM = ("Delivery.", "ProcessLease.", "ConversationLoader._asked")
ON_TELEGRAM = (*STORED_FOR_TELEGRAM, "sendMessage", "getUpdates", "answerCallbackQuery", "editMessage")
STORED = ("write ", "read ")


@dataclass
class PatientDoor(StubbornDoor):
    """Where something takes longer, time passes on the desk's clock. `waited` are the looks since the last words."""

    waited: int = 0

    async def look(self) -> Json:
        await super().look()
        self.waited += 1
        if self.waited % 2 == 0:
            await self.time_passes(3 if self.waited % 4 else 60)
        return self.custom

    async def say(self, message: str, message_id: str | None = None) -> Json:
        self.waited = 0
        return await super().say(message, message_id)

    async def time_passes(self, seconds: float) -> None:
        """Move the clock; asked once, whatever becomes of it."""
        passed = await self.http.post("/sandbox/api/clock", json={"advance_s": seconds})
        assert passed.status_code == 200, passed.text


async def pays_seldom(customer: Stubborn) -> None:
    """Not at each look."""
    if cast(PatientDoor, customer.door).waited % 10 == 0:
        await stubborn.pay(customer)
    else:
        await customer.door.look()


class PatientChat(TracedChat):
    """The same in a chat."""

    async def sees(self, condition: Callable[[], Any]) -> None:
        for _ in range(60):
            with suppress(TimeoutError):
                await until(condition, seconds=0.25)
                return
            await self.waits()
        await super().sees(condition)

    async def waits(self) -> None:
        passed = await self.desk.http.post("/sandbox/api/clock", json={"advance_s": 5})
        assert passed.status_code == 200, passed.text


async def test_every_call_fails_in_every_manner(tmp_path: Path, each_database: dict[str, Any]) -> None:
    trouble = Trouble(BACKGROUND, STORED if each_database else ("",))
    with quick_starts(), failing_borders(trouble), structlog.testing.capture_logs():
        async with (
            running_desk(tmp_path, port=free_port(), **each_database) as desk,
            Insistent(desk.url, AT_ONCE_S) as http,
        ):

            async def journey(_number: int, method: str = "blik") -> None:
                door = PatientDoor(http, acting=trouble.acting)
                acts = {**ACTS, "payment": pays_seldom}
                customer = await Stubborn(DeskClient(http), person(method), door, acts=acts).run()
                trouble.on = False
                await door.time_passes(60)
                await judged(customer)
                letters_judged(await customer.desk.outbox(customer.email), trouble)

            await until_undisturbed(trouble, journey)
            if not each_database:  # what another provider is asked fails the same on either
                await until_undisturbed(trouble, partial(journey, method="paypal"))
    assert len(trouble.known) > 40, "the calls weren't found"


async def test_every_call_of_telegram_fails_in_every_manner(tmp_path: Path, each_database: dict[str, Any]) -> None:
    trouble = Trouble(BACKGROUND, STORED_FOR_TELEGRAM if each_database else ON_TELEGRAM)
    async with bot_api() as api:
        bot = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
        with quick_starts(), failing_borders(trouble), structlog.testing.capture_logs():
            async with (
                running_desk(tmp_path, port=free_port(), **bot, **each_database) as desk,
                Insistent(desk.url, AT_ONCE_S) as http,
            ):

                async def journey(number: int) -> None:
                    chat = PatientChat(api, Running(desk.installation, http), 600 + number, acting=trouble.acting)
                    await walked(chat)
                    trouble.on = False
                    await chat.waits()
                    await judged_chat(chat, lambda: trouble.unheard("sendMessage"))
                    letters_judged(await chat.letters(), trouble)

                await until_undisturbed(trouble, journey)
    assert len(trouble.known) > 30, "the calls weren't found"


async def until_undisturbed(trouble: Trouble, journey: Callable[[int], Awaitable[None]]) -> None:
    """Journeys, each judged by itself, until one meets no fault: every call it makes has failed in every manner."""
    for number in range(MOST_JOURNEYS):
        trouble.begin()
        await journey(number)
        if not trouble.struck:
            print(f"{len(trouble.met)} faults in {number} journeys; {len(trouble.passed)} calls in the undisturbed one")
            assert not trouble.missing()
            return
    raise AssertionError(f"new faults on and on: {list(trouble.met)[-5:]}")


def letters_judged(letters: list[Json], trouble: Trouble) -> None:
    """One for each reason, each once more for each time that it was sent and nobody knew."""
    keys = told_apart(letters)
    assert len(keys) <= len(letters) <= len(keys) + trouble.unheard("a letter") + trouble.unheard("Dispatcher.finish")
