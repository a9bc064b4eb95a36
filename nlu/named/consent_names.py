"""The names of consents in words: by their titles, by what they are for (advertising), by the way it comes."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, alternatives
from nlu.stance import Polarity, polarity
from values.expected import ConsentName
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("consent_names")

EINVOICE = "einvoice"
"""The consent that is named by what it turns on."""

RENEWAL = "auto_renewal"
"""The consent by which what is paid goes on; named by the words for renewing."""

CONSENT = alternatives("consent_names", "consent")
_MAY_CALL = regex("dzwon|telefon|call|phon|text|ring|chiam")
_BY = (("phone", _SAYS.phone), ("email", _SAYS.email))
_NOTE = regex(r"\([^)]*\)")
_STEM, _LEAST = 5, 4


class _Known(Struct, frozen=True):
    """A consent's name as it is compared: the beginnings of its titles' words, and what it is for."""

    titles: tuple[frozenset[str], ...]
    ads: bool
    by: frozenset[str]


@lru_cache(maxsize=64)  # those of one profile
def _known(name: ConsentName) -> _Known:
    titles = (frozenset(_stems(_NOTE.sub(" ", one))) for one in name.titles)
    said = " ".join(fold_words(one) for one in (name.id.replace("_", " "), *name.titles, *name.texts))
    by = frozenset(way for way, words in _BY if words.search(said) is not None)
    ads = not name.obligatory and _SAYS.ads.search(said) is not None
    return _Known(tuple(stems for stems in titles if stems), ads, by if ads else frozenset())


def _stems(text: str) -> Iterable[str]:
    return (word[:_STEM] for word in fold_words(text).split() if len(word) >= _LEAST)


def names_einvoice(said: str) -> bool:
    """Return whether folded words speak of e-invoices."""
    return _SAYS.einvoice.search(said) is not None


def einvoice_polarity(text: str, langs: Languages) -> Polarity | None:
    """Return whether a message wants e-invoices, as its words count; None where it doesn't speak of them."""
    return polarity(text, _SAYS.einvoice, langs) if names_einvoice(fold_words(text)) else None


def names_any(said: str) -> bool:
    """Return whether folded words may name a consent at all; cheap, and wrong in nothing that it denies."""
    return speaks_of_ads(said) or names_einvoice(said) or _SAYS.data.search(said) is not None


def speaks_of_ads(said: str) -> bool:
    """Return whether folded words speak of advertising, or of calls made for it."""
    calls = _MAY_CALL.search(said) is not None and _SAYS.calling.search(said) is not None
    return calls or _SAYS.ads.search(said) is not None


def find_consents(said: str, names: Iterable[ConsentName], *, asked: bool = False) -> tuple[str, ...]:
    """Return the ids of the consents that folded words name, in the profile's order.

    `asked`: consents are what is spoken of, so that the way alone names one ("everything except phone").
    """
    known = [(name, _known(name)) for name in names]
    stems = frozenset(word[:_STEM] for word in said.split())
    found = {name.id for name, one in known if any(title <= stems for title in one.titles)}
    if names_einvoice(said):
        found.add(EINVOICE)
    found |= set(_advertising(said, known, asked=asked))
    return tuple(name.id for name, _ in known if name.id in found)


def _advertising(said: str, known: list[tuple[ConsentName, _Known]], *, asked: bool) -> list[str]:
    """Return those for advertising by the way that is named, or all of them where none is."""
    ways = {way for way, words in _BY if words.search(said) is not None}
    if not (speaks_of_ads(said) or (asked and ways and not names_einvoice(said))):
        return []
    ads = [(name.id, one.by) for name, one in known if one.ads]
    apart = (part for part in _SAYS.nor.split(said) if speaks_of_ads(part))  # "reklam ani telefonów" are two things
    every = not ways or any(all(words.search(part) is None for _, words in _BY) for part in apart)
    return [id for id, _ in ads] if every else [id for id, by in ads if by & ways]


def required_by_subject(said: str, names: Iterable[ConsentName]) -> tuple[str, ...]:
    """Return the obligatory ones that "my consent to data processing" is about, where no title is named."""
    asked = (name.id for name in names if name.obligatory and name.id != RENEWAL)
    return tuple(asked) if _SAYS.data.search(said) is not None else ()


def names_all(said: str) -> bool:
    """Return whether folded words speak of all consents there are."""
    return _SAYS.all.search(said) is not None
