"""Letters without a link, for any dialog."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Event, Job


@dataclass(frozen=True, slots=True)
class SendNote(Job):
    """Mail the note of this name (`values/rules.py`).

    `about` is the id of the order, or of the account, from which its content and address are read; `to` replaces
    the address.
    """

    note: str
    about: str
    to: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Return a label that is unique among the conversation's notes and their copies."""
        return f"SendNote {self.note}{' copy' if self.to else ''}"


@dataclass(frozen=True, slots=True)
class NoteSent(Event):
    """The mail server took it."""

    note: str


@dataclass(frozen=True, slots=True)
class NoteFailed(Event):
    """The note failed: recipient_refused or unavailable."""

    note: str
    reason: str
