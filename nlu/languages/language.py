"""A language as language understanding knows it, and the number words of several at once."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct, field

from nlu.corrections.correction_words import Corrections
from nlu.intents.classifier import Classifier
from nlu.intents.cues import Cue
from nlu.intents.lexicon import Lexicon, RequestWords
from nlu.numbers.number_words import NO_CUES, NumberCues
from values.locale import SHIPPED, Locale
from values.meaning import BindingAct, NavigationCommand
from values.number_words import DIGITS_OF_WORD, NO_WORDS, NumberWords

_NOTHING: frozenset[str] = frozenset()


class AnswerWords(Struct, frozen=True, eq=False):
    """Whole answers and the small words around them, unaccented; `small` ones tell nothing."""

    yes: frozenset[str] = _NOTHING
    no: frozenset[str] = _NOTHING
    skip: frozenset[str] = _NOTHING
    enough: frozenset[str] = _NOTHING  # whole answers by which nothing more is wanted
    negating: frozenset[str] = _NOTHING
    small: frozenset[str] = _NOTHING
    at_a_loss: re.Pattern[str] | None = None  # of a language without a table of stances
    lost: frozenset[str] = _NOTHING  # whole answers of somebody who wants to go on all the same
    ordinals: tuple[re.Pattern[str], ...] = ()
    last: re.Pattern[str] | None = None
    helpful: frozenset[str] = _NOTHING  # whole answers to "did it help?", and to "what was missing?"
    unhelpful: frozenset[str] = _NOTHING
    no_reason: frozenset[str] = _NOTHING


class BindingWords(Struct, frozen=True, eq=False):
    """Words by which an answer binds, and by which it is refused: phrases, unaccented.

    `beside` may stand beside any act's verb, `about` beside that act's, `everything` beside that of agreeing to all
    that stands there; `denials` make a refusal of the verb behind them, `refusals` are refusals by themselves.
    `particles` count among verbs and yeses of this language alone; beside `parting` words a mere yes is none; `only`
    stands in the choice of one among several; `ironic` phrases say the contrary of their words; `pointing` ones have to
    lead to a verb or its object, `pronouns` to touch a verb, and `opening` ones to lead up to what is said. Behind a
    word of consequence (`so`) an act follows from a reason, which has no `never` word. `unlike` are words that look
    like a slip of another.
    """

    verbs: Mapping[BindingAct, frozenset[str]] = field(default_factory=dict[BindingAct, frozenset[str]])
    about: Mapping[BindingAct, frozenset[str]] = field(default_factory=dict[BindingAct, frozenset[str]])
    everything: frozenset[str] = _NOTHING
    yes: frozenset[str] = _NOTHING
    beside: frozenset[str] = _NOTHING
    denials: frozenset[str] = _NOTHING
    refusals: frozenset[str] = _NOTHING
    particles: frozenset[str] = _NOTHING
    parting: frozenset[str] = _NOTHING
    only: frozenset[str] = _NOTHING
    ironic: frozenset[str] = _NOTHING
    pointing: frozenset[str] = _NOTHING
    pronouns: frozenset[str] = _NOTHING
    opening: frozenset[str] = _NOTHING
    so: frozenset[str] = _NOTHING
    never: frozenset[str] = _NOTHING
    unlike: frozenset[str] = _NOTHING


class AddressWords(Struct, frozen=True, eq=False):
    """The spoken signs of an e-mail address, and the words that introduce one."""

    at: frozenset[str] = _NOTHING
    dot: frozenset[str] = _NOTHING
    hyphen: frozenset[str] = _NOTHING
    underscore: frozenset[str] = _NOTHING
    intro: frozenset[str] = _NOTHING


class TermWords(Struct, frozen=True, eq=False):
    """Words of amounts and things: patterns for one unaccented word, or for words in a row."""

    named: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
    )  # by entity: payment_method, language, plan
    year: re.Pattern[str] | None = None
    month: re.Pattern[str] | None = None
    unit: re.Pattern[str] | None = None
    pack: re.Pattern[str] | None = None  # what several pieces are sold in
    code: re.Pattern[str] | None = None  # what a discount code is called
    name: re.Pattern[str] | None = None  # what introduces a person's name


class Language(Struct, frozen=True, eq=False):
    """One language: what is looked up by language, and what a profile's folder adds.

    Tables that hold every language (whole answers of the shipped ones, say) stay with the code that reads them.
    """

    code: Locale
    vocabulary: Callable[[], RequestWords]
    classifier: Callable[[], Classifier] | None = None  # reads what it was trained in: the shipped languages
    lexicon: Callable[[], Lexicon] | None = None  # reads all others
    region: str = ""  # whose phone a number without its country's code is: ISO 3166, empty where nobody can tell
    tax_number: str = "nip"  # the entity that a bare tax number is; empty where none has a name of its own
    numbers: NumberWords = NO_WORDS
    cues: NumberCues = NO_CUES
    letters: Mapping[str, str] = field(default_factory=dict[str, str])
    commands: Mapping[str, NavigationCommand] = field(default_factory=dict[str, NavigationCommand])
    courtesy: frozenset[str] = _NOTHING
    questions: frozenset[str] = _NOTHING  # words with which a question begins
    stop: frozenset[str] = _NOTHING  # words that tell nothing about what is asked
    answers: AnswerWords = AnswerWords()
    binding: BindingWords = BindingWords()
    choices: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict[str, tuple[Cue, ...]])
    address: AddressWords = AddressWords()
    terms: TermWords = TermWords()
    corrections: Corrections | None = None


Languages = tuple[Language, ...]
"""The conversation's own language first, then the others that people of this seller mix in."""


def map_numbers(langs: Languages) -> Mapping[str, str]:
    """Return every number word that may come, with its digits: the conversation's own before the others'."""
    brought = tuple(lang for lang in langs if lang.code not in SHIPPED)
    return _joined(brought, own=langs[0] in brought) if brought else DIGITS_OF_WORD


@lru_cache(maxsize=32)
def _joined(brought: tuple[Language, ...], *, own: bool) -> dict[str, str]:
    theirs = {word: digits for lang in reversed(brought) for word, digits in lang.numbers.digits.items()}
    return DIGITS_OF_WORD | theirs if own else theirs | DIGITS_OF_WORD
