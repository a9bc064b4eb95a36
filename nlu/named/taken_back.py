"""Things taken back in plain words: an order given up, money wanted back, a purchase that was none of theirs.

And a consent, at any step: "cofam zgodę na marketing", "stop spamming me", "revoco il consenso". And a contract, by a
withdrawal that is stated: only of themselves, now, by no question, condition or denial. What a seller's own language
says for it stands in its file, beside its buttons, under `say:withdrawal`.
"""

from functools import lru_cache

from nlu.binding import withholds
from nlu.corrections.sentences import fold_letters
from nlu.intents.cues import CueIndex, CueMessage
from nlu.intents.score import likeliest
from nlu.languages.language import Languages
from nlu.named.consent_names import (
    EINVOICE,
    RENEWAL,
    find_consents,
    names_all,
    names_any,
    required_by_subject,
    speaks_of_ads,
)
from nlu.named.renewals import names_renewal
from nlu.phrase_lines import Forms
from nlu.questions.asking import asks
from nlu.stance import Stance, clauses, doubts, is_asserted, stance, stances, without_denied_acts
from values.expected import Expected
from values.meaning import Consenting, NavigationCommand
from values.parsing import fold_words
from values.patterns import regex

_SAYS, _TAKES, _WITHDRAWALS = (Forms(name) for name in ("taken_back", "taken_back_consents", "withdrawals"))

_LONGEST = 400
_LEAST = 0.5
REFUND, COMPLAINT, LEAVING = "refund", "complaint", "cancel_subscription"
_PLAIN = {"cancel": _SAYS.cancel, "restart": _SAYS.restart}
_LEAVES_IT = frozenset({Stance.negated, Stance.filler, Stance.past})
"""Beside a plain "cancel" these are its reason: "anulujcie, nie będę płacił"."""
_MISTAKE = regex("pomyl|omyl|niechc|przypad|mistak|accid|error|sbagl|erron|verseh|irrt")
_DONE = frozenset({Stance.asserted, Stance.complained})
_DENIED = _DONE | {Stance.negated}
_DIGITS = regex(r"\d(?:[ -]?\d){5}")
_LONGEST_STATED = 2000
_BROUGHT = "say:withdrawal"
#: Without one of these beginnings nothing is stated: the cheap look at every message.
_LIKE_ONE = regex(r"odst|rezygn|rec|resc|ritir|withdr|cool|revok|pull|back")
_CARRIES = frozenset({Stance.conditional, Stance.asked, Stance.others, Stance.quoted})
"""Stances that one clause gives to its whole sentence: "if I want to withdraw, what happens"."""
_SENTENCE = regex(r"(?<=[.!?;\n])\s+")


def plainly_wipes(text: str, langs: Languages) -> NavigationCommand | None:
    """Return the command to give up or to begin anew that a message gives by its plain verb, as one's own act."""
    if "?" in text:
        return None
    said = fold_words(text[:_LONGEST])
    plain = {name: verb for name, verb in _PLAIN.items() if verb.search(said) is not None}
    for name, verb in plain.items():
        if likeliest(text, langs).name == name and is_asserted(text, langs, about=verb):
            return NavigationCommand("cancel" if name == "cancel" else "restart")
    return _cancelled_for_a_reason(text, langs) if "cancel" in plain else None


def _cancelled_for_a_reason(text: str, langs: Languages) -> NavigationCommand | None:
    parts = clauses(text)
    giving = [part for part in parts if _SAYS.cancel.search(fold_words(part)) is not None]
    beside = [part for part in parts if part not in giving]
    if not beside or not all(stance(part, langs) is Stance.asserted for part in giving):
        return None
    tops = [likeliest(part, langs) for part in giving]
    meant = bool(tops) and all(top.name == "cancel" and top.confidence >= _LEAST for top in tops)
    return NavigationCommand("cancel") if meant and all(stance(part, langs) in _LEAVES_IT for part in beside) else None


def read_grievance(text: str, langs: Languages) -> str | None:
    """Return what a message says of something bought: money back, bought by mistake or never, out of the service.

    None of it begins an order, whatever verbs of buying stand in it; a question is answered as one.
    """
    said = fold_words(text[:_LONGEST])
    if "?" in text or len(text) > _LONGEST:
        return COMPLAINT if len(text) <= _LONGEST and _SAYS.not_mine.match(said.removeprefix("ja tego ")) else None
    if _MISTAKE.search(said) is not None and _SAYS.mistaken.search(said) is not None:
        return REFUND
    if _SAYS.money_back.search(said) is not None and is_asserted(text, langs, about=_SAYS.money_back, polite=True):
        return REFUND
    charged = _SAYS.charged.search(fold_letters(text))
    if charged is not None and is_asserted(text[: charged.end("wish")], langs, polite=True):
        return REFUND
    if _SAYS.not_mine.search(said) is not None or _is_wrongly_charged(text, said, langs):
        return COMPLAINT
    return LEAVING if _SAYS.out.search(said) is not None and is_asserted(text, langs, about=_SAYS.out) else None


