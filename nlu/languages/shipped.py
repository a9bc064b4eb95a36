"""The languages that are understood without a profile's doing, and the order in which languages are tried."""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType

from nlu.intents.lexicon import lexicon, lexicon_of
from nlu.languages.language import Language, Languages
from nlu.numbers.cues import CUES
from nlu.numbers.letters import LETTERS
from values.locale import ENGLISH, SHIPPED, Locale
from values.number_words import WORDS

Known = Mapping[str, Language]
_REGIONS = {"pl": "PL", "it": "IT"}
_TAX_NUMBERS = {"it": "partita_iva"}


def _shipped(code: Locale) -> Language:
    return Language(
        code=code,
        phrases=partial(lexicon, code),
        region=_REGIONS.get(code, ""),
        tax_number=_TAX_NUMBERS.get(code, "nip"),
        numbers=WORDS[code],
        cues=CUES[code],
        letters=LETTERS[code],
    )


KNOWN: Known = MappingProxyType({code: _shipped(code) for code in SHIPPED})
"""The shipped languages by code."""


def bare(code: Locale) -> Language:
    """A language of which nothing is known: buttons, numbers in digits, e-mails and codes are understood all the same,
    and whatever people write in a language that is known."""
    return Language(code, phrases=partial(lexicon_of, {}), tax_number="")


def among(known: Known, locale: str) -> Languages:
    """The languages to try in a conversation in `locale`: its own first; English where that isn't known."""
    own = known.get(locale) or known.get(ENGLISH) or next(iter(known.values()))
    return (own, *(language for language in known.values() if language is not own))


def of(languages: Iterable[Language]) -> Known:
    """Languages by their codes."""
    return MappingProxyType({language.code: language for language in languages})
