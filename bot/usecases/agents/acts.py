"""An agent takes a conversation, speaks, puts answers right, passes it on and gives it back.

Each act is one turn (`desk.act`): who has the conversation is looked up, changed and told in one transaction. An act
has a key of its own, so that one sent again by a browser or a messenger is done once.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import sqlalchemy as sa
from msgspec import Struct, structs

from bot.conversation import codec
from bot.conversation.desk import AgentTurn
from bot.conversation.identity import derived_id, marked_id
from bot.conversation.owners import Publish
from bot.conversation.render import Renderer
from bot.conversation.stored import StoredCause, StoredLink, StoredMessage
from bot.conversation.turn import ReplyWords, TurnResult
from bot.usecases.agents import statements
from bot.usecases.agents.act_forms import ActNotDone, ActWanted
from bot.usecases.agents.customer_acts import ActUnderWay, CustomerAct
from bot.usecases.agents.masking import emails_in
from bot.usecases.billing.bookings import Bookings
from dialogs.account.log_ins import is_proven
from dialogs.handoff.proposals import find_waiting_proposal
from dialogs.kit import Corrected, Event, Say
from dialogs.messages.handoff import (
    AgentGone,
    AgentLeft,
    AgentPassed,
    AgentSpoke,
    AgentTook,
    LanguageSet,
    Left,
    ReplyAddressKept,
)
from dialogs.messages.withdrawal import ActNoted
from services.agents import agent_accounts, audit, sessions, telegram
from services.hearing import for_agents
from services.store import events, journal, journal_ranges
from services.support import answer_letters, blocklist, handoffs
from services.support.blocklist import BlockedAddress
from services.support.canned_replies import PLACES
from services.support.handoffs import HandoffNotTaken, HandoffRecord
from values.incoming_text import clean, one_line, unfilled_placeholders

T = TypeVar("T")
#: What every channel takes as one message.
LONGEST = 4000
_LONGEST_STEP = 100
_LONE_COMMAND = re.compile(r"/\S*")
#: What is called otherwise there.
_IN_THE_TRAIL = {"took": "taken", "took_over": "taken_over", "took_back": "taken_back", "gave_back": "given_back"}


class By(Struct, frozen=True):
    """The agent who acts; `name` is the one that customers see, `locale` the language of refusals."""

    id: str
    name: str
    locale: str = "en"


def key_of(by: By, key: str) -> str:
    """Return the act's key under its agent: another agent's act of the same key is no repeat of it."""
    return f"{by.id}:{key}"


class NotYours(Exception):
    """The conversation isn't this agent's: `agent_id` has it, or nobody does (None)."""

    def __init__(self, agent_id: str | None) -> None:
        super().__init__("not this agent's conversation")
        self.agent_id = agent_id


class NotSaid(Exception):
    """There are no words to say, or more than LONGEST."""


class NotFilled(Exception):
    """Places of a ready answer stand in the words, unfilled: `places`, as they are written."""

    def __init__(self, places: tuple[str, ...]) -> None:
        super().__init__("places are unfilled")
        self.places = places


class LoneCommand(Exception):
    """Nothing but one `/word`: meant for the desk, a ready answer most likely, never for the customer."""

    def __init__(self, word: str) -> None:
        super().__init__("a lone command isn't sent")
        self.word = word


class NotRight(Exception):
    """The dialog refuses the correction; `words` say why, in the agent's language."""

    def __init__(self, words: str) -> None:
        super().__init__("a correction was refused")
        self.words = words


class Acting(Protocol):
    """The conversation's side of the desk, as acts need it (`bot/conversation/desk.py`)."""

    async def act(self, conversation_id: str, key: str, work: Callable[[AgentTurn], T]) -> T | None:
        """One transaction under the conversation's lock; None if `key` was done before."""
        ...


