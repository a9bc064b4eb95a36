"""The desk's metrics for the person on call."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from dialogs.kit import Command
from dialogs.messages.feedback import KeepFeedback
from services import tasks
from services.clients.provider_client import Breaker
from services.condition import ChannelStatus, RetentionStatus
from services.contacts.code_quotas import Reason
from services.orders.order_record import Status as OrderStatus
from services.payments.record import Status as PaymentStatus
from services.refusals import DOORS, ENDS, LOG_INS
from services.store.desk_figures import DeskFigures, Waiting
from services.store.takings import Takings, Tally

disable_created_metrics()  # the moment a counter began says nothing: all begin with the process
TURNS = ("customer", "result", "timer", "event", "failed")
JOB_ENDS = ("done", "failed")
EVENT_ENDS = ("delivered", "failed", "given_up")
_STATES = {"closed": 0, "half_open": 1, "open": 2}


M = TypeVar("M", Counter, Gauge, Histogram)
_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("metrics.toml").read_text("utf-8"))


def _listed(kind: type[M], name: str, registry: CollectorRegistry) -> M:
    """Return a metric as `metrics.toml` describes it."""
    return kind(f"okienko_{name}", _LISTED[name]["help"], _LISTED[name].get("labels", ()), registry=registry)


class Metrics:
    """Counters of turns, jobs and events, and the time that turns took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(_listed, Counter, registry=self.registry)
        gauge = partial(_listed, Gauge, registry=self.registry)
        ProcessCollector(registry=self.registry)
        self.turns = counter("turns")
        self.seconds = _listed(Histogram, "turn_seconds", self.registry)
        self.calls = counter("calls")
        self.events = counter("events")
        self.feedback = counter("feedback")
        self.held_back = counter("held_back")
        self._log_ins = counter("log_ins")
        self._refused = counter("refused")
        for who in LOG_INS:
            for end in ENDS:
                self._log_ins.labels(who, end)
        for what in DOORS:
            for end in ENDS[1:]:
                self._refused.labels(what, end)
        for kind in TURNS:
            self.turns.labels(kind)
        for reason in get_args(Reason):
            self.held_back.labels("sms", reason)
        for about in ("faq", "end"):
            for helpful in ("yes", "no"):
                self.feedback.labels(about, helpful)
        self._database = gauge("database_up")
        self._waiting = gauge("waiting")
        self._oldest = gauge("waiting_oldest_seconds")
        self._jobs = gauge("jobs_waiting")
        self._retried = gauge("jobs_retrying")
        self._oldest_retry = gauge("oldest_retry_seconds")
        self.business = CollectorRegistry()
        self._orders = _listed(Gauge, "orders", self.business)
        self._payments = _listed(Gauge, "payments", self.business)
        self._takings = {
            name: (_listed(Gauge, name, self.business), _listed(Gauge, f"{name}_minor_units", self.business))
            for name in Takings.__match_args__
        }
        self._kinds: tuple[str, ...] = ()
        self.retention = RetentionStatus()
        self._telegram: ChannelStatus | None = None
        self._loop_up = gauge("loop_up")
        self._loop_failures = gauge("loop_failures")
        self._retention_failed = gauge("retention_failed")
        self._retention_age = gauge("retention_age_seconds")
        self._breakers = gauge("breaker")

    def count(self, commands: Iterable[Command]) -> None:
        """Count a committed turn's commands that have a figure of their own."""
        for command in commands:
            if isinstance(command, KeepFeedback):
                self.feedback.labels(command.about.partition(":")[0], "yes" if command.helpful else "no").inc()

    def count_try(self, what: str, end: str) -> None:
        """Count a try to log in, or another request that was refused."""
        (self._log_ins if what in LOG_INS else self._refused).labels(what, end).inc()

    def expect(self, jobs: Iterable[str], events: Iterable[str], letters: Iterable[str]) -> None:
        """Let the counters of these kinds begin at 0: an increase over a series that is born with 1 is none."""
        self._kinds = tuple(jobs)
        for kind in self._kinds:
            for end in JOB_ENDS:
                self.calls.labels(kind, end)
        for type in events:
            for end in EVENT_ENDS:
                self.events.labels(type, end)
        for limit in letters:
            self.held_back.labels("mail", limit)

    def watch_telegram(self) -> ChannelStatus:
        """Show the state of the Telegram channel from now on; return where the channel notes it."""
        self._telegram = status = ChannelStatus()
        up = _listed(Gauge, "telegram_up", self.registry)
        up.set_function(lambda: status.fault is None)
        silent = _listed(Gauge, "telegram_silent_seconds", self.registry)
        silent.set_function(status.silent_s)
        return status

    def down(self) -> list[str]:
        """Name what doesn't work right now, though turns are taken: loops, the messenger, rules of the retention."""
        found = [name for name, same in tasks.loops().items() if not all(loop.is_up for loop in same)]
        if self._telegram is not None and self._telegram.fault is not None:
            found.append(f"telegram: {self._telegram.fault}")
        return [*found, *(f"retention: {rule}" for rule in sorted(self.retention.failed))]

    def _show_condition(self) -> None:
        self._loop_up.clear()  # of a loop that has ended nothing is said: its last state would stand for ever
        for name, same in tasks.loops().items():
            self._loop_up.labels(name).set(all(loop.is_up for loop in same))
            self._loop_failures.labels(name).set(sum(loop.failures for loop in same))
        now = monotonic()
        for rule, done in self.retention.done.items():
            self._retention_failed.labels(rule).set(rule in self.retention.failed)
            self._retention_age.labels(rule).set(float("inf") if done is None else now - done)

    def text(
        self,
        breakers: Sequence[Breaker],
        figures: DeskFigures | None = None,
        takings: Mapping[str, Takings] | None = None,
    ) -> bytes:
        """Return all metrics in Prometheus' form; without `figures` of the database, what it has is left out.

        With `takings` these, and how orders and payments stand, are among them.
        """
        self._show_condition()
        for breaker in breakers:
            self._breakers.labels(breaker.name).set(_STATES[breaker.state])
        self._database.set(figures is not None)
        shared = (self._waiting, self._oldest, self._jobs, self._retried, self._oldest_retry)
        sold = (gauge for both in self._takings.values() for gauge in both)
        for gauge in (*shared, self._orders, self._payments, *sold):
            gauge.clear()
        if figures is not None:
            self._show(figures)
        for currency, taken in (takings or {}).items():
            for name, (counted, summed) in self._takings.items():
                of: Tally = getattr(taken, name)
                counted.labels(currency).set(of.count)
                summed.labels(currency).set(of.minor)
        return generate_latest(self.registry) + (generate_latest(self.business) if takings is not None else b"")

    def _show(self, figures: DeskFigures) -> None:
        jobs = figures.jobs.values()
        queue = Waiting(sum(one.count for one in jobs), max((one.oldest for one in jobs), default=timedelta(0)))
        for what, waiting in (
            ("jobs", queue),
            ("timers", figures.timers),
            ("deliveries", figures.deliveries),
            ("events", figures.events),
            ("people", figures.people),
        ):
            self._waiting.labels(what).set(waiting.count)
            self._oldest.labels(what).set(waiting.oldest.total_seconds())
        for kind in sorted({*self._kinds, *figures.jobs, *figures.retried}):
            self._jobs.labels(kind).set(figures.jobs.get(kind, Waiting()).count)
            retried = figures.retried.get(kind, Waiting())
            self._retried.labels(kind).set(retried.count)
            self._oldest_retry.labels(kind).set(retried.oldest.total_seconds())
        for state in get_args(OrderStatus):
            self._orders.labels(state).set(figures.orders.get(state, 0))
        for state in get_args(PaymentStatus):
            self._payments.labels(state).set(figures.payments.get(state, 0))
