"""Commands and events of a conversation that goes on elsewhere, on both sides."""

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event
from dialogs.kit.talk import StateBase
from values.private import Private


class OpenElsewhere(Command):
    """Issue a link on which this conversation goes on: for minutes, and once."""

    account_id: str


class ElsewhereReady(Event):
    """A link, whose token is derived from the id when it is shown."""

    link_id: str


class CloseElsewhere(Command):
    """Log out the conversations that opened a link of this one; unused links die."""


class ElsewhereClosed(Event):
    """`sessions` is how many conversations were logged out."""

    sessions: int


class CarriedOver(Event):
    """The state of the conversation, on `channel`, whose link was opened here."""

    case: Private[StateBase]
    channel: str


class GoOnHere(Command):
    """Go on with the conversation whose e-mail led here, now that the account's holder has logged in."""

    account_id: str


class WentOn(Event):
    """The other conversation's state; None if there is nothing to go on with any more."""

    case: Private[StateBase | None]


class NotCarriedOver(Event):
    """Another account is logged in here: nothing is mixed."""


class CarriedOn(Event):
    """The state of another conversation, on `channel`, was just taken over; dialogs set their timers anew."""

    channel: str = ""


class OpenedElsewhere(Event):
    """A link of this conversation was opened on `channel`.

    `to`: the conversation that takes this one's place, with the person who has it, after the log-in that a letter asks
    for. None where both go on beside each other.
    """

    channel: str
    to: str | None = None
