"""Letters that tell and lead nowhere: any dialog may have one sent, and hear what became of it."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Event, Job


@dataclass(frozen=True, slots=True)
class SendNote(Job):
    """Mail the note of this name (`values/rules.py`). `about` is the id of the order, or of the account; what it says
    and whom it goes to is read there, save where `to` says so."""

    note: str
    about: str
    to: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Several notes may be under way, and a copy of one to another address."""
        return f"SendNote {self.note}{' copy' if self.to else ''}"


@dataclass(frozen=True, slots=True)
class NoteSent(Event):
    """The mail server took it."""

    note: str


@dataclass(frozen=True, slots=True)
class NoteFailed(Event):
    """It could not be sent; `reason` is recipient_refused or unavailable."""

    note: str
    reason: str
