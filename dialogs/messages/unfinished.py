"""Reminders by e-mail of unfinished steps: commands, jobs and events of the account dialog."""

from dataclasses import dataclass
from typing import ClassVar

from dialogs.kit.messages import Command, Event, Job, RemindersEnded


@dataclass(frozen=True, slots=True)
class RemindByEmail(Command):
    """Prepare the one e-mail about the steps that the account's holder has left open in this conversation."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ReminderReady(Event):
    """The id of the e-mail's links; None if nobody is to be written to."""

    link_id: str | None


@dataclass(frozen=True, slots=True)
class MailUnfinished(Job):
    """Mail the links with this id, unless the customer has come back meanwhile."""

    background: ClassVar[bool] = True
    link_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class UnfinishedMailed(Event):
    """The e-mail was sent, or isn't wanted any more."""


@dataclass(frozen=True, slots=True)
class RemindersLeft(RemindersEnded):
    """The customer used the link that stops such e-mails, and reminders in the chat."""


@dataclass(frozen=True, slots=True)
class ResumeByEmail(Command):
    """Resume reminders by e-mail."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ResumedByEmail(Event):
    """Reminders by e-mail are resumed."""
