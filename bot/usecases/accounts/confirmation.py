"""The e-mail of a new account is confirmed: by its letter's link, or by the letter's code typed in the chat."""

from datetime import datetime

import sqlalchemy as sa

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.contacts.commands import check_code, explain_wrong_code
from dialogs.kit import Event
from dialogs.messages import contact
from services.accounts import accounts, log_ins, mailbox_proofs, one_time_links
from services.accounts.one_time_links import OneTimeLink
from services.contacts import codes, contacts
from services.directory import directory, directory_accounts
from values import email as emails

_NO_CODE = ""
"""Compared in place of what was typed where no code may be right: it equals none."""


def confirm(
    connection: sa.Connection, letter: OneTimeLink, *, server_key: bytes, now: datetime
) -> accounts.AccountRecord | contacts.ContactTaken | None:
    """Use up a letter, its link and its code, and prove the address that it went to.

    Returns the account as it is now; None where the letter isn't good any more.
    """
    mine = accounts.get(connection, letter.account_id) if letter.account_id is not None else None
    # A letter proves the mailbox it went to, not the address that the account was given since.
    if mine is None or not _went_to(letter, mine.email_key, server_key):
        return None
    codes.end(connection, letter.id)  # before its link, in the order in which a typed code locks the two
    if not one_time_links.use(connection, link_id=letter.id, now=now):
        return None
    email, key = mine.email, mine.email_key
    proven = contacts.prove(connection, account_id=mine.id, kind="email", value=email, key=key, now=now)
    if isinstance(proven, contacts.ContactTaken):
        return proven
    directory_accounts.recognise(connection, account_id=mine.id, email_key=key, now=now)
    return accounts.get(connection, mine.id)


def confirm_by_reset(
    connection: sa.Connection, letter: OneTimeLink, *, server_key: bytes, now: datetime
) -> tuple[accounts.AccountRecord, tuple[str, ...] | None] | None:
    """Prove the mailbox whose reset letter was used; None where it was proven before, or no mailbox was written to.

    Whoever was never in the account wins it without what its unproven sign-up had left there: beside the account stand
    the ways to pay that are dropped by that, None where all stays. A customer on file has left nothing unproven.
    """
    mine = accounts.get(connection, letter.account_id) if letter.account_id is not None else None
    if (
        mine is None
        or not mine.email_key
        or "to" not in letter.data
        or not _went_to(letter, mine.email_key, server_key)
    ):
        return None
    if contacts.prover_of(connection, mine.email_key) is not None:
        return None
    strange = log_ins.is_first(connection, account_id=mine.id, conversation_id=letter.conversation_id)
    on_file = directory.of_account(connection, mine.id) is not None
    contacts.prove(connection, account_id=mine.id, kind="email", value=mine.email, key=mine.email_key, now=now)
    directory_accounts.recognise(connection, account_id=mine.id, email_key=mine.email_key, now=now)
    return mine, mailbox_proofs.drop_what_was_left(connection, mine, now) if strange and not on_file else None


@handles(contact.CheckLetterCode)
def check_letter_code(deps: CommandDeps, command: contact.CheckLetterCode, context: CommandContext) -> Event:
    """Count the try and compare; the right code confirms the address as the link does.

    Nobody learns here that an address is taken: its letter has a code that was told to nobody, and is never right.
    """
    connection, now = context.connection, context.now
    mine = accounts.get(connection, command.account_id)
    if mine is None:
        raise LookupError("no such account")
    if contacts.prover_of(connection, mine.email_key) == mine.id:
        return contact.EmailProven(mine.email, now)  # the link was faster
    letter = _letter(deps, connection, mine.id, now)
    checked = codes.check(
        connection,
        challenge_id=letter.id if letter is not None else None,
        target=emails.mailbox(mine.email_key),
        typed=command.typed if letter is not None and letter.purpose == "confirm_email" else _NO_CODE,
        server_key=deps.server_key,
        now=now,
        quotas=deps.quotas,
    )
    if letter is None or not isinstance(checked, codes.RightCode):
        return explain_wrong_code(checked)
    confirmed = confirm(connection, letter, server_key=deps.server_key, now=now)
    if confirmed is None or isinstance(confirmed, contacts.ContactTaken):
        # Somebody else has proven the address meanwhile: the next letter leads to log-in.
        return contact.CodeDead("expired")
    if letter.conversation_id != context.conversation.id:
        context.tell(letter.conversation_id, contact.EmailProven(mine.email, now))
    return contact.EmailProven(mine.email, now)


def _letter(deps: CommandDeps, connection: sa.Connection, account_id: str, now: datetime) -> OneTimeLink | None:
    """Return the account's letter, that to a taken address for as long as one to a free address would be there.

    The log-in link in it lives shorter, which nobody is to learn by a code.
    """
    free = one_time_links.open_of_account(connection, account_id=account_id, purposes=("confirm_email",), now=now)
    then = now - deps.seller.manners.link_ttl + one_time_links.LIFETIMES["taken_log_in"]
    taken = one_time_links.open_of_account(connection, account_id=account_id, purposes=("taken_log_in",), now=then)
    return free or taken


@handles(contact.CheckCodes)
def check_codes(deps: CommandDeps, command: contact.CheckCodes, context: CommandContext) -> Event:
    """Compare each code with what it may be meant for; every comparison is a try there, as one typed alone is.

    Of one code that may be either's, only what it fits is told; if it fits nothing, it was the SMS's.
    """
    by_sms: Event | None = None
    fitting = ""
    for typed in command.sms:
        by_sms = check_code(
            deps, contact.CheckCode(command.challenge, typed, command.account_id, command.phone), context
        )
        fitting = typed if isinstance(by_sms, contact.CodeRight) else ""
        if not isinstance(by_sms, contact.CodeWrong):
            break
    by_letter: Event | None = None
    for typed in (one for one in command.letter if one != fitting):
        by_letter = check_letter_code(deps, contact.CheckLetterCode(command.account_id, typed), context)
        if not isinstance(by_letter, contact.CodeWrong):
            break
    if command.sms != command.letter:
        return contact.CodesChecked(by_sms, by_letter)
    if isinstance(by_letter, contact.EmailProven):
        return contact.CodesChecked(None if isinstance(by_sms, contact.CodeWrong) else by_sms, by_letter)
    return contact.CodesChecked(by_sms, None, either=isinstance(by_sms, contact.CodeWrong))


def _went_to(letter: OneTimeLink, email_key: str, server_key: bytes) -> bool:
    to = letter.data.get("to")
    return to is None or one_time_links.is_addressee(server_key, str(to), email_key)
