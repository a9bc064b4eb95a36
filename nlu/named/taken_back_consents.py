"""A consent taken back in words, at any step: "cofam zgodę na marketing", "stop spamming me", "revoco il consenso"."""

from nlu.binding import withholds
from nlu.languages.language import Languages
from nlu.named.consent_names import EINVOICE, RENEWAL, named, names_all, names_any, required_by_subject, speaks_of_ads
from nlu.named.renewals import names_renewal
from nlu.phrase_lines import Forms
from nlu.questions.asking import asks
from nlu.stance import Stance, doubts, stance, stances
from values.meaning import Consenting, Expected
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("taken_back_consents")

_LONGEST = 400
_DONE = frozenset({Stance.asserted, Stance.complained})
_DENIED = _DONE | {Stance.negated}
_DIGITS = regex(r"\d(?:[ -]?\d){5}")


def read_withdrawal(text: str, expected: Expected, langs: Languages) -> Consenting | None:
    """Return the consents that a message takes back, none of them if it doesn't say which; None for all else.

    It is the customer's own act, now: no question, condition or doubt, nothing past. Renewal has words of its own.
    """
    if not expected.consents or len(text) > _LONGEST:
        return None
    said = fold_words(text)
    if not (names_any(said) or _SAYS.consent.search(said) is not None or _SAYS.paper.search(said) is not None):
        return None
    if withholds(text) or asks(text, langs) or _DIGITS.search(text) is not None:
        return None
    found = [one for clause in _SAYS.clauses.split(text) if (one := _of_clause(clause, expected, langs)) is not None]
    if not found or Stance.conditional in stances(text, langs):
        return None
    return Consenting(refused=tuple(dict.fromkeys(id for ids in found for id in ids)), text=text)


def takes_consent_back(text: str) -> bool:
    """Return whether a message has a verb of taking back, or of leaving a list: no name of a firm or a street has."""
    said = fold_words(text[:_LONGEST])
    return (_SAYS.takes_back.search(said) is not None and _SAYS.consent.search(said) is not None) or (
        _SAYS.leaves.search(said) is not None
    )


def _of_clause(clause: str, expected: Expected, langs: Languages) -> tuple[str, ...] | None:
    """Return the consents that a clause takes back: none where it names none; None where it takes nothing back."""
    said = fold_words(clause)
    if _SAYS.missed.search(said) is not None or doubts(said):
        return None
    takes = _SAYS.takes_back.search(said) is not None
    consent = _SAYS.consent.search(said) is not None
    renewal = names_renewal(said)
    if renewal and not (takes and consent and any(one.id == RENEWAL for one in expected.consents)):
        return None  # "don't renew it" names no consent
    leaves, paper = _SAYS.leaves.search(said) is not None, _SAYS.paper.search(said) is not None
    if not (takes or leaves or paper or _SAYS.denies.search(said) is not None):
        return None
    if stance(clause, langs) not in (_DONE if takes or leaves or paper else _DENIED):
        return None
    if paper:
        return _kept((EINVOICE,), expected)
    withdrawn = takes and consent
    ids = named(said, expected.consents, asked=withdrawn or _SAYS.says_no_to.search(said) is not None)
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
