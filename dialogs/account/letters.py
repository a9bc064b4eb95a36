"""Letters of an account: how the confirmation fared, and what another address of the customer means."""

from dataclasses import replace

from dialogs.account.entry import contacts
from dialogs.kit import HUMAN, Asked, Decision, Dialog, Say, Unawait, then
from dialogs.messages.account import (
    EmailChanged,
    EmailChangeStarted,
    EmailReplaced,
    LetterFailed,
    LetterSent,
    SendLetter,
)
from dialogs.messages.note import SendNote
from dialogs.messages.order import ConfirmationRenewed, ResendConfirmation
from dialogs.state import Account, Ctx
from values.rules import NOTE_EMAIL_REPLACED


def add_letters(dialog: Dialog[Account]) -> None:
    """Declares what the account dialog makes of them, wherever the customer stands."""
    _confirmation(dialog)
    _another_address(dialog)


def _confirmation(dialog: Dialog[Account]) -> None:
    @dialog.always(LetterSent)
    def letter_left(s: Account, _e: LetterSent, _ctx: Ctx) -> Decision[Account]:
        """Nothing to say: the customer was told to expect it."""
        return then(s)

    @dialog.always(LetterFailed)
    def letter_failed(s: Account, e: LetterFailed, ctx: Ctx) -> Decision[Account]:
        """The address may be wrong: another one can be given by correcting the e-mail."""
        return then(s, Say(f"account.letter_failed.{e.reason}", options=contacts(s, ctx)))

    @dialog.always(ConfirmationRenewed)
    def letter_renewed(s: Account, e: ConfirmationRenewed, ctx: Ctx) -> Decision[Account]:
        """It is sent to the account's address; if none may be sent now, that is said when it comes back."""
        email = s.email or ""  # an account of a user name may have none
        said = (Say("account.letter_again", {"email": email}),) if e.letter else ()
        return then(replace(s, letter_at=ctx.now if e.letter else s.letter_at), SendLetter(e.letter, email), *said)

    @dialog.asked("resend_code")
    def letter_wanted(s: Account, _e: Asked, ctx: Ctx) -> Decision[Account]:
        """Where no code is awaited it is the confirmation letter that didn't come."""
        if s.id is None or ctx.case.contact.email_proven_at is not None:
            return then(s, Say("kit.for_a_person", options=(HUMAN,)))
        return then(s, ResendConfirmation(s.id))


def _another_address(dialog: Dialog[Account]) -> None:
    @dialog.always(EmailChanged)
    def email_changed(s: Account, e: EmailChanged, ctx: Ctx) -> Decision[Account]:
        """A new letter goes to the new address; the old link is dead, and how its letter fared is of no interest."""
        said = Say("account.email_changed", {"email": e.email})
        changed = replace(s, email=e.email, asked_email=None, letter_at=ctx.now)
        return then(changed, Unawait(), SendLetter(e.letter, e.email), said)

    @dialog.always(EmailChangeStarted)
    def email_asked_there(s: Account, e: EmailChangeStarted, _ctx: Ctx) -> Decision[Account]:
        """A proven address stays until the new one is proven."""
        said = (Say("account.email_change_letter", {"email": e.email}),) if e.letter else ()
        asked = replace(s, asked_email=e.email if e.letter else s.asked_email)
        return then(asked, SendLetter(e.letter, e.email), *said)

    @dialog.always(EmailReplaced)
    def email_replaced(s: Account, e: EmailReplaced, ctx: Ctx) -> Decision[Account]:
        """The old mailbox is told: whoever reads it may know nothing of this."""
        login = s.login
        notice = (SendNote(NOTE_EMAIL_REPLACED, login.id, e.old),) if e.old and login is not None else ()
        if login is not None and login.known_as == s.email:
            login = replace(login, known_as=e.email)
        replaced = replace(s, email=e.email, login=login, asked_email=None)
        return then(replaced, *notice, Say("account.email_replaced", {"email": e.email}))
