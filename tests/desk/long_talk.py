"""A long conversation, written into the journal at once."""

from services.store import journal
from services.store.journal import NewJournalEntry
from tests.desk.running import Running


async def lengthen(desk: Running, where: str, lines: int) -> None:
    """So many lines more: the customer and the bot in turn, each fifth of the bot's with buttons, and what no agent
    is told in between."""
    now = desk.installation.clock.now()

    def line(n: int) -> list[NewJournalEntry]:
        if n % 2:
            return [NewJournalEntry(where, 1, journal.CUSTOMER, {"text": f"pytanie {n}"}, now)]
        buttons = [["Tak", f"plan:{n}"]] if n % 5 == 0 else []
        said = NewJournalEntry(where, 1, journal.BOT, {"text": f"odpowiedź {n}", "buttons": buttons}, now, None, 1)
        return [said, NewJournalEntry(where, 1, "decision", {}, now)]

    entries = [entry for n in range(lines) for entry in line(n)]
    await desk.installation.store.write(lambda c: journal.add(c, entries))
