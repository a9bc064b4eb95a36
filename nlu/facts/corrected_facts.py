"""Facts that take the place of what was given before: "scratch that address, use ala@example.com".

A word of error, of change or of another one may stand anywhere in the message. What the message says it doesn't mean
("nie 512 000 111") is no fact of it.
"""

from collections.abc import Callable, Sequence, Set
from itertools import groupby

from msgspec.structs import replace

from nlu.answer_words import SHIPPED as ANSWERS
from nlu.corrections.correction_words import Corrections, nouns_of
from nlu.corrections.sentences import correction_forms, fold_letters, puts_right
from nlu.facts.company_facts import OF_COMPANY
from nlu.facts.named_answers import INVOICE_EMAIL
from nlu.facts.named_choices import FoundFact
from nlu.languages.language import Languages
from nlu.stance import Stance, stance_at
from nlu.tokens import part_around, without_addresses
from values.expected import TITLE, Expected
from values.kinds import kind_of
from values.meaning import Answer, Correction, Expects, Faq, Intent, Meaning, Press, Refusal, Unclear
from values.parsing import fold_words
from values.patterns import regex
from values.slots.towns import is_town

_OLD_AND_NEW = 2
_SENTENCE_END = regex(r"[.?!](?=\s|$)|\n")
_CLAUSE_END = regex(r"[;,!?\n]|\.(?=\s)|:(?=\s*[^\W\d_])")
_ABOUT_INVOICES = regex(
    r"\b(?:e-?)?(?:faktur(?:[aęąyo]|ze|ach|om|ami)?|fattur[aeio]\w*|invoic(?:e|es|ing)|rechnung(?:en)?"
    r"|receipts?|ricevut[ae]|paragon\w{0,3}|rachun(?:ek|k)\w{0,3})\b"
)
_READ = Intent | Faq | Unclear | Refusal | Press | Answer
_OTHERS = frozenset({Stance.others, Stance.besides})
_SHOWN = frozenset({"zone:invoices", f"{TITLE}:menu"})
_UNSAID = frozenset({"edit", "no", "later", "skip"})
_REFUSED = frozenset({"edit", "no"})
_REFUSING = frozenset({"deny", "correct_data", "wrong_register_data"})


def as_meant(text: str, found: Sequence[FoundFact], expected: Expected, langs: Languages) -> list[FoundFact]:
    """Return the facts without those that the message denies, marked where they put an answer right."""
    if expected.expects is not Expects.email and _ABOUT_INVOICES.search(without_addresses(text).lower()) is not None:
        known = Expects.email in expected.correctable
        found = [_for_invoices(one, text) if known or _beside_invoices(text, one) else one for one in found]
    said, forms = fold_letters(text), correction_forms(langs)
    found = [_with_owner(one, text, langs) for one in found]
    alone = "\n" not in text and len(found) <= _OLD_AND_NEW  # a signature names them, too
    told = found if alone and kind_of(expected.expects).input is None else ()  # and so does the answer to a question
    given = {one.fact.kind: one.start for one in told if not one.fact.wrong and one.fact.kind in expected.correctable}
    named = {kind for kind, at in given.items() if nouns_of(kind).search(said[:at]) is not None}
    anew = named or len(found) >= _OLD_AND_NEW or puts_right(said, langs)
    if not anew and not any(words.not_meant.search(said) for words in forms):
        return found
    denies = [one for one in found if any(words.denies.search(said[: one.start]) for words in forms)]
    meant = [one for one in found if one not in denies and not _is_replaced(one, found, expected)]
    denied = {one.fact.kind for one in found if one not in meant} | named
    return [_marked(one, said, forms, denied) for one in _last_words(meant, said, forms)]


def _is_replaced(one: FoundFact, found: Sequence[FoundFact], expected: Expected) -> bool:
    """Return whether a value is the stored one beside another of its kind."""
    others = any(other.fact.kind == one.fact.kind and other.fact.text != one.fact.text for other in found)
    return others and expected.given.get(one.fact.kind) == one.fact.text


def _last_words(found: Sequence[FoundFact], said: str, forms: Sequence[Corrections]) -> list[FoundFact]:
    """Return the facts without those that are followed by a word of correction and another one of their kind."""
    of_kind = groupby(sorted(found, key=lambda one: (one.fact.kind, one.start)), key=lambda one: one.fact.kind)
    kept: list[FoundFact] = []
    for _kind, each in of_kind:
        *before, last = each
        kept += [one for one in before if not _signs(said[one.end : last.start], forms)]
        kept.append(last)
    return [one for one in found if one in kept]


