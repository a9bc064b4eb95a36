"""Jobs: the work outside that a conversation can cause. Each subject's `jobs.py` has the functions (`does`).

A job runs after its turn's commit, under a key that stays the same when it is repeated, and returns an event for its
dialog. Commands are in `bot/usecases/commands.py`.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.conversation import codec
from bot.usecases.answers import jobs as answers
from bot.usecases.billing import comparison, refunds
from bot.usecases.billing import jobs as billing
from bot.usecases.companies import jobs as companies
from bot.usecases.contacts import commands as contacts
from bot.usecases.emails import jobs as emails
from bot.usecases.handoff import jobs as handoff
from bot.usecases.hearing import jobs as hearing
from bot.usecases.job_deps import JOBS, JobDeps
from bot.usecases.reminders import jobs as reminders
from bot.usecases.renewals import jobs as renewals
from dialogs.kit import Event
from services.errors import Misconfigured, ProviderUnavailable, StillPending, describe
from services.jobs.port import Done, GaveUp, Outcome, StoredJob, TryLater
from services.seller import events_out
from services.store import timer_rows

_log = structlog.get_logger(__name__)

MODULES = (answers, billing, companies, comparison, contacts, emails, handoff, hearing, refunds, reminders, renewals)
"""Every module with functions of jobs: importing them fills `JOBS`."""
# How often a stored call of a kind is begun. `seller/event_sender.py` gives up the seller's events by their age.
TRIES: Mapping[str, int] = {**{kind.__name__: row.tries for kind, row in JOBS.items()}, events_out.SEND: 1_000_000}
# Faults in what a job was given: words that can't be written down. Money is asked after again all the same.
UNFIT = (ValueError, TypeError, LookupError)
LATE_AFTER = timedelta(seconds=5)
"""A job that succeeds within this of its first failure counts as in time."""


class JobTable(JobDeps, frozen=True):
    """Runs jobs for one seller through its providers."""

    async def execute(self, stored: StoredJob) -> Outcome:
        """Run the job. Errors of services become "later" or an event; anything else is a bug and raises.

        A job that only writes gives up at once on what can't be written, so that its chat goes on.
        """
        if stored.kind == events_out.SEND:  # the only one that concerns no conversation
            return await self.events.send(stored)
        job = codec.call_from(stored.kind, stored.payload)
        row = JOBS[type(job)]
        try:
            event = await row.do(self, job, stored)
        except (ProviderUnavailable, Misconfigured) as error:
            if (timer := job.late) is not None and stored.outcome is None:
                due = self.clock.now() + LATE_AFTER
                await self.store.write(lambda c: timer_rows.set_timer(c, stored.conversation_id, timer, due))
            return _later(stored, error)
        except UNFIT as error:
            if not row.writes:
                raise
            _log.error("letter_unfit", alarm=True, kind=stored.kind, key=stored.key, **describe(error))
            return GaveUp("unfit")
        return Done({"event": codec.name_of(event), "fields": codec.to_json(event)})


def _later(stored: StoredJob, error: ProviderUnavailable | Misconfigured) -> TryLater:
    if isinstance(error, ProviderUnavailable):
        settles = isinstance(error, StillPending)
        return TryLater(error.retry_after, error.reason, error.provider, failed=not settles)
    told = {"provider": error.provider, "reason": error.reason, "origin": error.origin}
    _log.error("misconfigured", alarm=True, call=stored.kind, **told)
    return TryLater(None if error.provider else timedelta(minutes=1), error.reason, error.provider)


def outcome_event(stored: StoredJob, outcome: Done | GaveUp) -> Event:
    """Return the event of a finished job."""
    if isinstance(outcome, GaveUp):
        job = codec.call_from(stored.kind, stored.payload)
        return JOBS[type(job)].given_up(job)
    return codec.event_from(outcome.result["event"], outcome.result["fields"])
