"""The help desk shows the part of a conversation that a person is asked for, and nothing of the rest."""

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from bot.conversation.desk import BY_AGENT
from bot.handlers.chatwoot.helpdesk import _shown_there  # pyright: ignore[reportPrivateUsage]
from services.store.journal import BOT, CUSTOMER, JournalEntry
from services.support.chatwoot.threads import Thread
from services.support.handoffs import HandoffRecord
from services.support.mirrors import CLOSED, MOST_ENTRIES, OPENED, MirrorView

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAITING = HandoffRecord(1, "c", "asked", None, NOW, None, None, None, None, None, None)
THREAD = Thread("c", 1, 1, 1, True, 7, True, 2, 0, "open", None, 1, 0, OPENED)


def entry(number: int, line: str, **data: Any) -> JournalEntry:
    return JournalEntry(number, "c", number, line, None, None, data, NOW, "none", None)


def view(*entries: JournalEntry, row: Thread = THREAD, request: HandoffRecord | None = None) -> MirrorView[Thread]:
    return MirrorView(None, row, False, request, WAITING, 0, entries)


ASKED, ANSWERED = entry(3, CUSTOMER, text="Jest tam ktoś?"), entry(4, BY_AGENT, act="said")
ENDED = entry(5, BY_AGENT, act="gave_back")
PAYING = entry(6, BOT, text="BLIK"), entry(7, CUSTOMER, text="zamawiam")


def test_all_is_shown_while_a_person_is_wanted() -> None:
    assert _shown_there(view(ASKED, ANSWERED, request=WAITING)) == (ASKED, ANSWERED)


def test_what_follows_the_end_is_left_out() -> None:
    assert _shown_there(view(ASKED, ENDED, *PAYING)) == (ASKED, ENDED)


def test_once_the_end_stands_there_nothing_follows_at_a_later_look() -> None:
    assert _shown_there(view(*PAYING)) == (), "it was interrupted before it was closed"
    closed = replace(THREAD, state=CLOSED)
    assert _shown_there(view(*PAYING, row=closed)) == (), "a webhook came late"
    assert _shown_there(view(*PAYING * MOST_ENTRIES, row=closed)) == ()


def test_an_end_that_is_not_read_yet_is_waited_for() -> None:
    many = tuple(replace(ASKED, id=number) for number in range(MOST_ENTRIES))
    assert _shown_there(view(*many)) == many
