"""What the hand-off causes, and what comes of it: who speaks with the customer, the desk or a person."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from dialogs.kit.messages import Command, Event, Job, WhoSpeaks

Left = Literal["put_back", "disabled", "logged_out"]
"""Why an agent answers no more: put back on purpose, the account switched off, logged out of the desk."""
Back = Left | Literal["waited", "nobody_came"]
"""Why a conversation returns to the queue; `nobody_came`: whoever it was passed on to."""
Came = Literal["took", "took_over", "took_back"]
"""How an agent comes to a conversation: by taking it, from a colleague, or back before a colleague came."""


@dataclass(frozen=True, slots=True)
class RequestHuman(Command):
    """Put the conversation into the queue of those who wait for a person; durable. `reason` is one of REASONS."""

    email: str | None = field(repr=False)
    reason: str = "asked"


@dataclass(frozen=True, slots=True)
class HumanRequested(Event):
    """The wish is stored. `first` is False if it was there already. `place` in the queue counts from 1; `wait_minutes`
    is what those who were served lately have waited, None where too few were to say so; `opens_at`: nobody is there
    before."""

    at: datetime
    first: bool
    place: int = 1
    wait_minutes: int | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PutBack(Command):
    """Put the conversation back into the queue, at its old place."""

    cause: Back = "waited"


@dataclass(frozen=True, slots=True)
class PutBackDone(Event):
    """It waits. `held` is False if nobody had it."""

    held: bool
    cause: Back = "waited"


@dataclass(frozen=True, slots=True)
class LookAtWriting(Command):
    """See whether the agent is writing an answer; they get time for it, but not beyond `at_most`."""

    at_most: datetime


@dataclass(frozen=True, slots=True)
class StillWriting(Event):
    """They are; look again at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class NotWriting(Event):
    """They aren't, or have had all the time there is."""


@dataclass(frozen=True, slots=True)
class LookAtWait(Command):
    """See whether neither an agent nor the customer has written for so long."""

    quiet_for: timedelta


@dataclass(frozen=True, slots=True)
class StillTalking(Event):
    """Somebody has; before `until` it isn't so long ago."""

    until: datetime


@dataclass(frozen=True, slots=True)
class FellSilent(Event):
    """Nobody has."""


@dataclass(frozen=True, slots=True)
class EndWait(Command):
    """The request for a person ends without one: nobody waits, and nobody has the conversation."""


@dataclass(frozen=True, slots=True)
class WaitEnded(Event):
    """It has ended."""


@dataclass(frozen=True, slots=True)
class MailSupport(Job):
    """Send the seller's support address the transcript, with the address to answer to. `why`: asked, erasure (the
    customer wants to be deleted), invited (by the seller's own rules), or address (support was told before; now it is
    known where to answer)."""

    reply_to: str | None = field(repr=False)
    why: str = "asked"


@dataclass(frozen=True, slots=True)
class SupportMailed(Event):
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class SupportNotMailed(Event):
    """It could not be sent after all tries; the wish is stored all the same and an alarm was raised."""


@dataclass(frozen=True, slots=True)
class AgentTook(WhoSpeaks):
    """A person speaks from now on, by this name."""

    agent: str
    name: str
    how: Came = "took"


@dataclass(frozen=True, slots=True)
class AgentPassed(WhoSpeaks):
    """The person, or a help desk, gives the conversation to another, who hasn't come yet."""

    agent: str


@dataclass(frozen=True, slots=True)
class LanguageSet(WhoSpeaks):
    """The person says in which language the customer is written to."""

    locale: str


@dataclass(frozen=True, slots=True)
class AgentSpoke(WhoSpeaks):
    """This person has said something; the words are stored beside this event, not in it."""

    agent: str
    name: str


@dataclass(frozen=True, slots=True)
class AgentLeft(WhoSpeaks):
    """The person gives the talk back; `done`: what it was about is settled, from the person's side; `confirm`: what
    the person has put right is to be confirmed, which the open step asks; `blocked`: nothing is taken from the
    customer any more, so nothing is said."""

    done: bool = False
    confirm: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class AgentGone(WhoSpeaks):
    """The person answers no more: somebody else has to."""

    agent: str
    why: Left = "disabled"


#: Why a conversation waits for a person, the urgent ones first.
REASONS = ("erasure", "vip", "payment", "large_order", "wrong_data", "no_contact", "not_understood", "asked", "taken")
