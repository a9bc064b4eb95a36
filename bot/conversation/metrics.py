"""The desk's metrics for the person on call."""

from collections.abc import Iterable, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from dialogs.kit import Command
from dialogs.messages.feedback import KeepFeedback
from services.clients.provider_client import Breaker
from services.refusals import DOORS, ENDS, LOG_INS

_STATES = {"closed": 0, "half_open": 1, "open": 2}


class Metrics:
    """Counters of turns, jobs and events, and the time that turns took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.turns = Counter("okienko_turns", "Turns by kind.", ["kind"], registry=self.registry)
        self.seconds = Histogram("okienko_turn_seconds", "From taking a message to its commit.", registry=self.registry)
        self.calls = Counter("okienko_calls", "Jobs by kind and end.", ["kind", "end"], registry=self.registry)
        self.events = Counter(
            "okienko_events",
            "Events to the seller's own system by type and end of a try: delivered, failed (comes again), given_up.",
            ["type", "end"],
            registry=self.registry,
        )
        self.feedback = Counter(
            "okienko_feedback",
            "What customers said of answers (faq) and of the way to its end (end): helpful yes or no.",
            ["about", "helpful"],
            registry=self.registry,
        )
        self.held_back = Counter(
            "okienko_held_back",
            "Codes (sms) and e-mails (mail) that a limit held back, by the limit.",
            ["what", "limit"],
            registry=self.registry,
        )
        self._log_ins = Counter(
            "okienko_log_ins",
            "Tries to log in, by who and end: right, wrong, held (a limit refused it before anything was compared).",
            ["who", "end"],
            registry=self.registry,
        )
        self._refused = Counter(
            "okienko_refused",
            "Other refused requests: wrong tokens, secrets, signatures, roles and origins; held by a limit.",
            ["what", "end"],
            registry=self.registry,
        )
        for who in LOG_INS:
            for end in ENDS:
                self._log_ins.labels(who, end)
        for what in DOORS:
            for end in ENDS[1:]:
                self._refused.labels(what, end)
        self._breakers = Gauge(
            "okienko_breaker", "0 closed, 1 half open, 2 open, by provider.", ["provider"], registry=self.registry
        )

    def count(self, commands: Iterable[Command]) -> None:
        """Count a committed turn's commands that have a figure of their own."""
        for command in commands:
            if isinstance(command, KeepFeedback):
                self.feedback.labels(command.about.partition(":")[0], "yes" if command.helpful else "no").inc()

    def count_try(self, what: str, end: str) -> None:
        """Count a try to log in, or another request that was refused."""
        (self._log_ins if what in LOG_INS else self._refused).labels(what, end).inc()

    def text(self, breakers: Sequence[Breaker]) -> bytes:
        """Return all metrics in Prometheus' form."""
        for breaker in breakers:
            self._breakers.labels(breaker.name).set(_STATES[breaker.state])
        return generate_latest(self.registry)
