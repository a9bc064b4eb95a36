"""The help desk as a place of the mirror: what is done there is read, and what is new here is brought there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause
from bot.handlers.agent_mirror import MirrorPlace
from bot.handlers.chatwoot.agent_replies import ChatwootInbound
from bot.handlers.chatwoot.posting import ChatwootOutbound
from services.clock import Clock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, describe
from services.jobs.backoff import pause
from services.store.database import Store
from services.store.journal import JournalEntry
from services.support.chatwoot.client import ChatwootGone
from services.support.chatwoot.models import ENDED
from services.support.chatwoot.threads import THREADS, Thread
from services.support.mirrors import CLOSED, MOST_ENTRIES, OPENED, MirrorView

log = structlog.get_logger(__name__)

READ_ANYWAY = timedelta(minutes=2)
"""So often a conversation that stands open is read though no webhook has come."""
LONGEST_REST = timedelta(minutes=2)
LONGEST_ASKED_REST = timedelta(minutes=10)
TOLD_AFTER = 3
"""The alarm is raised with the third failure in a row, once."""
ENDS = ("gave_back", "done", "shut_out")


@dataclass
class ChatwootThreads(MirrorPlace):
    """The conversations of one inbox."""

    name = "helpdesk"
    lease = "helpdesk"

    store: Store
    clock: Clock
    outbound: ChatwootOutbound
    inbound: ChatwootInbound
    _read_at: dict[str, datetime] = field(default_factory=dict[str, datetime])

    async def due(self) -> list[str]:
        """Return conversations that lack something there, have news there, or weren't read for long."""
        due = await self.store.read(lambda c: THREADS.due(c, self._place))
        standing = await self.store.read(lambda c: THREADS.standing(c, self._place))
        return list(dict.fromkeys([*due, *(id for id in standing if self._is_unread(self._read_at.get(id)))]))

    async def bring(self, conversation_id: str) -> None:
        """Open it there, read what was done there, post the lines that it lacks, close it."""
        read_at = self._read_at.pop(conversation_id, None)  # after a failure it is read again before anything is sent
        try:
            read_at = await self._bring(conversation_id, read_at)
        except ChatwootGone:
            await self._was_lost(conversation_id)
            return
        if read_at is not None:
            self._read_at[conversation_id] = read_at

    async def failed(self, conversation_id: str, error: Exception, failures: int) -> timedelta | None:
        """Rest ever longer while the help desk is away; raise one alarm."""
        if not isinstance(error, ProviderUnavailable | Misconfigured):
            reason = error.origin if isinstance(error, ProviderRefused) else ""
            log.error("helpdesk_conversation_failed", alarm=True, reason=reason, **describe(error))
            return None
        if failures == TOLD_AFTER or (failures == 1 and isinstance(error, Misconfigured)):
            log.error("helpdesk_away", alarm=True, reason=error.reason, origin=error.origin)
        else:
            log.warning("helpdesk_failed_once", reason=error.reason, origin=error.origin)
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        return max(min(pause(failures), LONGEST_REST), min(asked or timedelta(0), LONGEST_ASKED_REST))

    def lease_missed(self) -> None:
        """Forget what was read: another process has sent since."""
        self._read_at.clear()

    async def _bring(self, conversation_id: str, read_at: datetime | None) -> datetime | None:
        """Return when it was last read there."""
        view = await self._view(conversation_id)
        if view.over:
            if view.row is not None:
                await self.outbound.remove(view.row)
            return None
        if _to_open(view):
            read_at = None
            await self.outbound.open(view)
            view = await self._view(conversation_id)
        if (row := view.row) is None or row.outside_id is None:
            return read_at
        last_seen = row.seen_id
        if row.knocked > row.heard or _to_close(view) or self._is_unread(read_at):
            last_seen = await self.inbound.read(row)
            read_at = self.clock.now()
            view = await self._view(conversation_id)
        if _to_open(view) or view.row is None:
            return read_at  # a reply to a conversation that was over: at the next look
        all_there = await self.outbound.lines(view, await self.outbound.standing(conversation_id))
        if all_there and _to_close(view) and len(view.entries) < MOST_ENTRIES:
            await self.outbound.close(view.row, last_seen)
        return read_at

    async def _was_lost(self, conversation_id: str) -> None:
        """Forget a conversation that was deleted there; another is made if one is still wanted.

        Raises ChatwootGone if none stands there: something else that is needed is gone.
        """
        view = await self._view(conversation_id)
        row = view.row
        if row is None or row.outside_id is None:
            raise ChatwootGone("gone")
        log.warning("helpdesk_conversation_gone")
        if view.request is not None:
            await self.store.write(lambda c: THREADS.lost(c, row))
        else:
            await self.store.write(lambda c: THREADS.forget(c, conversation_id))

    def _is_unread(self, read_at: datetime | None) -> bool:
        return read_at is None or not timedelta(0) <= self.clock.now() - read_at < READ_ANYWAY

    @property
    def _place(self) -> tuple[int, int]:
        return self.outbound.chatwoot.account_id, self.outbound.chatwoot.inbox_id

    async def _view(self, conversation_id: str) -> MirrorView[Thread]:
        view = await self.store.read(lambda c: THREADS.view(c, conversation_id, self._place))
        return replace(view, entries=_shown_there(view))


def _to_open(view: MirrorView[Thread]) -> bool:
    """Return whether a person is wanted, and it doesn't stand open there.

    What is over there and yet waits is a new request.
    """
    row, request = view.row, view.request
    if request is None or row is None or row.outside_id is None:
        return request is not None
    return row.state == CLOSED or (request.agent_id is None and row.told_status in ENDED)


def _to_close(view: MirrorView[Thread]) -> bool:
    return view.request is None and view.row is not None and view.row.state == OPENED


def _shown_there(view: MirrorView[Thread]) -> tuple[JournalEntry, ...]:
    """Leave out what follows the end of a hand-off: it is no affair of the help desk's people.

    Where the end stands there already, as at a look because of a webhook that comes late, all of it follows.
    """
    if view.request is not None:
        return view.entries
    ends = [entry.revision for entry in view.entries if _is_end(entry)]
    if ends:
        return tuple(entry for entry in view.entries if entry.revision <= ends[-1])
    is_closed = view.row is not None and view.row.state == CLOSED
    return () if is_closed or len(view.entries) < MOST_ENTRIES else view.entries


def _is_end(entry: JournalEntry) -> bool:
    """Return whether the conversation went back to the bot: by an agent, or because nobody had written for long."""
    cause = StoredCause.from_json(entry.data)
    return (entry.kind == BY_AGENT and cause.act in ENDS) or "EndWait" in cause.acts
