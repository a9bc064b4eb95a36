"""Before a customer's turn: the conversation as it is, what the message refers to, and what it means there."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.conversation import identity
from bot.conversation.inbound import ButtonPressed, Edited, Inbound, Text
from bot.conversation.recent import Recent
from bot.conversation.seen import LOOKED_AT, asked, is_older
from bot.conversation.turn import Turn
from bot.conversation.understanding import AskedStep, Earlier, MessageUnderstanding, ParsedMessage, language_of
from dialogs.state import ConversationState
from services.clock import Clock
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.database import Store

# Of so many conversations this process remembers how it left them.
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation as its last turn left it, with what it knows."""

    conversation: StoredConversation
    case: ConversationState


class MessageLoader:
    """Prepares customers' messages.

    How a turn left its conversation is remembered, so that the next message can be understood without a look into the
    store. Where another process has been at work since, the turn finds another revision, and the store is asked.
    """

    def __init__(self, store: Store, clock: Clock, turn: Turn, hearing: MessageUnderstanding) -> None:
        self._store = store
        self._clock = clock
        self._turn = turn
        self._hearing = hearing
        self._remembered: Recent[str, Known] = Recent(REMEMBERED)

    def remember(self, conversation: StoredConversation, case: ConversationState) -> None:
        """Keeps how a turn left the conversation."""
        self._remembered.set(conversation.id, Known(conversation, case))

    def unchanged(self, inbound: Inbound, was: Earlier | None) -> bool:
        """Whether this is the edit of a message that left its words as they were."""
        return was is not None and isinstance(inbound.body, Edited) and self._hearing.unchanged(inbound.body, was)

    async def known(self, inbound: Inbound, conversation_id: str) -> Known:
        """The conversation as it is now; a fresh one before the first message."""
        if (remembered := self._remembered.pop(conversation_id)) is not None:
            return remembered
        found = await self._store.read(lambda c: conversations.load(c, conversation_id, lock=False))
        known = found or self._fresh(inbound)
        return Known(known, self._turn.case(known))

    def heard(
        self, inbound: Inbound, before: Known, asked: AskedStep | None, was: Earlier | None, *, unseen: bool = False
    ) -> ParsedMessage:
        """What the message means where the conversation stands. `unseen`: it is older than a question that binds."""
        ctx = self._turn.context(before.conversation, self._clock.now())(before.case)
        return self._hearing.hear(inbound, before.case, ctx, asked=asked, was=was, unseen=unseen)

    async def unseen(self, inbound: Inbound, before: Known, arrived: datetime) -> bool:
        """Whether the message was written before the open question, one that binds, was shown. An edited one counts as
        such: channels date it by its first words."""
        if not isinstance(inbound.body, Text | Edited):
            return False
        ctx = self._turn.context(before.conversation, self._clock.now())(before.case)
        step = self._hearing.binding_step(before.case, ctx)
        if step is None or isinstance(inbound.body, Edited):
            return step is not None
        said = await self._store.read(lambda c: journal.newest_said(c, before.conversation.id, LOOKED_AT))
        return is_older(inbound, asked(said, step), arrived)

    async def asked(self, inbound: Inbound, conversation_id: str) -> AskedStep | None:
        """The message that carried the pressed button, where the channel told which."""
        seq = inbound.body.asked_at if isinstance(inbound.body, ButtonPressed) else None
        if seq is None:
            return None
        entry = await self._store.read(lambda c: journal.said(c, conversation_id, seq))
        if entry is None:
            return None
        return AskedStep(entry.data.get("step"), {payload: title for title, payload in entry.data.get("buttons", ())})

    async def earlier(self, inbound: Inbound, conversation_id: str) -> Earlier | None:
        """An edited message as the journal has it: said at the step of its first line, in the words of its last."""
        if not isinstance(inbound.body, Edited) or inbound.reference is None:
            return None
        found = await self._store.read(lambda c: journal.messages(c, conversation_id, with_customer=True))
        said = [entry for entry in found if entry.kind == journal.CUSTOMER]
        lines = [entry for entry in said if entry.data.get("ref") == inbound.reference]
        if not lines:
            return None
        step = lines[0].data.get("step")
        last = next(entry for entry in reversed(said) if entry.data.get("step") == step)
        return Earlier(step, lines[-1].data.get("text", ""), answered=last.data.get("ref") == inbound.reference)

    def _fresh(self, inbound: Inbound) -> StoredConversation:
        now = self._clock.now()
        locale = self._locale(inbound.locale_hint)
        new_id = identity.conversation_id(inbound.channel, inbound.address)
        return StoredConversation(
            new_id, inbound.channel, inbound.address, None, locale, "bot", 0, {}, 0, now, now, None, None
        )

    def _locale(self, hint: str | None) -> str:
        code = language_of(hint)
        offered = self._turn.seller.locales
        return code if code in offered else offered[0]

    def opened(
        self, connection: sa.Connection, inbound: Inbound, conversation_id: str, now: datetime
    ) -> StoredConversation:
        """The conversation, locked; made if this is the first message."""
        if (known := conversations.load(connection, conversation_id, lock=True)) is not None:
            return known
        locale = self._locale(inbound.locale_hint)
        conversations.open(connection, inbound.channel, inbound.address, locale, now, conversation_id)
        if (opened := conversations.load(connection, conversation_id, lock=True)) is None:
            raise LookupError("a conversation was opened and is gone again")
        return opened
