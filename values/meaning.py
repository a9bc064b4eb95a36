"""Expectations of steps and meanings of messages: language understanding writes meanings, dialogs read them."""

from collections.abc import Callable, Iterator, Mapping, Set
from enum import StrEnum
from typing import Literal, TypeVar

from msgspec import Struct, field

from values.patterns import cached_property
from values.private import Private, PrivateStruct

K = TypeVar("K")
V = TypeVar("V")


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

TITLE = "title"
"""The name of a press on a button that isn't offered: `title:menu` or `title:step` says where it belongs."""
OF_A_STEP, OF_A_WORD = f"{TITLE}:step", f"{TITLE}:word"
"""A title of another step's button, and one that is a single word, which may mean something else as well."""
WISH = "wish"
"""The name of a title by which an intent is asked for: `wish:log_in`."""


class Deferred(Mapping[K, V]):
    """A mapping that few readers look at, and that takes time to make: it is made at the first look.

    `find` tells the value of one key alone, None where it has none, until all are asked for.
    """

    def __init__(self, make: Callable[[], Mapping[K, V]], find: Callable[[K], V | None] | None = None) -> None:
        self._make, self._find = make, find
        self._found: dict[K, V | None] = {}

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        if self._find is None:
            return self._made[key]
        if key not in self._found:
            self._found[key] = self._find(key)
        if (value := self._found[key]) is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class OptionWords(Struct, frozen=True):
    """One button: its payload, every title by which it is known, in any language, and what it binds to, if anything."""

    payload: str
    titles: tuple[str, ...] = ()
    binds: BindingAct | None = None
    pieces: tuple[str, ...] = ()  # words by which what it adds is counted
    beside: bool = False  # it answers another question than the open one: it has to be named, a bare yes isn't it
    covers: tuple[str, ...] = ()  # the steps that it answers together


class ConsentName(Struct, frozen=True):
    """A consent of the profile as it may be named: its titles and its sentence, in any of the profile's languages."""

    id: str
    obligatory: bool
    titles: tuple[str, ...]
    texts: tuple[str, ...] = ()


class Expected(Struct, frozen=True):
    """The open step as language understanding needs to know it.

    `country` is the ISO code that decides about numbers, or `tax_number.VATIN`, and `home` then the seller's own
    country; `seat` is that of the company's address; `discount_codes` are those the profile knows; `correctable` names
    the earlier answers (`Expects` names or steps) that may be corrected, each with its kind; `optional` steps can be
    skipped, and `several` take more than one of their options at once; `pieces` are the words by which a quantity is
    counted; `enough` is the payload of "that's all"; `names` are the seller's own and its products'. `code`: six
    digits are an answer, though the step awaits something else. `rows` are the other steps on its card, answered or
    not, and `act` is the payload by which the last of them orders, once nothing is missing. `given` are the answers in
    words, such as streets and names, by their steps. `called` says by step, with commas, what a sentence may call it.
    `consents` are those of the profile that may be given or taken back in words. `joint` answers the open step and
    others of its card together: it is given by words that name all of them. `pages` are the payloads of the menu's
    buttons by their folded titles, wherever the customer is, and of other titles of the desk's what they are: an entry
    of the FAQ, or a `TITLE` of a menu or a step. `papers`: there are invoices of theirs, or there are to be.
    """

    expects: Expects
    step: str
    options: tuple[OptionWords, ...] = ()
    country: str = "PL"
    discount_codes: tuple[str, ...] = ()
    correctable: Mapping[str, Expects] = field(default_factory=dict[str, Expects])
    free_text: bool = False
    optional: bool = False
    several: bool = False
    home: str = ""
    seat: str = ""
    pieces: tuple[str, ...] = ()
    enough: str = ""
    names: tuple[str, ...] = ()
    code: bool = False
    rows: Set[str] = frozenset()
    act: str = ""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    called: tuple[tuple[str, str], ...] = ()
    consents: tuple[ConsentName, ...] = ()
    joint: OptionWords | None = None
    pages: Mapping[str, str] = field(default_factory=dict[str, str])
    papers: bool = False

    @property
    def acting(self) -> OptionWords:
        """Return the button of `act` as words may give it before it is shown."""
        return OptionWords(self.act, binds=BindingAct.trial if self.act == TRIAL else BindingAct.order)


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


class Nameable(Struct, frozen=True):
    """A choice that can be made by its name before it is asked: a method, a plan, add-ons.

    `called`: what a seller's own question calls its answer, with commas; it may be of any kind, `expects`.
    """

    step: str
    options: tuple[OptionWords, ...]
    called: str = ""
    expects: Expects = Expects.choice


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
