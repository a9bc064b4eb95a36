"""What the help desk's people read of the journal, and what of their mark-up the customer reads."""

from datetime import UTC, datetime
from typing import Any

from bot.handlers.chatwoot.agent_replies import in_charge
from bot.handlers.chatwoot.markup import plain
from bot.handlers.chatwoot.thread_lines import LONGEST, as_text, lines_of, transcript, words
from bot.web.page_texts import LOCALES, places
from dialogs.messages.handoff import REASONS
from services.store.journal import AGENT, BOT, CUSTOMER, JournalEntry
from services.support.chatwoot.models import ChatwootConversation, ChatwootPerson, Meta
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
    assert told(
        act, entry(2, AGENT, text="Hi", by="Anna"), entry(3, "desk", act="took", agent="chatwoot:2", by="A")
    ) == [
        "",
        "",
        "",
    ]
    taken = entry(4, "desk", act="took", agent="a1", by="[Marek](mention://user/1/x)")
    [line] = told(taken)
    assert "mention://" not in line


def test_a_note_is_text_whatever_a_customer_writes() -> None:
    assert as_text("*a* _b_ [c](MENTION://user/1/x) <img> `d`") == (
        "\\*a\\* \\_b\\_ \\[c\\](mention:\u200b//user/1/x) \\<img\\> \\`d\\`"
    )
    line = lines_of(T, [entry(1, CUSTOMER, text="x" * (LONGEST + 5))], (), "asked", masks_of_contacts())
    assert len(line[0].text) == LONGEST
    assert len(transcript(T, line * 3)) == LONGEST


@table(
    ("written", "read"),
    [
        ("Już \\*wiem\\*: 5\\.", "Już *wiem*: 5."),
        ("raz\\\ndwa", "raz\ndwa"),
        ("C:\\temp i koniec\\", "C:\\temp i koniec\\"),
        ("a\\\\b", "a\\\\b"),
    ],
)
def test_what_is_written_there_reads_as_it_was_meant(written: str, read: str) -> None:
    assert plain(written) == read


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
