"""Jobs: the work outside that a conversation can cause, with its function, its tries and its event once given up.

A job runs after its turn's commit, under a key that stays the same when it is repeated, and returns an event for its
dialog. `bot/usecases/commands.py` names the modules of the commands.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot.conversation import codec
from bot.usecases.billing import jobs as payments
from bot.usecases.companies import jobs as registers
from bot.usecases.contacts import jobs
from bot.usecases.emails import jobs as letters
from bot.usecases.handoff import jobs as support
from bot.usecases.job_deps import JobDeps
from bot.usecases.reminders import jobs as unfinished
from bot.usecases.renewals import jobs as renewals
from dialogs.kit import Event, Job
from dialogs.messages.company import LookUpCompany, LookUpCompanyLater, RegisterSilent
from dialogs.messages.contact import CodeNotSent, SendCode
from dialogs.messages.einvoice import InvoiceNoticed, SendInvoiceNotice
from dialogs.messages.handoff import MailSupport, SupportNotMailed
from dialogs.messages.letters import LetterFailed, MailUnfinished, NoteFailed, SendLetter, SendNote, UnfinishedMailed
from dialogs.messages.on_file import LookUpOnFile, OnFileLookedUp
from dialogs.messages.own_data import Farewelled, SendFarewell
from dialogs.messages.payment import (
    AskPayment,
    AskReturned,
    ConfirmPayment,
    ForgetPayer,
    ForgetStored,
    PaymentChecked,
    PollPayment,
    RefundAnswered,
    RefundPayment,
    StoredNotForgotten,
)
from dialogs.messages.renewal import (
    AskCharge,
    ChargeAnswered,
    ChargeStored,
    MailCharge,
    MailLapse,
    MailNoLongerSold,
    MailReminder,
    MailTerms,
    MailTicket,
    MailToPay,
    RenewalNotMailed,
    TicketNotMailed,
)
from services.errors import Misconfigured, ProviderUnavailable
from services.jobs.port import Done, GaveUp, Outcome, StoredJob, TryLater
from services.seller import events_out

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobRow:
    """The handler of a job, its number of tries, and the event that its dialog gets after the last one."""

    do: Callable[[JobDeps, Any, StoredJob], Awaitable[Event]]
    tries: int
    given_up: Callable[[Any], Event]


def _unknown(job: ConfirmPayment | AskPayment | AskReturned | PollPayment) -> Event:
    return PaymentChecked(job.payment_id, "unknown")


def _charge_unknown(job: ChargeStored | AskCharge) -> Event:
    return ChargeAnswered(job.payment_id, job.attempt, "unknown")


def _not_refunded(job: RefundPayment) -> Event:
    return RefundAnswered(job.payment_id, job.attempt, taken_on=False)


def _note_failed(job: SendNote) -> Event:
    return NoteFailed(job.note, "unavailable")


TABLE: Mapping[type[Job], JobRow] = {
    SendLetter: JobRow(letters.send_letter, 8, lambda _: LetterFailed("unavailable")),
    SendCode: JobRow(jobs.send_code, 3, lambda _: CodeNotSent("unavailable")),
    LookUpOnFile: JobRow(registers.look_up_on_file, 1, lambda _: OnFileLookedUp(answered=False)),
    LookUpCompany: JobRow(registers.look_up_company, 1, lambda _: RegisterSilent()),
    LookUpCompanyLater: JobRow(registers.look_up_later, 12, lambda _: RegisterSilent()),
    ConfirmPayment: JobRow(payments.confirm_payment, 12, _unknown),
    AskPayment: JobRow(payments.ask_payment, 2, _unknown),
    AskReturned: JobRow(payments.ask_returned, 4, _unknown),
    PollPayment: JobRow(payments.ask_payment, 2, _unknown),
    RefundPayment: JobRow(payments.refund_payment, 12, _not_refunded),
    # Less than three hours: for longer no provider is sure to know a charge by its name.
    ChargeStored: JobRow(payments.charge_stored, 9, _charge_unknown),
    AskCharge: JobRow(payments.ask_charge, 60, _charge_unknown),
    ForgetStored: JobRow(payments.forget_stored, 24, lambda _: StoredNotForgotten()),
    ForgetPayer: JobRow(payments.forget_payer, 24, lambda _: StoredNotForgotten()),
    MailReminder: JobRow(renewals.mail_reminder, 12, lambda _: RenewalNotMailed()),
    MailToPay: JobRow(renewals.mail_to_pay, 12, lambda _: RenewalNotMailed()),
    MailTerms: JobRow(renewals.mail_terms, 12, lambda _: RenewalNotMailed()),
    MailLapse: JobRow(renewals.mail_lapse, 12, lambda _: RenewalNotMailed()),
    MailNoLongerSold: JobRow(renewals.mail_no_longer_sold, 12, lambda _: RenewalNotMailed()),
    MailCharge: JobRow(renewals.mail_charge, 12, lambda _: RenewalNotMailed()),
    MailUnfinished: JobRow(unfinished.mail_unfinished, 12, lambda _: UnfinishedMailed()),
    MailSupport: JobRow(support.mail_support, 12, lambda _: SupportNotMailed()),
    MailTicket: JobRow(support.mail_ticket, 12, lambda _: TicketNotMailed()),
    SendInvoiceNotice: JobRow(letters.send_invoice_notice, 12, lambda _: InvoiceNoticed(sent=False)),
    SendNote: JobRow(letters.send_note, 8, _note_failed),
    SendFarewell: JobRow(letters.send_farewell, 12, lambda _: Farewelled()),
}
# How often a stored call of a kind is begun. `seller/event_sender.py` gives up the seller's events by their age.
TRIES: Mapping[str, int] = {
    **{kind.__name__: row.tries for kind, row in TABLE.items()},
    events_out.SEND: 1_000_000,
}


@dataclass(frozen=True)
class JobTable(JobDeps):
    """Runs jobs for one seller through its providers."""

    async def execute(self, stored: StoredJob) -> Outcome:
        """Run the job. Errors of services become "later" or an event; anything else is a bug and raises."""
        if stored.kind == events_out.SEND:  # the only one that concerns no conversation
            return await self.events.send(stored)
        job = codec.call_from(stored.kind, stored.payload)
        try:
            event = await TABLE[type(job)].do(self, job, stored)
        except ProviderUnavailable as error:
            return TryLater(error.retry_after, error.reason)
        except Misconfigured as error:
            _log.error("misconfigured", alarm=True, call=stored.kind, reason=error.reason, origin=error.origin)
            return TryLater(timedelta(minutes=1), error.reason)
        return Done({"event": codec.name_of(event), "fields": codec.to_json(event)})


def outcome_event(stored: StoredJob, outcome: Done | GaveUp) -> Event:
    """Return the event of a finished job."""
    if isinstance(outcome, GaveUp):
        job = codec.call_from(stored.kind, stored.payload)
        return TABLE[type(job)].given_up(job)
    return codec.event_from(outcome.result["event"], outcome.result["fields"])
