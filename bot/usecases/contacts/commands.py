"""Acts about codes: issued within the limits, checked by the service that counts the tries; the job that sends one."""

from datetime import datetime
from urllib.parse import urlsplit

import structlog

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages import contact
from dialogs.messages.contact import CodeNotSent, CodeSent, SendCode
from services.contacts import codes, contacts
from services.contacts.code_quotas import PUMPING
from services.errors import ProviderRefused
from services.jobs.port import StoredJob
from values import phone as phones
from values import sms

_log = structlog.get_logger(__name__)

# One phone may serve several accounts (an accountant's, say); an e-mail is the user name and belongs to one.
OWNED = frozenset({"email"})


@handles(contact.IssueCode)
def issue_code(deps: CommandDeps, command: contact.IssueCode, context: CommandContext) -> Event:
    """Issue a code within the limits; suspected SMS pumping raises the alarm."""
    return issue_within_limits(deps, context, "contact", command.phone) or contact.CodeIssued(
        context.id, _next_at(deps, context, command)
    )


def _next_at(deps: CommandDeps, context: CommandContext, issued: contact.IssueCode) -> datetime | None:
    """Return from when on the number may be sent another code; None where no quota holds."""
    if not deps.quotas:
        return None
    return codes.next_code_at(
        context.connection,
        target=issued.phone,
        conversation_id=context.conversation.id,
        server_key=deps.server_key,
        now=context.now,
        network=context.network,
    )


def issue_within_limits(
    deps: CommandDeps, context: CommandContext, purpose: str, target: str
) -> contact.CodeLimited | None:
    """Issue a code under the act's id; None if the limits allow it, else why they don't."""
    home = f"+{phones.calling_code(deps.seller.country)}"
    issued = codes.issue(
        context.connection,
        challenge_id=context.id,
        purpose=purpose,
        target=target,
        conversation_id=context.conversation.id,
        server_key=deps.server_key,
        now=context.now,
        quotas=deps.quotas,
        network=context.network,
        home=home,
        judged_as=home,
    )
    if isinstance(issued, codes.IssuedCode):
        return None
    deps.metrics.held_back.labels("sms", issued.reason).inc()
    if issued.reason in PUMPING:
        _log.error("codes_stopped", alarm=True, reason=issued.reason)
    return contact.CodeLimited(issued.reason, max(1, round((issued.retry_at - context.now).total_seconds())))


@handles(contact.KeepPhone)
def keep_phone(_deps: CommandDeps, command: contact.KeepPhone, context: CommandContext) -> Event:
    """Keep a number that gets no codes: from now on the account's e-mail is what it must prove."""
    contacts.note_contact(
        context.connection,
        account_id=command.account_id,
        kind="phone",
        value=command.phone,
        key=command.phone,
        now=context.now,
    )
    active = contacts.demand_contacts(
        context.connection, account_id=command.account_id, kinds=("email",), now=context.now
    )
    return contact.PhoneKept(command.phone, active)


def _prove(context: CommandContext, account_id: str, phone: str, vouched_by: str | None = None) -> None:
    """Prove an account's number: by its code, or by the word of the channel that is named."""
    contacts.prove(
        context.connection,
        account_id=account_id,
        kind="phone",
        value=phone,
        key=phone,
        now=context.now,
        exclusive=OWNED,
        vouched_by=vouched_by,
    )


@handles(contact.TakeVouched)
def take_vouched(_deps: CommandDeps, command: contact.TakeVouched, context: CommandContext) -> Event:
    """Prove the number by the word of the channel on which it was shared, and note whose word that was."""
    _prove(context, command.account_id, command.phone, vouched_by=context.conversation.channel)
    return contact.PhoneVouched(command.phone)


@handles(contact.CheckCode)
def check_code(deps: CommandDeps, command: contact.CheckCode, context: CommandContext) -> Event:
    """Count the try, compare the code, and prove the number."""
    checked = codes.check(
        context.connection,
        challenge_id=command.challenge,
        target=command.phone,
        typed=command.typed,
        server_key=deps.server_key,
        now=context.now,
        quotas=deps.quotas,
    )
    if not isinstance(checked, codes.RightCode):
        return explain_wrong_code(checked)
    if command.account_id is not None:  # of a customer on file it goes into the account when that is made
        _prove(context, command.account_id, command.phone)
    return contact.CodeRight(command.phone)


def explain_wrong_code(checked: codes.Checked) -> Event:
    """Return why a typed code wasn't accepted."""
    match checked:
        case codes.WrongCode(left):
            return contact.CodeWrong(left)
        case codes.Exhausted():
            return contact.CodeDead("exhausted")
        case codes.TooManyToday():
            return contact.CodeDead("too_many_today")
        case codes.Expired() | codes.RightCode():
            return contact.CodeDead("expired")


@does(SendCode, tries=3, given_up=lambda _: CodeNotSent("unavailable"), writes=True)
async def send_code(deps: JobDeps, job: SendCode, stored: StoredJob) -> Event:
    """Made anew from its challenge: nowhere is it written down. One that the operator refuses counts for no quota."""
    locale = await deps.locale(stored)
    code = codes.derive(deps.server_key, job.challenge)
    text = deps.renderer.words("sms.code", {"code": code}, locale)
    host = urlsplit(deps.public_url).hostname
    if deps.renderer.seller.sign_up.code_line and host is not None:
        text = sms.bound_to(host, code, text)
    try:
        await deps.sms.send(job.phone, text, stored.key)
    except ProviderRefused as error:
        await deps.store.write(lambda connection: codes.take_back_unsent_code(connection, job.challenge))
        return CodeNotSent(error.reason)
    return CodeSent(deps.clock.now())
