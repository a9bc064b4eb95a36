"""Automatic renewal turned on or off in words: on its card, beside another choice, or by taking back the consent."""

from nlu.binding_words import PLAIN_YES
from nlu.corrections.sentences import fold_letters
from nlu.languages.language import Languages
from nlu.named.consent_names import RENEWAL
from nlu.phrase_lines import Forms, word_set
from nlu.stance import Polarity, Stance, doubts, polarity, stances
from nlu.stance.clauses import APART
from nlu.stance.judged import ACTS, asks_for_act, is_asking
from nlu.tokens import is_question
from values.expected import Expected
from values.meaning import Correction
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("renewals")

_YES = PLAIN_YES | {"ja", "on"}
_LONGEST = 400
_WHY = r"\sche\s(?=(?:io|noi|poi|tanto|senno|altrimenti)\s)"
_PARTS = regex(
    rf"{APART.pattern}|{_WHY}|\s(?=(?:with(?:out)?|con|col|senza|bez|ze?|mit|ohne)\s(?:\w+\s)?\w*{_SAYS.stem.pattern})"
)
_ON = word_set("renewals", "on")
_CONTRACT = word_set("renewals", "contract")
"""Names of the contract: "renew our licence" orders it anew and turns nothing on."""
_ORDERED = frozenset({Stance.asserted, Stance.filler})
_BANNED = _ORDERED | {Stance.negated, Stance.later}
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
    if not (RENEWAL in expected.rows and RENEWAL in expected.correctable and names_renewal(text)) or "?" in text:
        return None
    wanted = renewal_beside(text, langs)
    unsure = wanted is None and not doubts(fold_words(text)) and renews_on_condition(text, langs)
    return Correction(RENEWAL, wanted) if wanted is not None or unsure else None


def renewal_beside(text: str, langs: Languages) -> str | None:
    """Return "yes" or "no" as a message asks for it where it names renewal; None where it doesn't ask."""
    told = renewal_polarity(text, langs)
    asked = "?" in text or is_question(text, fold_words(text).split(), langs)
    if asked or told is None or told.on is None or not asks_for_act(text, ACTS.renewal, langs):
        return None
    if not told.on:
        return "no"
    whole = fold_letters(text.replace("è", "is"))  # without its accent it would part the clause, as "e" does
    parts = [part for part in _PARTS.split(whole) if part and _SAYS.named.search(part) is not None]
    own = fold_words(parts[0]).split(" a ") if langs[0].code == "pl" else [fold_words(one) for one in parts]
    turned_on = len(parts) == 1 and any(_SAYS.named.search(one) and _turns_on(one) for one in own)
    turned_on = turned_on and not renews_on_condition(text, langs)
    turned_on = turned_on and _SAYS.shunned.search(whole[: whole.index(parts[0])]) is None
    return "yes" if turned_on else None


def _turns_on(said: str) -> bool:
    """Return whether all of a clause that names renewal says that it is to be on; any word left over tells of it."""
    named = _SAYS.word.search(said)
    if named is not None and said[named.end() :].strip() in _YES:  # "… paypal, rinnovo sì": as in a form
        return True
    words = _SAYS.word.sub(" ", said).split()
    if not is_asking(" ".join(word for word in words if word not in _ON)):
        return False
    once = _SAYS.once.search(said) is not None and _SAYS.by_itself.search(said) is None
    wanted = _SAYS.asked_for.search(said) is not None or not _ON.isdisjoint(words)
    return wanted and not (once and not _CONTRACT.isdisjoint(words))


def without_renewal(text: str) -> str:
    """Blank what a text says of renewing, sign for sign: its "no" refuses no way to pay."""
    for part in _SAYS.its_part.finditer(fold_letters(text)) if names_renewal(text) else ():
        text = text[: part.start()] + " " * len(part.group()) + text[part.end() :]
    return text
