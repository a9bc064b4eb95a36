"""Commands and events of feedback."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Command, Event


@dataclass(frozen=True, slots=True)
class KeepFeedback(Command):
    """Store the answer. `about` is "faq:ENTRY" or "end:DIALOG"."""

    about: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class FeedbackKept(Event):
    """A stored answer."""

    id: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class KeepReason(Command):
    """Store the reason for a "no", in the customer's words."""

    id: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CameToNothing(Event):
    """A wish in this dialog was refused, so no feedback is asked for."""

    dialog: str


@dataclass(frozen=True, slots=True)
class ReasonKept(Event):
    """A stored reason."""
