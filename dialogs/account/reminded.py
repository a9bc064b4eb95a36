"""Reminders by e-mail: who has left the page before the end, and can't be written to there, is written to once."""

from dialogs.kit import Decision, Dialog, RemindedLast, RemindersWanted, then
from dialogs.messages.unfinished import (
    MailUnfinished,
    RemindByEmail,
    ReminderReady,
    ResumeByEmail,
    ResumedByEmail,
    UnfinishedMailed,
)
from dialogs.state import Account, Ctx

BROUGHT = ("telegram",)
"""Channels that bring a reminder to the customer; to the others the customer has to come."""


def add_reminders(dialog: Dialog[Account]) -> None:
    """Declares what the account dialog makes of a customer's lasting silence."""

    @dialog.always(RemindedLast)
    def reminded_last(s: Account, _e: RemindedLast, ctx: Ctx) -> Decision[Account]:
        """Not while a person was asked for: then the desk owes the next word."""
        left = ctx.channel not in BROUGHT and ctx.case.handoff.mode == "bot"
        if s.id is None or not left or not ctx.seller.manners.remind_by_email:
            return then(s)
        return then(s, RemindByEmail(s.id))

    @dialog.always(ReminderReady)
    def reminder_ready(s: Account, e: ReminderReady, _ctx: Ctx) -> Decision[Account]:
        """Whether it is still wanted is looked at once more when it leaves."""
        if e.link_id is None or s.id is None:
            return then(s)
        return then(s, MailUnfinished(e.link_id, s.id))

    @dialog.always(RemindersWanted)
    def reminders_wanted(s: Account, _e: RemindersWanted, _ctx: Ctx) -> Decision[Account]:
        """The account's holder said so before, perhaps by an e-mail's link."""
        return then(s, *((ResumeByEmail(s.id),) if s.id is not None else ()))

    @dialog.always(ResumedByEmail)
    @dialog.always(UnfinishedMailed)
    def mailed(s: Account, _e: object, _ctx: Ctx) -> Decision[Account]:
        """Nobody waits for it."""
        return then(s)
