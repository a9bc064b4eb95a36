"""One message of a customer: receive, understand, lock, decide, store, commit, deliver.

*Prepare*, outside of any transaction: the message waits for its place in the conversation's queue, the conversation is
loaded, and the message is understood against it. *Decide*, in one transaction, which may run twice and touches nothing
but the connection: lock, refuse what was taken before, compare the revision, play the dialogs, store. *Deliver*, after
the commit: jobs run, replies leave.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, structs

from bot.conversation import identity
from bot.conversation.dispatch import Dispatcher
from bot.conversation.escape_commands import find_way_out
from bot.conversation.inbound import PLAIN, ButtonPressed, Edited, Inbound, SharedContact, Text, VoiceNote
from bot.conversation.loading import ConversationLoader, Situation
from bot.conversation.metrics import Metrics
from bot.conversation.new_chats import NewChats, NoNewChat
from bot.conversation.port import TurnReceipt
from bot.conversation.queue import ConversationQueue, QueuePlace
from bot.conversation.replies import no_new_chat
from bot.conversation.stored import StoredCause
from bot.conversation.turn import Cause, Turn, TurnResult, alarm, failure
from bot.conversation.understanding import MessageUnderstanding, ParsedMessage, digest, is_digest, keeps_words, note_id
from dialogs.kit import Said
from dialogs.messages.handoff import NetworkClosed
from dialogs.state import ConversationState, Ctx
from dialogs.voice import is_heard
from services import limits
from services.accounts.account_books import known_revision
from services.clock import Clock
from services.hearing import for_agents, recordings
from services.orders.discounts import DiscountTries
from services.store import conversations, inbox, journal
from services.store.database import Store
from services.store.errors import NotHeld, StoreUnavailable
from services.support import blocked_networks, blocklist
from values import meaning
from values.channel import Channel
from values.recording import MOST_BYTES, audio_type, is_too_long

# If the conversation moves on between understanding and deciding, the message is understood again; so often at most.
# Each time another process has got its turn in before: as many messages may come at once to all the others.
REREADS = 200
LOOK_AGAIN_S = 0.1
"""So often it is looked whether a recording was heard."""
BLOCKED = "blocked"
"""The kind of the journal's line about a message from a blocked address."""
_TOLD = frozenset((BLOCKED, NetworkClosed.__name__))
"""What tells a chat that its network is blocked: a line of that kind, or the event."""
ANSWERED_EACH_TIME = frozenset(channel for channel in Channel if channel.replies_by == "request")
"""Channels whose every message waits for an answer; on others a blocked address is answered once."""


class StateMoved(Exception):
    """The conversation isn't as it was when the message was understood."""


class StillHearing(Exception):
    """A recording of the customer's is being heard, and this message comes after it."""


def waits(inbound: Inbound) -> bool:
    """Tell whether a message waits for the recording before it: buttons and commands never do."""
    match inbound.body:
        case Text(body) | Edited(body):
            return not body.startswith("/")
        case VoiceNote() | SharedContact():
            return True
        case _:
            return False


def _have_moved(ctx: Ctx, current: conversations.StoredConversation) -> bool:
    """Tell whether the books that a message was understood with aren't what they were."""
    seen = known_revision(ctx.books) if ctx.case.account.id == current.account_id else None
    return seen is not None and seen != current.books_revision


class _Arrival(Struct, frozen=True):
    """A message with what names it and when it came."""

    inbound: Inbound
    conversation_id: str
    root: str
    at: datetime


class Foreseen(Struct, frozen=True):
    """A turn that wasn't kept: how the message was understood, what stood before it and after, and what came of it."""

    said: Said
    before: ConversationState
    after: ConversationState
    result: TurnResult
    lines: tuple[journal.JournalEntry, ...]


class _Undone(Exception):
    """Carries what was foreseen out of the transaction that it undoes."""

    def __init__(self, foreseen: Foreseen) -> None:
        super().__init__("undone")
        self.foreseen = foreseen


class _Repeat(Struct, frozen=True):
    conversation: conversations.StoredConversation
    conflict: bool


