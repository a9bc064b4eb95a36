"""Commands about hand-offs to agents, and feedback."""

from datetime import timedelta

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages.feedback import FeedbackKept, KeepFeedback, KeepReason, ReasonKept
from dialogs.messages.handoff import (
    EndWait,
    FellSilent,
    HumanRequested,
    LookAtWait,
    LookAtWriting,
    NotWriting,
    PutBack,
    PutBackDone,
    RequestHuman,
    StillTalking,
    StillWriting,
    WaitEnded,
)
from services.agents import audit
from services.support import feedback, handoffs
from services.support.feedback import FeedbackRecord
from values.redaction import redact

WRITING = timedelta(minutes=1)
"""For so long after the last stroke an agent counts as writing."""


@handles(RequestHuman)
def request_human(deps: CommandDeps, command: RequestHuman, context: CommandContext) -> Event:
    """Open the request for an agent."""
    first = handoffs.ask(
        context.connection,
        conversation_id=context.conversation.id,
        reason=command.reason,
        email=command.email or None,
        now=context.now,
    )
    rules, zone = deps.seller.desk, deps.seller.time_zone
    there = rules.hours.open_at(context.now, zone)
    wait = handoffs.expected_wait(context.connection, context.now) if there else None
    return HumanRequested(
        context.now,
        first,
        place=handoffs.place(context.connection, context.now),
        wait_minutes=None if wait is None else max(1, round(wait / timedelta(minutes=1))),
        opens_at=None if there else rules.hours.opens_after(context.now, zone),
    )


@handles(PutBack)
def put_back(_deps: CommandDeps, command: PutBack, context: CommandContext) -> Event:
    """Return the conversation to the queue, for another agent."""
    return PutBackDone(handoffs.put_back(context.connection, conversation_id=context.conversation.id), command.cause)


@handles(LookAtWriting)
def look_at_writing(_deps: CommandDeps, command: LookAtWriting, context: CommandContext) -> Event:
    """By the last stroke that the agent's page has told of."""
    request = handoffs.open_of(context.connection, context.conversation.id)
    typed = request.typed_at if request is not None else None
    until = context.now if typed is None else min(typed + WRITING, command.at_most)
    return StillWriting(until) if until > context.now else NotWriting()


@handles(LookAtWait)
def look_at_wait(_deps: CommandDeps, command: LookAtWait, context: CommandContext) -> Event:
    """When somebody wrote last, or somebody took the conversation."""
    last = handoffs.last_sign(context.connection, context.conversation.id)
    until = context.now if last is None else last + command.quiet_for
    return StillTalking(until) if until > context.now else FellSilent()


@handles(EndWait)
def end_wait(_deps: CommandDeps, _act: EndWait, context: CommandContext) -> Event:
    """End a wait that nobody asked to end.

    The trail records it without a name but that of the agent who had the conversation.
    """
    where = context.conversation.id
    request = handoffs.open_of(context.connection, where)
    if request is not None:
        handoffs.end(context.connection, conversation_id=where, now=context.now)
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
    return WaitEnded()


# A sentence was asked for.
LONGEST = 1000


@handles(KeepFeedback)
def keep_feedback(_deps: CommandDeps, command: KeepFeedback, context: CommandContext) -> Event:
    """Store whether an answer helped."""
    said = FeedbackRecord(
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
