"""The kit's vocabulary: what can happen (events), and what is known then (context); its effects: `effects.py`."""

from datetime import datetime
from typing import ClassVar, Generic, TypeVar, dataclass_transform

from msgspec import Struct, field

from dialogs.kit.talk import StateBase
from values.account_view import NO_BOOKS, AccountView
from values.meaning import Consenting, Fact, Meaning, OtherKind
from values.private import Private, PrivateStruct
from values.seller import Seller
from values.term import Term

C = TypeVar("C", bound=StateBase, covariant=True)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Message(PrivateStruct):
    """Base of events and effects: every subclass is frozen without saying so."""


class Event(Message):
    """Something that happened to a conversation."""

    by_desk: ClassVar[bool] = False  # True: the desk writes first, on a schedule of its own


class News(Event):
    """Something that stays true, as of money: said while a person has the talk, it is told when they leave."""


class Said(Event):
    """The customer said or pressed something, understood in the light of the open step."""

    meaning: Meaning
    edited: bool = False  # an earlier message was changed: a correction, never a new answer
    before: Private[tuple[Fact, ...] | None] = None  # the values that it named before it was changed; None of no edit
    answered: str | None = None  # the step that the changed message had answered, if it did
    stale: bool = False  # a button of a message that asked something else: it answers nothing
    unseen: bool = False  # written before the open question, which binds, was shown: it answers nothing
    typed: bool = False  # said in words of their own, not by a button or its payload
    also: tuple[Meaning, ...] = ()  # what else it gives, wants and asks; what binds is only named
    about: tuple[str, ...] = ()  # plans and add-ons that it names
    companies: tuple[str, ...] = ()  # those of the account's companies that it names, where there are several
    term: Term | None = None  # the one that it asks the price of
    facts: Private[tuple[Fact, ...]] = ()  # values that it names besides (`harvest.py`)
    not_given: Private[tuple[Fact, ...]] = ()  # values that it names as not its author's own, or not any more
    unread: Private[tuple[str, ...]] = ()  # pieces that no reading has used, where the channel tells of them
    untold: bool = False  # the channel doesn't say which language the customer speaks …
    written: str | None = None  # … but the words do
    codes_held: int | None = None  # seconds for which no discount code is tried; None while one may be
    vouched: Private[str] = ""  # the author's own phone number, of which their messenger says so
    declared: Private[str] = ""  # words that have effect by themselves (`Declared`)
    spoken: Private[str] = ""  # the words of a recording, as they were heard
    elsewhere: bool = False  # it replies to the question of another step, and is no answer to that one either
    second_hand: bool = False  # somebody else's words: they give values and ask, and do nothing
    under: OtherKind | None = None  # what the words stand under, which nobody reads


class TakenBack(Event):
    """The customer takes back what they answered to the step; its slots are cleared after this."""


class Recorded(Event):
    """The customer sent a recording (`UnheardNote`)."""

    note: str
    place: Private[str]
    seconds: float | None = None
    second_hand: bool = False


class NamedValue(PrivateStruct):
    """A value that counts after a yes: what it is, the key of the words that call it so, and itself in groups."""

    fact: Private[Fact]
    label: str
    shown: Private[str]


class SaidAloud(Event):
    """The customer spoke numbers or addresses, which are said back before they count."""

    values: tuple[NamedValue, ...]


class OtherNamed(Event):
    """The customer named a value that seems to be somebody else's, old or denied, or may be an answer.

    `said`: the words in which it may be one; empty for another's. `instead`: it would replace an answer that stands.
    """

    value: Private[NamedValue]
    said: Private[str] = ""
    instead: bool = False


class Answered(Event):
    """A step got its answer: `value` as its parser made it, `text` as it came."""

    value: Private[object]
    text: Private[str] = ""


class ConsentTakenBack(Event):
    """The customer takes consents back in words, where none are asked for; without a name any may be meant."""

    said: Private[Consenting]


class Chosen(Event):
    """A quick reply of the open step that isn't its answer but a way off it: another method at a failed payment."""

    payload: str
    value: str


