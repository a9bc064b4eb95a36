"""The accepted words of each act that binds, as its files have them, read at a seller's own steps."""

from collections.abc import Iterator
from functools import cache

from nlu.binding_words import load_words
from nlu.understand import understand
from tests.bot.conversation.test_sentences_that_bind import asked
from tests.journeys.teller import hearing
from tests.kit.narrow import present
from values.expected import Expected
from values.locale import Locale
from values.meaning import BindingAct, Meaning, Press

SELLER = "fakturasmart"
ACTS = {
    "order": BindingAct.order,
    "terms": BindingAct.agree,
    "clauses": BindingAct.agree,
    "einvoices": BindingAct.activate,
    "renewal": BindingAct.renew,
    "withdrawal": BindingAct.withdraw,
}
"""The name of an act's step for `asked`, and the act whose words give it there."""
_PARTED = " ... "


@cache
def accepted(name: str, locale: Locale) -> tuple[str, ...]:
    """Return the accepted words of an act: its verbs and, where a yes gives it, the plain yeses; none twice."""
    words, act = load_words(locale), ACTS[name]
    yeses = words.yes if act is not BindingAct.order else frozenset[str]()
    return tuple(sorted(phrase.replace(_PARTED, " ") for phrase in words.verbs[act] | yeses))


@cache
def _parted(act: BindingAct, locale: Locale) -> frozenset[str]:
    return frozenset(verb.replace(_PARTED, " ") for verb in load_words(locale).verbs[act] if _PARTED in verb)


def is_parted(phrase: str, name: str, locale: Locale) -> bool:
    """Return whether an accepted phrase has two parts that needn't stand in a row."""
    return phrase in _parted(ACTS[name], locale)


def binds(text: str, name: str, locale: str) -> bool:
    """Return whether a message is taken for the act."""
    expected, heard = present(asked(SELLER, name)), hearing(SELLER)
    return pressed(understand(text, expected, locale=locale, faq=heard.faq, known=heard.known), expected)


def pressed(meant: Meaning, expected: Expected) -> bool:
    """Return whether an option that binds is pressed."""
    return isinstance(meant, Press) and any(o.binds for o in expected.options if o.payload == meant.payload)


def combined(phrases: tuple[str, ...], frames: tuple[str, ...]) -> Iterator[str]:
    """Yield each phrase in each frame, those of one phrase apart, so that a portion has all frames."""
    for at, phrase in enumerate(phrases):
        for shift in range(len(frames)):
            yield frames[(at + shift) % len(frames)].format(yes=phrase)
