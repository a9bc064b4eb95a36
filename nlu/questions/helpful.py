"""Answers to "Did that help?", typed instead of pressed, by closed lists per language.

They are read only where the question was asked; a language that a profile brings has its own.
"""

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from values.parsing import fold_words

_SAYS = Forms("helpful")
_SKIP = word_set("helpful", "skip")
_LONGEST = 80


def read_helpful(text: str, brought: Languages = ()) -> bool | None:
    """Return True or False where the whole message says that it helped or didn't, else None.

    A bare yes is None, too: it answers the open step. `brought`: languages that a profile adds to the shipped ones.
    """
    words = fold_words(text) if len(text) <= _LONGEST else ""
    if _SAYS.no.fullmatch(words) or any(words in language.answers.unhelpful for language in brought):
        return False
    said = _SAYS.yes.fullmatch(words) or any(words in language.answers.helpful for language in brought)
    return True if said else None


def is_no_reason(text: str, brought: Languages = ()) -> bool:
    """Return whether the message declines to give a reason."""
    if len(text) > _LONGEST:
        return False
    words = fold_words(text)
    return words in _SKIP or any(words in language.answers.no_reason for language in brought)
