"""How events are brought: ever later, for three days, few at a time, and never anything personal in a log."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.conversation.metrics import Metrics
from bot.usecases.seller.event_sender import AT_ONCE, BUSY, LATEST, SOONEST, EventSender, make_signed_body, pause
from services.jobs.port import Done, GaveUp, StoredJob, TryLater
from services.seller import events_out
from services.seller.standard_webhooks import WebhookSender
from services.store.database import Store
from tests.services.outside import NOON, FarEnd, breaker, noon

EVENT = events_out.SellerEvent("evt_1", "payment.paid", "a1", {"customer_id": "a1", "amount": 36777}, NOON)
CALL = StoredJob("event:evt_1", "", None, events_out.SEND, {"event": "evt_1"}, True, NOON, 1)


class Scene:
    """A store with one event, and a receiver that answers by a script."""

    def __init__(self, store: Store, *steps: Any) -> None:
        self.far = FarEnd(*steps)
        self.clock = noon()
        self.figures = Metrics()
        url = "https://erp.example/hooks"
        webhook = WebhookSender(
            self.far.client, url=url, keys=[b"k" * 32], clock=self.clock, breaker=breaker(clock=self.clock)
        )
        self.sender = EventSender(store, self.clock, webhook, self.figures.events)
        self.store = store

    async def put(self) -> "Scene":
        await self.store.write(lambda connection: events_out.write_event(connection, EVENT))
        return self

    def counted(self, end: str) -> float | None:
        return self.figures.registry.get_sample_value("okienko_events_total", {"type": "payment.paid", "end": end})


async def test_a_taken_event_is_done_and_counted(store: Store) -> None:
    scene = await Scene(store, httpx.Response(200)).put()
    assert await scene.sender.send(CALL) == Done({})
    assert scene.counted("delivered") == 1
    assert scene.far.asked[0].content == make_signed_body(EVENT)
    wanted = b'{"data":{"amount":36777,"customer_id":"a1"},"timestamp":"2026-11-20T12:00:00Z","type":"payment.paid"}'
    assert make_signed_body(EVENT) == wanted


@pytest.mark.parametrize(("status", "taken"), [(404, True), (500, False), (301, False), (401, False)])
async def test_one_that_is_not_taken_comes_again_and_is_given_up_after_three_days(
    store: Store, status: int, *, taken: bool
) -> None:
    """An answer to this event has its own pauses; a receiver that is away has those of every provider."""
    scene = await Scene(store, *[httpx.Response(status)] * 4).put()
    first = await scene.sender.send(CALL)
    assert isinstance(first, TryLater)
    assert first.after is None or first.after < 2 * SOONEST
    then = TryLater(LATEST, first.reason) if taken else TryLater(None, first.reason, "far")
    for passed in (86400, 2 * 86400 - 1):
        scene.clock.advance(passed)
        assert await scene.sender.send(CALL) == then
    scene.clock.advance(1)
    assert isinstance(await scene.sender.send(CALL), GaveUp)
    assert (scene.counted("failed"), scene.counted("given_up")) == (3, 1)


async def test_whoever_wants_no_more_is_left_alone(store: Store) -> None:
    assert await (await Scene(store, httpx.Response(410)).put()).sender.send(CALL) == GaveUp("gone")


async def test_the_receivers_own_wish_to_wait_is_kept(store: Store) -> None:
    scene = await Scene(store, httpx.Response(503, headers={"retry-after": "600"})).put()
    assert await scene.sender.send(CALL) == TryLater(timedelta(seconds=600), "unavailable http 503", "far")


async def test_few_are_under_way_at_a_time(store: Store) -> None:
    going = asyncio.Event()

    class Slow:
        async def send(self, _id: str, _body: bytes) -> None:
            await going.wait()

    scene = await Scene(store).put()
    sender: Any = EventSender(store, scene.clock, Slow(), scene.figures.events)  # type: ignore[arg-type]
    tries = [asyncio.create_task(sender.send(CALL)) for _ in range(AT_ONCE + 3)]
    done, _ = await asyncio.wait(tries, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 3:
        done, _ = await asyncio.wait(tries, timeout=0.05)
    assert [task.result() for task in done] == [TryLater(BUSY, "busy", failed=False)] * 3, "none of its own tries"
    going.set()
    await asyncio.gather(*tries)
    assert await sender.send(CALL) == Done({}), "there is room again"


async def test_one_that_was_forgotten_and_one_that_nobody_listens_to(store: Store) -> None:
    scene = Scene(store)
    assert isinstance(await scene.sender.send(CALL), GaveUp)
    await scene.put()
    assert isinstance(await EventSender(store, scene.clock, None, scene.figures.events).send(CALL), GaveUp)


def test_pauses_grow_with_age_and_differ_a_little() -> None:
    ages = (0, 5, 10, 60, 3600, 86400)
    pauses = [pause(EVENT, timedelta(seconds=age)).total_seconds() for age in ages]
    assert pauses == sorted(pauses)
    assert all(0.9 * max(age, 5) <= r <= 1.1 * max(age, 5) or r == 21600 for age, r in zip(ages, pauses, strict=True))
    others = {pause(events_out.SellerEvent(f"evt_{n}", "", None, {}, NOON), timedelta(hours=1)) for n in range(20)}
    assert len(others) > 10
