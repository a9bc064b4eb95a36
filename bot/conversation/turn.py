"""The turn: one event of one conversation, decided and stored in one transaction.

Plays the dialogs, runs their commands, and stores state, journal, jobs and timers (`bot/conversation/pipeline.py` tells
what comes before and after). It may be run twice and touches nothing but the connection.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from itertools import islice
from typing import Any, Protocol, cast

import sqlalchemy as sa
import structlog
from msgspec import Struct, field, structs
from msgspec.structs import replace

from bot.conversation import codec, escape_commands
from bot.conversation.conversation_states import ConversationStates
from bot.conversation.funnel_marks import with_marks
from bot.conversation.identity import derived_id, marked_id
from bot.conversation.outbound import receipt_on
from bot.conversation.replies import apology, compose_message, goes_on, refusal
from bot.conversation.stored import StoredCause, StoredLink, StoredMessage
from dialogs.kit import Command, DropTimer, Event, IssuedJob, Outcome, Said, Say, SetTimer, decide
from dialogs.kit.play import Perform, Runner
from dialogs.kit.silence import SILENCE, find_silence_start
from dialogs.messages.handoff import HumanRequested, RequestHuman
from dialogs.messages.own_data import AccountErased, LogInOver, SessionEnded
from dialogs.state import ConversationState, Ctx
from dialogs.versions import dump
from services.accounts.account_books import BooksReader
from services.errors import describe
from services.jobs.port import Outbox, StoredJob
from services.jobs.process_lease import ProcessLease
from services.store import announce, conversations, events, journal, leases, timer_rows
from services.store.conversations import StoredConversation
from services.store.events import StoredEvent
from services.store.journal import AGENT, BOT, HELD, JournalEntry, NewJournalEntry
from values.channel import Channel
from values.patterns import cached_property
from values.private import Private, PrivateStruct

_log = structlog.get_logger(__name__)
DELIVERY = {"sender": "open", "request": "kept", "journal": "none"}


class CommandContext(Struct, frozen=True):
    """The transaction of a command, the time, the command's own id, and the conversation.

    `network` stands for the network address of the customer's last message, where there is one that counts in limits.
    """

    connection: sa.Connection
    now: datetime
    id: str
    conversation: StoredConversation
    locale: str
    told: list[StoredEvent] = field(default_factory=list[StoredEvent])

    @property
    def network(self) -> str | None:
        """The network whose limits count, also when a page, a timer or a provider caused the turn."""
        return self.conversation.network

    def tell(self, conversation_id: str, event: Event) -> None:
        """Store an event for another conversation with this transaction; its turn runs right after the commit."""
        number = derived_id(self.id.encode(), f"told:{len(self.told)}")
        stored = codec.stored_event(number, conversation_id, event, self.now)
        events.store_event(self.connection, stored)
        self.told.append(stored)


class CommandHandlers(Protocol):
    """The commands' handlers: `bot/usecases/commands.py`, all that a conversation can write."""

    def perform(self, command: Command, context: CommandContext) -> Event:
        """Do the command and return its outcome."""
        ...


class Cause(Struct, frozen=True):
    """The cause of a turn: the kind of its line in the journal, the line, and the message at the root of it.

    `said`: the cause is a message of the customer, so they are there. `place`: the channel's name of the message on
    which they pressed a button; `receipt`: the key of the receipt on it, if it has one.
    """

    kind: str
    line: StoredCause
    root: str | None
    said: bool = False
    place: str | None = None
    receipt: str | None = None


class Written(Struct, dict=True):
    """The lines a turn wrote: read when it is committed, so that the statements of its end are sent together."""

    added: Callable[[], tuple[JournalEntry, ...]]
    brings: Callable[[], bool]

    @cached_property
    def lines(self) -> tuple[JournalEntry, ...]:
        """Return the lines of the journal."""
        return self.added()

    @cached_property
    def reply(self) -> JournalEntry | None:
        """Return what was said if this process brings it; another one does it behind the earlier ones."""
        return self.lines[-1] if self.brings() else None


