"""What a customer said as people read it: a pressed button by its title, a command by its name."""

from collections.abc import Iterable, Sequence

from services.store.journal import CUSTOMER, JournalEntry


def said(entry: JournalEntry, before: Iterable[JournalEntry]) -> str:
    """The words of a line; `before` are the lines of the conversation above it."""
    text = str(entry.data.get("text", ""))
    if entry.kind != CUSTOMER:
        return text
    titles = {payload: title for line in before for title, payload in line.data.get("buttons", ())}
    return str(titles.get(text, text))


def last_of_customer(lines: Sequence[JournalEntry]) -> str:
    """Return the customer's last typed message, neither a button nor a command; empty if there is none."""
    typed = (line for line in reversed(lines) if line.kind == CUSTOMER and "payload" not in line.data)
    words = (str(line.data.get("text", "")) for line in typed if said(line, lines) == line.data.get("text"))
    return next((one for one in words if one and not one.startswith("/")), "")
