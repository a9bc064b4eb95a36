"""Whole answers in the shipped languages: yes, no, skip, ordinals, and the small words around them."""

from nlu.languages.language import AnswerWords
from nlu.phrase_lines import word_set
from values.patterns import regex

_CLEAR_YES = word_set("answer_words", "clear_yes")
_CLEAR_NO = word_set("answer_words", "clear_no")
_SKIP = word_set("answer_words", "skip")
_ENOUGH = word_set("answer_words", "enough")
_ORDINALS = (
    "1|pierwsz[aeyo]\\w?|first|prim[ao]|jedynka|numer jeden|number one|numero uno|jeden|one|uno",
    "2|drug[aei]\\w{0,2}|second|second[ao]|dwojka|numer dwa|number two|numero due|dwa|two|due",
    "3|trzeci\\w?|third|terz[ao]|trojka|numer trzy|number three|numero tre|trzy|three|tre",
    "4|czwart\\w|fourth|quart[ao]|czworka|cztery|four|quattro",
    "5|piat\\w|fifth|quint[ao]|piatka|piec|five|cinque",
    "6|szost\\w|sixth|sest[ao]|szesc|six|sei",
    "7|siodm\\w|seventh|settim[ao]|siedem|seven|sette",
    "8|osm\\w|eighth|ottav[ao]|osiem|eight|otto",
)
_ORDINAL = [
    regex(
        rf"(?:ta |ten |to |opcja |opcje |option |the |la |il |l |numer |nr |opzione )?(?:{p})(?: opcj[ae]"
        rf"| option| one| opzione| z gory)?"
    )
    for p in _ORDINALS
]
_LAST = regex(r"(?:ta |the |la |l )?(?:ostatni[aey]?\w?|last|ultim[ao])(?: one| option| opcja)?")
_LOST = frozenset("dalej|naprzod|co dalej|avanti|vai avanti|prosegui|next|go on|continue".split("|"))
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
