"""Calls that write to the seller's support."""

from datetime import timedelta

import structlog

from bot.usecases.agents.masking import ContactMasks, masks_of
from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.handoff import MailSupport, SupportMailed, SupportNotMailed
from dialogs.messages.renewal import MailTicket, TicketMailed
from services import limits
from services.accounts import accounts
from services.jobs.port import StoredJob
from services.store import conversations, journal
from services.support import handoffs, tickets
from values.rules import erasure_due

_log = structlog.get_logger(__name__)

# One network address can't fill support's mailbox: each conversation is queued all the same.
LETTERS = limits.Rule("letters to support", 10, timedelta(hours=1))
LETTERS_OF_NETWORK = limits.Rule("letters to support, a network", 10, timedelta(hours=1))


@does(MailSupport, tries=12, given_up=lambda _: SupportNotMailed(), writes=True)
async def mail_support(deps: JobDeps, job: MailSupport, stored: StoredJob) -> Event:
    """Why and where somebody waits; not beyond the limits, unless it tells of an erasure, which has a legal term."""
    if job.why != "erasure" and not await deps.has_room(stored, LETTERS, LETTERS_OF_NETWORK):
        _log.warning("letters_to_support_limited")
        return SupportNotMailed()
    where = stored.conversation_id

    conversation, lines, request = await deps.store.read(
        lambda c: (
            conversations.load(c, where, lock=False),
            journal.messages(c, where, with_customer=True),
            handoffs.find_open_request(c, where),
        )
    )
    if conversation is None:  # erased meanwhile
        return SupportNotMailed()
    href, reason = f"{deps.public_url}/desk/c/{where}", request.reason if request is not None else "asked"
    spoken, until = conversation.locale, erasure_due(deps.clock.now())
    waits = rendering.WaitingNotice(href, conversation.channel, spoken, job.why, until, job.reply_to, reason)
    case, account_id = deps.states.case(conversation), conversation.account_id
    masks = await deps.store.read(lambda c: masks_of(deps.states, c, account_id, case))
    letter = rendering.write_waiting_notice(deps.renderer, deps.support_email, lines, waits, masks)
    return await deps.post(letter, stored.key, SupportMailed(), lambda _r: SupportNotMailed())


@does(MailTicket, tries=12, given_up=lambda _: TicketMailed(), writes=True)
async def mail_ticket(deps: JobDeps, job: MailTicket, stored: StoredJob) -> Event:
    """Mail a customer's report to support; the answer goes to its holder."""
    ticket = await deps.store.read(lambda connection: tickets.get(connection, job.ticket_id))
    if ticket is None:
        return TicketMailed()
    whose = ticket.account_id
    holder = await deps.store.read(lambda c: accounts.get(c, whose)) if whose is not None else None
    reply_to = holder.email if holder is not None else None
    locale, masks = await deps.locale(stored), ContactMasks(deps.states.journey)
    letter = rendering.write_ticket(deps.renderer, deps.support_email, ticket, reply_to, locale, masks)
    return await deps.post(letter, stored.key, TicketMailed(), lambda _r: TicketMailed())
