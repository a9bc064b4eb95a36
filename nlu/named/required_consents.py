"""Only what must be agreed to, in free words: "the bare minimum, nothing optional", "na resztę już nie"."""

import re

from nlu.binding import unknown_words, withholds
from nlu.choices import cues_of
from nlu.intents.cues import CueMessage
from nlu.languages.language import Languages
from nlu.stance import Stance, doubts, stances
from nlu.tokens import is_question
from values.parsing import fold_words

LONGEST, MOST_WORDS = 300, 40
_PUT_OFF = frozenset({Stance.conditional, Stance.later})
CLAUSES = re.compile(
    r"[.;:!\n]+|,(?!\s*(?:kt[óo]r\w+|co|che|that|which|die|was)\b)|\b(?:ale|lecz|tylko że|but|però|pero|ma|aber)\b",
    re.I,
)
REQUIRED = re.compile(
    r"\b(?:minimo sindacale|obowiazk\w+|wymagan\w+|koniecz\w+|niezbedn\w+|potrzebn(?:e|ych|ymi)|minimum|minimaln\w+"
    r"|required|mandatory|compulsory|obligatory|necessary|needed|essentials?|must haves?|minimal"
    r"|obbligatori\w?|necessari\w?|indispensabil\w|richiest\w|minimo|essenzial\w|pflicht\w*|notig\w*|erforderlich\w*"
    r"|(?:cio|quell\w|quel|solo) che (?:[mcv]i )?serv\w{1,3}"
    r"|(?:co|te|to|tylko|same)(?: \w+){0,2} (?:musz\w|musi|trzeba)"
    r"|(?:what|those|ones|only|just)(?: \w+){0,3} (?:must|have to|needs? to))\b"
)
_REST = (
    r"(?:(?:the )?rest|(?:the )?others?|anything else|anything more|optional\w*|extras?"
    r"|reszt\w{1,3}|pozostal\w{1,3}|inn(?:e|ych|ym)|opcjonaln\w{1,3}|dodatkow\w{1,3}|dobrowoln\w{1,3}"
    r"|(?:il |gli |le |per il |per gli )?(?:resto|altr[ieo]|facoltativ\w|opzional\w))"
)
_NO = r"(?:nie|no|not|nope|non|nein|nicht|nic|ani|zadn\w{1,3}|nothing|none|niente|nulla|nessun\w?)"
_DENIAL = re.compile(rf"\b{_NO}\b")
NOT_MORE = re.compile(
    rf"\b(?:(?:a |i |e |and )?(?:na |to |for |per )?{_REST}(?: (?:to|juz|juz to|is|are|invece))*(?: {_NO})"
    r"(?: chce| voglio| thanks)?"
    rf"|{_NO}(?: (?:na|to|of|a|al|alla|agli|jedn\w{{1,3}}))* ?"
    rf"(?:{_REST}|more|else|wiecej|ponadto|ponad to|poza tym|di piu|altro)"
    r"|(?:i|e|and) (?:tyle|koniec|basta|starczy|that s (?:it|all)|thats (?:it|all)|done)|bez reszty|skip the rest)\b"
)
BARELY = frozenset(
    "giusto quelli quelle sindacale absolute absolutne absolutnie bezwzglednie bare minimum minimo byc musza"
    " musi musze ktore wystarcza w of which dalla legge prawo prawnie stretto"
    " strettamente niech bedzie bitte nur die das was must have you metto metta".split()
)
"""Words beside the name of these consents, besides those beside the name of any (`consents:*` in choices.toml)."""


def only_required(text: str, langs: Languages) -> bool:
    """Return whether a message agrees to the required consents and to nothing else.

    The clause that names them holds no other words than those of agreeing and pointing; what stands beside may give a
    reason, but neither asks, doubts nor sets a condition.
    """
    said = fold_words(text[:LONGEST])
    if len(text) > LONGEST or REQUIRED.search(said) is None or withholds(text) or doubts(said):
        return False
    words = said.split()
    if len(words) > MOST_WORDS or is_question(text, words, langs) or not _PUT_OFF.isdisjoint(stances(text, langs)):
        return False
    clauses = [NOT_MORE.sub(" ", fold_words(clause)) for clause in CLAUSES.split(text)]
    naming = [clause for clause in clauses if REQUIRED.search(clause) is not None]
    return bool(naming) and all(_closed(clause, langs) for clause in naming)


def _closed(clause: str, langs: Languages) -> bool:
    """Return whether a clause denies nothing, and each word beside the name of the consents is a known one."""
    beside = REQUIRED.sub(" ", clause)
    unknown = [word for word in unknown_words(beside, langs) if word not in BARELY]
    small = cues_of("consents:*")
    told = [CueMessage.of([word], question=False) for word in unknown]
    return _DENIAL.search(beside) is None and all(any(cue.holds(word) for cue in small) for word in told)
