"""What a conversation that goes on elsewhere causes, and what comes of it on both sides."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Command, Event
from dialogs.kit.talk import StateBase


@dataclass(frozen=True, slots=True)
class OpenElsewhere(Command):
    """Make a link on which this conversation goes on: for minutes, and once."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ElsewhereReady(Event):
    """The link exists; its token is derived from the id when it is shown."""

    link_id: str


@dataclass(frozen=True, slots=True)
class CloseElsewhere(Command):
    """Log out whoever opened a link of this conversation; links not opened yet die."""


@dataclass(frozen=True, slots=True)
class ElsewhereClosed(Event):
    """`sessions` is how many conversations were logged out."""

    sessions: int


@dataclass(frozen=True, slots=True)
class CarriedOver(Event):
    """A link was opened here: what is known in the conversation that it came from, which is on `channel`."""

    case: StateBase = field(repr=False)
    channel: str


@dataclass(frozen=True, slots=True)
class GoOnHere(Command):
    """Go on with the conversation whose e-mail led here, now that the account's holder has logged in."""

    account_id: str


@dataclass(frozen=True, slots=True)
class WentOn(Event):
    """What is known in that conversation; None where there is nothing to go on with any more."""

    case: StateBase | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotCarriedOver(Event):
    """Somebody else is logged in here: nothing is mixed."""


@dataclass(frozen=True, slots=True)
class CarriedOn(Event):
    """This conversation has just taken over what was known in another one; whoever set timers there sets them here."""


@dataclass(frozen=True, slots=True)
class OpenedElsewhere(Event):
    """A link of this conversation was opened on `channel`."""

    channel: str
