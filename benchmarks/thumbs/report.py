"""The table of what journeys take, and the goal."""

from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS = {
    "taps": "taps",
    "hand_taps": "… by hand",
    "bank_taps": "… at the bank",
    "keys": "keys",
    "fields": "typed fields",
    "messages": "messages",
    "words": "words",
    "chat_words": "… in the chat",
    "own_words": "… not quoted",
    "skim_s": "skimmed, s",
    "read_s": "read, s",
    "requests": "requests",
    "kilobytes": "kB",
}
LEFT = 0.7
"""Of taps by hand and seconds, what a seller without goals is to have left of the baseline."""

Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a journey is to reach: the most of each figure."""

    most: Figures

    @classmethod
    def below(cls, baseline: Figures) -> "Goal":
        """The goal of whoever has none of its own."""
        return cls({name: int(baseline[name] * LEFT) for name in ("hand_taps", "skim_s") if name in baseline})

    def missed(self, figures: Figures) -> list[str]:
        """The names of the figures above it."""
        return [name for name, most in self.most.items() if figures[name] > most]


def table(measured: Mapping[str, Figures], baseline: Mapping[str, Figures], goals: Mapping[str, Goal]) -> str:
    """Each journey's figures as a table in Markdown."""
    rows = [["journey", *COLUMNS.values()], ["---", *("---:" for _ in COLUMNS)]]
    for name, figures in measured.items():
        goal = goals.get(name) or Goal.below(baseline.get(name, {}))
        rows.append([name, *(_cell(column, figures, goal) for column in COLUMNS)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(f"| {' | '.join(c.ljust(w) for c, w in zip(row, widths, strict=True))} |" for row in rows)


def _cell(name: str, figures: Figures, goal: Goal) -> str:
    """“20 ≤ 22”: now, and the goal; bold where it is missed."""
    most = goal.most.get(name)
    over = "" if most is None else f" ≤ {most}" if name not in goal.missed(figures) else f" **> {most}**"
    return f"{figures[name]}{over}"
