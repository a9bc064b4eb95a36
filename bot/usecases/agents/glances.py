"""A conversation at a glance, as the queue shows it to any agent: read again only when something has changed in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import sqlalchemy as sa

from bot.conversation.recent import Recent
from bot.usecases.agents import masking, wording
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.unconfirmed import unconfirmed
from bot.usecases.agents.who import called, contacts
from dialogs.state import ConversationState
from services.store.conversations import StoredConversation
from services.store.errors import StoreUnavailable
from services.store.journal import CUSTOMER, JournalEntry
from services.support import talks
from services.support.talks import Stamp

MOST_WORDS = 160
MOST_HELD = 2000
"""So many conversations are remembered, those looked at last."""


@dataclass(frozen=True, slots=True)
class Glance:
    """`words` were said last, by `by` (a kind of the journal, empty for nobody); `heard` is the line of the customer's
    last words, 0 if that is long ago; `outside` is who has it in the seller's own help desk."""

    name: str | None = field(repr=False)
    channel: str
    locale: str
    words: str = field(repr=False)
    by: str
    unanswered: bool
    heard: int
    outside: str | None = field(repr=False)
    unconfirmed: bool


class Glances:
    """One process's. Readers in several threads may use it at once."""

    def __init__(self, sight: Sight, most: int = MOST_HELD) -> None:
        self._sight = sight
        self._held: Recent[str, tuple[Stamp, Glance]] = Recent(most)
        self._lock = Lock()

    def of(self, connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, Glance]:
        """Those of these conversations that there are."""
        stamps = talks.stamps(connection, ids)
        with self._lock:
            known = {id: held for id in stamps if (held := self._held.get(id)) is not None}
        stale = [id for id, stamp in stamps.items() if id not in known or known[id][0] != stamp]
        found, lines = talks.several(connection, stale), talks.last_lines(connection, stale)
        # What is read after its stamp may be newer than it; then it is read again the next time.
        fresh = {id: (stamps[id], self._glance(found[id], lines.get(id, []))) for id in stale if id in found}
        self._keep(fresh)
        return {id: held[1] for id, held in (known | fresh).items() if id in fresh or id not in stale}

    def _keep(self, fresh: Mapping[str, tuple[Stamp, Glance]]) -> None:
        with self._lock:
            for id, held in fresh.items():
                self._held.set(id, held)

    def _glance(self, conversation: StoredConversation, lines: Sequence[JournalEntry]) -> Glance:
        case, last = self._case(conversation), lines[-1] if lines else None
        words = _hidden(last, wording.said(last, lines), contacts(case)) if last is not None else ""
        return Glance(
            name=called(case),
            channel=conversation.channel,
            locale=case.talk.locale,
            words=words[:MOST_WORDS],
            by=last.kind if last is not None else "",
            unanswered=case.handoff.unanswered,
            heard=max((line.id for line in lines if line.kind == CUSTOMER), default=0),
            outside=case.handoff.name,
            unconfirmed=bool(unconfirmed(case)),
        )

    def _case(self, conversation: StoredConversation) -> ConversationState:
        """While a later release takes over, one of its conversations is nameless here rather than the queue gone."""
        try:
            return self._sight.case(conversation)
        except StoreUnavailable:
            return ConversationState()


def _hidden(line: JournalEntry, words: str, known: Sequence[str]) -> str:
    return masking.said(words, known, line.data.get("step")) if line.kind == CUSTOMER else masking.hidden(words, known)
