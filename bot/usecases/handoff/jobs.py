"""Calls that write to the seller's support."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.handoff import MailSupport, SupportMailed, SupportNotMailed
from dialogs.messages.renewal import MailTicket, TicketMailed, TicketNotMailed
from services import limits
from services.accounts import accounts
from services.jobs.port import StoredJob
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.journal import JournalEntry
from services.support import tickets
from values.rules import erasure_due

_log = structlog.get_logger(__name__)

# One network address can't fill support's mailbox: each conversation is queued all the same.
LETTERS = limits.Rule("letters to support", 10, timedelta(hours=1))
LETTERS_OF_NETWORK = limits.Rule("letters to support, a network", 10, timedelta(hours=1))


@does(MailSupport, tries=12, given_up=lambda _: SupportNotMailed(), writes=True)
async def mail_support(deps: JobDeps, job: MailSupport, stored: StoredJob) -> Event:
    """All that was said, and where; not beyond the limits, unless it tells of an erasure, which has a legal term."""
    if job.why != "erasure" and not await deps.has_room(stored, LETTERS, LETTERS_OF_NETWORK):
        _log.warning("letters_to_support_limited")
        return SupportNotMailed()
    where = stored.conversation_id

    def found(connection: sa.Connection) -> tuple[StoredConversation | None, tuple[JournalEntry, ...]]:
        lines = journal.messages(connection, where, with_customer=True)
        return conversations.load(connection, where, lock=False), lines

    conversation, lines = await deps.store.read(found)
    if conversation is None:  # erased meanwhile
        return SupportNotMailed()
    href = f"{deps.public_url}/desk/c/{where}"
    until = erasure_due(deps.clock.now())
    waits = rendering.WaitingNotice(href, conversation.channel, conversation.locale, job.why, until, job.reply_to)
    letter = rendering.transcript(deps.renderer, deps.support_email, lines, waits)
    return await deps.post(letter, stored.key, SupportMailed(), lambda _r: SupportNotMailed())


@does(MailTicket, tries=12, given_up=lambda _: TicketNotMailed(), writes=True)
async def mail_ticket(deps: JobDeps, job: MailTicket, stored: StoredJob) -> Event:
    """Mail a customer's report to support; the answer goes to its holder."""
    ticket = await deps.store.read(lambda connection: tickets.get(connection, job.ticket_id))
    if ticket is None:
        return TicketNotMailed()
    whose = ticket.account_id
    holder = await deps.store.read(lambda c: accounts.get(c, whose)) if whose is not None else None
    reply_to = holder.email if holder is not None else None
    letter = rendering.ticket(deps.renderer, deps.support_email, ticket, reply_to, await deps.locale(stored))
    return await deps.post(letter, stored.key, TicketMailed(), lambda _r: TicketNotMailed())
