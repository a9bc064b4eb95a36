"""A withdrawal from the contract, stated: "odstępuję od umowy", "recedo dal contratto", "I withdraw from the contract".

Only what the customer states of themselves, now: no question about it, no condition, no denial, nobody else's. What a
seller's own language says stands in its file, beside its buttons, under `say:withdrawal`.
"""

import re
from functools import lru_cache

from nlu.intents.cues import CueIndex, CueMessage
from nlu.languages.language import Languages
from nlu.stance import Stance, asserted, stances
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 2000
_BROUGHT = "say:withdrawal"
#: Without one of these beginnings nothing is stated: the cheap look at every message.
_LIKELY = regex(
    r"odst[aą]p|odstep|odstęp|zrezygn|rezygn|reced|recesso|ritir|withdr|cooling|revok|rescind|\bpull|\bback", re.I
)
_LIKE = regex(r"odst|rezygn|rec|resc|ritir|withdr|cool|revok|pull|back")
#: The same as folded words have them, which is looked for in a third of the time.
_AND = regex(r"\s(?:ed|e|i|oraz|and|und)\s", re.I)
_CARRIES = frozenset({Stance.conditional, Stance.asked, Stance.others, Stance.quoted})
"""Stances that one clause gives to its whole sentence: "if I want to withdraw, what happens"."""
_SENTENCE = regex(r"(?<=[.!?;\n])\s+")
_PL = (
    r"(?:odstepuj(?:e|emy)|(?:chce|chcemy|chcial(?:a)?bym|chcielibysmy|pragne|pragniemy|zamierzam|musze|prosze)"
    r" (?:\w+ ){0,4}?odstapic)(?: \w+){0,4}? od (?:\w+ ){0,2}?"
    r"(?:umow|zakup|zamowien|subskrypcj|uslug|kontrakt|transakcj|odnowieni|przedluzeni)\w*"
    r"|(?:chce|chcemy|chcial(?:a)?bym|prosze) (?:\w+ ){0,2}?od (?:\w+ ){0,2}?(?:umowy|zakupu|zamowienia) odstapic"
    r"|(?:od (?:tej |niniejszej )?(?:umowy|zamowienia) (?:\w+ )?odstepuj(?:e|emy))"
    r"|(?:korzystam|korzystamy|chce (?:\w+ ){0,2}?skorzystac|chcial(?:a)?bym (?:\w+ ){0,2}?skorzystac)"
    r" (?:\w+ ){0,3}?praw\w+ (?:do )?odstapieni\w+"
    r"|(?:skladam|skladamy|przesylam|zglaszam) (?:\w+ ){0,3}?odstapieni\w+"
    r"|oswiadczam(?:y)? (?:\w+ ){0,3}?o odstapieniu"
    r"|(?:rezygnuj(?:e|emy)|(?:chce|chcial(?:a)?bym) (?:\w+ ){0,3}?zrezygnowac) z (?:\w+ ){0,2}?"
    r"(?:umow|zakup|uslug|zamowien|subskrypcj)\w*(?: \w+){0,6}? (?:14|czternastu)"
)
_IT = (
    r"(?:(?:recedo|recediamo|(?:voglio|vogliamo|vorrei|vorremmo|intendo|intendiamo|desidero|devo|chiedo di|dichiaro di)"
    r" (?:\w+ ){0,3}?recedere)(?: \w+){0,4}? (?:dal|dall|dalla|da)(?: \w+){0,2}?"
    r" (?:contratt|acquist|ordin|abbonament|servizi|sottoscrizion|rinnov)\w*)"
    r"|(?:mi ritiro|ci ritiriamo|(?:voglio|vogliamo|vorrei|intendo|desidero) (?:ritirarmi|ritirarci))(?: \w+){0,2}?"
    r" (?:dal|dall|dalla)(?: \w+){0,2}? (?:contratt|acquist|ordin|abbonament)\w*"
    r"|(?:esercito|esercitiamo|mi avvalgo|ci avvaliamo|(?:voglio|vorrei|intendo|desidero) (?:\w+ ){0,2}?"
    r"(?:esercitare|avvalermi|usare|far valere))(?: \w+){0,4}? recesso"
    r"|(?:comunico|comunichiamo|chiedo|chiediamo|invio|notifico) (?:\w+ ){0,3}?recesso"
)
_EN = (
    r"(?:(?:i|we) (?:hereby |now |do |also ){0,2}?withdraw"
    r"|(?:i m|im|i am|we are|we re) (?:hereby |now )?(?:withdrawing|pulling out|backing out)"
    r"|(?:(?:i|we) )?(?:want|wish|would like|d like|intend|need|have decided|ve decided)"
    r" to (?:\w+ )?(?:withdraw|pull out|back out)"
    r"|please (?:accept|treat|take) (?:\w+ ){0,6}?withdraw\w*) (?:from|of) (?:\w+ ){0,3}?"
    r"(?:contract|purchase|order|agreement|subscription|deal|sale|renewal)"
    r"|(?:exercising|using|invoking) (?:my|our|the)(?: \w+){0,2}?"
    r" (?:right (?:of withdrawal|to withdraw)|withdrawal right)"
    r"|(?:(?:i|we) (?:hereby |now )?|(?:i m|i am|we are|we re) "
    r"|(?:i|we) (?:want|wish|would like|d like|intend) to (?:\w+ )?)"
    r"(?:exercis\w+|us(?:e|ing)|invok\w+|mak(?:e|ing) use of)(?: \w+){0,6}?"
    r" (?:right (?:of withdrawal|to withdraw)|cooling off (?:right|period)|withdrawal right)"
    r"|this is (?:my|our) (?:\w+ ){0,3}?withdrawal|(?:my|our) notice of withdrawal"
    r"|(?:i|we) (?:hereby |now )?(?:revoke|rescind) (?:the|this|my|our) (?:contract|purchase|agreement)"
)
_STATED = regex(rf"(?<![^ ])(?:{_PL}|{_IT}|{_EN})(?![^ ])")


def states_withdrawal(text: str, langs: Languages) -> bool:
    """Return whether a message states a withdrawal from the contract."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    known = _brought(langs)
    if known is None and (_LIKE.search(fold_words(text)) is None or _LIKELY.search(text) is None):
        return False
    return any(_states(sentence, langs, known) for sentence in _SENTENCE.split(text))


def _states(sentence: str, langs: Languages, known: CueIndex | None) -> bool:
    parts = (sentence,)
    if _CARRIES.isdisjoint(stances(sentence, langs)):
        parts = (sentence, *_AND.split(sentence))  # "I paid yesterday and exercise my right": each by itself
    return any(_names(one, known) and asserted(one, langs, about=lambda clause: _names(clause, known)) for one in parts)


def _names(clause: str, known: CueIndex | None) -> bool:
    said = fold_words(clause)
    if _STATED.search(said) is not None:
        return True
    return known is not None and _BROUGHT in known.holding(CueMessage.of(said.split(), question=False))


@lru_cache(maxsize=64)
def _brought(langs: Languages) -> CueIndex | None:
    """Return the cues that a seller's own language brings; None where none does."""
    cues = tuple((_BROUGHT, lang.choices[_BROUGHT]) for lang in langs if _BROUGHT in lang.choices)
    return CueIndex(cues) if cues else None
