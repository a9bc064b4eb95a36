"""The queue's rows as they are drawn: each anew only when it says something else."""

from bot.conversation.recent import Recent
from bot.handlers.console.telling import ConsoleWords
from bot.usecases.agents.queue_view import QueueRow

MOST_HELD = 5000


class QueueRows:
    """One process's. `drawn` is for the templates."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._held: Recent[tuple[str, str, str, bool], tuple[QueueRow, str, str]] = Recent(most)

    def drawn(self, told: ConsoleWords, row: QueueRow, open: str) -> str:
        """Return one row's markup, with strangers' words escaped; `open` is the conversation beside the queue."""
        time = told.wait(row.since) if row.whose == "waiting" else told.hour(row.since)
        key = (row.id, row.whose, told.locale, row.id == open)
        held = self._held.get(key)
        if held is None or held[:2] != (row, time):
            html = told.pages.text(
                "desk/parts/row.html", told.locale, told=told, row=row, here=row.id == open, time=time
            )
            held = (row, time, html)
            self._held.set(key, held)
        return held[2]
