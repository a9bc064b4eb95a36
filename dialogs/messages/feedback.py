"""What feedback causes, and what comes of it."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Command, Event


@dataclass(frozen=True, slots=True)
class KeepFeedback(Command):
    """Store whether it helped. `about` is "faq:ENTRY" or "end:DIALOG"."""

    about: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class FeedbackKept(Event):
    """It is stored under this id."""

    id: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class KeepReason(Command):
    """Store, with a "no", what was missing, in the customer's words."""

    id: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CameToNothing(Event):
    """What was wanted in this dialog was refused: whether that helped isn't asked."""

    dialog: str


@dataclass(frozen=True, slots=True)
class ReasonKept(Event):
    """It is stored."""
