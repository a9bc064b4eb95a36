"""What the hand-off causes, and what comes of it."""

from dataclasses import dataclass, field
from datetime import datetime

from dialogs.kit.words import Act, Call, Event


@dataclass(frozen=True, slots=True)
class RequestHuman(Act):
    """Put the conversation into the queue of those who wait for a person; durable."""

    email: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class HumanRequested(Event):
    """The wish is stored. `first` is False if it was there already."""

    at: datetime
    first: bool


@dataclass(frozen=True, slots=True)
class MailSupport(Call):
    """Send the seller's support address the transcript, with the address to answer to."""

    reply_to: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SupportMailed(Event):
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class SupportNotMailed(Event):
    """It could not be sent after all tries; the wish is stored all the same and an alarm was raised."""
