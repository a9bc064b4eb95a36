"""Whole answers in the shipped languages: yes, no, skip, ordinals, and the small words around them."""

from nlu.languages.language import AnswerWords
from nlu.phrase_lines import word_list, word_set
from values.patterns import regex

_CLEAR_YES = word_set("answer_words", "clear_yes")
_CLEAR_NO = word_set("answer_words", "clear_no")
_SKIP = word_set("answer_words", "skip")
_ENOUGH = word_set("answer_words", "enough")
_ORDINAL = [
    regex(
        rf"(?:ta |ten |to |opcja |opcje |option |the |la |il |l |numer |nr |opzione )?(?:{p})(?: opcj[ae]"
        rf"| option| one| opzione| z gory)?"
    )
    for p in word_list("answer_words", "ordinals")
]
_LAST = regex(r"(?:ta |the |la |l )?(?:ostatni[aey]?\w?|last|ultim[ao])(?: one| option| opcja)?")
_LOST = frozenset("dalej|naprzod|avanti|vai avanti|prosegui|next|go on|continue".split("|"))
_SMALL = word_set("answer_words", "small")

SHIPPED = AnswerWords(
    yes=_CLEAR_YES,
    no=_CLEAR_NO,
    skip=_SKIP,
    enough=_ENOUGH,
    negating=word_set("denials", "particles") | {"no", "don"},
    small=_SMALL,
    lost=_LOST,
    ordinals=tuple(_ORDINAL),
    last=_LAST,
)
"""The answers of the shipped languages, all in one: people mix them."""
