"""Builds the parts of a language that comes from a file: words as people write them, ready to be compared.

In a word `*` stands for any ending; letters may be written with their accents. A phrase is words with spaces.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from nlu.corrections.correction_words import Corrections, corrections_of
from nlu.numbers.number_words import Phrases, phrases
from values.number_words import NumberWords
from values.parsing import fold_words, unaccent
from values.patterns import regex

Words = Sequence[str]
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# "E-Mail" is typed as "e-mail", "email" and "e mail".
_HYPHEN = regex(r"(?<=\w)-(?=\w)")


def fold_each(words: Iterable[str]) -> frozenset[str]:
    """Fold words as the texts that they are compared with: unaccented, in small letters, without punctuation.

    An umlaut also as the two letters that keyboards without it write.
    """
    return frozenset(filter(None, map(fold_words, _spellings(words))))


def pattern(words: Words) -> re.Pattern[str] | None:
    """Return a pattern of any of the words, alone or among others; None for no words."""
    return re.compile(rf"(?<![^ ])(?:{_any(words)})(?![^ ])") if words else None


def match_whole(words: Words) -> re.Pattern[str] | None:
    """Return a pattern of exactly one of the words; None for no words."""
    return re.compile(_any(words)) if words else None


def match_typed(words: Words) -> re.Pattern[str] | None:
    """One of the words in a text as it was typed, accents and capitals included; None for no words."""
    spelt = "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in _spellings(words))
    return re.compile(rf"\b(?:{spelt})\b", re.I) if words else None


def match_introduced(words: Words) -> re.Pattern[str] | None:
    """Return the pattern of a name behind the words that introduce it."""
    name = r"(?P<name>[^\W\d_][\w'’.\-]{0,30}(?: [^\W\d_][\w'’.\-]{0,30}){1,2})"
    spelt = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?:{spelt})\s+{name}", re.I) if words else None


def phrases_of(said: Words) -> Phrases:
    """Index phrases by their first word."""
    return phrases(sorted(fold_each(said)))


def numbers_of(
    units: Sequence[Words], teens: Sequence[Words], tens: Sequence[Words], hundreds: Sequence[Words], joined: Words
) -> NumberWords:
    """Return number words from their places: 0…9, 10…19, 20…90, 100…900, synonyms together.

    `joined`: how the language writes unit and ten as one word, such as `{unit}und{ten}`; then hundreds are joined
    in front of it as well.
    """

    def table(groups: Sequence[Words], first: int, step: int) -> dict[str, int]:
        return {fold_words(word): first + i * step for i, group in enumerate(groups) for word in group}

    tables = table(units, 0, 1), table(teens, 10, 1), table(tens, 20, 10), table(hundreds, 100, 100)
    return NumberWords(*tables, _compounds(*tables, joined) if joined else {})


def _compounds(
    units: dict[str, int], teens: dict[str, int], tens: dict[str, int], hundreds: dict[str, int], joined: Words
) -> dict[str, str]:
    """Return numbers below a thousand that are written as one word."""
    twos = {
        fold_words(form.format(unit=unit, ten=ten)): value + n
        for form in joined
        for ten, value in tens.items()
        for unit, n in units.items()
        if n
    }
    below = {**{word: n for word, n in units.items() if n}, **teens, **tens, **twos}
    large = {hundred + word: value + n for hundred, value in hundreds.items() for word, n in below.items()}
    return {word: str(n) for word, n in (twos | large).items()}


def corrections_from(nouns: Mapping[tuple[str, ...], Words], words: Mapping[str, Words]) -> Corrections | None:
    """Return forms of correction from words (`CORRECTING`); None where the nouns or the words of change are missing."""
    if not nouns or not words.get("change"):
        return None

    said = {name: loose(listed) for name, listed in words.items() if listed}
    is_ = said.get("is", "(?!)")
    signs = loose([word for name in ("change", "error", "signs") for word in words.get(name, ())])
    made = {"is": rf":|=|->|→|,? ?(?:{is_})", "states": rf":|=|{is_}", "signs": signs}
    return corrections_of(tuple((slots, loose(names)) for slots, names in nouns.items()), said | made, change_last=True)


def _spellings(words: Iterable[str]) -> dict[str, None]:
    """Return each word, and its form on keyboards without umlauts."""
    return dict.fromkeys(form for word in words for form in (word, word.translate(_UMLAUTS)))


def _any(words: Words) -> str:
    return "|".join(" ".join(map(_ended, word.split())) for word in _spellings(words))


def _ended(word: str) -> str:
    return re.escape(fold_words(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")


def _by_letters(word: str) -> str:
    """Strip accents letter by letter, where offsets must stay: "straße" keeps its six letters."""
    return "".join((unaccent(letter) or " ")[0] for letter in word)


def loose(words: Words) -> str:
    """Return a pattern of the words, longest first, for text that is unaccented but still has its punctuation."""
    typed = _spellings(word.replace("’", "'") for word in words)
    forms = (form for word in typed for form in dict.fromkeys((unaccent(word), _by_letters(word))))
    spelt = (_HYPHEN.sub("~", form) for form in forms)
    escaped = (re.escape(word).replace(r"\*", r"\w*").replace(r"\~", "~").replace("~", "[- ]?") for word in spelt)
    return "|".join(sorted(escaped, key=len, reverse=True))
