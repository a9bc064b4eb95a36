"""The last look at an act before it is done: its value agrees with the polarity of the words that it was read from.

Where they go apart and the words are plain, the words win, unless that would bind; else it is asked.
"""

import re

from msgspec.structs import replace

from nlu.asked_text import calls_data_right
from nlu.binding import PLAINLY, unknown_words
from nlu.binding_words import vocabulary
from nlu.choices import words_of
from nlu.corrections.sentences import fold_letters
from nlu.entities.term_words import TERM
from nlu.languages.language import Languages
from nlu.named.consent_names import EINVOICE, RENEWAL, einvoice_polarity
from nlu.named.renewals import names_renewal, renewal_polarity, renews_on_condition
from nlu.named.terms_of_years import meant_term
from nlu.named.ways_to_pay import unsold_way
from nlu.phrase_lines import alternatives, wish
from nlu.stance import Polarity, Stance, stances
from nlu.stance.judged import ACTS, asks_for_act
from values.expected import Expected
from values.meaning import (
    Consenting,
    Correction,
    Expects,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    Press,
    Refusal,
    Unclear,
)
from values.parsing import fold_words
from values.patterns import regex
from values.slots.word_classes import WordClass, class_of

_LONGEST = 400
_RENEWED = {f"{RENEWAL}:yes": True, f"{RENEWAL}:no": False, "renewal_on": True, "renewal_off": False}
_SWITCH = "zone:renewal"
_ACTIVATE, _LATER = "einvoice:activate", "einvoice:later"
_OF_INVOICES = frozenset({_ACTIVATE, "activate_einvoice", "ask_einvoice", "ask_ksef", "deny"})
_OF_PAYING = frozenset({"choose_payment_method", "ask_payment_methods", "pay", "out_of_scope"})
_BY_ONESELF = wish("agreed", "<by_oneself>")
"""Who does it by themselves wants nothing done by itself."""
_STRETCHED = regex(r"([a-z])\1{2,}")
_FOUND_SO = regex(
    rf"{wish('agreed', '<found_so>|<recognised> [a-z]+$').pattern}|\b{alternatives('values', 'good', 'is_it')}\b"
)
"""Says that what is shown has been looked at, or that it is the customer's own shop, whatever it sells."""
_PARTS = regex(r"[,;.!\n]")
_OF_VALUES = frozenset({WordClass.noun, WordClass.type})
_AROUND = _OF_VALUES | frozenset({WordClass.pronoun, WordClass.particle, WordClass.courtesy})
_OTHER_THINGS = regex(rf"(?<![^ ]){alternatives('agreed', 'other_things')}")
_RENEWING, _POLAR = frozenset({RENEWAL, "renew"}), frozenset({"affirm", "deny"})
_EITHER = Polarity(None)
_MEANT = frozenset({Stance.asserted, Stance.negated, Stance.filler})


def match_polarity(meaning: Meaning, text: str, expected: Expected, langs: Languages) -> Meaning:
    """Return the meaning of a message, if need be as its words count, or as a question which of the two is meant."""
    if len(text) > _LONGEST or "?" in text or expected.expects is Expects.free_text:
        return meaning
    name = _name(meaning)
    if _is_of_another_thing(name, text, expected):
        return Unclear((), text)
    if (thing := _thing_of(meaning, name, text, expected)) is not None and (
        _is_guess(meaning, text, thing) or not asks_for_act(text, thing, langs)
    ):
        if isinstance(meaning, Consenting):
            return replace(meaning, refused=())  # which one is asked
        return _renewed(meaning, _EITHER, text, expected) if names_renewal(text) else Unclear((), text)
    if expected.expects is Expects.confirm_data and name in (f"{expected.step}:yes", "affirm"):
        return _confirmed(meaning, text, expected, langs)
    if (renewed := _RENEWED.get(name)) is not None:
        told = renewal_polarity(text, langs)
        if renewed and renews_on_condition(text, langs):
            return _renewed(meaning, _EITHER, text, expected)
        off = not renewed and isinstance(meaning, Intent) and (told is None or not told.on)
        if off and RENEWAL in expected.rows and RENEWAL in expected.correctable:
            return Correction(RENEWAL, "no")
        stands = told is None or told.on is renewed or _stands(meaning, told, text, expected)
        return meaning if stands or told is None else _renewed(meaning, told, text, expected)
    if isinstance(meaning, Refusal) and RENEWAL in expected.correctable:  # it turns down no more than it names
        told = renewal_polarity(text, langs)
        return meaning if told is None else Correction(RENEWAL, _value(told))
    if name.startswith("years:") and TERM.search(fold_letters(text)) is not None:
        return _of_years(meaning, text, expected, langs)
    if name in _OF_PAYING or name.startswith("method:") or isinstance(meaning, Unclear):
        unsold = unsold_way(text, expected, langs)
        return meaning if unsold is None else Intent(f"method_{unsold}", 1.0, (), text)
    if name in _OF_INVOICES and _refuses_einvoice(text, langs):
        return _without_einvoice(meaning, text, expected)
    return meaning


