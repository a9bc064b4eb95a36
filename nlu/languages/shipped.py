"""The shipped languages, the order in which languages are tried, and in which one a message is written."""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType

from nlu.intents.classifier import load_classifier as shipped_classifier
from nlu.intents.lexicon import STEM, lexicon_of, vocabulary
from nlu.languages.language import Language, Languages
from nlu.numbers.number_words import CUES
from nlu.numbers.spelling import LETTERS
from values.locale import ENGLISH, SHIPPED, Locale
from values.number_words import WORDS
from values.parsing import fold_words

Known = Mapping[str, Language]
_REGIONS = {"pl": "PL", "it": "IT"}
_TAX_NUMBERS = {"it": "partita_iva"}


def _shipped(code: Locale) -> Language:
    return Language(
        code=code,
        vocabulary=partial(vocabulary, code),
        classifier=shipped_classifier,
        region=_REGIONS.get(code, ""),
        tax_number=_TAX_NUMBERS.get(code, "nip"),
        numbers=WORDS[code],
        cues=CUES[code],
        letters=LETTERS[code],
    )


KNOWN: Known = MappingProxyType({code: _shipped(code) for code in SHIPPED})
"""The shipped languages by code."""


def bare(code: Locale) -> Language:
    """Return a language without any words.

    Buttons, numbers in digits, e-mails and codes are understood all the same, and sentences in the known languages.
    """
    lexicon = lexicon_of({})
    return Language(code, vocabulary=lambda: lexicon, lexicon=lambda: lexicon, tax_number="")


def order_langs(known: Known, locale: str) -> Languages:
    """Return the languages to try in a conversation in `locale`: its own first; English where that isn't known."""
    own = known.get(locale) or known.get(ENGLISH) or next(iter(known.values()))
    return (own, *(language for language in known.values() if language is not own))


def index_languages(languages: Iterable[Language]) -> Known:
    return MappingProxyType({language.code: language for language in languages})


_LONGEST_SAMPLE = 400
_FEW_WORDS = 3


def written_in(text: str, known: Known, offered: Iterable[str]) -> Locale | None:
    """Return the language that has more of a message's words than any other, or None where that isn't clear.

    Words that all of them have (a name, a number, "e-mail") tell nothing.
    """
    languages = [language for code in offered if (language := known.get(Locale(code))) is not None]
    words = fold_words(text[:_LONGEST_SAMPLE]).split()
    stems = {word[:STEM] for word in words if word.isalpha()}
    telling = {stem for stem in stems if not all(_has(language, stem) for language in languages)}
    found = {language.code: sum(_has(language, stem) for stem in telling) for language in languages}
    ranked = sorted(found, key=lambda code: found[code], reverse=True)
    if len(ranked) < 2:
        return None
    best, second = found[ranked[0]], found[ranked[1]]
    clear = (best >= 2 and best > second) or (best == 1 and second == 0 and len(words) <= _FEW_WORDS)
    return ranked[0] if clear else None


def _has(language: Language, stem: str) -> bool:
    return stem in language.vocabulary().stems
