"""A kind of answer as one object: the facts about it that every room reads from here.

Words of a language by which an answer is found in a sentence stay with language understanding.
"""

import re
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from values.country import Country
from values.day import Day
from values.expected import Expected
from values.kinds.samples import Specimens, fix_samples
from values.meaning import Expects
from values.parsing import Parsed
from values.patterns import regex

Form = Literal["choice", "digits", "formed", "words", "elsewhere", "none"]
"""The look of an answer: one of the buttons offered; digits of a known number; another closed form; any words; an
answer that comes from a page, a letter or a provider; or none."""
FoundBy = Literal[
    "itself",
    "digits",
    "postal_code",
    "tax_number",
    "amount",
    "number",
    "day",
    "mailbox",
    "mailbox_or_code",
    "code",
    "country",
]
"""The finder of `nlu.answers` that knows an answer in a sentence; `itself`: only the whole text is one."""
GivenBy = Literal["typing", "choosing", "code", "letter", "page", "payment", "waiting", "going_on"]
"""The way in which a customer answers; `code`: one that was sent; `going_on`: nothing is asked."""
Shown = str | Country | Day
"""An answer as it is said back: in its groups, or as a value that is put into the customer's language."""
Reader = Callable[[str, Expected, str], "Parsed[str] | Parsed[int]"]
"""The parser of a kind: a text, the step at which it is said, the conversation's language."""


class AnswerInWords(Struct, frozen=True):
    """Traits of a kind whose answers are words of no closed form. They differ in how easily other words are one."""

    verbatim: bool = False
    """The text is read as it stands: nothing in it is withheld as somebody else's or as denied."""
    says_all: bool = False
    """The text is a message to somebody, and its answer as a whole: values that it names aren't taken out of it."""
    names_itself: bool = False
    """A word may be the answer's own, whatever else it names: a firm may be called after a way to pay."""
    place: bool = False
    """A street or a town: what it is said not to be is dropped ("Polna 1a, not 1")."""
    never_asks: bool = False
    """A question of some length is none: people, streets and towns have no such names."""
    asks_by_mark: bool = False
    """Any words may be one: only a question mark makes a question about the step of them."""
    dictated: bool = False
    """Spoken, its pauses and titles of buttons are left as they were heard."""


class AnswerAloud(Struct, frozen=True):
    """Rules for an answer that is spoken rather than typed."""

    said_back: bool = False
    """It counts after a yes: something is sent to it, or decided by it, and one misheard digit reaches a stranger."""
    only_typed: bool = False
    """It is never spoken: a code or a password."""
    one_number: bool = False
    """It is a number that may be dictated in any groups; whether it was surely heard right is judged."""


class Mask(Struct, frozen=True):
    """The way in which a kind's values are hidden from an agent who hasn't opened them, wherever they stand."""

    hide: Callable[[str], str]
    """Return enough of a value to know it again."""
    form: re.Pattern[str]
    """A part of a text that may be a value."""
    attempt: re.Pattern[str]
    """A part of the customer's words that may be a failed try, where a value is asked for."""
    is_value: Callable[[re.Match[str], Expects | None], bool] = lambda _found, _asked: True
    """Return whether such a part is a value, where that kind of answer is asked for."""


class AnswerByOthers(Struct, frozen=True):
    """Rules for an answer that somebody else, such as an agent, gives or sees."""

    may_give: bool = False
    """They may answer: the customer sees the data again before anything comes of them."""
    proposes: bool = False
    """Their answer is only proposed to the customer: letters or invoices go there."""
    mask: Mask | None = None
    """None shows it in words."""


DIGITS = regex(r"[\d\s+()./–-]+")
WORDED, ALOUD, CUSTOMERS_OWN = AnswerInWords(), AnswerAloud(), AnswerByOthers()
GIVEN = AnswerByOthers(may_give=True)


class AnswerInput(Struct, frozen=True, omit_defaults=True):
    """Attributes of the web chat's input while an answer is typed, by their names in HTML."""

    inputmode: str = "text"
    autocomplete: str = "off"
    autocapitalize: str = "sentences"
    picker: str = ""
    """The type of a native field beside the input; empty for none."""


class AnswerKind(Struct, frozen=True):
    """All that the house knows of one kind of answer."""

    expects: Expects
    form: Form = "none"
    read: Reader | None = None
    """None for kinds that are pressed, come from elsewhere, or are taken as they are typed."""
    samples: Callable[[str], Specimens] = fix_samples()
    """Sample answers by the country whose rules decide about numbers (ISO 3166, or `EU`)."""
    display: Callable[[str], Shown] = str
    """Return the answer as it is said back."""
    entity: str = ""
    """The entity of language understanding that an answer is; empty where none has a name."""
    found_by: FoundBy = "itself"
    given_by: GivenBy = "typing"
    input: AnswerInput | None = None
    """The web chat's input; None for kinds that aren't typed, or are messages."""
    cut_off: re.Pattern[str] = DIGITS
    """A part of an answer that was sent before the rest of it was typed."""
    by_shape: bool = False
    """A value without a name is known by its form: "no, anna@example.com" corrects the answer of its kind."""
    is_alone: Callable[[str, Expected], bool] | None = None
    """Return whether a text is little more than a value, so that it corrects the only answer of its kind by itself."""
    saying: frozenset[str] = frozenset()
    """Intents that say no more than the value that comes with them."""
    one_word: bool = False
    """A lone word of no known form tries to be an answer: it is refused with a reason."""
    counts: bool = False
    """Digits are an answer, and press no button by its number."""
    one_time: bool = False
    """A code that was sent: it is compared and forgotten."""
    judges: frozenset[Expects] = frozenset()
    """Other kinds of values that its step judges itself: a PEC may stand where a code is asked for."""
    by_part: bool = False
    """A sentence may put one part of it right: "not Gdańsk but Sopot"."""
    called_code: bool = False
    """Customers call it a code: there that word alone means no discount code."""
    others: AnswerByOthers = CUSTOMERS_OWN
    worded: AnswerInWords = WORDED
    aloud: AnswerAloud = ALOUD

    @property
    def judged(self) -> frozenset[str]:
        """Return the names of all kinds of values that its step judges itself."""
        return frozenset({str(self.expects), *map(str, self.judges)})

    @property
    def is_name(self) -> bool:
        """Return whether an answer is what somebody or a place is called: words, but no message."""
        return self.form == "words" and not self.worded.says_all
