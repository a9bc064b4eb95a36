"""Commands about hand-offs to agents, and feedback."""

from contextlib import suppress
from datetime import timedelta

from bot.conversation.stored import StoredMessage
from bot.conversation.turn import CommandContext
from bot.usecases.answers import unread
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages import handoff
from dialogs.messages.feedback import FeedbackKept, KeepFeedback, KeepReason, ReasonKept
from dialogs.state import Handoff
from services.agents import agent_accounts, audit
from services.store import conversations
from services.support import answer_letters, feedback, handoffs, second_line
from values.channel import Channel
from values.redaction import redact

WRITING = timedelta(minutes=1)
"""For so long after the last stroke an agent counts as writing."""


@handles(handoff.RequestHuman)
def request_human(deps: CommandDeps, command: handoff.RequestHuman, context: CommandContext) -> Event:
    """Open the request for an agent; beyond the ceiling of a network it waits in the second line."""
    second_line.lock_network(context.connection, context.network)
    first = handoffs.ask(
        context.connection,
        conversation_id=context.conversation.id,
        reason=command.reason,
        email=command.email or None,
        now=context.now,
    )
    line, here = second_line.order_waiting_requests(context.connection, context.conversation), context.conversation.id
    places = [one.conversation_id for one in line.queue]
    rules, zone = deps.seller.desk, deps.seller.time_zone
    there = rules.hours.open_at(context.now, zone)
    wait = handoffs.expected_wait(context.connection, context.now) if there else None
    return handoff.HumanRequested(
        context.now,
        first,
        place=1 + (places.index(here) if here in places else len(places)),
        wait_minutes=None if wait is None else max(1, round(wait / timedelta(minutes=1))),
        opens_at=None if there else rules.hours.opens_after(context.now, zone),
        full=any(one.conversation_id == here for one in line.second),
    )


@handles(handoff.PutBack)
def put_back(_deps: CommandDeps, command: handoff.PutBack, context: CommandContext) -> Event:
    """Return the conversation to the queue, for another agent."""
    return handoff.PutBackDone(
        handoffs.put_back(context.connection, conversation_id=context.conversation.id), command.cause
    )


@handles(handoff.LookAtWriting)
def look_at_writing(_deps: CommandDeps, command: handoff.LookAtWriting, context: CommandContext) -> Event:
    """By the last stroke that the agent's page has told of."""
    request = handoffs.find_open_request(context.connection, context.conversation.id)
    typed = request.typed_at if request is not None else None
    until = context.now if typed is None else min(typed + WRITING, command.at_most)
    return handoff.StillWriting(until) if until > context.now else handoff.NotWriting()


@handles(handoff.LookAtWait)
def look_at_wait(_deps: CommandDeps, command: handoff.LookAtWait, context: CommandContext) -> Event:
    """When somebody wrote last, or somebody took the conversation."""
    last = handoffs.last_sign(context.connection, context.conversation.id)
    until = context.now if last is None else last + command.quiet_for
    return handoff.StillTalking(until) if until > context.now else handoff.FellSilent()


@handles(handoff.EndWait)
def end_wait(_deps: CommandDeps, command: handoff.EndWait, context: CommandContext) -> Event:
    """End a wait that nobody asked to end.

    The trail records it without a name but that of the agent who had the conversation.
    """
    where = context.conversation.id
    request = handoffs.find_open_request(context.connection, where)
    if request is not None:
        handoffs.end(context.connection, conversation_id=where, now=context.now)
        if command.noted:
            return handoff.WaitEnded()
        # Rounded: the clocks of several processes differ, and a wait ends after whole days.
        days = round((context.now - request.asked_at) / timedelta(days=1))
        details = {"days": days} | ({"held_by": request.agent_id} if request.agent_id is not None else {})
        audit.note(
            context.connection,
            agent_id=None,
            what="wait_given_up",
            at=context.now,
            conversation_id=where,
            details=details,
        )
    return handoff.WaitEnded()


MOST_MOVED = 20
"""So many unread lines are shown where the conversation goes on; the others are in the e-mail."""


@handles(handoff.MoveTalk)
def move_talk(deps: CommandDeps, command: handoff.MoveTalk, context: CommandContext) -> Event:
    """End the request here and tell the other conversation of it, with the lines that weren't read here.

    A statement with a legal term stays where it was made: the decision on it is told there.
    """
    here, connection = context.conversation, context.connection
    there = conversations.load(connection, command.to, lock=False)
    if here.account_id is None or there is None or there.account_id != here.account_id:
        return handoff.TalkMoved(held=False)
    lines, request = _unread(context), handoffs.find_open_request(connection, here.id)
    if request is not None and request.reason in (handoffs.ERASURE, handoffs.WITHDRAWAL):
        request = None
    if request is not None:
        handoffs.end(connection, conversation_id=here.id, now=context.now)
    moved = None if request is None else _as_moved(request, deps.fitted(here.state).handoff)
    if lines or moved is not None:
        context.tell(there.id, handoff.TalkCame(here.account_id, lines, moved))
    return handoff.TalkMoved(held=moved is not None)


def _unread(context: CommandContext) -> tuple[tuple[str, str], ...]:
    """Return what was said to who isn't here any more; from now on it counts as read."""
    here, connection = context.conversation, context.connection
    letters = answer_letters.of_conversation(connection, here.id)
    if not letters or Channel(here.channel).replies_by != "journal":
        return ()
    found = unread.lines(connection, here, letters[0].first_seq)[-MOST_MOVED:]
    if found:
        conversations.mark_delivered(connection, here.id, here.seq)
    said = (StoredMessage.from_json(one.data) for one in found)
    return tuple((one.by or "", one.text) for one in said)


def _as_moved(request: handoffs.HandoffRecord, known: Handoff) -> handoff.OpenRequest:
    agent = request.agent_id if request.passed_by is None else None  # a colleague who hasn't come has nothing yet
    name, at = known.name or "", request.taken_at
    return handoff.OpenRequest(request.reason, request.asked_at, request.email, agent, name, at, known.unanswered)


@handles(handoff.TakeMoved)
def take_moved(_deps: CommandDeps, command: handoff.TakeMoved, context: CommandContext) -> Event:
    """Open the request here at its old place; an agent who was switched off meanwhile doesn't get it."""
    where, connection, asked = context.conversation.id, context.connection, command.request
    first = handoffs.ask(connection, conversation_id=where, reason=asked.reason, email=asked.email, now=asked.asked_at)
    if asked.agent is not None and not agent_accounts.is_disabled(connection, asked.agent):
        with suppress(handoffs.HandoffNotTaken):
            at = asked.taken_at or context.now
            handoffs.take(connection, conversation_id=where, agent_id=asked.agent, now=at)
            return handoff.AgentTook(asked.agent, asked.name)
    return handoff.HumanRequested(context.now, first=first and asked.agent is not None)


# A sentence was asked for.
LONGEST = 1000


@handles(KeepFeedback)
def keep_feedback(_deps: CommandDeps, command: KeepFeedback, context: CommandContext) -> Event:
    """Store whether an answer helped."""
    said = feedback.FeedbackRecord(
        context.id, context.conversation.id, command.about, context.locale, command.helpful, None, context.now
    )
    feedback.keep(context.connection, said)
    return FeedbackKept(context.id, command.helpful)


@handles(KeepReason)
def keep_reason(_deps: CommandDeps, command: KeepReason, context: CommandContext) -> Event:
    """Store the reason, without secrets."""
    words = redact(command.words[:LONGEST]).text
    feedback.give_reason(
        context.connection, feedback_id=command.id, conversation_id=context.conversation.id, words=words
    )
    return ReasonKept()
