"""Customers' messages, each taken to its turn: understood outside of the transaction, decided within it."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bot.conversation import identity
from bot.conversation.after_turn import AfterTurn
from bot.conversation.blocked import turned_away
from bot.conversation.dispatch import Dispatcher
from bot.conversation.escape_commands import wanted
from bot.conversation.failures import alarm, failure
from bot.conversation.inbound import Edited, Inbound
from bot.conversation.intake import Known, MessageLoader
from bot.conversation.metrics import Metrics
from bot.conversation.port import TurnReceipt
from bot.conversation.queue import ConversationQueue, QueuePlace
from bot.conversation.turn import Cause, Turn, TurnResult
from bot.conversation.understanding import ParsedMessage, digest, is_digest
from services.clock import Clock
from services.keyed_hash import keyed_hex
from services.store import inbox, journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.errors import StoreUnavailable

# If the conversation moves on between understanding and deciding, the message is understood again; so often at most.
# Each time another process has got its turn in before: as many messages may come at once to all the others.
REREADS = 200


class StateMoved(Exception):
    """The conversation isn't as it was when the message was understood."""


@dataclass(frozen=True)
class _Repeat:
    conversation: StoredConversation
    conflict: bool


@dataclass(frozen=True)
class InboundPipeline:
    """Takes messages; `lines` are the conversations' queues in this process."""

    store: Store
    clock: Clock
    turn: Turn
    intake: MessageLoader
    lines: ConversationQueue
    after: AfterTurn
    dispatcher: Dispatcher
    figures: Metrics

    async def receive(self, inbound: Inbound) -> TurnReceipt:
        """Runs the message's turn in its place in the queue; returns after the commit. Raises StoreUnavailable."""
        conversation_id = identity.conversation_id(inbound.channel, inbound.address)
        root = f"{inbound.channel}:{inbound.key}"
        arrived = self.clock.now()
        # An edit mostly changes nothing: if it did so as the last of a burst, no question would be asked.
        word = None if isinstance(inbound.body, Edited) else inbound.key
        async with self.lines.turn(conversation_id, word=word) as place:
            for _ in range(REREADS):
                try:
                    with self.figures.seconds.time():
                        return await self._once(inbound, conversation_id, root, place, arrived)
                except StateMoved:
                    continue
        raise RuntimeError("a conversation never stood still")

    async def _once(
        self, inbound: Inbound, conversation_id: str, root: str, place: QueuePlace, arrived: datetime
    ) -> TurnReceipt:
        """Understands the message against the conversation as it is, and decides. Raises Moved, StoreUnavailable."""
        heard: ParsedMessage | None = None
        try:
            before = await self.intake.known(inbound, conversation_id)
            asked = await self.intake.asked(inbound, conversation_id)
            was = await self.intake.earlier(inbound, conversation_id)
            if self.intake.unchanged(inbound, was):
                return TurnReceipt(conversation_id, root, repeated=True)
            unseen = await self.intake.unseen(inbound, before, arrived)
            heard = understood = self.intake.heard(inbound, before, asked, was, unseen=unseen)
            ask = not await self._more_to_come(inbound, place)
            turned = await self.store.write(
                lambda c: self._take(c, inbound, conversation_id, root, before, understood, ask)
            )
        except (StateMoved, StoreUnavailable):
            raise
        except Exception as error:
            turned = await self._failed(error, inbound, conversation_id, root, heard)
        return self._delivered(turned, root, inbound, heard)

    async def _more_to_come(self, inbound: Inbound, place: QueuePlace) -> bool:
        """Whether a message waits that will ask the question at its own turn; one taken before will not."""
        behind = [key for key in place.behind if key != inbound.key]
        if not behind:
            return False
        return await self.store.read(lambda c: any(inbox.known(c, inbound.channel, key) is None for key in behind))

    def _take(
        self,
        connection: sa.Connection,
        inbound: Inbound,
        conversation_id: str,
        root: str,
        before: Known,
        heard: ParsedMessage,
        ask: bool,
    ) -> TurnResult | _Repeat:
        now = self.clock.now()
        # The conversation first: the inbox row refers to it. On PostgreSQL its lock is what keeps turns apart.
        current = self.intake.opened(connection, inbound, conversation_id, now)
        mark = digest(inbound, self.turn.server_key)
        if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now):
            seen = inbox.known(connection, inbound.channel, inbound.key)
            same = seen is None or is_digest(inbound, self.turn.server_key, seen.digest)
            return _Repeat(current, conflict=not same)
        if (away := turned_away(connection, self.turn, current, root, now)) is not None:
            return away
        if current.revision != before.conversation.revision:
            raise StateMoved
        # Step and reference are what an edit of this message is understood by.
        said_where = {"step": heard.at, **({"ref": inbound.reference} if inbound.reference else {})}
        cause = Cause(journal.CUSTOMER, {**heard.kept, **said_where}, root, said=True)
        current = replace(current, network=self._network(inbound))
        case = before.case if current.revision else None
        return self.turn.play(connection, current, heard.said, cause, now, ask=ask, case=case)

    def _network(self, inbound: Inbound) -> str | None:
        """Return what stands for the network address in limits; the address itself is never stored."""
        return keyed_hex(self.turn.server_key, "network", inbound.network) if inbound.network is not None else None

    async def _failed(
        self, error: Exception, inbound: Inbound, conversation_id: str, root: str, heard: ParsedMessage | None
    ) -> TurnResult | _Repeat:
        """A turn that raised is rolled back alone; an alarm, and the way out that was asked for or else an apology, are
        all that stays of it."""
        alarm(conversation_id, error)
        cause = failure(error, root, said=True)

        def instead(connection: sa.Connection, way: str | None) -> TurnResult | _Repeat:
            now = self.clock.now()
            current = self.intake.opened(connection, inbound, conversation_id, now)
            mark = digest(inbound, self.turn.server_key)
            if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now, failed=True):
                return _Repeat(current, conflict=False)
            if way is None or current.mode == "agent":
                return self.turn.apologise(connection, current, cause, now)
            return self.turn.way_out(connection, current, way, cause, now)

        if (way := wanted(inbound, heard)) is not None:
            try:
                return await self.store.write(lambda c: instead(c, way))
            except StoreUnavailable:
                raise
            except Exception as broken:
                alarm(conversation_id, broken)
        return await self.store.write(lambda c: instead(c, None))

    def _delivered(
        self, turned: TurnResult | _Repeat, root: str, inbound: Inbound, heard: ParsedMessage | None
    ) -> TurnReceipt:
        # Also when it is a repeat: the process that took it first may have died before the message was deleted.
        if heard is not None and heard.secret and inbound.reference is not None:
            self.after.forget_secret(turned.conversation, inbound.reference)
        if isinstance(turned, _Repeat):
            return TurnReceipt(turned.conversation.id, root, repeated=True, conflict=turned.conflict)
        self.dispatcher.deliver(turned)
        return TurnReceipt(turned.conversation.id, root)
