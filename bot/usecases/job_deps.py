"""The dependencies of jobs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from msgspec import Struct

from bot.conversation.conversation_states import ConversationStates
from bot.usecases.billing.pages import PaymentDeps
from bot.usecases.seller.event_sender import EventSender
from dialogs.kit import Event, Job
from services import limits
from services.directory.lookup import DirectoryLookup
from services.errors import ProviderRefused
from services.hearing.transcriber import Transcriber
from services.jobs.port import StoredJob
from services.messaging.mail import Mail
from services.messaging.smsapi import SmsApi
from services.messaging.smtp import SmtpMailer
from services.payments import questions, record
from services.registers.register import Register
from services.store import conversations
from services.subscriptions import renewal_timer, subscription_record

_log = structlog.get_logger(__name__)

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Fetches a file of a channel by the channel's own name of it; None for one that is gone or too large."""


class JobDeps(PaymentDeps, frozen=True):
    """One seller's services and providers."""

    states: ConversationStates
    sms: SmsApi
    mail: SmtpMailer
    registers: Sequence[Register]
    vies: Register
    events: EventSender
    directory: DirectoryLookup | None
    quotas: bool
    transcriber: Transcriber | None = None
    files: Mapping[str, Fetch] = {}

    async def has_room(
        self,
        stored: StoredJob,
        of_conversation: limits.Rule,
        of_network: limits.Rule,
        *further: tuple[limits.Rule, str],
    ) -> bool:
        """Return whether its conversation, its network and the `further` subjects may have one more such job; count it.

        Each counts once, however often it is tried.
        """
        again = limits.Rule(f"{of_conversation.scope}, again", 1, timedelta(days=1))
        now, key = self.clock.now(), self.server_key

        def counts(connection: sa.Connection) -> bool:
            known = conversations.load(connection, stored.conversation_id, lock=False)
            network = known.network if known is not None else None
            counted = (*further, (of_conversation, stored.conversation_id))
            counted += ((of_network, network),) if network is not None else ()
            if not limits.allow(connection, again, stored.key, server_key=key, now=now):
                return True
            return limits.count_try(connection, counted, server_key=key, now=now) is None

        return not self.quotas or await self.store.write(counts)

    async def post(self, letter: Mail, key: str, sent: Event, refused: Callable[[str], Event]) -> Event:
        """Send an e-mail under the job's key; return one of the two events."""
        try:
            await self.mail.send(letter, key)
        except ProviderRefused as error:
            theirs = error.reason == "recipient_refused"  # the letter itself no customer can mend
            _log.warning("letter_refused", alarm=not theirs, key=key, reason=error.reason, origin=error.origin)
            return refused(error.reason)
        return sent

    async def locale(self, stored: StoredJob) -> str:
        """Return the language of the job's conversation, or of its subscription's or payment's holder.

        The seller's first where there is neither.
        """
        return await self.store.read(lambda connection: self._locale(connection, stored.conversation_id))

    def _locale(self, connection: sa.Connection, owner: str) -> str:
        subscription_id, payment_id = renewal_timer.owned_by(owner), questions.owned_by(owner)
        if subscription_id is not None:
            found = subscription_record.holder(connection, subscription_id)
        elif payment_id is not None:
            found = record.payer(connection, payment_id)
        else:
            found = conversations.load(connection, owner, lock=False)
        return found.locale if found is not None else self.renderer.seller.locales[0]


J = TypeVar("J", bound=Job)
JobFunction = Callable[[JobDeps, J, StoredJob], Awaitable[Event]]


class JobRow(Struct, frozen=True):
    """The function of a job, its number of tries, and the event that its dialog gets after the last one.

    `writes`: all that it does is to write to somebody.
    """

    do: JobFunction[Any]
    tries: int
    given_up: Callable[[Any], Event]
    writes: bool


JOBS: dict[type[Job], JobRow] = {}
"""The function of each job, by `does`."""


def does(
    *kinds: type[J], tries: int, given_up: Callable[[J], Event], writes: bool = False
) -> Callable[[JobFunction[J]], JobFunction[J]]:
    """Declare the function that does jobs of these kinds.

    A job that only `writes` ends at the first fault in what it was given: another try would meet the same words.
    """

    def declare(do: JobFunction[J]) -> JobFunction[J]:
        JOBS.update(dict.fromkeys(kinds, JobRow(do, tries, given_up, writes)))
        return do

    return declare
