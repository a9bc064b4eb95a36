"""Acts about people: the wish for one is kept."""

from datetime import timedelta

from bot.acts.tools import Tools
from bot.turn import ActDone
from dialogs.kit import Event
from dialogs.words.handoff import HumanRequested, PutBack, PutBackDone, RequestHuman
from services import handoffs


def request_human(tools: Tools, act: RequestHuman, done: ActDone) -> Event:
    """The wish, kept until somebody has answered."""
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


def put_back(_tools: Tools, _act: PutBack, done: ActDone) -> Event:
    """Somebody else has to come."""
    return PutBackDone(handoffs.put_back(done.connection, conversation_id=done.conversation.id))
