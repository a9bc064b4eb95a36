"""The words of the journal's lines, as people read them: a press by its button's title, a card with its text."""

from collections.abc import Iterable, Mapping
from functools import cache

from bot.conversation.inbound import known_kind
from bot.conversation.stored import StoredCause, StoredMessage
from bot.texts.toml_tables import common, for_pages
from services.store.journal import CUSTOMER, JournalEntry
from values.locale import SHIPPED
from values.meaning import OtherKind


def word_line(entry: JournalEntry, before: Iterable[JournalEntry]) -> str:
    """Return the words of a line, with its card's; `before` are the lines of the conversation above it."""
    text = StoredMessage.from_json(entry.data).plain
    if entry.kind != CUSTOMER:
        return text
    titles = titles_of(before)
    return titles.get(text, text)


def other_kind(entry: JournalEntry) -> OtherKind | None:
    """Return the kind of a customer's message that is no text; such a line has no words."""
    return StoredCause.from_json(entry.data).other if entry.kind == CUSTOMER else None


def find_attachment_kind(entry: JournalEntry) -> OtherKind | None:
    """Return the kind of what came with a customer's line, with words or without."""
    return StoredCause.from_json(entry.data).under or other_kind(entry) if entry.kind == CUSTOMER else None


@cache
def name_kind_in_every_language(kind: str) -> str:
    """Return the names, in all languages of agents, of what a channel calls `kind`: by any of them it is found."""
    return " ".join(for_pages(common(locale))[f"other_kind.{known_kind(kind)}"] for locale in SHIPPED)


def titles_of(lines: Iterable[JournalEntry]) -> Mapping[str, str]:
    """Return the titles of the buttons that these lines showed, by payload."""
    return {button.payload: button.title for line in lines for button in StoredMessage.from_json(line.data).buttons}
