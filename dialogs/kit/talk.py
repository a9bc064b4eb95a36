"""The kit's own slots of a conversation, beside the answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from msgspec.structs import replace

from values.account_view import AccountView
from values.private import HiddenStruct


class Slots(HiddenStruct, omit_defaults=True):
    """Slots of a conversation; the defaults stand for what isn't known yet."""

    over_books: ClassVar[bool] = False  # True: they are to be read with what the books have

    def read_current(self, books: AccountView) -> Any:
        """Return them as they stand: what was said over what the books have."""
        return self

    def make_draft(self) -> Any:
        """Return what is stored of them as they stand: what was said."""
        return self


class Shown(Slots, frozen=True):
    """The mark that the question asked last binds to (`BoundStep.mark`), and its language."""

    step: str
    locale: str
    mark: str
    others: tuple[tuple[str, str], ...] = ()  # the same of the other steps on its card


class Reopened(Slots, frozen=True):
    """A correction that led back to an earlier step: what the answer was before, and the step that was open then."""

    step: str
    old: str
    stood: str


class Wish(Slots, frozen=True):
    """A wish that the end of the log-in cut off: a button's payload, an intent or an answer."""

    at: datetime
    asked: str = ""  # the step that was open, "dialog.step"
    press: str | None = None
    stale: bool = False
    intent: str | None = None
    text: str = ""


class TalkState(Slots, frozen=True):
    """The conversation's manners: none of it decides what is true, only how it is spoken of."""

    locale: str = "pl"
    undecided: bool = False  # nobody has said that it is to be this language: the customer's own words decide it yet
    greeted: bool = False
    answered: tuple[str, ...] = ()  # steps the customer answered, "dialog.step", oldest first
    awaiting: Mapping[str, str] = {}  # what is awaited → key of the call
    revising: str | None = None  # an answered step that is being asked again; its old answer stays until the new one
    reopened: Reopened | None = None  # a correction that back takes back, while it is asked about
    editing: str | None = None  # the confirming step whose "what shall we change?" is open
    misses: int = 0  # answers in a row that the open step could not take
    told: str | None = None  # what was answered last beside the open step: "faq:ENTRY", "ask:INTENT" or "help"
    reminded: bool = False  # silence was noticed once
    shown: Shown | None = None  # what the open question showed, where its answer binds to that
    card: int | None = None  # the mark of the card that the open question showed
    figures: tuple[str, str] | None = None  # the step that showed the seller's figures last, and their mark
    reminded_again: bool = False  # … and once more
    unreminded: bool = False  # the customer wants no reminders of silence
    remark: bool = False  # the next words may be a remark rather than an answer
    gone: tuple[tuple[str, str], ...] = ()  # what the profile has lost of the answers, until that is said: the key of
    # its name, and the product that this names
    kept_back: int = 0  # messages that stay true and weren't said, for a person had the talk
    edits: tuple[str, ...] = ()  # answers that may be changed by a button, as offered at the open step
    closed: bool = False  # silence lasted; the next message opens again at the same step
    wish: Wish | None = None  # what the end of the log-in cut off, while something else is asked before its step


class StateBase(Slots, frozen=True):
    """The whole of what a conversation knows: `talk` and one slots class per dialog, named as the dialog is."""

    talk: TalkState = TalkState()

    def read_current(self, books: AccountView) -> Self:
        """Return it with what was said in each dialog over what the books have."""
        each = {name: getattr(self, name).read_current(books) for name in self.__struct_fields__}
        return replace(self, **each)

    @property
    def muted(self) -> bool:
        """True while a person speaks with the customer: the dialogs are silent, the answer is that person's."""
        return False

    def find_country(self, books: AccountView) -> str | None:
        """Return the customer's country, as far as the answers and the books tell (ISO 3166)."""
        return None


_OF_SILENCE = ("reminded", "reminded_again", "unreminded", "closed")
_OF_WHAT_WAS_SAID = ("greeted", "undecided", "told", "shown", "card", "figures", "edits", "remark", "kept_back", "gone")
UNSHOWN = frozenset((*_OF_SILENCE, *_OF_WHAT_WAS_SAID, "wish"))
"""Manners that no dialog looks at when it tells what is open, offered or shown."""
