"""Reminders by e-mail of what a customer has left unfinished: what the account dialog causes, and what comes of it."""

from dataclasses import dataclass
from typing import ClassVar

from dialogs.kit.messages import Command, Event, Job, RemindersEnded


@dataclass(frozen=True, slots=True)
class RemindByEmail(Command):
    """Prepare the one e-mail about what the account's holder has left open in this conversation."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ReminderReady(Event):
    """Its links exist under this id; none where nobody is to be written to."""

    link_id: str | None


@dataclass(frozen=True, slots=True)
class MailUnfinished(Job):
    """Mail the links with this id, unless the customer has come back meanwhile."""

    background: ClassVar[bool] = True
    link_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class UnfinishedMailed(Event):
    """The e-mail has left, or nobody is to be written to any more."""


@dataclass(frozen=True, slots=True)
class RemindersLeft(RemindersEnded):
    """The customer pressed the link by which such e-mails, and reminders in the chat, are stopped."""


@dataclass(frozen=True, slots=True)
class ResumeByEmail(Command):
    """Let the account's holder be reminded by e-mail again."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ResumedByEmail(Event):
    """Such e-mails may be sent again."""
