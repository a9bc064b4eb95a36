"""The chat's stream of server-sent events: lines, standing, typing; resumed by `Last-Event-ID`.

Each event is read from the journal when it is sent, so that a stream that breaks loses nothing: the next one begins
after the last line the page has seen.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from bot.conversation.outbound import Reply, StatusSnapshot
from bot.conversation.port import Desk, SeveralWatches
from bot.handlers.webchat import wire
from bot.web.session import WebSession
from services.clock import Clock, SystemClock
from services.store.announce import agent_writing_in
from services.store.errors import ConversationGone

_HEARTBEAT_S = 15.0
_RETRY_MS = 1500
_AT_ONCE = 5
_OF_NETWORK = 50  # an office's, say; the pages beyond ask for the history now and then
MOST_LINES = 200
"""Lines of one answer, the last ones: a page shows no more of a longer talk."""
_MOST = 2000  # of all visitors: each holds a connection and is looked after
WRITES_FOR = timedelta(seconds=5)
"""An agent who hasn't typed for so long isn't writing any more."""
_SILENCE_SEEN_S = 1.0
_LINES, _WRITING = "conversation", "writing"


class Streams:
    """The open streams of this process: few per visitor and network, all ended when the desk goes down."""

    def __init__(self, heartbeat_s: float = _HEARTBEAT_S, clock: Clock | None = None) -> None:
        self._open: Counter[str] = Counter()
        self._of_network: Counter[str] = Counter()
        self._closing = asyncio.Event()
        self._heartbeat_s = heartbeat_s
        self._clock = clock or SystemClock()

    def close(self) -> None:
        """End every stream within a moment; the pages connect again by themselves."""
        self._closing.set()

    def full(self, address: str, network: str | None = None) -> bool:
        """Return whether this visitor or network has as many streams as one may have, or the desk has."""
        if network is not None and self._of_network.get(network, 0) >= _OF_NETWORK:
            return True
        return self._open.get(address, 0) >= _AT_ONCE or self._open.total() >= _MOST or self._closing.is_set()

    async def events(
        self, desk: Desk, conversation_id: str, session: WebSession, cursor: wire.Cursor, network: str | None = None
    ) -> AsyncIterator[str]:
        """Yield the stream's text, until the page leaves, the desk goes down or the conversation is erased.

        Also until another session holds the conversation: the page comes again with that one, if it has it.
        Errors: those of the desk.
        """
        address = session.address
        self._open[address] += 1
        if network is not None:
            self._of_network[network] += 1
        try:
            # Asked for at once, before any of them was open.
            if self._open[address] > _AT_ONCE or self._of_network.get(network or "", 0) > _OF_NETWORK:
                yield f"retry: {_RETRY_MS}\n\n"
                return
            async with desk.watch(conversation_id) as lines, desk.watch(agent_writing_in(conversation_id)) as writing:
                news = SeveralWatches({_LINES: lines, _WRITING: writing}, self._closing)
                async for event in self._follow(desk, conversation_id, session, cursor, news):
                    yield event
        except ConversationGone:  # erased: the page asks again, hears so, and begins anew
            return
        finally:
            _leave(self._open, address)
            if network is not None:
                _leave(self._of_network, network)

    async def _follow(
        self, desk: Desk, conversation_id: str, session: WebSession, cursor: wire.Cursor, news: SeveralWatches
    ) -> AsyncIterator[str]:
        yield f"retry: {_RETRY_MS}\n\n"
        shown: StatusSnapshot | None = None
        agent = _AgentWriting(self._clock)
        try:
            while not self._closing.is_set():
                lines = await _lines(desk, conversation_id, cursor)
                standing = await desk.standing(conversation_id, at_most_wait=True)
                if standing.holder not in (None, session.proof):
                    return  # looked at after the lines: none of those behind the turn is told
                for message in agent.hear(cursor.unread(lines)):
                    cursor = cursor.past(message)
                    yield _event("message", wire.line(message), cursor)
                if standing != shown:
                    yield _event("standing", wire.standing(standing))
                if agent.changes(standing) or standing != shown:
                    yield _event("typing", {"on": standing.expects == "wait", "by": agent.name})
                shown = standing
                while not (await self._told(news, agent) or self._closing.is_set()):
                    yield ": still here\n\n"
        finally:
            await news.stop()

    async def _told(self, news: SeveralWatches, agent: "_AgentWriting") -> bool:
        """Wait for news, among them that the agent has fallen silent; False after a while without any."""
        told = await news.within(self._heartbeat_s if agent.until is None else _SILENCE_SEEN_S)
        return agent.listen(typed=_WRITING in told) or bool(told)


class _AgentWriting:
    """The typing of the agent who has the conversation: `name` while the page shows it, `until` it counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.until: datetime | None = None
        self.name: str | None = None

    def listen(self, *, typed: bool) -> bool:
        """Note that something was typed, or that nothing was for too long: True then."""
        now = self._clock.now()
        if typed:
            self.until = now + WRITES_FOR
        silent = self.until is not None and self.until <= now
        self.until = None if silent else self.until
        return silent

    def hear(self, lines: list[Reply]) -> list[Reply]:
        """Return the lines; what was written is sent."""
        if any(line.author == "agent" for line in lines):
            self.until = None
        return lines

    def changes(self, standing: StatusSnapshot) -> bool:
        """Work out anew who writes; True where the page shows something else."""
        before, here = self.name, standing.mode == "agent" and self.until is not None
        self.name = standing.speaker if here else None
        return self.name != before


def _leave(open_: Counter[str], who: str) -> None:
    open_[who] -= 1
    if not open_[who]:
        del open_[who]


async def _lines(desk: Desk, conversation_id: str, cursor: wire.Cursor) -> "list[wire.Reply]":
    after = cursor.seq or None
    return await desk.latest(conversation_id, after=after, most=MOST_LINES)


def _event(name: str, data: wire.Json, cursor: wire.Cursor | None = None) -> str:
    head = f"id: {cursor}\n" if cursor else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