class MessagePipeline(Struct, frozen=True):
    """Takes customers' messages through their turns; `queue` orders those of each conversation in this process."""

    store: Store
    clock: Clock
    loader: ConversationLoader
    understanding: MessageUnderstanding
    turn: Turn
    queue: ConversationQueue
    dispatcher: Dispatcher
    metrics: Metrics
    tries: DiscountTries
    new_chats: NewChats
    behind: ConversationQueue

    async def receive(self, inbound: Inbound) -> TurnReceipt:
        """Run the message's turn in its place in the queue; return after the commit.

        Raises StoreUnavailable; NotHeld for a token that holds the conversation no more;
        NoNewChat where its network may begin no more conversations now.
        """
        conversation_id = identity.conversation_id(inbound.channel, inbound.address)
        arrival = _Arrival(inbound, conversation_id, f"{inbound.channel}:{inbound.key}", self.clock.now())
        if not self.behind.is_waited_in(conversation_id):
            try:
                return await self._in_turn(arrival)
            except StillHearing:
                pass
        async with self.behind.turn(conversation_id):
            while True:
                try:
                    return await self._in_turn(arrival)
                except StillHearing:
                    await asyncio.sleep(LOOK_AGAIN_S)

    async def _in_turn(self, arrival: _Arrival) -> TurnReceipt:
        """Run the turn in its place in the queue. Raises StillHearing, and what `receive` raises."""
        inbound, conversation_id = arrival.inbound, arrival.conversation_id
        # An edit mostly changes nothing, and of an album one picture is answered: if such a one was the last of a
        # burst, no question would be asked.
        album = inbound.provenance.album is not None and not isinstance(inbound.body, Text)
        word = None if album or isinstance(inbound.body, Edited) else inbound.key
        async with self.queue.turn(conversation_id, word=word) as place:
            for _ in range(REREADS):
                try:
                    with self.metrics.seconds.time():
                        return await self._run(arrival, place)
                except StateMoved:
                    continue
        raise RuntimeError("a conversation never stood still")

    async def _run(self, arrival: _Arrival, place: QueuePlace) -> TurnReceipt:
        """Load, understand, decide, commit, deliver. Raises StateMoved, StoreUnavailable, NoNewChat, NotHeld."""
        inbound, parsed = arrival.inbound, None
        try:
            before = await self.loader.load(inbound, arrival.conversation_id, arrival.at)
            if before.conversation.revision == 0 and inbound.network is not None:
                await self.store.read(lambda c: self._look(c, inbound, arrival.at), brief=True)
            if keeps_words(inbound, before.earlier, self.turn.server_key):
                return TurnReceipt(arrival.conversation_id, arrival.root, repeated=True)
            if waits(inbound) and is_heard(before.ctx.case.voice, before.ctx):
                raise StillHearing
            parsed = understood = await self._understood(inbound, before)
            ask = not await self._more_to_come(inbound, place)
            result = await self.store.write(lambda c: self._decide(c, arrival, before, understood, ask), brief=True)
        except NoNewChat as refused:
            refused.words = no_new_chat(self.turn.states.renderer, self.loader.locale_of(inbound), refused)
            raise
        except (StateMoved, StillHearing, StoreUnavailable, NotHeld):
            raise
        except Exception as error:
            result = await self._failed(error, arrival, parsed)
        return self._deliver(result, arrival, parsed)

    async def foresee(self, inbound: Inbound) -> Foreseen:
        """Return the turn that a message would take now; nothing of it stays, and nothing leaves.

        Raises what its turn raises.
        """
        for _ in range(REREADS):
            with suppress(StateMoved):
                return await self._foreseen(inbound)
        raise RuntimeError("a conversation never stood still")

    async def _foreseen(self, inbound: Inbound) -> Foreseen:
        conversation_id = identity.conversation_id(inbound.channel, inbound.address)
        arrival = _Arrival(inbound, conversation_id, f"{inbound.channel}:{inbound.key}", self.clock.now())
        before = await self.loader.load(inbound, conversation_id, arrival.at)
        parsed = await self._understood(inbound, before)

        def undone(connection: sa.Connection) -> None:
            with before.books.reading(connection):
                stood = before.ctx.case.read_current(before.ctx.books)
                result = self._decide_here(connection, arrival, before, parsed, ask=True)
                if isinstance(result, _Repeat) or result.case is None:
                    raise TypeError("a message that was taken before has no turn")
                stands = result.case.read_current(before.books.of(result.case.account.id))
            raise _Undone(Foreseen(parsed.said, stood, stands, result, tuple(result.lines)))

        try:
            await self.store.write(undone)
        except _Undone as seen:
            return seen.foreseen
        raise RuntimeError("a turn that was to be undone was stored")

    def _look(self, connection: sa.Connection, inbound: Inbound, now: datetime) -> None:
        """Look whether the message may begin a conversation, before it costs a transaction. Raises NoNewChat."""
        network = self._network(inbound)
        held = blocked_networks.find_network_block(connection, network, now) if network is not None else None
        if held is not None:
            raise NoNewChat.blocked(held.until, now)
        self.new_chats.look(connection, inbound.network, now)

    async def _understood(self, inbound: Inbound, before: Situation) -> ParsedMessage:
        return await self.loader.look(before.books, before.ctx, lambda: self._understand(inbound, before))

    def _understand(self, inbound: Inbound, before: Situation, codes_held: int | None = None) -> ParsedMessage:
        return self.understanding.hear(
            inbound,
            before.step,
            before.ctx,
            asked=before.asked,
            was=before.earlier,
            unseen=before.unseen,
            unseen_card=before.unseen_card,
            parts=before.parts,
            replied=before.replied,
            view=before.view,
            codes_held=codes_held,
        )

    async def _more_to_come(self, inbound: Inbound, place: QueuePlace) -> bool:
        """Tell whether a message waits that will ask the question at its own turn; one taken before will not."""
        await asyncio.sleep(0)  # what came in one batch with this one takes its place behind it
        behind = [key for key in place.behind if key != inbound.key]
        if not behind:
            return False
        return await self.store.read(lambda c: any(inbox.find_seen(c, inbound.channel, key) is None for key in behind))

    def _decide(
        self, connection: sa.Connection, arrival: _Arrival, before: Situation, parsed: ParsedMessage, ask: bool
    ) -> TurnResult | _Repeat:
        """Lock, refuse what was taken before, and play the turn, which stores what follows. Raises StateMoved."""
        with before.books.reading(connection):
            return self._decide_here(connection, arrival, before, parsed, ask)

    def _decide_here(
        self, connection: sa.Connection, arrival: _Arrival, before: Situation, parsed: ParsedMessage, ask: bool
    ) -> TurnResult | _Repeat:
        # One moment for what was understood and what is decided: what holds then is worked out once.
        inbound, now = arrival.inbound, before.ctx.now
        # Asked together, in this order. The conversation first: on PostgreSQL its lock is what keeps turns apart.
        locked = self.loader.lock(connection, inbound, arrival.conversation_id, now)
        mark = digest(inbound, self.turn.server_key)
        first = inbox.ask_first_time(connection, inbound.channel, inbound.key, arrival.conversation_id, mark, now)
        network = self._network(inbound)
        where = {"channel": inbound.channel, "address": inbound.address}
        block = blocklist.ask(connection, **where, now=now, of_network=network)
        current = locked()
        if inbound.holder is not None and inbound.holder != current.holder:
            raise NotHeld
        if not first():
            seen = inbox.find_seen(connection, inbound.channel, inbound.key)
            same = seen is None or is_digest(inbound, self.turn.server_key, seen.digest)
            return _Repeat(current, conflict=not same)
        if not self._is_answered(connection, arrival, current.life, parsed):
            return _Repeat(current, conflict=False)
        if (held := block()) is not None and (held.channel or blocked_networks.concerns(connection, current)):
            return self._refused(connection, current, held, arrival.root, now)
        if current.revision != before.conversation.revision or _have_moved(before.ctx, current):
            raise StateMoved
        if current.revision == 0:
            self.new_chats.count(connection, inbound.network, now)
        if held := self.tries.count(connection, parsed.codes, chat=current.id, network=network, now=now):
            parsed = self._understand(inbound, before, held)
        if isinstance(inbound.body, VoiceNote) and isinstance(parsed.said.meaning, meaning.UnheardNote):
            self._keep(connection, inbound, inbound.body, structs.replace(current, network=network), now)
        # Step and reference are what an edit of this message is understood by.
        line = parsed.kept(inbound, self.turn.server_key)
        place = inbound.body.place if isinstance(inbound.body, ButtonPressed) else None
        receipt = before.asked.receipt if before.asked is not None else None
        cause = Cause(journal.CUSTOMER, line, arrival.root, said=True, place=place, receipt=receipt)
        topic = current.topic if inbound.provenance is PLAIN else inbound.provenance.topic
        current = structs.replace(current, network=network, topic=topic)
        understood = before.ctx if current.revision else None
        result = self.turn.play(
            connection, current, parsed.said, cause, now, ask=ask, understood=understood, books=before.books
        )
        return self._turned(connection, inbound, current, result)

    def _is_answered(self, connection: sa.Connection, arrival: _Arrival, life: str, parsed: ParsedMessage) -> bool:
        """Tell whether a message isn't just another picture of an album: its first one, and words, are answered."""
        around, mark = arrival.inbound.provenance, (arrival.conversation_id, "", arrival.at)
        if around.album is None:
            return True
        first = inbox.first_time(connection, arrival.inbound.channel, f"album:{life}:{around.album}", *mark)
        return first or not isinstance(parsed.said.meaning, meaning.NotText)

    def _keep(
        self,
        connection: sa.Connection,
        inbound: Inbound,
        body: VoiceNote,
        conversation: conversations.StoredConversation,
        now: datetime,
    ) -> None:
        """Store a recording: until it is heard, or for the agent who has the conversation."""
        note, key, kind = note_id(inbound), self.turn.server_key, audio_type(body.audio)
        fits = len(body.audio) <= MOST_BYTES and not is_too_long(body.plays_s)
        recording = recordings.Recording(body.audio, kind) if kind is not None and fits else None
        if conversation.mode == "agent":
            state = self._state_for_agent(connection, body, recording, conversation, now)
            sound = recording if state != "limited" else None
            for_agents.keep(connection, note, conversation.id, sound, state, server_key=key, now=now)
        elif recording is not None:
            recordings.store_recording(connection, note, conversation.id, recording, server_key=key, now=now)

    def _state_for_agent(
        self,
        connection: sa.Connection,
        body: VoiceNote,
        recording: recordings.Recording | None,
        conversation: conversations.StoredConversation,
        now: datetime,
    ) -> for_agents.State:
        counted = ((recordings.OF_CONVERSATION, conversation.id),)
        counted += ((recordings.OF_NETWORK, conversation.network),) if conversation.network is not None else ()
        key, quotas = self.turn.server_key, self.tries.quotas
        if quotas and limits.count_try(connection, counted, server_key=key, now=now) is not None:
            return "limited"
        if body.place and not is_too_long(body.seconds):
            return "coming"
        if recording is None:
            return "no_sound"
        return "coming" if self.turn.states.seller.desk.transcribe_recordings else "kept"

    def _turned(
        self, connection: sa.Connection, inbound: Inbound, before: conversations.StoredConversation, result: TurnResult
    ) -> TurnResult:
        """Turn what holds the conversation where this message has made it an account's."""
        after, holder = result.conversation, inbound.next_holder
        if holder is None or after.account_id in (None, before.account_id):
            return result
        conversations.turn(connection, after.id, holder)
        return structs.replace(result, conversation=structs.replace(after, session=holder))

    def _refused(
        self,
        connection: sa.Connection,
        conversation: conversations.StoredConversation,
        held: blocklist.BlockedAddress,
        root: str,
        now: datetime,
    ) -> TurnResult:
        """Return what takes the turn's place, as the address is blocked: that something came is kept, not what.

        A conversation that would begin in a blocked network isn't stored. Raises NoNewChat.
        """
        if held.channel:
            until = None
            first = blocklist.tell(connection, channel=conversation.channel, address=conversation.address, now=now)
        elif held.until is not None and conversation.revision == 0:
            raise NoNewChat.blocked(held.until, now)
        else:
            until = held.until
            first = not blocked_networks.was_told_of_block(connection, conversation.id, _TOLD, held.at)
        tell = first or conversation.channel in ANSWERED_EACH_TIME
        cause = Cause(BLOCKED, StoredCause(), root)
        return self.turn.turn_away(connection, conversation, cause, now, tell=tell, until=until)

    def _network(self, inbound: Inbound) -> str | None:
        """Return the hash of the network address, None where no limit counts it."""
        return identity.hash_network(self.turn.server_key, inbound.network) if self.tries.quotas else None

    async def _failed(self, error: Exception, arrival: _Arrival, parsed: ParsedMessage | None) -> TurnResult | _Repeat:
        """Store what stays of a turn that raised: an alarm, and the way out that was asked for or else an apology."""
        alarm(arrival.conversation_id, error)
        inbound, cause = arrival.inbound, failure(error, arrival.root, said=True)

        def instead(connection: sa.Connection, way: str | None) -> TurnResult | _Repeat:
            now = self.clock.now()
            current = self.loader.lock(connection, inbound, arrival.conversation_id, now)()
            mark = digest(inbound, self.turn.server_key)
            if not inbox.first_time(connection, inbound.channel, inbound.key, current.id, mark, now, failed=True):
                return _Repeat(current, conflict=False)
            if way is None or current.mode == "agent":
                return self.turn.apologise(connection, current, cause, now)
            return self.turn.way_out(connection, current, way, cause, now)

        if (way := find_way_out(inbound, parsed)) is not None:
            try:
                return await self.store.write(lambda c: instead(c, way))
            except StoreUnavailable:
                raise
            except Exception as broken:
                alarm(arrival.conversation_id, broken)
        return await self.store.write(lambda c: instead(c, None))

    def _deliver(self, result: TurnResult | _Repeat, arrival: _Arrival, parsed: ParsedMessage | None) -> TurnReceipt:
        """Hand the committed turn over: replies leave, jobs run, timers and watchers are woken."""
        reference = arrival.inbound.reference
        # Also when it is a repeat: the process that took it first may have died before the message was deleted.
        if parsed is not None and parsed.secret and reference is not None:
            self.dispatcher.forget_secret(result.conversation, reference)
        if isinstance(result, _Repeat):
            return TurnReceipt(result.conversation.id, arrival.root, repeated=True, conflict=result.conflict)
        self.dispatcher.deliver(result)
        return TurnReceipt(result.conversation.id, arrival.root, turned=result)
