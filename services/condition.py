"""The condition of a desk besides its turns: the messenger's channel and the retention of personal data.

Written by whoever does the work, read by `/readyz` and `/metrics`. Seconds are monotonic.
"""

from dataclasses import dataclass, field
from time import monotonic


@dataclass
class ChannelStatus:
    """The state of a channel's own server. `fault` is the kind of the last failure, None once it answered again."""

    fault: str | None = None
    _answered: float = field(default_factory=monotonic)

    def answered(self) -> None:
        """Note that the server answered as it should, or that it is another process's to ask."""
        self.fault, self._answered = None, monotonic()

    def failed(self, kind: str) -> None:
        """Note that it didn't, and how."""
        self.fault = kind

    def silent_s(self) -> float:
        """Return for how many seconds it hasn't answered; from the start where it never has."""
        return monotonic() - self._answered


@dataclass
class RetentionStatus:
    """The rules of the retention and their last ends. By rule, when it last was, None while it never was."""

    done: dict[str, float | None] = field(default_factory=dict[str, float | None])
    failed: set[str] = field(default_factory=set[str])

    def expect(self, *rules: str) -> None:
        """Name rules that are to be carried out."""
        for rule in rules:
            self.done.setdefault(rule, None)

    def carried_out(self, rule: str) -> None:
        """Note that what the rule names is gone."""
        self.done[rule] = monotonic()
        self.failed.discard(rule)

    def refused(self, rule: str) -> None:
        """Note that it couldn't be deleted."""
        self.done.setdefault(rule, None)
        self.failed.add(rule)
