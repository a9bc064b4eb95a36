"""The kit's effects: what a decision causes, said to the customer, kept, or done elsewhere."""

from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct, field

from dialogs.kit.card import CardContent
from dialogs.kit.messages import Event, Message
from dialogs.kit.options import Option, Params
from dialogs.kit.talk import StateBase, Wish
from values.account_view import InvoiceLine, OrderView
from values.meaning import Fact
from values.private import Private

S = TypeVar("S")


class Effect(Message):
    """A consequence of a decision."""


class Say(Effect):
    """Words for the customer: a text key with its parameters, perhaps with quick replies of its own.

    `last`: they come after the open step's question. `alone`: that question isn't asked again with them. `brief`: they
    ask it in short, so that its own words (a whole document, perhaps) aren't repeated. Without a key there are only the
    quick replies. `reads`: documents, invoices and orders' pages that it leads to. `card` is shown instead of the
    question's own.
    `kept`: it is said of `News`; the kit sets it, never a dialog.
    `paid`: the number of the order that is paid now, which messages shown earlier are to tell, too. `ack`: it only
    confirms an answer: its text is told by `asks` whether another question follows, which is confirmation enough.
    """

    key: str
    params: Params = field(default_factory=dict[str, str | int])
    options: tuple[Option, ...] = ()
    last: bool = False
    alone: bool = False
    brief: bool = False
    reads: tuple[str | InvoiceLine | OrderView, ...] = ()
    card: CardContent | None = None
    kept: bool = False
    paid: str | None = None
    ack: bool = False


class SetTimer(Effect):
    """Wake this conversation at `at` with `TimerDue(kind)`; one timer of a kind, the newest counts.

    `or_earlier`: one that is set for an earlier moment stays, and whoever takes it looks whether it is too early.
    """

    kind: str
    at: datetime
    or_earlier: bool = False


class DropTimer(Effect):
    """Forget the timer of this kind, if there is one."""

    kind: str


class Unawait(Effect):
    """The dialog's answers are another's now: results that it still awaits would be about the old ones."""


class Tell(Effect):
    """Something that every dialog may want to react to: one dialog's decision that is another's affair."""

    event: Event


class Speak(Effect):
    """The customer is written to in this language from now on."""

    locale: str


class AwaitRemark(Effect):
    """The customer's next words may be no answer but a remark on what was said (`Remarked`)."""


class StartAgain(Effect):
    """Give up what is being filled in, and say so."""


class Forget(Effect):
    """Begin anew: nothing that was answered, made or awaited in the conversation stays, only its language.

    And the slots of the dialogs `kept`.
    """

    kept: tuple[str, ...] = ()


class Adopt(Effect):
    """Go on where another conversation of the customer stands, with all that is known there.

    What that one awaits comes there.
    """

    case: Private[StateBase]


class Unheard(Effect):
    """Hear the customer's message no further in this turn."""


class Hear(Effect):
    """A wish of before, to be heard as soon as the step that was open then is open again: it answers no other."""

    wish: Wish


class PutRight(Effect):
    """Take a proposed address as the customer's own answer of the step, which it may refuse or ask more about."""

    step: str
    text: Private[str]


class TakeFacts(Effect):
    """Take values to which the customer said yes, as if a message had named them."""

    facts: Private[tuple[Fact, ...]]


class Command(Effect):
    """A write to the desk's own database, done in the turn's transaction; its outcome is decided on at once."""

    reads_only: ClassVar[bool] = False  # True: nothing is written, so it does no harm early either
    outcome: ClassVar[type[Event] | None] = None  # its only one, where that has no fields


class Job(Effect):
    """Something outside, done after the commit; its result comes back as an event."""

    background: ClassVar[bool] = False  # True: nobody waits for the result
    looks_up: ClassVar[bool] = False  # True: it only asks, so that it may be asked anew
    outcome: ClassVar[type[Event] | None] = None  # as of a command
    late: ClassVar[str | None] = None  # the timer that is set when its first try failed

    @property
    def label(self) -> str:
        """By which its result is awaited: two calls of one step that have the same label are one wish said twice."""
        return type(self).__name__


class BackgroundJob(Job):
    """A job whose result the customer doesn't wait for."""

    background: ClassVar[bool] = True


class Decision(Struct, Generic[S], frozen=True):
    """New slots, and the effects that they cause."""

    slots: S
    effects: tuple[Effect, ...] = ()


def then(slots: S, *effects: Effect) -> Decision[S]:
    """Return a decision, written as a reaction reads: these slots are true now, then these effects."""
    return Decision(slots, effects)
