"""Answers to a seller's own questions that a message gives by their names, at whatever step: "people: 12", "12 people".

Only what is called so, in a clause of its own: such a question may be about anything, so a value's form tells nothing.
Of several e-mail addresses in one answer that for invoices is told apart by its label: "a@… do konta, b@… do faktur".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from msgspec.structs import replace

from nlu.answer_words import SHIPPED
from nlu.corrections.sentences import fold_letters
from nlu.facts.named_choices import FoundFact
from nlu.languages.brought import loose
from nlu.languages.language import Languages
from nlu.named.consent_names import EINVOICE
from nlu.phrase_lines import alternatives
from nlu.stance import Stance, stance_at
from nlu.tokens import is_question, part_around
from values.expected import Expected, Nameable
from values.kinds import kind_of
from values.meaning import Expects, Fact
from values.parsing import fold_words
from values.patterns import regex

_HINT = regex(r"[:=\d]|\s(?:to|jest|è|is|ist)\s")
_BEGINS = r"(?:^|[,;.!\n]\s|\s(?:i|oraz|e|and|und)\s)\s*"
_IS = r"\s*(?:[:=]|\s(?:to|jest|e|is|ist)\s)\s*"
_VALUE = r"(?P<value>[^\s,;:\n][^,;:?\n]{0,120}?)(?=[.!]*\s*(?:$|[,;\n])|\s(?:i|oraz|e|and|und)\s)"
_WORDS = r"(?P<value>\S[^\n?]{0,500})"
"""Whatever follows the name of a question for words is its answer, commas and all."""
INVOICE_EMAIL = "invoice_email"
_BREAK = regex(r"[,;\n]|\.\s|\s(?:a|i|oraz|natomiast|e|ed|ma|mentre|and|but|while|und|aber)\s")
_INVOICES = regex(r"(?<![^ ])(?:e ?)?" + alternatives("labels", "invoices") + r"(?![^ ])")


def named_answers(text: str, langs: Languages, nameable: Callable[[], Sequence[Nameable]]) -> Iterator[FoundFact]:
    """Yield the answers that a message gives by name; a question gives none."""
    if " " not in text or _HINT.search(text) is None or not (questions := [one for one in nameable() if one.called]):
        return
    if is_question(text, fold_words(text).split(), langs):
        return
    said = fold_letters(text)
    for question in questions:
        for match in _named(question.called, question.expects).finditer(said):
            start, end = match.span("number" if match["number"] else "value")
            value = _meant(text[start:end], question)
            clause = match.start("clause"), match.end()
            if value is not None and stance_at(text, *clause, langs) is Stance.asserted:
                yield FoundFact(Fact(question.step, value), *clause)


@cache
def _named(called: str, expects: Expects) -> re.Pattern[str]:
    """Return the pattern of a named answer: `NAME: VALUE`, and for a number also `VALUE NAME`."""
    name = loose(called.split(", "))
    kind = kind_of(expects)
    value = _WORDS if kind.worded.says_all else _VALUE
    counted = rf"(?P<number>\d{{1,6}})\s(?:{name})(?!\w)" if kind.found_by == "number" else "(?P<number>(?!))"
    return re.compile(f"{_BEGINS}(?P<clause>(?:{name}){_IS}{value}|{counted})")


def _meant(words: str, question: Nameable) -> str | None:
    """Return what the words are as an answer: the VALUE of an option, or what the step's parser reads."""
    if not question.options:
        return words
    titles = {fold_words(title): option.payload for option in question.options for title in option.titles}
    payload = titles.get(fold_words(words))
    return None if payload is None else payload.partition(":")[2]


def by_labels(text: str, found: Sequence[FoundFact], expected: Expected) -> Sequence[FoundFact]:
    """Return the facts, of two addresses at a question for one that for invoices apart; unlabelled ones as they are."""
    emails = [one for one in found if one.fact.kind == Expects.email]
    known = {one.fact.text for one in emails}
    both = expected.step == INVOICE_EMAIL or any(one.id == EINVOICE for one in expected.consents)  # here, or later
    if len(known) != 2 or expected.expects is not Expects.email or not both:
        return found
    apart = {one.fact.text for one in emails if _is_for_invoices(text, one, emails)}
    if len(apart) != 1:
        return found
    copies = [one for one in found if one.fact.text in apart and one.fact.kind == Expects.email]
    return [replace(one, fact=replace(one.fact, kind=INVOICE_EMAIL)) if one in copies else one for one in found]


def _is_for_invoices(text: str, one: FoundFact, emails: Sequence[FoundFact]) -> bool:
    """Return whether the words beside an address, and beside no other, say that it is for invoices."""
    start, end = part_around(text, one.start, one.end, _BREAK)
    if sum(start <= other.start < end for other in emails) > 1:
        return False
    said = fold_words(f"{text[start : one.start]} {text[one.end : end]}")
    return _INVOICES.search(said) is not None and SHIPPED.negating.isdisjoint(said.split())
