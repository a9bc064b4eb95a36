"""Lines of the journal as the help desk's people read them, and their mark-up as the customer does.

Shown there is the part that a person is asked for, and nothing of the rest.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bot.conversation.desk import BY_AGENT
from bot.handlers.chatwoot.agent_replies import (
    _is_reply,  # pyright: ignore[reportPrivateUsage]
    in_charge,
)
from bot.handlers.chatwoot.helpdesk import _shown_there  # pyright: ignore[reportPrivateUsage]
from bot.handlers.chatwoot.thread_lines import LONGEST, as_text, lines_of, strip_markup, transcript, words
from bot.web.page_texts import LOCALES, places
from dialogs.messages.handoff import REASONS
from services.store.journal import AGENT, BOT, CUSTOMER, JournalEntry
from services.support.chatwoot.models import ChatwootConversation, ChatwootMessage, ChatwootPerson, Meta
from services.support.chatwoot.threads import Thread
from services.support.handoffs import HandoffRecord
from services.support.mirrors import CLOSED, MOST_ENTRIES, OPENED, MirrorView
from tests.kit.rows import all_rows
from tests.masks import masks_of_contacts
from tests.table import table

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
T = words("en")


def entry(number: int, line: str, revision: int = 1, **data: Any) -> JournalEntry:
    return JournalEntry(number, "c", revision, line, None, None, data, NOW, "none", None)


def told(*entries: JournalEntry, earlier: tuple[JournalEntry, ...] = ()) -> list[str]:
    return [line.text for line in lines_of(T, entries, earlier, "asked", masks_of_contacts())]


def test_every_language_says_the_same() -> None:
    for locale in LOCALES:
        own = words(locale)
        assert own.keys() == T.keys()
        for key, text in own.texts.items():
            assert places(text) == places(T.texts[key]), (locale, key)
    assert {f"reason.{reason}" for reason in REASONS} <= T.keys()


def test_who_said_what() -> None:
    asked = entry(1, BOT, text="Which plan?", buttons=[["Two *years*", "plan:2y"]])
    assert told(entry(2, CUSTOMER, text="plan:2y"), earlier=(asked,)) == ["Two *years*"], "a button by its title"
    assert told(entry(3, CUSTOMER, kind="voice")) == ["[voice message]"]
    assert told(entry(4, CUSTOMER, kind="unheard of")) == ["[something that is no text]"]
    assert told(entry(5, CUSTOMER, kind="photo", text="the bill is wrong")) == ["[photo]\nthe bill is wrong"]
    assert told(entry(6, AGENT, text="Hi", by="Marek")) == ["Marek (Okienko): Hi"]
    card = {"kind": "order", "key": "o", "title": "Order", "rows": [{"name": "n", "label": "No.", "value": "FS/1"}]}
    [held] = told(entry(8, "held", text="Paid.", card=card))
    assert held.endswith("Order\nNo.: FS/1\n\nPaid."), "its card as lines"
    over = entry(9, "timer", acts=["LookAtWait", "EndWait"])
    assert told(over) == ["", "Nobody has written here for long: the request for a person ends, the bot goes on."]
    assert told(entry(10, "timer", acts=["LookAtWait"])) == [""], "it was only looked at"


def test_contacts_are_masked_whoever_says_them() -> None:
    raw = "600 700 800, ewa@example.com"
    lines = told(*(entry(n, kind, text=raw, by="Anna") for n, kind in enumerate((CUSTOMER, BOT, AGENT, "held"))))
    assert len(lines) == 4
    for line in lines:
        assert "••• ••• 800, e•••@example.com" in line


def test_what_was_written_there_is_not_told_there() -> None:
    act = entry(1, "desk", act="said", agent="chatwoot:2", via="chatwoot")
    found = told(act, entry(2, AGENT, text="Hi", by="Anna"), entry(3, "desk", act="took", agent="chatwoot:2", by="A"))
    assert found == ["", "", ""]
    [line] = told(entry(4, "desk", act="took", agent="a1", by="[Marek](mention://user/1/x)"))
    assert "mention://" not in line


def test_a_note_is_text_whatever_a_customer_writes() -> None:
    found = as_text("*a* _b_ [c](MENTION://user/1/x) <img> `d`")
    assert found == "\\*a\\* \\_b\\_ \\[c\\](mention:\u200b//user/1/x) \\<img\\> \\`d\\`"
    line = lines_of(T, [entry(1, CUSTOMER, text="x" * (LONGEST + 5))], (), "asked", masks_of_contacts())
    assert len(line[0].text) == LONGEST
    assert len(transcript(T, line * 3)) == LONGEST


@all_rows
def test_what_is_written_there_reads_as_it_was_meant(written: str, read: str) -> None:
    assert strip_markup(written) == read


@table(
    ("meta", "whose"),
    [
        (Meta(), None),
        (Meta(assignee=ChatwootPerson(id=5, name="Anna")), 5),
        (Meta(assignee=ChatwootPerson(id=5, name="Anna"), assignee_type="User"), 5),
        (Meta(assignee=ChatwootPerson(id=5, name="Robot"), assignee_type="AgentBot"), None),
        (Meta(assignee=ChatwootPerson(id=5, name="Robot", type="agent_bot")), None),
        (Meta(assignee=ChatwootPerson(id=1, name="Okienko")), None),
    ],
)
def test_who_has_it_there(meta: Meta, whose: int | None) -> None:
    found = in_charge(ChatwootConversation(id=7, inbox_id=1, status="open", meta=meta), me=1)
    assert (found.id if found is not None else None) == whose


OUR_NUMBER = 1
WRITTEN: dict[str, Any] = {
    "id": 7,
    "content": "Już sprawdzam",
    "message_type": 1,
    "private": False,
    "sender": {"id": 2, "type": "user", "name": "Anna"},
}


@pytest.mark.parametrize(
    ("changed", "reaches"),
    [
        ({}, True),
        ({"content_attributes": {}}, True),
        ({"content_attributes": None}, True),
        ({"content_attributes": {"in_reply_to": 3}}, True),
        ({"content_attributes": {"deleted": True}, "content": "This message was deleted"}, False),
        ({"private": True}, False),
        ({"message_type": 0}, False),
        ({"sender": {"id": OUR_NUMBER, "type": "user", "name": "Okienko"}}, False),
        ({"sender": {"id": 3, "type": "agent_bot", "name": "Bot"}}, False),
    ],
)
def test_only_what_person_says_and_leaves_standing_reaches_the_customer(changed: dict[str, Any], reaches: bool) -> None:
    assert _is_reply(ChatwootMessage.model_validate(WRITTEN | changed), OUR_NUMBER) is reaches


WAITING = HandoffRecord(1, "c", "asked", None, NOW, None, None, None, None, None, None)
THREAD = Thread("c", 1, 1, 1, True, 7, True, 2, 0, "open", None, 1, 0, OPENED)


def kept(number: int, line: str, **data: Any) -> JournalEntry:
    return JournalEntry(number, "c", number, line, None, None, data, NOW, "none", None)


def view(*entries: JournalEntry, row: Thread = THREAD, request: HandoffRecord | None = None) -> MirrorView[Thread]:
    return MirrorView(None, row, False, request, WAITING, 0, entries)


ASKED, ANSWERED = kept(3, CUSTOMER, text="Jest tam ktoś?"), kept(4, BY_AGENT, act="said")
ENDED = kept(5, BY_AGENT, act="gave_back")
PAYING = kept(6, BOT, text="BLIK"), kept(7, CUSTOMER, text="zamawiam")


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