def _never() -> bool:
    return False


class TurnResult(Struct, frozen=True):
    """The result of a committed turn: all that is to be delivered."""

    conversation: StoredConversation
    jobs_here: tuple[StoredJob, ...]  # jobs this process runs at once
    timer_due: datetime | None  # the earliest timer it set
    root: str | None
    kind: str
    written: Written
    case: ConversationState | None = None  # what the conversation knows now; None after a failed turn
    commands: tuple[Command, ...] = ()
    issued_any_job: bool = False  # whether it issued any job, whoever runs them
    told: tuple[StoredEvent, ...] = ()  # what other conversations are to hear of it
    says: tuple[Say, ...] = ()  # what the dialogs said, to whomever
    books: BooksReader | None = None  # what read for it

    @property
    def lines(self) -> tuple[JournalEntry, ...]:
        """Return what it wrote into the journal."""
        return self.written.lines

    @property
    def reply(self) -> JournalEntry | None:
        """Return what it said, where this process is to bring it to its channel."""
        return self.written.reply

    @property
    def said(self) -> JournalEntry | None:
        """Return what it said to the customer, whoever brings it."""
        return self.lines[-1] if self.lines[-1].seq is not None else None

    @property
    def passed_over(self) -> bool:
        """Return whether a press changed nothing: its step was over."""
        return any(say.key in _PASSED_OVER for say in self.says)


_PASSED_OVER = frozenset(("kit.not_now", "kit.chosen_before", "kit.chosen_fixed", "card.missing", "payment.status"))


class ReplyWords(PrivateStruct):
    """An agent's words and name, and where they lead. Without a `text` the dialogs' words are said as the agent's."""

    text: Private[str | None]
    by: str
    links: tuple[StoredLink, ...] = ()


