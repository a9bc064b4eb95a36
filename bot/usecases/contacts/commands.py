"""Acts about codes: issued within the limits, checked by the service that counts the tries."""

import structlog

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.contact import (
    CheckCode,
    CodeDead,
    CodeIssued,
    CodeLimited,
    CodeRight,
    CodeWrong,
    IssueCode,
    KeepPhone,
    PhoneKept,
)
from services.contacts import codes, contacts
from services.contacts.code_quotas import PUMPING
from values import phone as phones

_log = structlog.get_logger(__name__)

# One phone may serve several accounts (an accountant's, say); an e-mail is the user name and belongs to one.
OWNED = frozenset({"email"})


def issue_code(tools: CommandDeps, act: IssueCode, done: CommandContext) -> Event:
    """Issue a code within the limits; suspected SMS pumping raises the alarm."""
    return limited(tools, done, "contact", act.phone) or CodeIssued(done.id)


def limited(tools: CommandDeps, done: CommandContext, purpose: str, target: str) -> CodeLimited | None:
    """Issue a code under the act's id; None if the limits allow it, else why they don't."""
    home = f"+{phones.calling_code(tools.seller.country)}"
    issued = codes.issue(
        done.connection,
        challenge_id=done.id,
        purpose=purpose,
        target=target,
        conversation_id=done.conversation.id,
        server_key=tools.server_key,
        now=done.now,
        quotas=tools.quotas,
        network=done.network,
        home=home,
        judged_as=home,
    )
    if isinstance(issued, codes.IssuedCode):
        return None
    tools.figures.held_back.labels("sms", issued.reason).inc()
    if issued.reason in PUMPING:
        _log.error("codes_stopped", alarm=True, reason=issued.reason)
    return CodeLimited(issued.reason, max(1, round((issued.retry_at - done.now).total_seconds())))


def keep_phone(_tools: CommandDeps, act: KeepPhone, done: CommandContext) -> Event:
    """Keep a number that gets no codes: from now on the account's e-mail is what it must prove."""
    contacts.give(
        done.connection, account_id=act.account_id, kind="phone", value=act.phone, key=act.phone, now=done.now
    )
    active = contacts.demand(done.connection, account_id=act.account_id, kinds=("email",), now=done.now)
    return PhoneKept(act.phone, active)


def check_code(tools: CommandDeps, act: CheckCode, done: CommandContext) -> Event:
    """Count the try, compare the code, and prove the number."""
    checked = codes.check(
        done.connection,
        challenge_id=act.challenge,
        target=act.phone,
        typed=act.typed,
        server_key=tools.server_key,
        now=done.now,
        quotas=tools.quotas,
    )
    if not isinstance(checked, codes.RightCode):
        return not_right(checked)
    if act.account_id is not None:  # of a customer on file it goes into the account when that is made
        contacts.prove(
            done.connection,
            account_id=act.account_id,
            kind="phone",
            value=act.phone,
            key=act.phone,
            now=done.now,
            exclusive=OWNED,
        )
    return CodeRight()


def not_right(checked: codes.Checked) -> Event:
    """Return why a typed code wasn't accepted."""
    match checked:
        case codes.WrongCode(left):
            return CodeWrong(left)
        case codes.Exhausted():
            return CodeDead("exhausted")
        case codes.TooManyToday():
            return CodeDead("too_many_today")
        case codes.Expired() | codes.RightCode():
            return CodeDead("expired")
