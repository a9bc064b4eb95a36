"""Commands and events of feedback."""

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event
from values.private import Private


class KeepFeedback(Command):
    """Store the answer. `about` is "faq:ENTRY" or "end:DIALOG"."""

    about: str
    helpful: bool


class FeedbackKept(Event):
    """A stored answer."""

    id: str
    helpful: bool


class ReasonKept(Event):
    """A stored reason."""


class KeepReason(Command):
    """Store the reason for a "no", in the customer's words."""

    id: str
    words: Private[str]
    outcome = ReasonKept


class CameToNothing(Event):
    """A wish in this dialog was refused, so no feedback is asked for."""

    dialog: str