class Turn(Struct, frozen=True):
    """Plays events of conversations inside a transaction. Holds what all turns share; nothing of any one turn."""

    states: ConversationStates
    commands: CommandHandlers
    outbox: Outbox
    holder: ProcessLease
    server_key: bytes

    def play(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        event: Event,
        cause: Cause,
        now: datetime,
        *,
        ask: bool = True,
        understood: Ctx | None = None,
        books: BooksReader | None = None,
        words: ReplyWords | None = None,
    ) -> TurnResult:
        """Decide on `event` and store what follows, as the revision after the conversation's.

        `understood` is what the event was understood in at `now`, with the state as it is, and `books` what read for
        it; `words` are an agent's, said with the event.
        The caller holds the conversation's lock in this transaction. Raises what a faulty dialog raises; then nothing
        of it stays.
        """
        books = self.states.books(conversation, now) if books is None else books
        keys = _Keys(f"{conversation.life}:{conversation.revision + 1}")
        case = self.states.case(conversation) if understood is None else understood.case
        event = _first(event, case, conversation)
        told: list[StoredEvent] = []
        perform = self._performing(connection, conversation, case, now, told, books)
        with books.reading(connection):
            outcome = decide(
                self.states.journey,
                case,
                event,
                context=self.states.context(conversation, now, books),
                perform=perform,
                new_key=keys.next,
                ask=ask,
                understood=understood,
            )
            line = with_marks(cause.line, self.states.journey, case, outcome, event)
            if outcome.ctx.channel == str(Channel.REST):  # by name: a desk without that channel has none of it
                line = import_module("bot.conversation.accounting").account_for(line, outcome, self.states.journey)
            cause = structs.replace(cause, line=line)
            turned = self._store(connection, conversation, outcome, cause, now, words)
        return structs.replace(turned, told=tuple(told), books=books)

    def speaks_until(
        self, connection: sa.Connection, conversation: StoredConversation, timer: str, now: datetime
    ) -> datetime | None:
        """Return until when the customer isn't silent, where a timer of silence is due too early; None for any other.

        It was set by a message that others have followed.
        """
        if timer != SILENCE:
            return None
        with self.states.reading(connection, conversation, self.states.case(conversation), now) as ctx:
            until = find_silence_start(ctx)
        return until if until is not None and until > now else None

    def way_out(
        self, connection: sa.Connection, conversation: StoredConversation, way: str, cause: Cause, now: datetime
    ) -> TurnResult:
        """Take the way out that was asked for, instead of a turn that raised (`escape_commands.py`)."""
        case, told = self.states.readable(conversation), list[StoredEvent]()
        keys = _Keys(f"{conversation.life}:{conversation.revision + 1}")
        books = self.states.books(conversation, now)
        perform = self._performing(connection, conversation, case, now, told, books)

        def ask(request: RequestHuman) -> HumanRequested:
            stored = perform(request, keys.next())
            if not isinstance(stored, HumanRequested):
                raise TypeError(f"a wish for a person came to {type(stored).__name__}")
            return stored

        play = Runner(self.states.journey, case, self.states.context(conversation, now, books), perform, keys.next)
        with books.reading(connection):
            outcome = escape_commands.take_way_out(way, play, ask)
            turned = self._store(connection, conversation, outcome, cause, now, None)
        return structs.replace(turned, told=tuple(told), books=books)

    def _performing(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        case: ConversationState,
        now: datetime,
        told: list[StoredEvent],
        books: BooksReader,
    ) -> Perform:
        """Return what does a turn's commands; events for other conversations are added to `told`."""

        def perform(command: Command, key: str) -> Event:
            context = CommandContext(connection, now, marked_id(self.server_key, key), conversation, case.talk.locale)
            outcome = self.commands.perform(command, context)
            told.extend(context.told)
            if not command.reads_only:
                books.forget()
            return outcome

        return perform

    def apologise(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        cause: Cause,
        now: datetime,
        *,
        awaited: str | None = None,
    ) -> TurnResult:
        """Apologise instead of a turn that raised: no answer changes, and the customer may go on.

        While a person speaks with them, only that person is told.

        `awaited` is the key of the call whose result it was: it is awaited no more, so that nobody waits for ever; a
        result that nobody awaited needs no words. The state is left as it is where it can't even be read.
        """
        state, sorry = conversation.state, True
        if awaited is not None:
            case = self.states.case(conversation)
            left = {label: key for label, key in case.talk.awaiting.items() if key != awaited}
            sorry = len(left) < len(case.talk.awaiting)
            state = dump(structs.replace(case, talk=structs.replace(case.talk, awaiting=left)))
        message = apology(self.states.renderer, conversation.locale) if sorry else None
        changed = structs.replace(conversation, state=state)
        author = HELD if conversation.mode == "agent" else BOT
        return self._save(connection, changed, _Reply(message, author), cause, now)

    def failed(
        self, connection: sa.Connection, conversation: StoredConversation, cause: Cause, now: datetime
    ) -> TurnResult:
        """Note a timer's turn that raised, without words."""
        return self._save(connection, conversation, _Reply(None), cause, now)

    def turn_away(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        cause: Cause,
        now: datetime,
        *,
        tell: bool,
        until: datetime | None = None,
    ) -> TurnResult:
        """Refuse a blocked address, or a network blocked `until` then: nothing is decided; with `tell` it is said."""
        message = refusal(self.states.renderer, conversation.locale, until) if tell else None
        return self._save(connection, conversation, _Reply(message), cause, now)

    def _store(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        outcome: Outcome[ConversationState],
        cause: Cause,
        now: datetime,
        words: ReplyWords | None,
    ) -> TurnResult:
        case, was_in = outcome.case, _logged_in(conversation.state)
        changed = structs.replace(
            conversation,
            account_id=case.account.id or (None if was_in else conversation.account_id),
            locale=case.talk.locale,
            mode=case.handoff.mode,
            state=dump(case),
        )
        line = structs.replace(
            cause.line,
            acts=tuple(codec.name_of(command) for command in outcome.commands),
            calls=tuple(codec.name_of(issued.job) for issued in outcome.jobs),
            dropped=outcome.dropped,
        )
        late = _kept_back(connection, conversation.id, outcome.late) if outcome.late else ()
        turned = self._save(
            connection, changed, self._reply(outcome, cause, words, late), structs.replace(cause, line=line), now
        )
        run = tuple(self._put(connection, conversation, issued, cause, now) for issued in outcome.jobs)
        self._set_timers(connection, conversation, outcome.timers)
        leased = tuple(call for call, mine in run if mine)
        due = min((timer.at for timer in outcome.timers if isinstance(timer, SetTimer)), default=None)
        commands, issued = outcome.commands, bool(outcome.jobs)
        return structs.replace(
            turned,
            jobs_here=leased,
            timer_due=due,
            case=case,
            commands=commands,
            issued_any_job=issued,
            says=outcome.says,
        )

    def _reply(
        self,
        outcome: Outcome[ConversationState],
        cause: Cause,
        words: ReplyWords | None,
        late: Sequence[StoredMessage] = (),
    ) -> "_Reply":
        if words is not None and words.text is not None:
            said = StoredMessage(words.text, links=words.links, locale=outcome.case.talk.locale, by=words.by)
            return _Reply(said, AGENT)
        message = compose_message(self.states.renderer, outcome, self.states.journey, tuple(one.late for one in late))
        if message is not None and cause.line.spoken:
            message = replace(message, heard=cause.line.text or "")
        if message is not None and words is not None:
            return _Reply(replace(message, by=words.by), AGENT)
        if message is not None and late:
            message = replace(message, paid=(*message.paid, *(number for one in late for number in one.paid)))
        if message is not None and cause.place is not None:
            same = cause.receipt is not None and cause.receipt == receipt_on(message.card)
            same = same or goes_on(outcome.before, message.card)
            message = replace(message, place=cause.place) if same or self._in_place(outcome) else message
        return _Reply(message, HELD if outcome.held else BOT)

    def _in_place(self, outcome: Outcome[ConversationState]) -> bool:
        """Tell whether a press only changed the question that it stood under: a tick, a row of a card."""
        if outcome.question is None or outcome.says:
            return False
        here = (step.path for step in self.states.journey.together(outcome.question.step))
        return outcome.before in here

    def _save(
        self, connection: sa.Connection, changed: StoredConversation, reply: "_Reply", cause: Cause, now: datetime
    ) -> TurnResult:
        changed = structs.replace(
            changed,
            seq=changed.seq + (reply.message is not None and reply.author != HELD),
            customer_at=now if cause.said else changed.customer_at,
            closed_at=None if cause.said else changed.closed_at,
        )
        conversations.save_locked(connection, changed, now)
        saved, name = conversations.advance_revision(changed, now), leases.REPLIES + changed.id
        entries = _entries(saved, reply, cause, now)
        lines = journal.ask_add(connection, entries)
        brings = _never
        if entries[-1].delivery == "open":
            brings = leases.ask_take(connection, name, self.holder.id, self.holder.lasting)
        people = (announce.PEOPLE,) if concerns_people(saved) else ()
        announce.tell(connection, announce.NEWS, self.holder.id, saved.id, cause.root or "", *people)
        return TurnResult(saved, (), timer_due=None, root=cause.root, kind=cause.kind, written=Written(lines, brings))

    def _put(
        self,
        connection: sa.Connection,
        conversation: StoredConversation,
        issued: IssuedJob,
        cause: Cause,
        now: datetime,
    ) -> tuple[StoredJob, bool]:
        wanted = issued.job
        job = codec.stored_job(issued.key, conversation.id, wanted, now, root=cause.root, background=wanted.background)
        leased = self.outbox.put(connection, job)
        return replace(job, attempts=1 if leased else 0), leased

    def _set_timers(
        self, connection: sa.Connection, conversation: StoredConversation, wanted: tuple[SetTimer | DropTimer, ...]
    ) -> None:
        for timer in wanted:
            match timer:
                case SetTimer(kind, at, or_earlier):
                    timer_rows.set_timer(connection, conversation.id, kind, at, or_earlier=or_earlier)
                case DropTimer(kind):
                    timer_rows.drop(connection, conversation.id, kind)


