"""What a desk understands before its customers speak, so that none of them waits for a vocabulary or a pattern."""

from datetime import datetime

import structlog

from bot.conversation.conversation_states import ConversationStates
from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import MessageUnderstanding
from services.errors import describe
from services.store.conversations import StoredConversation
from values.channel import Channel
from values.patterns import compile_waiting

_log = structlog.get_logger(__name__)
_SAID = (
    "how much is that?",
    "yes, I order for two years with the code START20, and what about invoices?",
    "my e-mail isn't a@example.com but b@example.com, my number is +48 600 100 200, and I live in Berlin",
)
"""Between them they need each vocabulary (`tests/bot/conversation/test_rehearsal.py`); readers know all languages."""


def rehearse(states: ConversationStates, understanding: MessageUnderstanding, now: datetime) -> None:
    """Understand a few messages in each language and compile all patterns; nothing is stored. For a thread."""
    for locale in states.seller.locales:
        fresh = StoredConversation(
            "rehearsal", Channel.WEB, "rehearsal", None, locale, "bot", 0, {}, 0, now, now, None, None
        )
        case, books = states.case(fresh), states.books(fresh, now)
        ctx = states.context(fresh, now, books)(case)
        step = states.journey.position(case, ctx)
        for words in _SAID:
            try:
                understanding.hear(Inbound(Channel.WEB, "rehearsal", words, Text(words)), step, ctx)
            except Exception as error:
                _log.error("rehearsal_failed", alarm=True, locale=locale, **describe(error))
    compile_waiting()