def _with_owner(one: FoundFact, text: str, langs: Languages) -> FoundFact:
    others = one.end > 0 and stance_at(text, one.start, one.end, langs) in _OTHERS
    return replace(one, fact=replace(one.fact, others=True)) if others else one


def _marked(one: FoundFact, said: str, forms: Sequence[Corrections], denied: Set[str]) -> FoundFact:
    """Return the fact as one that corrects, where a word of the message says so, or another of its kind is denied."""
    start, end = part_around(said, one.start, one.end, _SENTENCE_END)
    if said[end : end + 1] == "?" and not any(words.change.search(said[start:end]) for words in forms):
        return one
    if one.fact.others or (one.fact.kind not in denied and not _signs(said, forms)):
        return one
    return replace(one, fact=replace(one.fact, corrects=True))


def _beside_invoices(text: str, one: FoundFact) -> bool:
    """Return whether invoices are named in the clause of an address: elsewhere they are what is bought."""
    said = without_addresses(text).lower()
    start, end = part_around(said, one.start, one.end, _CLAUSE_END)
    return _ABOUT_INVOICES.search(said[start:end]) is not None


def _for_invoices(one: FoundFact, text: str) -> FoundFact:
    """Return an address as the one for invoices: it isn't the account's. Said to be so, it is the one from now on."""
    if one.fact.kind != Expects.email:
        return one
    _, end = part_around(text, one.start, one.end, _CLAUSE_END)
    told = "?" not in text and ANSWERS.negating.isdisjoint(fold_words(text[one.end : end]).split())
    return replace(one, fact=replace(one.fact, kind=INVOICE_EMAIL, corrects=told))


def _signs(said: str, forms: Sequence[Corrections]) -> bool:
    return any(words.signs.search(said) for words in forms)


def instead_of_refused(found: list[FoundFact], whole: Meaning, expected: Expected) -> list[FoundFact]:
    """Return the facts; the one beside a no to the data that are shown is what they are to be instead."""
    if expected.expects is not Expects.confirm_data or len(found) != 1 or found[0].fact.others or not _refuses(whole):
        return found
    return [replace(one, fact=replace(one.fact, corrects=True)) for one in found]


def _refuses(whole: Meaning) -> bool:
    match whole:
        case Refusal():
            return True
        case Press(payload):
            return payload.rpartition(":")[2] in _REFUSED
        case Intent(name):
            return name in _REFUSING
        case _:
            return False


def correction_by(
    apart: Sequence[FoundFact], whole: Meaning, read_rest: Callable[[], Meaning | None], expected: Expected
) -> Meaning | None:
    """Return what a message means of whose facts one takes the place of an answer; None where none does.

    `whole` is what it means with its facts, `read_rest` reads it without them, which takes as long as the whole. A
    button that it names beside is pressed; the answer is put right all the same.
    """
    changed = [one.fact for one in apart if one.fact.corrects and one.fact.kind in expected.correctable]
    # The company's data first: a change of a contact leads away from them.
    first = next(iter(sorted(changed, key=lambda fact: fact.kind not in OF_COMPANY)), None)
    told = whole.name if isinstance(whole, Intent) else "ask_" if isinstance(whole, Faq) else ""
    if first is None or (first.kind == "method" and told.startswith(("ask_", "renew_subscription"))):
        return None  # a question is answered, and the fact kept beside; another year isn't another way to pay
    if isinstance(whole, Correction):
        if whole.what == first.kind and first.kind in OF_COMPANY:  # its form tells where it ends
            if whole.text is not None and first.text in whole.text and is_town(whole.text):
                return None
            return Correction(first.kind, first.text)
        if expected.correctable.get(whole.what) == first.kind:  # called by the name of one of several addresses
            return Correction(whole.what, first.text) if whole.text is None else None
        if whole.what == Expects.street and first.kind == Expects.city and whole.text is None:
            return None  # who has moved there has another street, too: that is asked for
        vague = whole.text is None or first.text in whole.text
        return Correction(first.kind, first.text) if vague and whole.what != first.kind else None
    if not isinstance(whole, _READ):
        return None
    rest = read_rest()
    if isinstance(rest, Press) and rest.payload.rpartition(":")[2] not in _UNSAID:
        sends = first.kind == INVOICE_EMAIL and rest.payload in _SHOWN  # "send the invoices to …" asks to see none
        return Correction(first.kind, first.text) if sends else rest
    return Correction(first.kind, first.text)