def _kept_back(connection: sa.Connection, conversation_id: str, most: int) -> tuple[StoredMessage, ...]:
    """Return the last so many messages kept back that say what stays true, in order; less where they were erased."""
    held = (StoredMessage.from_json(entry.data) for entry in journal.read_held_messages(connection, conversation_id))
    return tuple(reversed(list(islice((one for one in held if one.late), most))))


def failure(error: Exception, root: str | None, *, said: bool = False) -> Cause:
    """Return the cause of a turn that stands for one that raised; `said`: a customer's message began it."""
    return Cause("failed", StoredCause(error=type(error).__name__), root, said=said)


def alarm(conversation_id: str, error: Exception) -> None:
    """Log a turn that raised. The error's message stays out: it may hold what a customer wrote."""
    _log.error("turn_failed", alarm=True, conversation=conversation_id, **describe(error))


def _first(event: Event, case: ConversationState, conversation: StoredConversation) -> Event:
    """Return the event, or `LogInOver` where the conversation was logged out and hasn't been told yet.

    Else words would be answered as the account's, and bind the conversation to it again.
    """
    out = case.account.id is not None and conversation.account_id is None
    if not out or isinstance(event, (LogInOver, SessionEnded, AccountErased)):
        return event
    return LogInOver(declared=event.declared if isinstance(event, Said) else "")


