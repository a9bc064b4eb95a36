"""Automatic renewal turned on or off in words: on its card, beside another choice, or by taking back the consent."""

from itertools import pairwise

from nlu.binding import read_binding
from nlu.binding_words import PLAIN_YES
from nlu.corrections.sentences import fold_letters
from nlu.intents.as_meant import is_meant
from nlu.intents.score import likeliest
from nlu.languages.language import Languages
from nlu.named.consent_names import RENEWAL
from nlu.phrase_lines import Forms, word_set
from nlu.stance import Polarity, Stance, doubts, polarity, stance, stances
from nlu.stance.clauses import APART, part_clauses
from nlu.stance.judged import judge_part
from nlu.tokens import is_question
from values.expected import Expected, OptionWords
from values.meaning import BindingAct, Correction, Press
from values.parsing import fold_words
from values.patterns import regex
from values.slots.word_classes import TALK, class_of

_SAYS = Forms("renewals")

_YES = PLAIN_YES | {"ja", "on"}
_LONGEST = 400
_SURE = 0.8
_BINDS = "renewal_on"
_RENEWALS = {_BINDS: "yes", "renewal_off": "no"}
_WHY = r"\sche\s(?=(?:io|noi|poi|tanto|senno|altrimenti)\s)"
_PARTS = regex(
    rf"{APART.pattern}|{_WHY}|\s(?=(?:with(?:out)?|con|col|senza|bez|ze?|mit|ohne)\s(?:\w+\s)?\w*{_SAYS.stem.pattern})"
)
_NEAR = 4
_OFF = word_set("renewals", "off")
_ON = word_set("renewals", "on")
_BESIDE = word_set("renewals", "beside")
"""Any other word beside one for renewing makes a clause tell of it rather than turn it on."""
_CONTRACT = word_set("renewals", "contract")
"""Names of the contract: "renew our licence" orders it anew and turns nothing on."""
_PASSED_OVER = regex(r"[eu]+[hmr]*m*|h+m+|y+|\d+|automat\w+")
_TOLD = frozenset({Stance.past, Stance.others, Stance.quoted})
_DENIED = frozenset({Stance.asserted, Stance.negated, Stance.filler})
_ORDERED = frozenset({Stance.asserted, Stance.filler})
_BANNED = _DENIED | {Stance.later}
"""A ban names the time when it would be renewed: "do not renew me next year"."""


def names_renewal(text: str) -> bool:
    """Return whether a message has a word for renewing."""
    return _SAYS.named.search(fold_words(text[:_LONGEST])) is not None


def renewal_polarity(text: str, langs: Languages) -> Polarity | None:
    """Return whether a message wants to be renewed, as its words count; None where it doesn't speak of it."""
    return polarity(text[:_LONGEST], _SAYS.word, langs) if names_renewal(text) else None


def renews_on_condition(text: str, langs: Languages) -> bool:
    """Return whether a message that names renewal wants it on a condition, or a number of times: that turns none on."""
    told = stances(_SAYS.no_condition.sub(" ", text[:_LONGEST]), langs)
    return Stance.conditional in told or _SAYS.one_time.search(fold_words(text)) is not None


def takes_back_renewal(text: str) -> bool:
    """Return whether a message, which is no question, takes back the renewal; what was done before isn't said so."""
    said = fold_words(text[:_LONGEST])
    if not names_renewal(text):
        return False
    if _SAYS.ban.search(said) is not None:
        return True
    taken = _SAYS.taking_back.search(said) if _SAYS.about.search(said) is not None else None
    return taken is not None and taken["denied"] is None


def turns_renewal_off(text: str, langs: Languages) -> bool:
    """Return whether a message orders, now and for the customer, that nothing is renewed: "do not renew me"."""
    ordered = _SAYS.turned_off.search(fold_words(text[:_LONGEST]))
    if ordered is None or ordered["denied"] is not None:
        return False
    meant = _BANNED if ordered["ban"] is not None else _ORDERED
    return meant.issuperset(stances(text, langs, _SAYS.named_or_kept))


