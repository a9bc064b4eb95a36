"""The console's pages that only show: the queue, a conversation, its parts and recordings, and the stream of news.

The server-sent events say that the queue or the open conversation has news, not what they are: the page asks for them
itself, so that access is checked at that moment, and a broken stream loses nothing. They come from any replica.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.conversation.port import SeveralWatches, Watch
from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.lines_asked import lines_asked
from bot.handlers.console.page_requests import no_content, see_other
from bot.web.guard import RequestTurnedAway
from services.hearing import for_agents
from services.hearing.recordings import Recording
from services.store import journal_ranges
from services.store.announce import PEOPLE, typing_in
from services.support import second_line

_MOST_OF_ONE = 12
_MOST = 500


class DeskStreams(Struct):
    """The open streams of this process, all ended when the desk goes down."""

    open: Counter[str] = field(default_factory=Counter[str])
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End every stream within a moment; the pages connect again by themselves."""
        self.closing.set()

    def full(self, who: str) -> bool:
        """Return whether this session has as many as it may have, or the desk has."""
        return self.open[who] >= _MOST_OF_ONE or self.open.total() >= _MOST or self.closing.is_set()


_KEYS = (
    ("J", "next"),
    ("K", "previous"),
    ("Enter", "open"),
    ("T", "take"),
    ("R", "write"),
    ("Ctrl+Enter", "send"),
    ("G", "back"),
    ("E", "edit"),
    ("F", "unfold"),
    ("N", "note"),
    ("/", "search"),
)
"""As `static/js/desk/keys.js` has them; what they do is in the pages' texts."""
HEARTBEAT_S = 15.0
SOON_S = 2.0
"""Interval at which deliveries under way are looked at: nothing is published when they end."""
_RETRY_MS = 1500
_QUEUE, _TALK, _TYPING, _OVER = "queue", "talk", "typing", "over"


def routes(console: Console, streams: DeskStreams) -> list[Route]:
    """Return `/desk`, `/desk/queue`, `/desk/c/…`, and the stream of news `/desk/events?c=…`."""
    pages, guarded = _Pages(console), console.access.guarded

    async def events(request: Request, me: SignedIn) -> Response:
        if streams.full(me.session_id):
            raise RequestTurnedAway(429, "too_many")
        stream = _events(console, streams, me, request.query_params.get("c", ""))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return [
        Route("/desk", guarded(pages.home)),
        Route("/desk/next", guarded(pages.next)),
        Route("/desk/help", guarded(pages.help)),
        Route("/desk/queue", guarded(pages.queue, active=False)),
        Route("/desk/c/{id}", guarded(pages.conversation)),
        Route("/desk/c/{id}/parts", guarded(pages.parts, active=False)),
        Route("/desk/c/{id}/earlier", guarded(pages.earlier)),
        Route("/desk/c/{id}/recording/{note}", guarded(pages.recording)),
        Route("/desk/events", guarded(events, active=False)),
    ]


class _Pages(Struct, frozen=True):
    console: Console

    async def home(self, request: Request, me: SignedIn) -> Response:
        return await self.console.whole(request, me, [], None)

    async def next(self, request: Request, me: SignedIn) -> Response:
        """Redirect to the first of the queue; to one of the second line when nobody else waits."""
        del request, me

        line = await self.console.access.store.read(second_line.order_waiting_requests)
        waiting = line.queue or line.second
        way = f"/desk/c/{waiting[0].conversation_id}" if waiting else "/desk"
        return see_other(way)

    async def help(self, request: Request, me: SignedIn) -> Response:
        return self.console.access.page(request, me, "desk/help.html", keys=_KEYS)

    async def queue(self, request: Request, me: SignedIn) -> Response:
        console = self.console
        piece = await console.queue(me, request.query_params.get("open", ""))
        if piece.mark in request.query_params.getlist("mark"):
            return no_content()
        return console.bare(request, me, [piece])

    async def conversation(self, request: Request, me: SignedIn) -> Response:
        """Show the conversation, taking it if it was passed on to this agent."""
        conversation_id = str(request.path_params["id"])
        await self.console.come(me, conversation_id)
        return await self.console.page(request, me, conversation_id, opening=True)

    async def parts(self, request: Request, me: SignedIn) -> Response:
        talk = await self.console.talk(me, str(request.path_params["id"]))
        return await self.console.changed(request, me, talk)

    async def earlier(self, request: Request, me: SignedIn) -> Response:
        """Return the lines before those that the page has."""
        talk = await self.console.talk(me, str(request.path_params["id"]))
        pieces = await self.console.lines(me, talk, lines_asked(request, earlier=True))
        return self.console.bare(request, me, pieces)

    async def recording(self, request: Request, me: SignedIn) -> Response:
        """Return what a customer said, or the part asked for, to the agent who has the conversation.

        A recording can't be masked as words are, so who only looks doesn't hear it.
        Errors: RequestTurnedAway 404, 403.
        """
        where, note = str(request.path_params["id"]), str(request.path_params["note"])
        talk = await self.console.talk(me, where)
        key = self.console.sight.turn.server_key
        found = await self.console.access.store.read(lambda c: for_agents.load_sound(c, note, where, server_key=key))
        if found is None:
            raise RequestTurnedAway(404, "no_recording")
        if not talk.reading.hears(found.at):
            raise RequestTurnedAway(403, "not_yours")
        await self.console.note_read(me, talk)
        return _part_of(found.recording, request.headers.get("range", ""))


async def _events(console: Console, streams: DeskStreams, me: SignedIn, conversation_id: str) -> AsyncIterator[str]:
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
        yield _sse(name)
    several, due = SeveralWatches(watches, streams.closing), await _due(console, conversation_id)
    try:
        while not streams.closing.is_set():
            news = await several.within(SOON_S if due else HEARTBEAT_S)
            if not await console.access.alive(me):
                yield _sse(_OVER)
                return
            before, due = due, await _due(console, conversation_id)
            if due != before:
                news.add(_TALK)
            for name in news:
                yield _sse(name)
            if not news:
                yield ": still here\n\n"
    finally:
        await several.stop()


async def _due(console: Console, conversation_id: str) -> tuple[int, ...]:
    """Return the lines on their way to a messenger."""
    if not conversation_id:
        return ()
    return await console.access.store.read(lambda c: journal_ranges.on_their_way(c, conversation_id))


def _sse(name: str) -> str:
    return f"event: {name}\ndata: {{}}\n\n"


_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


def _part_of(recording: Recording, asked: str) -> Response:
    """Return the whole recording, or by a header `Range` a part: browsers move about in a recording by parts."""
    audio, kind = recording.audio, recording.kind
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="recording.{kind.value}"',
        "x-content-type-options": "nosniff",
    }
    if (found := _RANGE.fullmatch(asked.strip())) is None or not any(found.groups()):
        return Response(audio, 200, headers, kind.media_type)
    first, last = _bounds(found[1], found[2], len(audio))
    if first > last:
        return Response(b"", 416, headers | {"content-range": f"bytes */{len(audio)}"}, kind.media_type)
    headers["content-range"] = f"bytes {first}-{last}/{len(audio)}"
    return Response(audio[first : last + 1], 206, headers, kind.media_type)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte; the first is behind the last where there is no such part."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
