"""The console's stream of server-sent events: that the queue or the open conversation has news, not what they are.

The page asks for the news itself, so that it is seen by who may see it at that moment, and a stream that breaks loses
nothing. Who watches is told whichever replica the news came about in.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.conversation.port import Watch
from bot.handlers.console.console import Console
from bot.handlers.console.door import SignedIn
from bot.web.guard import RequestTurnedAway
from services.store import journal_ranges
from services.store.announce import PEOPLE, typing_in

HEARTBEAT_S = 15.0
SOON_S = 2.0
"""How soon it is looked at again what is on its way to a messenger: nobody tells what becomes of it."""
_RETRY_MS = 1500
_MOST_OF_ONE = 12
_MOST = 500
_QUEUE, _TALK, _TYPING, _OVER = "queue", "talk", "typing", "over"


@dataclass
class DeskStreams:
    """The open streams of this process, all ended when the desk goes down."""

    heartbeat_s: float = HEARTBEAT_S
    open: Counter[str] = field(default_factory=Counter[str])
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End every stream within a moment; the pages connect again by themselves."""
        self.closing.set()

    def full(self, who: str) -> bool:
        """Return whether this session has as many as it may have, or the desk has."""
        return self.open[who] >= _MOST_OF_ONE or self.open.total() >= _MOST or self.closing.is_set()


def routes(console: Console, streams: DeskStreams) -> list[Route]:
    """`/desk/events?c=…`."""

    async def events(request: Request, me: SignedIn) -> Response:
        if streams.full(me.session_id):
            raise RequestTurnedAway(429, "too_many")
        told = _told(console, streams, me, request.query_params.get("c", ""))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(told, media_type="text/event-stream", headers=headers)

    return [Route("/desk/events", console.door.guarded(events, active=False))]


async def _told(console: Console, streams: DeskStreams, me: SignedIn, conversation_id: str) -> AsyncIterator[str]:
    streams.open[me.session_id] += 1
    names = {_QUEUE: PEOPLE} | (
        {_TALK: conversation_id, _TYPING: typing_in(conversation_id)} if conversation_id else {}
    )
    try:
        async with AsyncExitStack() as stack:
            watches = {
                name: await stack.enter_async_context(console.desk.watch(about)) for name, about in names.items()
            }
            async for event in _follow(console, streams, me, watches, conversation_id):
                yield event
    finally:
        streams.open[me.session_id] -= 1
        if not streams.open[me.session_id]:
            del streams.open[me.session_id]


async def _follow(
    console: Console, streams: DeskStreams, me: SignedIn, watches: Mapping[str, Watch], conversation_id: str
) -> AsyncIterator[str]:
    yield f"retry: {_RETRY_MS}\n\n"
    for name in watches.keys() - {_TYPING}:  # whatever came between the page and this stream
        yield _event(name)
    several, due = _Several(watches, streams.closing), await _due(console, conversation_id)
    try:
        while not streams.closing.is_set():
            news = await several.within(SOON_S if due else streams.heartbeat_s)
            if not await console.door.alive(me):
                yield _event(_OVER)
                return
            before, due = due, await _due(console, conversation_id)
            if due != before:
                news.add(_TALK)
            for name in news:
                yield _event(name)
            if not news:
                yield ": still here\n\n"
    finally:
        await several.stop()


async def _due(console: Console, conversation_id: str) -> tuple[int, ...]:
    """Return the lines on their way to a messenger."""
    if not conversation_id:
        return ()
    return await console.door.store.read(lambda c: journal_ranges.on_their_way(c, conversation_id))


def _event(name: str) -> str:
    return f"event: {name}\ndata: {json.dumps({})}\n\n"


class _Several:
    """Waits for news of any of several, again and again, without forgetting what came between two waits."""

    def __init__(self, watches: Mapping[str, Watch], closing: asyncio.Event) -> None:
        self._watches = watches
        self._waits: dict[str, asyncio.Future[None]] = {name: _task(w.changed()) for name, w in watches.items()}
        self._closed = asyncio.ensure_future(closing.wait())

    async def within(self, seconds: float) -> set[str]:
        """Return the names of which there is news; none if nothing happened for so long, or all is to end."""
        await asyncio.wait({*self._waits.values(), self._closed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        news = {name for name, wait in self._waits.items() if wait.done()}
        for name in news:
            self._waits[name].result()
            self._waits[name] = _task(self._watches[name].changed())
        return news

    async def stop(self) -> None:
        """Leave no task behind."""
        for task in (*self._waits.values(), self._closed):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


def _task(waiting: Awaitable[None]) -> asyncio.Future[None]:
    return asyncio.ensure_future(waiting)
