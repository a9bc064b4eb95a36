"""Commands about hand-offs to agents, and feedback."""

from datetime import timedelta

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
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


def request_human(tools: CommandDeps, act: RequestHuman, done: CommandContext) -> Event:
    """Open the request for an agent."""
    first = handoffs.ask(
        done.connection,
        conversation_id=done.conversation.id,
        reason=act.reason,
        email=act.email or None,
        now=done.now,
    )
    rules, zone = tools.seller.desk, tools.seller.time_zone
    there = rules.hours.open_at(done.now, zone)
    wait = handoffs.expected_wait(done.connection, done.now) if there else None
    return HumanRequested(
        done.now,
        first,
        place=handoffs.place(done.connection, done.now),
        wait_minutes=None if wait is None else max(1, round(wait / timedelta(minutes=1))),
        opens_at=None if there else rules.hours.opens_after(done.now, zone),
    )


def put_back(_tools: CommandDeps, act: PutBack, done: CommandContext) -> Event:
    """Somebody else has to come."""
    return PutBackDone(handoffs.put_back(done.connection, conversation_id=done.conversation.id), act.cause)


def look_at_writing(_tools: CommandDeps, act: LookAtWriting, done: CommandContext) -> Event:
    """By the last stroke that the agent's page has told of."""
    request = handoffs.open_of(done.connection, done.conversation.id)
    typed = request.typed_at if request is not None else None
    until = done.now if typed is None else min(typed + WRITING, act.at_most)
    return StillWriting(until) if until > done.now else NotWriting()


def look_at_wait(_tools: CommandDeps, act: LookAtWait, done: CommandContext) -> Event:
    """When somebody wrote last, or somebody took the conversation."""
    last = handoffs.last_sign(done.connection, done.conversation.id)
    until = done.now if last is None else last + act.quiet_for
    return StillTalking(until) if until > done.now else FellSilent()


def end_wait(_tools: CommandDeps, _act: EndWait, done: CommandContext) -> Event:
    """Nobody asked for it to end: the trail has it, without anybody's name but that of whoever had the conversation."""
    where = done.conversation.id
    request = handoffs.open_of(done.connection, where)
    if request is not None:
        handoffs.end(done.connection, conversation_id=where, now=done.now)
        days = (done.now - request.asked_at).days
        details = {"days": days} | ({"held_by": request.agent_id} if request.agent_id is not None else {})
        audit.note(
            done.connection, agent_id=None, what="wait_given_up", at=done.now, conversation_id=where, details=details
        )
    return WaitEnded()


# A sentence was asked for.
LONGEST = 1000


def keep_feedback(_tools: CommandDeps, act: KeepFeedback, done: CommandContext) -> Event:
    """Store whether an answer helped."""
    said = FeedbackRecord(done.id, done.conversation.id, act.about, done.locale, act.helpful, None, done.now)
    feedback.keep(done.connection, said)
    return FeedbackKept(done.id, act.helpful)


def keep_reason(_tools: CommandDeps, act: KeepReason, done: CommandContext) -> Event:
    """Store the reason, without secrets."""
    words = redact(act.words[:LONGEST]).text
    feedback.give_reason(done.connection, feedback_id=act.id, conversation_id=done.conversation.id, words=words)
    return ReasonKept()