class AgentActs:
    """All acts. Errors of each: LookupError for no such conversation, StoreUnavailable, and those named."""

    def __init__(self, desk: Acting, renderer: Renderer, bookings: Bookings, publish: Publish) -> None:
        self._desk = desk
        self._bookings = bookings
        self._renderer = renderer
        self._publish = publish

    async def take(self, conversation_id: str, by: By, key: str) -> None:
        """Take the conversation.

        Raises HandoffNotTaken where another has it, NotYours for a disabled agent.
        """

        def work(turn: AgentTurn) -> None:
            _enabled(turn, by)
            taken = handoffs.take(turn.connection, conversation_id=conversation_id, agent_id=by.id, now=turn.now)
            if taken:
                for_agents.hand_over(turn.connection, conversation_id, turn.now)
                _play(turn, by, AgentTook(by.id, by.name), StoredCause(act="took", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def assign(self, conversation_id: str, to: By, key: str) -> None:
        """Assign the conversation to this agent, who hasn't come yet. Raises HandoffNotTaken where another has it."""

        def work(turn: AgentTurn) -> None:
            request = handoffs.find_open_request(turn.connection, conversation_id)
            if request is not None and request.agent_id == to.id:
                return
            handoffs.take(turn.connection, conversation_id=conversation_id, agent_id=to.id, now=turn.now)
            handoffs.hand_over(
                turn.connection, conversation_id=conversation_id, to=to.id, now=turn.now, passed_by=to.id
            )
            for_agents.hand_over(turn.connection, conversation_id, turn.now)
            _play(turn, to, AgentPassed(to.id), StoredCause(act="took", by=to.name))

        await self._done_once(conversation_id, to, key, work)

    async def say(self, conversation_id: str, by: By, text: str, key: str, *, via: str | None = None) -> None:
        """Say something to the customer.

        `via`: the desk where it was written, if that shows it by itself. Errors: NotYours, NotSaid, NotFilled,
        LoneCommand.
        """
        words = clean(text).text.strip()
        if not words or len(words) > LONGEST:
            raise NotSaid
        if _LONE_COMMAND.fullmatch(words):
            raise LoneCommand(words)
        if unfilled := unfilled_placeholders(words, PLACES):
            raise NotFilled(unfilled)

        def work(turn: AgentTurn) -> None:
            if _held(turn, by).passed_by is not None:
                handoffs.note_arrival(turn.connection, conversation_id=conversation_id)
            said = _play(
                turn, by, AgentSpoke(by.id, by.name), StoredCause(act="said", via=via), ReplyWords(words, by.name)
            )
            self._mail_unless_read(turn, said)

        await self._done_once(conversation_id, by, key, work)

    def _mail_unless_read(self, turn: AgentTurn, said: TurnResult) -> None:
        after, here = self._renderer.seller.desk.mail_replies_after, said.conversation
        if after is not None:
            due_at = turn.now + after
            answer_letters.note_agent_line(turn.connection, here, turn.turn.server_key, now=turn.now, due_at=due_at)

    async def correct(self, conversation_id: str, by: By, step: str, text: str, key: str) -> None:
        """Answers a step in the customer's stead, or puts its answer right; an address is only proposed.

        Data of an account wait for a proof of who writes. Errors: NotYours, NotRight, ActNotDone.
        """
        step, value = clean(step).text[:_LONGEST_STEP], clean(text).text

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            if turn.case.account.login is not None and not is_proven(turn.case, turn.now):
                raise ActNotDone("unproven")
            with turn.reading() as ctx:
                older = find_waiting_proposal(turn.case.handoff, step, ctx)
            act = "proposed" if turn.proposes(step, value) else "corrected"
            line = StoredCause(act=act, step=step, before=turn.answer_at(step), after=value)
            turned = _play(turn, by, Corrected(step, value), line)
            if refused := next((say for say in turned.says if _refuses(say)), None):
                raise NotRight(self._renderer.words(refused.key, refused.params, by.locale))
            if older is not None:
                superseded = StoredCause(act="proposal_superseded", step=step, before=older.new, after=value)
                _note(turn, by, superseded)
            handoffs.note_correction(turn.connection, conversation_id=conversation_id, now=turn.now)

        await self._done_once(conversation_id, by, key, work)

    async def speak(self, conversation_id: str, by: By, locale: str, key: str) -> None:
        """Set the language in which the customer is written to.

        Errors: NotYours; ValueError for one that the seller doesn't speak.
        """
        if locale not in self._renderer.seller.locales:
            raise ValueError("no language of this seller's")

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            _play(turn, by, LanguageSet(locale), StoredCause(act="language", by=by.name, locale=locale))

        await self._done_once(conversation_id, by, key, work)

    async def keep_address(self, conversation_id: str, by: By, line: int, address: str, key: str) -> None:
        """Keep an address as the one for the answer; only one that the customer wrote, in the journal's line `line`.

        Errors: NotYours; LookupError where no such address stands.
        """

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            found = journal_ranges.read_lines_among(turn.connection, conversation_id, (line,))
            theirs = [StoredMessage.from_json(one.data).text for one in found if one.kind == journal.CUSTOMER]
            if not any(address in emails_in(words) for words in theirs):
                raise LookupError("no such address in this line")
            _play(turn, by, ReplyAddressKept(address), StoredCause(act="address_kept", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def pass_on(self, conversation_id: str, by: By, to: By, key: str, *, there: bool = False) -> None:
        """Pass the conversation to another agent.

        `there`: they are here already. Raises NotYours; LookupError, too, for a disabled agent.
        """

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            if agent_accounts.is_disabled(turn.connection, to.id):
                raise LookupError("no such colleague any more")
            came, waits_for = AgentTook(to.id, to.name), AgentPassed(to.id)
            passed_by = None if there else by.id
            handoffs.hand_over(
                turn.connection, conversation_id=conversation_id, to=to.id, now=turn.now, passed_by=passed_by
            )
            _play(turn, by, came if there else waits_for, StoredCause(act="passed_on", to=to.id, by=to.name))

        await self._done_once(conversation_id, by, key, work)

    async def take_back(self, conversation_id: str, by: By, key: str) -> None:
        """Take back a conversation that this agent passed on, while the other hasn't come. Errors: NotYours."""

        def work(turn: AgentTurn) -> None:
            _enabled(turn, by)
            request = handoffs.find_open_request(turn.connection, conversation_id)
            if request is None or request.passed_by != by.id:
                raise NotYours(None if request is None else request.agent_id)
            handoffs.hand_over(turn.connection, conversation_id=conversation_id, to=by.id, now=turn.now)
            _play(turn, by, AgentTook(by.id, by.name, "took_back"), StoredCause(act="took_back", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def take_over(self, conversation_id: str, by: By, key: str) -> None:
        """Take over from a colleague, as a supervisor.

        Raises NotYours where nobody else has it, HandoffNotTaken for an agent who is no supervisor.
        """

        def work(turn: AgentTurn) -> None:
            _enabled(turn, by)
            request = handoffs.find_open_request(turn.connection, conversation_id)
            if request is None or request.agent_id in (None, by.id):
                raise NotYours(None)
            me = agent_accounts.get(turn.connection, by.id)
            if me is None or not me.may("supervisor"):
                raise HandoffNotTaken(str(request.agent_id))
            handoffs.hand_over(turn.connection, conversation_id=conversation_id, to=by.id, now=turn.now)
            line = StoredCause(act="took_over", by=by.name, held_by=str(request.agent_id))
            _play(turn, by, AgentTook(by.id, by.name, "took_over"), line)

        await self._done_once(conversation_id, by, key, work)

    async def give_back(
        self, conversation_id: str, by: By, key: str, *, done: bool = False, confirm: bool = False
    ) -> None:
        """Give the conversation back to the dialogs at the very step.

        `done`: the request is settled; `confirm`: the customer confirms the corrections. Raises NotYours.
        """

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            handoffs.end(turn.connection, conversation_id=conversation_id, now=turn.now)
            _play(turn, by, AgentLeft(done, confirm), StoredCause(act="done" if done else "gave_back", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def ask_proof(self, conversation_id: str, by: By, statement_id: str, number: str, key: str) -> None:
        """Mail the account of the contract with this number a link by which it stands behind a statement of nobody's.

        Errors: NotYours, ActNotDone; LookupError for a statement that isn't this customer's.
        """

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            statements.ask_proof(turn, statement_id, number)
            _play(turn, by, ActNoted(), StoredCause(act="proof_asked", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def on_card(self, conversation_id: str, by: By, act: CustomerAct, wanted: ActWanted, key: str) -> None:
        """Do an act on the money or a contract of this customer, and tell them so in the agent's name.

        Errors: NotYours, ActNotDone; LookupError for what isn't of the account logged in here.
        """

        def work(turn: AgentTurn) -> None:
            (_held if act.held else _enabled)(turn, by)
            if act.proof and not is_proven(turn.case, turn.now):
                raise ActNotDone("unproven")
            acting = ActUnderWay(turn, by.id, by.locale, wanted, self._bookings, self._publish)
            done, reason = act.do(acting), one_line(wanted.reason)
            line = StoredCause(act=act.trail, by=by.name, after=f"{done.about}: {reason}" if reason else done.about)
            speaker = (by.id, by.name) if act.held else acting.speaker
            if done.key is None or speaker is None:
                theirs = ReplyWords(None, speaker[1]) if done.event is not None and speaker is not None else None
                _play(turn, by, done.event or ActNoted(), line, theirs)
                done.afterwards()
                return
            words = self._renderer.words(done.key, done.params, turn.conversation.locale)
            told = ReplyWords(words, speaker[1], done.links)
            self._mail_unless_read(turn, _play(turn, by, AgentSpoke(*speaker), line, told))

        await self._done_once(conversation_id, by, key, work)

    async def prove(self, conversation_id: str, by: By, key: str) -> None:
        """Ask the customer to log in on a page, while nothing shows that the account's holder writes. Errors: NotYours.

        A chat that the page doesn't hold takes its two digits, though a person has the talk.
        """

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            if is_proven(turn.case, turn.now):
                return
            here = turn.conversation
            page = marked_id(turn.turn.server_key, f"prove:{here.id}:{key_of(by, key)}")
            statements.issue_page(turn, page, "log_in", None, {})
            links = (StoredLink("secure_page", page, "log_in"),)
            words = ReplyWords(self._renderer.words("handoff.prove", {}, here.locale), by.name, links)
            line = StoredCause(act="prove", by=by.name)
            self._mail_unless_read(turn, _play(turn, by, AgentSpoke(by.id, by.name), line, words))

        await self._done_once(conversation_id, by, key, work)

    async def put_back(self, conversation_id: str, by: By, key: str) -> None:
        """Return the conversation to the queue, at its old place. Raises NotYours."""

        def work(turn: AgentTurn) -> None:
            _held(turn, by)
            _play(turn, by, AgentGone(by.id, "put_back"), StoredCause(act="put_back", by=by.name))

        await self._done_once(conversation_id, by, key, work)

    async def _done_once(self, conversation_id: str, by: By, key: str, work: Callable[[AgentTurn], T]) -> T | None:
        return await self._desk.act(conversation_id, key_of(by, key), work)

    async def block(
        self, conversation_id: str, by: By, key: str, reason: str, lasting: timedelta | None = None
    ) -> None:
        """Take nothing more from the conversation's address, for so long or for good.

        Nobody has the conversation any more. Errors: ValueError for a reason that is empty or too long.
        """

        def work(turn: AgentTurn) -> None:
            _enabled(turn, by)
            here, until = turn.conversation, None if lasting is None else turn.now + lasting
            blocklist.block(turn.connection, BlockedAddress(here.channel, here.address, by.id, reason, turn.now, until))
            audit.note(
                turn.connection,
                agent_id=by.id,
                what="blocked",
                at=turn.now,
                conversation_id=conversation_id,
                details={"days": None if lasting is None else lasting.days},
            )
            if handoffs.end(turn.connection, conversation_id=conversation_id, now=turn.now):
                line = StoredCause(act="shut_out", agent=by.id, by=by.name)
                turn.play(AgentLeft(blocked=True), line, ask=False)

        await self._done_once(conversation_id, by, key, work)


def _play(turn: AgentTurn, who: By, event: Event, line: StoredCause, words: ReplyWords | None = None) -> TurnResult:
    """Play the event; who did what stands in the journal, which goes with the conversation, and in the audit log."""
    turned = turn.play(event, structs.replace(line, agent=who.id), words)
    _note(turn, who, line)
    return turned


def _note(turn: AgentTurn, who: By, line: StoredCause) -> None:
    about = {"step": line.step, "to": line.to, "via": line.via, "held_by": line.held_by, "locale": line.locale}
    audit.note(
        turn.connection,
        agent_id=who.id,
        what=_IN_THE_TRAIL.get(str(line.act), str(line.act)),
        at=turn.now,
        conversation_id=turn.conversation.id,
        details={name: value for name, value in about.items() if value is not None},
        before=line.before,
        after=line.after,
    )


def _held(turn: AgentTurn, by: By) -> HandoffRecord:
    """Return the request that this agent has. Raises NotYours unless they have it, and may still act."""
    _enabled(turn, by)
    request = handoffs.find_open_request(turn.connection, turn.conversation.id)
    if request is None or request.agent_id != by.id:
        raise NotYours(None if request is None else request.agent_id)
    return request


def _enabled(turn: AgentTurn, by: By) -> None:
    """Raise NotYours if the account was switched off since the page was asked for.

    Nobody would release what it takes now.
    """
    if agent_accounts.is_disabled(turn.connection, by.id):
        raise NotYours(None)


def _refuses(say: Say) -> bool:
    return say.key.startswith("refused.") or say.key == "kit.not_now"


def release_all_of(connection: sa.Connection, agent_id: str, now: datetime, why: Left = "disabled") -> int:
    """Store the event for each conversation that the agent has, and return their number.

    Their turns run in a running desk, or at its next start. Repeating it has no effect.
    """
    held = handoffs.held_by(connection, agent_id)
    gone = AgentGone(agent_id, why)
    for request in held:
        taken = "" if request.taken_at is None else request.taken_at.isoformat()
        number = derived_id(b"agent gone", f"{request.id}:{agent_id}:{taken}")
        events.store_event(connection, codec.stored_event(number, request.conversation_id, gone, now))
    return len(held)


def release_on_log_out(connection: sa.Connection, agent_id: str, now: datetime) -> int:
    """Release what the agent has, unless they can still answer: from another browser, or from the Telegram group."""
    if agent_id in sessions.last_seen(connection, now) or telegram.has_telegram(connection, agent_id):
        return 0
    return release_all_of(connection, agent_id, now, "logged_out")