def _thing_of(meaning: Meaning, name: str, text: str, expected: Expected) -> re.Pattern[str] | None:
    """Find the thing that a meaning acts on at once; None where it acts on none."""
    if any(one.payload == name and one.binds is not None for one in expected.options):
        return None
    if name in _RENEWED:
        return None if expected.step == RENEWAL and not names_renewal(text) else ACTS.renewal
    if isinstance(meaning, Consenting) and meaning.refused and expected.expects is not Expects.consents:
        return ACTS.consent
    return ACTS.cancel if isinstance(meaning, NavigationCommand) and meaning.name == "cancel" else None


def _is_guess(meaning: Meaning, text: str, thing: re.Pattern[str]) -> bool:
    """Return whether an act was read by likeness from words that don't name its thing: "the rest is fine, only …"."""
    return isinstance(meaning, Intent) and meaning.confidence < 1 and thing.search(fold_words(text)) is None


def _is_of_another_thing(name: str, text: str, expected: Expected) -> bool:
    """Return whether an answer about renewing, or about the term, was read from words about people or invoices."""
    said = fold_words(text)
    if _OTHER_THINGS.search(said) is None or said in {
        fold_words(title) for option in expected.options for title in option.titles
    }:
        return False
    if name.startswith(("years:", "term:")):
        return TERM.search(fold_letters(text)) is None
    return (name in _RENEWED or (name in _POLAR and expected.step in _RENEWING)) and not names_renewal(text)


def _confirmed(meaning: Meaning, text: str, expected: Expected, langs: Languages) -> Meaning:
    """Return a yes to all that is shown; one with words that are neither of agreeing nor of what is shown is asked.

    Where these are about a value, or one is named beside them, that is what is to be corrected.
    """
    given = [one for one in expected.options if one.payload == f"{expected.step}:yes"]
    if any(one.binds is not None for one in given) or calls_data_right(text, langs):  # a closed vocabulary
        return meaning
    shown = {word for value in expected.given.values() for word in fold_words(str(value)).split()}
    plainly = " ".join(_FOUND_SO.sub(" ", _STRETCHED.sub(r"\1", fold_words(part))) for part in _PARTS.split(text))
    said = [word for word in vocabulary(langs).mended(plainly.split()) if word not in shown]
    known = words_of(given, langs)
    left = [word for word in unknown_words(" ".join(said), langs, PLAINLY) if not known(word)]
    if all(class_of(word) in _AROUND for word in left):
        return meaning
    valued = any(not word.isalpha() or class_of(word) in _OF_VALUES for word in said)
    if valued:
        return Intent("correct_data", 1.0, (), text)
    return Unclear((f"{expected.step}:yes", f"{expected.step}:edit"), text)


def _name(meaning: Meaning) -> str:
    match meaning:
        case Press(payload):
            return payload
        case Intent(name) | Faq(name):
            return name
        case Correction(what, str(value)):
            return f"{what}:{value}"
        case _:
            return ""


def _renewed(meaning: Meaning, told: Polarity, text: str, expected: Expected) -> Meaning:
    """Return renewal as it is turned by plain words; else the question of it, or the page where it is switched."""
    free = {option.payload for option in expected.options if option.binds is None}
    value = _value(told)
    if told.plain:
        match meaning:
            case Correction():
                return Correction(RENEWAL, value)
            case Press() if f"{RENEWAL}:{value}" in free:
                return Press(f"{RENEWAL}:{value}", words=text)
            case Intent(_, confidence):
                return Intent("renewal_on" if told.on else "renewal_off", confidence, (), text)
            case _:
                pass
    if RENEWAL in expected.correctable:
        return Correction(RENEWAL)
    if _SWITCH in free:
        return Press(_SWITCH, words=text)
    return Unclear(tuple(one for one in (f"{RENEWAL}:yes", f"{RENEWAL}:no") if one in free), text)


def _stands(meaning: Meaning, told: Polarity, text: str, expected: Expected) -> bool:
    """Return whether an answer is of a closed vocabulary, whose "full stop" stops nothing, or one will do it alone."""
    if not isinstance(meaning, Press):
        return False
    if any(option.binds is not None for option in expected.options if option.payload == meaning.payload):
        return True
    alone = expected.step == RENEWAL and _BY_ONESELF.search(fold_words(text)) is not None
    return alone and told.on is True and not told.plain


def _of_years(meaning: Meaning, text: str, expected: Expected, langs: Languages) -> Meaning:
    """Return the term as the message means it; one that is denied, doubted or told of is asked for."""
    term = meant_term(text, langs)
    if term is None:
        return Unclear((), text)
    if isinstance(meaning, Correction):
        return Correction("years", term.value)
    payload = f"years:{term.value}"
    offered = any(option.payload == payload for option in expected.options)
    return Press(payload, words=text) if offered else meaning


def _value(told: Polarity) -> str | None:
    return None if told.on is None else "yes" if told.on else "no"


def _refuses_einvoice(text: str, langs: Languages) -> bool:
    """Return whether a message turns e-invoices down, of the customer's own, now."""
    told = einvoice_polarity(text, langs)
    return told is not None and told.on is False and _MEANT.issuperset(stances(text, langs))


def _without_einvoice(meaning: Meaning, text: str, expected: Expected) -> Meaning:
    """Return the answer that leaves them off where they are offered; else that they are off, or are to be."""
    if any(option.payload == _LATER for option in expected.options):
        return Press(_LATER, words=text)
    if any(one.id == EINVOICE for one in expected.consents):
        return Consenting(refused=(EINVOICE,), text=text)
    return meaning
