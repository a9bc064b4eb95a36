"""The greeting as it would be said: decided on a conversation that nobody has begun, with nothing stored.

A page may show it before its visitor has said a word. The first message then begins the conversation with just this
greeting (docs/decisions/web-chat.md).
"""

from datetime import datetime

import structlog
from msgspec import Struct

from bot.conversation.conversation_states import ConversationStates
from bot.conversation.outbound import Reply, StatusSnapshot
from bot.conversation.presenters import Presenters
from bot.conversation.replies import compose_message
from dialogs.kit import Command, Event, Said, decide
from services.errors import describe
from services.store.conversations import StoredConversation
from services.store.journal import BOT, JournalEntry
from values.account_view import NO_BOOKS
from values.channel import Channel
from values.meaning import NavigationCommand

_log = structlog.get_logger(__name__)
START = "/start"


class Opening(Struct, frozen=True):
    """The greeting and where a conversation stands after it. The line's id is 0: no journal has it yet."""

    line: Reply
    standing: StatusSnapshot


class _WouldAct(Exception):
    """The greeting would do something, which a look must not."""


def opening(
    states: ConversationStates, show: Presenters, channel: Channel, locale: str, now: datetime
) -> Opening | None:
    """Return the greeting of a new conversation; None where there is none to be shown beforehand."""
    fresh = StoredConversation("", channel, "", None, locale, "bot", 0, {}, 0, now, now, None, None)
    try:
        outcome = decide(
            *(states.journey, states.case(fresh), Said(NavigationCommand("start"))),
            context=states.context(fresh, now, states.books(fresh, now)),
            perform=_refuse,
            new_key=lambda: "",
        )
        if outcome.jobs:
            raise _WouldAct
    except _WouldAct:
        return None
    except Exception as error:  # then the first message is answered, or apologised for, as on any channel
        _log.error("opening_failed", alarm=True, **describe(error))
        return None
    message = compose_message(show.renderer, outcome, states.journey)
    if message is None:
        return None
    line = JournalEntry(0, "", 1, BOT, None, 1, message.to_json(), now, "none", None)
    return Opening(show.message(line), show.standing(fresh, outcome.case, now, NO_BOOKS))


def _refuse(command: Command, key: str) -> Event:
    raise _WouldAct