def _is_wrongly_charged(text: str, said: str, langs: Languages) -> bool:
    """Return whether money is told to have been taken twice, too much or unasked."""
    if _SAYS.wrongly_charged.search(said) is None or asks(text, langs):
        return False
    told = stances(_SAYS.wrongly.sub(" ", said), langs, _SAYS.charge)  # "without my consent" denies nothing
    return all(one in (Stance.asserted, Stance.past, Stance.reserved) for one in told)


def read_withdrawal(text: str, expected: Expected, langs: Languages) -> Consenting | None:
    """Return the consents that a message takes back, none of them if it doesn't say which; None for all else.

    It is the customer's own act, now: no question, condition or doubt, nothing past. Renewal has words of its own.
    """
    if not expected.consents or len(text) > _LONGEST:
        return None
    said = fold_words(text)
    if not (names_any(said) or _TAKES.consent.search(said) is not None or _TAKES.paper.search(said) is not None):
        return None
    if withholds(text) or asks(text, langs) or _DIGITS.search(text) is not None:
        return None
    found = [one for clause in _TAKES.clauses.split(text) if (one := _of_clause(clause, expected, langs)) is not None]
    if not found or Stance.conditional in stances(text, langs):
        return None
    return Consenting(refused=tuple(dict.fromkeys(id for ids in found for id in ids)), text=text)


def takes_consent_back(text: str) -> bool:
    """Return whether a message has a verb of taking back, or of leaving a list: no name of a firm or a street has."""
    said = fold_words(text[:_LONGEST])
    return (_TAKES.takes_back.search(said) is not None and _TAKES.consent.search(said) is not None) or (
        _TAKES.leaves.search(said) is not None
    )


def _of_clause(clause: str, expected: Expected, langs: Languages) -> tuple[str, ...] | None:
    """Return the consents that a clause takes back: none where it names none; None where it takes nothing back."""
    said = fold_words(clause)
    if _TAKES.missed.search(said) is not None or doubts(said):
        return None
    takes = _TAKES.takes_back.search(said) is not None
    consent = _TAKES.consent.search(said) is not None
    renewal = names_renewal(said)
    if renewal and not (takes and consent and any(one.id == RENEWAL for one in expected.consents)):
        return None  # "don't renew it" names no consent
    leaves, paper = _TAKES.leaves.search(said) is not None, _TAKES.paper.search(said) is not None
    if not (takes or leaves or paper or _TAKES.denies.search(said) is not None):
        return None
    if stance(clause, langs) not in (_DONE if takes or leaves or paper else _DENIED):
        return None
    if paper:
        return _kept((EINVOICE,), expected)
    withdrawn = takes and consent
    ids = find_consents(said, expected.consents, asked=withdrawn or _TAKES.says_no_to.search(said) is not None)
    if withdrawn:
        ids = tuple(dict.fromkeys((*ids, RENEWAL))) if renewal else ids
        every = tuple(one.id for one in expected.consents if one.id != EINVOICE and names_all(said))
        return ids or every or required_by_subject(said, expected.consents)
    obligatory = {one.id for one in expected.consents if one.obligatory}
    ids = tuple(id for id in ids if id not in obligatory)
    return _kept(ids, expected) if speaks_of_ads(said) or EINVOICE in ids or consent or ids else None


def _kept(ids: tuple[str, ...], expected: Expected) -> tuple[str, ...] | None:
    """Return those that the seller asks for, without e-invoices just being offered: there a no is its answer."""
    offered = any(option.payload == "einvoice:activate" for option in expected.options)
    known = {one.id for one in expected.consents}
    return tuple(id for id in ids if id in known and (id != EINVOICE or not offered)) or None


def states_withdrawal(text: str, langs: Languages) -> bool:
    """Return whether a message states a withdrawal from the contract."""
    text, known = text[:_LONGEST_STATED], _brought(langs)
    if known is None and (_LIKE_ONE.search(fold_words(text)) is None or _WITHDRAWALS.likely.search(text) is None):
        return False
    return any(_states(sentence, langs, known) for sentence in _SENTENCE.split(without_denied_acts(text, kept=True)))


def _states(sentence: str, langs: Languages, known: CueIndex | None) -> bool:
    parts = (sentence,)
    if _CARRIES.isdisjoint(stances(sentence, langs)):
        parts = (
            sentence,
            *_WITHDRAWALS.joins.split(sentence),
        )  # "I paid yesterday and exercise my right": each by itself
    return any(
        _names(one, known) and is_asserted(one, langs, about=lambda clause: _names(clause, known)) for one in parts
    )


def _names(clause: str, known: CueIndex | None) -> bool:
    said = fold_words(clause)
    if _WITHDRAWALS.stated.search(said) is not None:
        return True
    return known is not None and _BROUGHT in known.holding(CueMessage.of(said.split(), question=False))


@lru_cache(maxsize=64)
def _brought(langs: Languages) -> CueIndex | None:
    """Return the cues that a seller's own language brings; None where none does."""
    cues = tuple((_BROUGHT, lang.choices[_BROUGHT]) for lang in langs if _BROUGHT in lang.choices)
    return CueIndex(cues) if cues else None
