"""Whole answers: yes, no, skip and ordinals of the shipped languages, and those to "Did that help?".

The latter are read only where that was asked; a language that a profile brings has its own.
"""

from nlu.languages.language import AnswerWords, Languages
from nlu.phrase_lines import Forms, word_list, word_set
from values.parsing import fold_words
from values.patterns import regex

_ORDINAL = [
    regex(
        rf"(?:ta |ten |to |opcja |opcje |option |the |la |il |l |numer |nr |opzione )?(?:{p})(?: opcj[ae]"
        rf"| option| one| opzione| z gory)?"
    )
    for p in word_list("answer_words", "ordinals")
]
_LAST = regex(r"(?:ta |the |la |l )?(?:ostatni[aey]?\w?|last|ultim[ao])(?: one| option| opcja)?")
_LOST = frozenset("dalej|naprzod|avanti|vai avanti|prosegui|next|go on|continue".split("|"))

SHIPPED = AnswerWords(
    yes=word_set("answer_words", "clear_yes"),
    no=word_set("answer_words", "clear_no"),
    skip=word_set("answer_words", "skip"),
    enough=word_set("answer_words", "enough"),
    negating=word_set("denials", "particles") | {"no", "don"},
    small=word_set("answer_words", "small"),
    lost=_LOST,
    ordinals=tuple(_ORDINAL),
    last=_LAST,
)
"""The answers of the shipped languages, all in one: people mix them."""


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
