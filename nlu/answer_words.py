"""Whole answers in the shipped languages: yes, no, skip, ordinals, and the small words around them."""

from nlu.languages.language import AnswerWords
from nlu.phrase_lines import word_list, word_set
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
