"""In which language a message is written, where the channel doesn't say which one the customer speaks."""

from collections.abc import Iterable

from nlu.intents.lexicon import STEM
from nlu.languages.language import Language
from nlu.languages.shipped import Known
from values.locale import Locale
from values.parsing import fold_words

_LONGEST = 400
_FEW_WORDS = 3


def written_in(text: str, known: Known, offered: Iterable[str]) -> Locale | None:
    """The one of these languages that has more of a message's words than any other; None where that isn't clear.

    Words that all of them have (a name, a number, "e-mail") tell nothing.
    """
    languages = [language for code in offered if (language := known.get(Locale(code))) is not None]
    words = fold_words(text[:_LONGEST]).split()
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
    return stem in language.phrases().rarity
