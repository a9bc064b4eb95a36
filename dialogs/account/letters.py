"""E-mails of an account: the confirmation, another address, reminders of unfinished steps.

A customer who has left the page before the end, and can't be written to there, is written to once.
"""

from msgspec.structs import replace

from dialogs.account.entry import contact_changes, is_locked_out
from dialogs.contact import letter_code
from dialogs.contact.in_books import email_proven
from dialogs.kit import (
    HUMAN,
    Asked,
    Decision,
    Dialog,
    RemindedLast,
    RemindersWanted,
    Say,
    TimerDue,
    Unawait,
    keep_slots,
    then,
)
from dialogs.messages import letters as messages
from dialogs.messages.account import EmailChanged, EmailChangeStarted, EmailReplaced
from dialogs.messages.order import ConfirmationRenewed
from dialogs.state import Account, Ctx
from values.channel import REACHES_AWAY
from values.rules import NOTE_EMAIL_REPLACED, NOTE_INVOICE_EMAIL


def add_letters(dialog: Dialog[Account]) -> None:
    """Declare the reactions to letters, at any step."""
    _confirmation(dialog)
    _another_address(dialog)


def _confirmation(dialog: Dialog[Account]) -> None:
    @dialog.always(TimerDue)
    def tell_late_letter(s: Account, e: TimerDue, ctx: Ctx) -> Decision[Account]:
        """Tell that a letter awaited here hasn't left yet, unless that would tell that there is such an account."""
        awaited = any(label.endswith(f"/{messages.SendLetter.__name__}") for label in ctx.case.talk.awaiting)
        if e.kind != messages.LETTER_LATE or not awaited or is_locked_out(ctx):
            return then(s)
        return then(replace(s, letter_late=s.id is not None), Say("account.letter_late"))

    @dialog.always(messages.LetterSent)
    def tell_sent_letter(s: Account, _e: messages.LetterSent, _ctx: Ctx) -> Decision[Account]:
        """Tell that it has left, where it was said that it hadn't."""
        return then(replace(s, letter_late=False), *((Say("account.letter_left"),) if s.letter_late else ()))

    @dialog.always(messages.LetterFailed)
    def ask_other_email(s: Account, e: messages.LetterFailed, ctx: Ctx) -> Decision[Account]:
        """Ask for another address: this one may be wrong. Of a lost password's letter nothing is told."""
        failed = (
            () if is_locked_out(ctx) else (Say(f"account.letter_failed.{e.reason}", options=contact_changes(s, ctx)),)
        )
        return then(replace(s, letter_late=False), *failed)

    @dialog.always(ConfirmationRenewed)
    def send_renewed_letter(s: Account, e: ConfirmationRenewed, ctx: Ctx) -> Decision[Account]:
        """Send the letter to the account's address; the job's result tells if none may be sent now."""
        said = (Say("account.letter_again", {"email": ctx.case.find_email(ctx.books)}),) if e.letter else ()
        anew = replace(s, letter_at=ctx.now, letter_late=False) if e.letter else s
        return then(anew, messages.SendLetter(e.letter, ctx.case.find_email(ctx.books)), *said)

    @dialog.asked("resend_code")
    def renew_letter(s: Account, _e: Asked, ctx: Ctx) -> Decision[Account]:
        """Renew the confirmation letter; offer a person where there is no account or the e-mail is proven."""
        if s.id is None or email_proven(ctx):
            return then(s, Say("kit.for_a_person", options=(HUMAN,)))
        return then(s, letter_code.send_another_letter(ctx))


def _another_address(dialog: Dialog[Account]) -> None:
    @dialog.always(EmailChanged)
    def send_letter_to_new_email(s: Account, e: EmailChanged, ctx: Ctx) -> Decision[Account]:
        """Send a new letter to the new address; the old link is dead."""
        said = Say("account.email_changed", {"email": e.email})
        changed = replace(s, asked_email=None, letter_at=ctx.now, letter_late=False)
        return then(changed, Unawait(), messages.SendLetter(e.letter, e.email), said)

    @dialog.always(EmailChangeStarted)
    def send_change_letter(s: Account, e: EmailChangeStarted, _ctx: Ctx) -> Decision[Account]:
        """Keep the proven address until the new one is proven."""
        said = (Say("account.email_change_letter", {"email": e.email}),) if e.letter else ()
        asked = replace(s, asked_email=e.email if e.letter else s.asked_email)
        return then(asked, messages.SendLetter(e.letter, e.email), *said)

    @dialog.always(EmailReplaced)
    def take_replaced_email(s: Account, e: EmailReplaced, _ctx: Ctx) -> Decision[Account]:
        """Take the new, proven address and warn the old mailbox: its reader may know nothing of the change."""
        login = s.login
        notice = (messages.SendNote(NOTE_EMAIL_REPLACED, login.id, e.old),) if e.old and login is not None else ()
        return then(replace(s, asked_email=None), *notice, Say("account.email_replaced", {"email": e.email}))


def tell_former_address(former: str, ctx: Ctx) -> tuple[messages.SendNote, ...]:
    """Tell the address that invoices went to before: its reader may know nothing of the change."""
    account_id = ctx.case.account.id
    if not former or account_id is None:
        return ()
    return (messages.SendNote(NOTE_INVOICE_EMAIL, account_id, former, at=ctx.now),)


def add_reminders(dialog: Dialog[Account]) -> None:
    """Declare the reactions to a customer's lasting silence."""

    @dialog.always(RemindedLast)
    def prepare_reminder(s: Account, _e: RemindedLast, ctx: Ctx) -> Decision[Account]:
        """Prepare a reminder, unless a person was asked for: then the desk owes the next word."""
        left = ctx.channel not in REACHES_AWAY and ctx.case.handoff.mode == "bot"
        if s.id is None or not left or not ctx.seller.manners.remind_by_email:
            return then(s)
        return then(s, messages.RemindByEmail(s.id))

    @dialog.always(messages.ReminderReady)
    def mail_reminder(s: Account, e: messages.ReminderReady, _ctx: Ctx) -> Decision[Account]:
        """Mail the reminder; the job checks once more whether it is still wanted."""
        if e.link_id is None or s.id is None:
            return then(s)
        return then(s, messages.MailUnfinished(e.link_id, s.id))

    @dialog.always(RemindersWanted)
    def resume_reminders(s: Account, _e: RemindersWanted, _ctx: Ctx) -> Decision[Account]:
        """Resume reminders that the account holder had stopped, perhaps by an e-mail's link."""
        return then(s, *((messages.ResumeByEmail(s.id),) if s.id is not None else ()))

    dialog.always(messages.ResumedByEmail, messages.UnfinishedMailed)(keep_slots)
