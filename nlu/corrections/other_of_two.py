"""The other of two: "not that one, the other", "nie to, to drugie", "no, l'altra".

Where the open question has two answers and one is named, the other is meant; else it is the last answer that is to be
the other one.
"""

import re

from nlu.corrections.sentences import correction_forms
from nlu.languages.language import Languages
from nlu.stance import Stance, stance
from nlu.tokens import is_question
from values.meaning import OTHER, Correction, Expected, OptionWords, Press
from values.parsing import fold_words

_LONGEST, _MOST_WORDS = 80, 9
_SECOND = r"(?:t[aeo]|ten|tego|tej|tym) drug\w{1,4}"
_OTHER = re.compile(
    rf"\b(?:{_SECOND}|(?:tylko|ale|lecz) tamt\w{{1,3}}|odwrotnie|na odwrot"
    r"|(?:the|that) other(?: one| option| thing)?|other way (?:a?round)|the opposite"
    r"|(?:quell?|quest|l|dell|nell|all) ?altr[oa]"
    r"|al contrario|de[rnm] andere\w?|die andere|das andere|umgekehrt)\b"
)
_ORDINAL = re.compile(_SECOND)
_SMALL = frozenset(
    "nie to ten te ta tego tej tamto tamten tamta jednak przepraszam sorry sorki pomylka pomylilem pomylilam sie"
    " zle oj ups a ale tylko chodzilo mi o wole wolalbym wolalabym poprosze prosze dajcie daj biore wezme niech"
    " bedzie na mialo byc chyba wlasciwie chcialem chcialam kliknalem kliknelam wybralem wybralam chce no non"
    " quello quella questo questa scusi scusa scusate ho sbagliato anzi ma e era volevo preferisco metta metti"
    " prendo invece per favore cortesia grazie intendevo facciamo not that one this it is s i meant mean wanted"
    " want picked pressed wrong oops actually rather but please thanks my mistake bad make take give me let have"
    " was supposed be of those two nein nicht das die der doch bitte entschuldigung ich meinte meine lieber war".split()
)


def read_other(text: str, expected: Expected, langs: Languages) -> Press | Correction | None:
    """Return the answer left when the other of two is ruled out, or the correction of the last answer."""
    said = fold_words(text[:_LONGEST])
    match = _OTHER.search(said)
    words = said.split()
    if match is None or len(text) > _LONGEST or len(words) > _MOST_WORDS or is_question(text, words, langs):
        return None
    free = [option for option in expected.options if option.binds is None and not option.beside]
    own = [option for option in free if option.payload.partition(":")[0] == expected.step]
    beside = _OTHER.sub(" ", said).split()
    named = [option for option in own if _names(option, beside)]
    if len(own) == 2 and len(named) == 1:
        return Press(next(option for option in own if option not in named).payload)
    short = len(words) <= len(match.group().split()) + 1 and _ORDINAL.fullmatch(match.group()) is None
    only = all(word in _SMALL for word in beside) and (short or _takes_back(text, said, langs))
    return Correction(OTHER) if only else None


def _takes_back(text: str, said: str, langs: Languages) -> bool:
    return stance(text, langs) is Stance.negated or any(words.signs.search(said) for words in correction_forms(langs))


def _names(option: OptionWords, said: list[str]) -> bool:
    titles = (fold_words(title).split() for title in option.titles)
    stems = {word[:5] for words in titles for word in words if len(word) > 2 and word not in _SMALL}
    return any(word[:5] in stems for word in said)
