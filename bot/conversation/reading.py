"""The desk's reading side: what was said, where a conversation stands, and whether results are still due."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation import identity
from bot.conversation.conversation_states import look_into_books
from bot.conversation.opening import Opening, opening
from bot.conversation.outbound import Card, JudgedValue, Reply, StatusSnapshot
from bot.conversation.port import Given, TurnReceipt, Watch
from bot.conversation.presenters import Presenters
from bot.conversation.stored import StoredCause
from bot.conversation.turn import Turn, TurnResult
from dialogs.state import ConversationState
from services.clock import Clock
from services.store import announce, conversations, jobs_table, journal
from services.store.database import Store
from services.store.errors import ConversationGone
from values.channel import Channel
from values.meaning import Expects

# How long a request that waits for results goes without looking itself.
LOOK_AGAIN_S = 0.5


class _Watch:
    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        self._news.set()

    async def changed(self) -> None:
        """Wait for the first news since the watch began or since the last call."""
        await self._news.wait()
        self._news.clear()


class Watchers:
    """News of conversations for those who watch them in this process."""

    def __init__(self) -> None:
        self._watches: defaultdict[str, set[_Watch]] = defaultdict(set)

    def __len__(self) -> int:
        """Return the number of watched conversations."""
        return len(self._watches)

    def tell(self, conversation_id: str) -> None:
        """Wake the watchers of this conversation."""
        for watch in self._watches.get(conversation_id, ()):
            watch.tell()

    def tell_all(self) -> None:
        """Wake all watchers."""
        for conversation_id in list(self._watches):
            self.tell(conversation_id)

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncGenerator[_Watch]:
        """Open a watch that misses no news."""
        watch = _Watch()
        self._watches[conversation_id].add(watch)
        try:
            yield watch
        finally:
            self._watches[conversation_id].discard(watch)
            if not self._watches[conversation_id]:
                del self._watches[conversation_id]


class ConversationReader:
    """Answers what handlers ask of conversations; changes nothing but the marks of what was handed over."""

    def __init__(self, store: Store, clock: Clock, turn: Turn, show: Presenters) -> None:
        self.store = store
        self.clock = clock
        self._turn = turn
        self._show = show
        self._news = Watchers()

    def opening(self, channel: Channel, locale: str) -> Opening | None:
        """Return the greeting of a conversation that nobody has begun; None where there is none to be shown."""
        return opening(self._turn.states, self._show, channel, locale, self.clock.now())

    async def settled(self, root: str, timeout: timedelta) -> bool:
        """Wait for the machine-made results that `root` caused; False on time-out."""
        try:
            async with asyncio.timeout(timeout.total_seconds()), self._news.watch(root) as watch:
                while await self.store.read(lambda c: self._results_due(c, root), brief=True):
                    # A call put off till later makes no news, nor does another process.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_S):
                            await watch.changed()
                return True
        except TimeoutError:
            return False

    def _results_due(self, connection: sa.Connection, root: str) -> bool:
        """Tell whether jobs are at work; one put off counts only while the conversation itself waits for it."""
        now = self.clock.now()
        open_calls = jobs_table.of_root(connection, root)
        if any(call.at_work(now) for call in open_calls):
            return True
        for conversation_id in {call.conversation_id for call in open_calls}:
            found = conversations.load(connection, conversation_id, lock=False)
            if found is not None and self._shown(connection, found, now)[0].expects == Expects.wait:
                return True
        return False

    async def conversation(self, channel: str, address: str) -> str | None:
        """Return the id of the conversation at this address, None if nobody wrote from there yet."""
        known = identity.conversation_id(channel, address)
        found = await self.store.read(lambda c: conversations.load(c, known, lock=False), brief=True)
        return None if found is None else found.id

    async def holder(self, channel: str, address: str) -> str | None:
        """Return what holds the conversation at this address now, None if nobody wrote from there yet."""
        known = identity.conversation_id(channel, address)
        found = await self.store.read(lambda c: conversations.load(c, known, lock=False), brief=True)
        return None if found is None else found.holder

    async def messages(
        self, conversation_id: str, *, after: int | None = None, with_customer: bool = False
    ) -> list[Reply]:
        """Return the transcript in order: the lines above seq `after`, or all."""
        entries = await self.store.read(
            lambda c: journal.messages(c, conversation_id, after_seq=after, with_customer=with_customer)
        )
        return [self._show.message(entry) for entry in entries]

    async def latest(self, conversation_id: str, *, after: int | None = None, most: int) -> list[Reply]:
        """Return the last `most` lines of the transcript above seq `after`, or of all, the customer's included."""
        entries = await self.store.read(
            lambda c: journal.read_last(c, conversation_id, most=most, after_seq=after or 0)
        )
        return [self._show.message(entry) for entry in entries]

    async def own_line(self, receipt: TurnReceipt) -> Reply | None:
        """Return the customer's line as it was stored; None where no line of theirs was."""
        if receipt.turned is not None:
            lines = receipt.turned.lines
        else:
            talk, root = receipt.conversation_id, receipt.root
            lines = await self.store.read(lambda c: journal.messages(c, talk, root=root, with_customer=True))
        return next((self._show.message(line) for line in lines if line.kind == journal.CUSTOMER), None)

    async def answer(self, receipt: TurnReceipt, patience: timedelta) -> Given:
        """Hand over what came of a message: out of its turn where nothing more is due, else as the store has it."""
        turned = receipt.turned
        if turned is None or turned.case is None or turned.issued_any_job or (seq := turned.lines[-1].seq) is None:
            settled = await self.settled(receipt.root, patience)
            return await self._give(receipt.conversation_id, root=receipt.root, at_most_wait=not settled)
        reply = turned.lines[-1]
        message = self._show.message(reply)
        standing = await self._left(turned, turned.case, message.card)
        await self._mark(receipt.conversation_id, [reply], seq)
        return Given([message], seq, standing, _asked(turned.lines))

    async def _left(self, turned: TurnResult, case: ConversationState, card: Card | None) -> StatusSnapshot:
        """Return the status as the turn left it."""
        now, account_id = self.clock.now(), case.account.id
        books = turned.books or self._turn.states.books(turned.conversation, now)

        def shown() -> StatusSnapshot:
            return self._show.standing(turned.conversation, case, now, books.of(account_id), card)

        return await look_into_books(self.store, books, account_id, shown)

    async def give(self, conversation_id: str, *, after: int | None = None) -> Given:
        """Return the bot's messages for a channel that asks, marked as handed over, with the status that fits them.

        A result may be due even now: the channel must know that it is worth asking again.
        """
        return await self._give(conversation_id, after=after, at_most_wait=True)

    async def _give(
        self, conversation_id: str, *, root: str | None = None, after: int | None = None, at_most_wait: bool
    ) -> Given:
        def find(connection: sa.Connection) -> tuple[StatusSnapshot, tuple[journal.JournalEntry, ...], int]:
            # The conversation first: a turn that commits between two reads is left for the next call, whole.
            standing, last = self._stands(connection, conversation_id, at_most_wait=at_most_wait)
            reached = conversations.delivered_seq(connection, conversation_id)
            if after is None and root is None:
                entries = journal.read_unfetched_replies(connection, conversation_id)
            else:
                asked = root is not None
                entries = journal.messages(connection, conversation_id, after_seq=after, root=root, with_customer=asked)
            return standing, tuple(entry for entry in entries if (entry.seq or 0) <= last), reached

        standing, lines, reached = await self.store.read(find)
        entries = [line for line in lines if line.kind != journal.CUSTOMER]
        seq = max([reached, *(entry.seq or 0 for entry in entries)])
        if new := [entry for entry in entries if entry.delivery == "kept"]:
            await self._mark(conversation_id, new, seq)
        return Given([self._show.message(entry) for entry in entries], seq, standing, _asked(lines))

    async def _mark(self, conversation_id: str, handed: Sequence[journal.JournalEntry], seq: int) -> None:
        """Note that the messages were handed over. With the power the note may be lost, and they are given again."""
        ids, now = [entry.id for entry in handed], self.clock.now()

        def mark(connection: sa.Connection) -> None:
            journal.give(connection, ids, now)
            conversations.mark_delivered(connection, conversation_id, seq)

        await self.store.write(mark, durable=False, brief=True)

    async def seen(self, conversation_id: str, seq: int) -> None:
        """Note what the customer's page has shown; nothing is written where that was known."""

        def reached(connection: sa.Connection) -> int:
            found = conversations.load(connection, conversation_id, lock=False)
            last = min(seq, found.seq) if found is not None else 0
            return last if last > conversations.delivered_seq(connection, conversation_id) else 0

        if not (last := await self.store.read(reached, brief=True)):
            return

        def note(connection: sa.Connection) -> None:
            conversations.mark_delivered(connection, conversation_id, last)
            announce.tell(connection, announce.NEWS, self._turn.holder.id, conversation_id)

        await self.store.write(note, durable=False, brief=True)
        self._news.tell(conversation_id)

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> StatusSnapshot:
        """Return the conversation's status."""
        standing, _ = await self.store.read(lambda c: self._stands(c, conversation_id, at_most_wait=at_most_wait))
        return standing

    def _stands(
        self, connection: sa.Connection, conversation_id: str, *, at_most_wait: bool
    ) -> tuple[StatusSnapshot, int]:
        """Return the status, and the number of the last message."""
        found = conversations.load(connection, conversation_id, lock=False)
        if found is None:
            raise ConversationGone(conversation_id)
        now = self.clock.now()
        standing, case = self._shown(connection, found, now)
        if at_most_wait and standing.expects != Expects.agent:
            due = jobs_table.of_conversation(connection, conversation_id)
            if _holds_up(standing, case, {call.key for call in due if call.at_work(now)}):
                standing = replace(standing, expects=str(Expects.wait))
        return standing, found.seq

    def _shown(
        self, connection: sa.Connection, found: conversations.StoredConversation, now: datetime
    ) -> tuple[StatusSnapshot, ConversationState]:
        case = self._turn.states.readable(found)
        with self._turn.states.reading(connection, found, case, now) as ctx:
            return self._show.standing(found, case, now, ctx.books), case

    async def judge(self, address: str, name: str, text: str) -> JudgedValue | None:
        """Return what the open sheet of the web chat at this address says of a value; nothing is kept of it."""
        known = identity.conversation_id(Channel.WEB, address)

        def judged(connection: sa.Connection) -> JudgedValue | None:
            if (found := conversations.load(connection, known, lock=False)) is None:
                return None
            case = self._turn.states.readable(found)
            with self._turn.states.reading(connection, found, case, self.clock.now()) as ctx:
                return self._show.judge(name, text, ctx)

        return await self.store.read(judged)

    async def typing(self, conversation_id: str, *, by_agent: bool = False) -> None:
        """Tell the watchers in all processes that the customer, or the agent, is writing. Raises StoreUnavailable."""
        name = announce.agent_writing_in(conversation_id) if by_agent else announce.typing_in(conversation_id)
        self._news.tell(name)
        if self.store.dialect == "postgresql":
            await self.store.write(lambda c: announce.tell(c, announce.NEWS, self._turn.holder.id, name))

    def watch(self, conversation_id: str) -> AbstractAsyncContextManager[Watch]:
        """News of one conversation."""
        return self._news.watch(conversation_id)

    def watch_people(self) -> AbstractAsyncContextManager[Watch]:
        """News of all conversations that are a person's affair, or were lately."""
        return self._news.watch(announce.PEOPLE)


def _holds_up(standing: StatusSnapshot, case: ConversationState, at_work: set[str]) -> bool:
    """Return whether a job at work may change the open question.

    That is a job of the open dialog, or any while the step awaits the link of a letter. Another job (a second question
    about money that has come already) is no reason to wait.
    """
    dialogs = {label.partition(".")[0] for label, key in case.talk.awaiting.items() if key in at_work}
    return standing.dialog in dialogs or (bool(dialogs) and standing.expects == Expects.email_link)


def _asked(lines: Sequence[journal.JournalEntry]) -> StoredCause | None:
    """Return the line of the customer's message, if it is among them."""
    line = next((line for line in lines if line.kind == journal.CUSTOMER), None)
    return None if line is None else StoredCause.from_json(line.data)
