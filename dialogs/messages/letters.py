"""Letters: those with a link, notes without one, and reminders of unfinished steps."""

from datetime import datetime

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event, RemindersEnded
from values.private import Private

NOTE_REASONS = ("recipient_refused", "message_refused", "unavailable")
LETTER_REASONS = (*NOTE_REASONS, "too_many")
LETTER_LATE = "letter_late"


class SendLetter(Job):
    """Mail the link with this id; what the letter says follows from the link's purpose.

    Nothing leaves where `to` is empty: nobody has the user name, or the account has no e-mail.
    """

    link_id: str
    to: Private[str | None]
    late = LETTER_LATE


class LetterSent(Event):
    """The mail server took the letter."""


class LetterFailed(Event):
    """The letter could not be sent; `reason` is one of `LETTER_REASONS`."""

    reason: str


class SendNote(Job):
    """Mail the note of this name (`values/rules.py`).

    `about` is the id of the order, or of the account, from which its content and address are read; `to` replaces
    the address. `kind` tells letters of one note apart where the books don't. `at`: when it happened, where the letter
    says so. `name`: for whom somebody stated it on a page; None of what has a chat.
    """

    note: str
    about: str
    to: Private[str] = ""
    kind: str = ""
    at: datetime | None = None
    name: Private[str | None] = None

    @property
    def label(self) -> str:
        """Return a label that is unique among the conversation's notes and their copies."""
        return f"SendNote {self.note}{' copy' if self.to else ''}{f' {self.kind}' if self.kind else ''}"


class NoteSent(Event):
    """The mail server took it."""

    note: str


class NoteFailed(Event):
    """The note failed: one of `NOTE_REASONS`."""

    note: str
    reason: str


class RemindByEmail(Command):
    """Prepare the one e-mail about the steps that the account's holder has left open in this conversation."""

    account_id: str


class ReminderReady(Event):
    """The id of the e-mail's links; None if nobody is to be written to."""

    link_id: str | None


class UnfinishedMailed(Event):
    """The e-mail was sent, or isn't wanted any more."""


class MailUnfinished(BackgroundJob):
    """Mail the links with this id, unless the customer has come back meanwhile."""

    link_id: str
    account_id: str
    outcome = UnfinishedMailed


class RemindersLeft(RemindersEnded):
    """The customer used the link that stops such e-mails, and reminders in the chat."""


class ResumedByEmail(Event):
    """Reminders by e-mail are resumed."""


class ResumeByEmail(Command):
    """Resume reminders by e-mail."""

    account_id: str
    outcome = ResumedByEmail


class LogInTold(Event):
    """The letter's end: taken, or refused for good."""


class MailLogIn(Job):
    """Mail the account's holder that somebody logged in; the link with this id is *that wasn't me*.

    `end`: in, or refused (by a wrong digit).
    """

    link_id: str
    account_id: str
    channel: str
    at: datetime
    end: str
    outcome = LogInTold


class MailLogIns(Job):
    """Mail the account's holder how many more log-ins there were than letters were sent.

    `subject`: under which they are counted; `since`: the beginning of that day.
    """

    account_id: str
    subject: str
    since: datetime
    outcome = LogInTold