def read_renewal(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return renewal as it is turned where another row of its card is asked for: that isn't answered by it."""
    if RENEWAL not in expected.rows or "?" in text or len(text) > _LONGEST:
        return None
    said = fold_words(text)
    if not names_renewal(text) or doubts(said) or RENEWAL not in expected.correctable or _is_told_of(text, langs):
        return None
    if _gives(BindingAct.withdraw, text, expected, langs):
        return Correction(RENEWAL, "no")
    if renews_on_condition(text, langs):
        return Correction(RENEWAL)
    if _gives(BindingAct.renew, text, expected, langs) and _SAYS.by_itself.search(said) is not None:
        return Correction(RENEWAL, "yes")
    top = likeliest(text, langs)
    sure = top.name in _RENEWALS and top.confidence >= _SURE and not is_question(text, said.split(), langs)
    if not sure or (top.name == _BINDS and not is_meant(top.name, text, langs)):
        return None
    return Correction(RENEWAL, _RENEWALS[top.name])


def _is_told_of(text: str, langs: Languages) -> bool:
    """Return whether a clause that names renewal tells what was, or what others do."""
    return not _TOLD.isdisjoint(stances(text, langs, _SAYS.named))


def _is_refused_behind(text: str, langs: Languages) -> bool:
    """Return whether a clause that names nothing refuses what the one before names: "… renewal, I don't want it"."""
    for one, behind in pairwise(part_clauses(text)):
        words = text[behind.start : behind.end].lower().strip(" ,;.!").split()
        names = _SAYS.named.search(fold_words(text[one.start : one.end])) is not None
        if names and judge_part(behind, langs) is Stance.negated and all(class_of(word) in TALK for word in words):
            return True
    return False


def _gives(act: BindingAct, text: str, expected: Expected, langs: Languages) -> bool:
    option = OptionWords(act, binds=act)
    return read_binding(text, (option,), expected, langs) == Press(act)


def renewal_beside(text: str, langs: Languages) -> str | None:
    """Return "yes" or "no" as the part of a message that names renewal says it; None where that isn't asserted.

    Nor where the words count the other way: then it is asked.
    """
    if "?" not in text and _is_refused_behind(text, langs):
        return "no"
    wanted, told = _beside(text, langs), renewal_polarity(text, langs)
    if wanted is None or told is None or told.on is (wanted == "yes"):
        return wanted
    return ("yes" if told.on else "no") if told.plain else None


def _beside(text: str, langs: Languages) -> str | None:
    whole = fold_letters(text.replace("è", "is"))  # without its accent it would part the clause, as "e" does
    parts = [part for part in _PARTS.split(whole) if part and _SAYS.named.search(part) is not None]
    if len(parts) != 1 or "?" in text or _is_told_of(text, langs):
        return None
    said, how = fold_words(parts[0]), stance(parts[0], langs)
    around = _around(said)
    if around & _OFF:
        return "no" if how in _DENIED else None
    wanted = around & _ON or _SAYS.asked_for.search(said) is not None
    own = said.split(" a ") if langs[0].code == "pl" else (said,)  # the Polish word parts clauses, the English doesn't
    turned_on = wanted and how is Stance.asserted and any(_SAYS.named.search(one) and _turns_on(one) for one in own)
    turned_on = turned_on and not renews_on_condition(text, langs)
    return "yes" if turned_on and _SAYS.shunned.search(whole[: whole.index(parts[0])]) is None else None


def _turns_on(said: str) -> bool:
    """Return whether all of a clause that names renewal says that it is to be on; any word left over tells of it."""
    named = _SAYS.word.search(said)
    if named is not None and said[named.end() :].strip() in _YES:  # "… paypal, rinnovo sì": as in a form
        return True
    words = frozenset(_SAYS.word.sub(" ", said).split())
    if any(_PASSED_OVER.fullmatch(word) is None for word in words - _BESIDE - _ON):
        return False
    once = _SAYS.once.search(said) is not None and _SAYS.by_itself.search(said) is None
    return not (once and words & _CONTRACT)


def _around(said: str) -> frozenset[str]:
    """Return the words near the one for renewing: further away they may be about something else."""
    named = _SAYS.word.search(said)
    if named is None:
        return frozenset()
    return frozenset((*said[: named.start()].split()[-_NEAR:], *said[named.end() :].split()[:_NEAR]))


def without_renewal(text: str) -> str:
    """Blank what a text says of renewing, sign for sign: its "no" refuses no way to pay."""
    for part in _SAYS.its_part.finditer(fold_letters(text)) if names_renewal(text) else ():
        text = text[: part.start()] + " " * len(part.group()) + text[part.end() :]
    return text
