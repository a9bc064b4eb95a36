"""What a customer said as people read it: a pressed button by its title, a command by its name."""

from collections.abc import Iterable

from services.store.journal import CUSTOMER, Entry


def said(entry: Entry, before: Iterable[Entry]) -> str:
    """The words of a line; `before` are the lines of the conversation above it."""
    text = str(entry.data.get("text", ""))
    if entry.kind != CUSTOMER:
        return text
    titles = {payload: title for line in before for title, payload in line.data.get("buttons", ())}
    return str(titles.get(text, text))
