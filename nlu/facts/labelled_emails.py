"""Several e-mail addresses in one answer, each with a word for what it is: "a@… do konta, b@… do faktur"."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from nlu.answer_words import SHIPPED
from nlu.facts.named_choices import FoundFact
from nlu.named.consent_names import EINVOICE
from nlu.phrase_lines import alternatives
from nlu.tokens import part_around
from values.meaning import Expected, Expects
from values.parsing import fold_words
from values.patterns import regex

_words = partial(alternatives, "labels")
INVOICE_EMAIL = "invoice_email"
_BREAK = regex(r"[,;\n]|\.\s|\s(?:a|i|oraz|natomiast|e|ed|ma|mentre|and|but|while|und|aber)\s")
_INVOICES = regex(r"(?<![^ ])(?:e ?)?" + _words("invoices") + r"(?![^ ])")


def by_labels(text: str, found: Sequence[FoundFact], expected: Expected) -> Sequence[FoundFact]:
    """Return the facts, of two addresses at a question for one that for invoices apart; unlabelled ones as they are."""
    emails = [one for one in found if one.fact.kind == Expects.email]
    known = {one.fact.text for one in emails}
    if len(known) != 2 or expected.expects is not Expects.email or not _takes_both(expected):
        return found
    apart = {one.fact.text for one in emails if _is_for_invoices(text, one, emails)}
    if len(apart) != 1:
        return found
    return [_named(one) if one.fact.text in apart and one.fact.kind == Expects.email else one for one in found]


def _takes_both(expected: Expected) -> bool:
    """Return whether an address for invoices is asked for, too, here or later."""
    return expected.step == INVOICE_EMAIL or any(one.id == EINVOICE for one in expected.consents)


def _is_for_invoices(text: str, one: FoundFact, emails: Sequence[FoundFact]) -> bool:
    """Return whether the words beside an address, and beside no other, say that it is for invoices."""
    start, end = part_around(text, one.start, one.end, _BREAK)
    if sum(start <= other.start < end for other in emails) > 1:
        return False
    said = fold_words(f"{text[start : one.start]} {text[one.end : end]}")
    return _INVOICES.search(said) is not None and SHIPPED.negating.isdisjoint(said.split())


def _named(one: FoundFact) -> FoundFact:
    return replace(one, fact=replace(one.fact, kind=INVOICE_EMAIL))
