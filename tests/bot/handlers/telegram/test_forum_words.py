"""The agents' group in words: topics' lines and cards can't be forged, nothing is too long, languages are complete."""

from datetime import UTC, datetime
from itertools import groupby

from bot.conversation.splitting import units
from bot.handlers.telegram_group.card import flatten_text
from bot.handlers.telegram_group.group_updates import command
from bot.handlers.telegram_group.topic_lines import LONGEST, first_post, lines_of, words
from bot.usecases.agents.lines_outside import OutsideLine
from bot.web.page_texts import LOCALES, places
from bot.web.page_texts import words as console_words
from services.store.journal import JournalEntry
from tests.kit.narrow import present
from tests.masks import masks_of_contacts
from tests.table import table

MASKS = masks_of_contacts()
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def entry(id: int, what: str, revision: int = 1, **data: object) -> JournalEntry:
    return JournalEntry(id, "c", revision, what, None, None, dict(data), NOW, "none", None)


@table("locale", LOCALES)
def test_every_language_says_the_same(locale: str) -> None:
    here, polish = words(locale), words("pl")
    assert here.keys() == polish.keys()
    assert {key: places(t) for key, t in here.texts.items()} == {key: places(t) for key, t in polish.texts.items()}
    assert all(len(text) <= 20 and text.count(" ") <= 2 for text in here.section("button").values())
    acts = [name.removeprefix("desk_") for name in console_words(locale).section("desk_line") if "desk_" in name]
    told = lines_of(here, [entry(n, "desk", n, act=act, by="Marek") for n, act in enumerate(acts)], "asked", MASKS)
    assert {act for act, line in zip(acts, told, strict=True) if line.text} >= {"took", "withdrawal_accepted"}


def test_only_the_desks_lines_are_in_italics() -> None:
    lines = [
        OutsideLine(1, "Dzień dobry 🐦", own=True),
        OutsideLine(2, "Automat: słucham", own=False),
        OutsideLine(3, "ja", own=True),
    ]
    post = present(first_post(lines))
    assert (post.through, post.text) == (3, "Dzień dobry 🐦\nAutomat: słucham\nja")
    (italic,) = post.entities
    wide = post.text.encode("utf-16-le")
    assert wide[2 * italic.offset : 2 * (italic.offset + italic.length)].decode("utf-16-le") == "Automat: słucham"


def test_what_is_too_much_for_one_message_waits_for_the_next() -> None:
    lines = [OutsideLine(number, "x" * 1000, own=True) for number in range(1, 10)]
    post = present(first_post(lines))
    assert (post.through, units(post.text) <= LONGEST) == (3, True)
    huge = present(first_post([OutsideLine(1, "🐦" * 8000, own=False)]))
    assert units(huge.text) <= 4096
    assert huge.text.endswith("…")
    assert first_post([]) is None
    silent = present(first_post([OutsideLine(7, "", own=False)]))
    assert (silent.text, silent.through) == ("", 7)


CARD = {
    "kind": "order",
    "key": "order:1",
    "title": "Order",
    "rows": [{"name": "phone", "label": "Phone", "value": "+48 512 000 999"}],
}


def test_lines_of_the_journal() -> None:
    t = words("en")
    entries = [
        entry(1, "customer", text="my e-mail is jan.kowalski@example.com", step="account.email"),
        entry(2, "customer", 2, text="512 000 999", step="contact.phone"),
        entry(3, "customer", 3, text="", kind="voice"),
        entry(4, "desk", 4, act="said", agent="a", via="telegram"),
        entry(5, "agent", 4, text="written here", by="Anna"),
        entry(6, "desk", 5, act="said", agent="a"),
        entry(7, "agent", 5, text="written elsewhere", by="Anna\u202e"),
        entry(8, "held", 6, text="Paid.", card=CARD),
        entry(9, "result", 7, call="AskPayment"),
        entry(10, "timer", 8, acts=["PutBack"]),
        entry(11, "timer", 9, acts=["LookAtWait", "EndWait"]),
        entry(12, "customer", 10, text="the bill is wrong", kind="photo"),
    ]
    assert ["\n".join(filter(None, texts)) for texts in by_entry(lines_of(t, entries, "asked", MASKS))] == [
        "my e-mail is j•••@example.com",
        "••• ••• 999",
        "[voice message]",
        "",
        "",
        "",
        "Anna: written elsewhere",
        "Not said, because a person has the conversation: Order\nPhone: +48 ••• ••• 999\n\nPaid.",
        "",
        "The customer had no answer in time: the conversation is in the queue again.",
        "Nobody has written here for long: the request for a person ends, the bot goes on.",
        "[photo]\nthe bill is wrong",
    ]


def by_entry(lines: list[OutsideLine]) -> list[list[str]]:
    return [[line.text for line in group] for _, group in groupby(lines, lambda line: line.id)]


def test_what_the_desk_adds_to_a_customers_line_is_not_the_customers() -> None:
    lines = lines_of(words("en"), [entry(1, "customer", text="/agent", acts=["RequestHuman"])], "asked", MASKS)
    told = "A person is wanted: asks for a person."
    assert [(line.text, line.own) for line in lines] == [("/agent", True), (told, False)]


def test_a_blocked_customer_who_goes_on_is_one_line() -> None:
    lines = lines_of(words("en"), [entry(number, "blocked") for number in range(1, 9)], "asked", MASKS)
    assert len([line for line in lines if line.text]) == 1


def test_plain_words() -> None:
    assert flatten_text("Jan\n\u202eNowak\u0000") == "Jan Nowak"


@table(
    ("text", "found"),
    [
        ("Dzień dobry", None),
        ("/note tak", ("note", "tak")),
        ("/note@okienko_bot dwie\nlinie", ("note", "dwie\nlinie")),
        ("//tak", ("note", "tak")),
        ("/take", ("take", "")),
        ("/ tak", ("", "")),
        ("/żółć", ("", "")),
        (" a/b", None),
    ],
)
def test_commands(text: str, found: tuple[str, str] | None) -> None:
    assert command(text) == found