def concerns_people(saved: StoredConversation) -> bool:
    """Tell whether agents are to see the turn: a person is wanted, or was until now or lately."""
    return saved.mode != "bot" or "handoff" in saved.state


class _Reply(Struct, frozen=True):
    """The message that a turn says, if any, and its author."""

    message: StoredMessage | None
    author: str = BOT


def _entries(conversation: StoredConversation, reply: _Reply, cause: Cause, now: datetime) -> list[NewJournalEntry]:
    def entry(kind: str, data: dict[str, Any], **more: Any) -> NewJournalEntry:
        return NewJournalEntry(conversation.id, conversation.revision, kind, data, now, root=cause.root, **more)

    entries = [entry(cause.kind, cause.line.to_json())]
    message = reply.message
    if message is not None and reply.author == HELD:
        entries.append(entry(HELD, message.to_json()))
    elif message is not None:
        message = replace(message, topic=conversation.topic) if conversation.topic is not None else message
        delivery = DELIVERY[Channel(conversation.channel).replies_by]
        if delivery == "open" and conversation.closed_at is not None:
            delivery = "given_up"  # the customer has shut the door; what was said they find in the question
        entries.append(entry(reply.author, message.to_json(), seq=conversation.seq, delivery=delivery))
    return entries


class _Keys(Struct):
    """Names for the commands and jobs of one turn of one life: the same ones when it runs again, and no others'."""

    prefix: str
    count: int = 0

    def next(self) -> str:
        self.count += 1
        return f"{self.prefix}:{self.count}"


def _logged_in(state: Mapping[str, Any]) -> bool:
    """Tell whether a stored state is logged in; also one that can't be read, for a way out begins without a log-in."""
    account = state.get("account")
    if not isinstance(account, Mapping):
        return False
    slots = cast("Mapping[str, Any]", account)
    return slots.get("login", slots.get("id")) is not None  # `id` up to version 2