class Came(Event):
    """The customer is about to be heard, at whatever step: time for a look at what may have changed meanwhile."""


class Skipped(Event):
    """The customer passed over an optional step."""


class Declined(Event):
    """The customer said an answer that the open step doesn't offer but knows of: no, where only yes is possible."""

    value: str


class Asked(Event):
    """The customer asked for something of the catalogue of intents, in the middle of whatever step is open."""

    intent: str


class TimerDue(Event):
    """A timer of this conversation has run out."""

    kind: str


class Cancelled(Event):
    """The customer gives up what is being filled in; dialogs that hold something at stake react.

    `meant` is false for a bare "stop", which may be about anything: what it leaves alone isn't spoken of.
    """

    meant: bool = True


class RestartAsked(Event):
    """The customer wants to start again; a dialog that would lose more than single answers asks first, and says so.

    `cancels`: they want to cancel, which says what it does to what was ordered.
    """

    cancels: bool = False


class ButtonOver(Event):
    """A button was pressed that belongs to none of what is open; a dialog may answer how its matter stands."""

    payload: str


class FaqAnswered(Event):
    """An entry of the profile's FAQ was given as an answer, at whatever step."""

    entry: str


class WayEnded(Event):
    """The profile's straight way has come to its end, out of this dialog."""

    dialog: str


class RemindedLast(Event):
    """The customer is silent and was reminded of the open question for the last time."""


class RemindersEnded(Event):
    """The customer said elsewhere that they want no reminders of silence."""


class RemindersWanted(Event):
    """The customer wants to be reminded again."""


class AsidePressed(Event):
    """A quick reply that a dialog offers beside the open step, whatever that is."""

    payload: str


class Remarked(Event):
    """A remark, said when one was awaited."""

    words: Private[str]


class WhoSpeaks(Event):
    """A person takes the talk over or gives it back: what the dialogs say of it is said even while they are silent."""


class SaidToPerson(Event):
    """The customer said something while a person has the talk; the words are in the journal, for the person.

    `facts` are values that they name, `other` is the kind of a message that is no text. `note` and `place` name a
    recording as in `Recorded`.
    """

    facts: Private[tuple[Fact, ...]] = ()
    other: OtherKind | None = None
    note: str = ""
    place: Private[str] = ""


class ReceiptOnPage(PrivateStruct):
    """The receipt of a statement made on a page, without a chat: for the name given there; whether it may be sent."""

    name: Private[str]
    goes: bool


class Declared(Event):
    """The customer declared something that has effect by itself, whatever is open and whoever has the talk.

    `account_id`: it was declared outside of a log-in, by somebody with that account's proven address.
    `number`: of the contract that a button names, in words that the desk writes.
    """

    words: Private[str]
    account_id: str | None = None
    number: str | None = None
    receipt: ReceiptOnPage | None = None


class AddressProposed(Event):
    """An address was typed in the customer's stead, which counts for nothing until they agree.

    `step` is "dialog.step", which keeps it in `slot`.
    """

    step: str
    slot: str
    address: Private[str]


class AddressTaken(Event):
    """A proposed address to which the customer agreed was taken as the answer of its step."""

    step: str
    address: Private[str]


class Context(Struct, Generic[C], frozen=True, dict=True):
    """Frozen per decision: the case (all dialogs' slots), the moment, the channel and the seller's offer.

    `books`: what the books have of the case's account, read where a dialog looks; after a command that wrote, the next
    decision is given them anew. What follows from a context is kept beside it (`dialogs/kit/once.py`), and is no part
    of it.
    """

    case: C
    now: datetime
    channel: str
    seller: Seller
    reach: tuple[str, ...] = ()  # other channels on which the customer could go on
    typed: bool = False  # what is decided on was typed, not pressed
    about: tuple[str, ...] = ()  # plans and add-ons that were named
    said: Said | None = None  # the message that is decided on, where it is one
    asked: str | None = None  # the step that was open when it came, "dialog.step"
    began: datetime | None = None  # when the conversation began
    came_at: datetime | None = None  # when the customer's message before this one came
    books: AccountView = NO_BOOKS
