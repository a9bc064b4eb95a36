"""Kinds of answers that steps expect, and meanings of messages: understanding writes them, dialogs read them."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from values.private import Private, PrivateStruct


class Expects(StrEnum):
    """The kind of answer an open step takes; the names are part of the public surface."""

    choice = "choice"
    consents = "consents"
    customer_number = "customer_number"
    email = "email"
    phone = "phone"
    contact_code = "contact_code"
    email_link = "email_link"
    secure_page = "secure_page"
    login_code = "login_code"
    tax_number = "tax_number"
    confirm_data = "confirm_data"
    company_name = "company_name"
    street = "street"
    postal_code = "postal_code"
    city = "city"
    country = "country"
    person_name = "person_name"
    sdi_code = "sdi_code"
    discount_code = "discount_code"
    quantity = "quantity"
    number = "number"
    date = "date"
    payment = "payment"
    free_text = "free_text"
    agent = "agent"
    wait = "wait"
    nothing = "nothing"


class BindingAct(StrEnum):
    """An act that is given by its button or by its own words, never by a guess (docs/decisions/words-that-bind.md)."""

    order = "order"
    """An order with an obligation to pay: only the verb of ordering, or of paying now."""
    trial = "trial"
    """A trial that obliges to nothing is begun: only in words of beginning something free."""
    agree = "agree"
    """Terms, clauses, a consent, a statement."""
    activate = "activate"
    """A service is switched on."""
    renew = "renew"
    """A mandate to renew, and to be charged for it."""
    withdraw = "withdraw"
    """A mandate or a consent is taken back."""


ORDERING = (BindingAct.order, BindingAct.trial)
"""Acts that close the card of an order."""
TRIAL = "trial:start"
ACCOUNT_EMAIL = "account_email"
"""The account's own address in corrections that name it so, as others go by its kind: "e-mail do konta"."""


CommandName = Literal[
    "start", "back", "cancel", "restart", "help", "agent", "lang", "repeat", "where", "stop", "elsewhere"
]
OtherKind = Literal["voice", "video_note", "photo", "video", "sticker", "location", "file", "contact", "poll", "other"]


class Entity(Struct, frozen=True):
    """A value found in a message, in its normal form. `start`/`end` are offsets where it stands as such."""

    entity: str
    value: str
    start: int | None = None
    end: int | None = None
    valid: bool = True


class Fact(Struct, frozen=True):
    """A value of a closed form that a message names, whatever else it means.

    `kind` is the `Expects` name of the steps that take it, or a choice's step; `text` what that step's parser reads,
    or the VALUE of its payload. `adds`: more of something rather than an answer ("add 2 users"). `corrects`: the
    message says that it takes the place of what was given before. `others`: it says that somebody else has it.
    `sure`: the customer has confirmed it, so its words aren't doubted. `wrong`: it is called what it can't be, such as
    a tax number whose check digit doesn't fit. `labelled`: it stands behind the label of its field, and needn't be
    said back.
    """

    kind: str
    text: str
    adds: bool = False
    corrects: bool = False
    others: bool = False
    wrong: bool = False
    labelled: bool = False
    sure: bool = False


class Press(PrivateStruct, eq=False):
    """A button, or words that say the same: `STEP:VALUE`.

    `words` are those words, if any; `then` is their answer to the quantity that the press asks for.
    """

    payload: str
    then: str | None = None
    words: Private[str] = ""

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is pressed, in whatever words."""
        return isinstance(other, Press) and (self.payload, self.then) == (other.payload, other.then)

    def __hash__(self) -> int:
        return hash((self.payload, self.then))


class NavigationCommand(Struct, frozen=True):
    """A command that works at every step.

    `argument` is a start token or a language code; with "stop" what is to stop, where the customer said it; "close"
    of `elsewhere`.
    """

    name: CommandName
    argument: str | None = None


class Answer(Struct, frozen=True):
    """An attempt to answer the open step.

    `value` is the part of the sentence that was read, when it differs from `text`: input of the step's parser, so
    that it can still be refused with a reason.
    """

    text: str
    value: object | None = None

    @property
    def words(self) -> str:
        """Return the input of the step's parser."""
        return self.text if self.value is None else str(self.value)


OTHER = "other"
"""Of a correction: the last answer, where the other of its two is meant."""


class Correction(Struct, frozen=True):
    """An earlier answer is wrong.

    `what` is the `Expects` name or step, or `OTHER`; `text` the new answer, None when only named.
    """

    what: str
    text: str | None = None


class Discount(Struct, frozen=True):
    """A discount code that the profile knows, typed at any step."""

    code: str


class SentCode(PrivateStruct):
    """Codes that were sent, typed at another step than the one that asks for them."""

    text: Private[str]


class Intent(Struct, frozen=True):
    """A request from the catalogue of intents, with how sure the reading is (0…1)."""

    name: str
    confidence: float
    entities: tuple[Entity, ...] = ()
    text: str = ""


class Faq(Struct, frozen=True):
    """A question that an entry of the profile's FAQ answers."""

    id: str
    confidence: float


MOST_OFFERED = 2
"""Entries of the FAQ that are offered for what has no answer."""


class Unclear(Struct, frozen=True):
    """More than one reading: payloads or intent names to choose from, most likely first."""

    candidates: tuple[str, ...]
    text: str


class SecretTyped(Struct, frozen=True):
    """Something that must not be in a chat was typed; the text is not carried further."""

    kinds: tuple[str, ...]


class NotText(Struct, frozen=True):
    """A message without words that can be read."""

    kind: OtherKind


class UnheardNote(PrivateStruct):
    """A recording that is still to be heard. `note` names it in the desk's store, `place` is the channel's own name.

    One of the two is empty. `seconds` is its length, where the channel tells it.
    """

    note: str = ""
    place: Private[str] = ""
    seconds: float | None = None


class Refusal(Struct, frozen=True):
    """A refusal of the commitment that the open step asks for."""

    text: str


class Consenting(PrivateStruct):
    """Consents given, refused or taken back in words, by their ids.

    `base` is what the message agrees to besides those it names: only the required ones, all, or (by a plain yes) the
    required and the ticked ones; none of these where it is empty. Without any name, and nothing agreed to, a consent
    is taken back that isn't said.
    """

    given: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    base: Literal["", "required", "ticked", "all"] = ""
    text: Private[str] = ""


class Empty(Struct, frozen=True):
    """A message of nothing but blanks."""


class TooLong(Struct, frozen=True):
    """A message above the border rule's length."""


class Remark(Struct, frozen=True):
    """Words about what was said, where such were awaited: no answer to the open step."""

    text: str


Meaning = (
    Press
    | NavigationCommand
    | Answer
    | Correction
    | Discount
    | SentCode
    | Intent
    | Faq
    | Unclear
    | Refusal
    | Consenting
    | SecretTyped
    | NotText
    | UnheardNote
    | Empty
    | TooLong
    | Remark
)
