"""The way to pay that a message means, among those that it names, asks about, takes back, turns down or has stored."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from nlu.answer_words import SHIPPED as ANSWERS
from nlu.binding import wants_another
from nlu.corrections.sentences import correction_forms, plain
from nlu.entities.term_words import METHOD_VALUES
from nlu.entities.terms import find_methods, names_a_method
from nlu.languages.language import Languages
from nlu.named.renewals import without_renewal
from nlu.stance import Stance, doubts, stance, stance_at
from nlu.tokens import is_question, part_around
from values.meaning import Correction, Entity, Expected, Intent, Press, Unclear
from values.parsing import fold_words

_LONGEST = 400
_MOST_AROUND = 2  # words that a method may have beside it, such as those of paying
_SENTENCE = re.compile(r"\S.*?(?:[.?!]+(?=\s|$)|\n|$)", re.S)
_CHOOSES = re.compile(
    r"\b(?:dam|daje(?:my)?|daj(?:cie)?|we[zź](?:cie|m[ęe])?|bior[ęe]|niech b[ęe]dzie|zr[óo]b(?:cie|my)?|p[łl]ac[ęe]"
    r"|zap[łl]ac[ęe]|wol[ęe]|wybieram|ustaw(?:cie)?|facciamo|fai|fate|faccia|metti|metta|mettete|usa|uso|usi|prendo|pago|preferisco"
    r"|scelgo|vada per|make it|use|take|put|do|i'?ll|go with|let'?s|prefer|choose|switch|nehme|nimm|nehmen)\b"
)
_TURNS_TO = re.compile(r"\s*(?:na|for|to|con|in|per|auf|durch|gegen)(?: (?:the|a|la|il|un|una|die|den))?\s*")
DROPPED = frozenset(
    "skresl skreslcie skreslmy wykresl zapomnij zapomnijcie odpusc odpuscmy usun usuncie lasci lascia lasciamo lasciate"
    " scordati togli tolga butta butti scrap scratch forget drop ditch remove vergessen vergiss streichen"
    " streiche".split()
)
"""Verbs that drop what they name."""
_CLAUSE_END = re.compile(r"[,;:.?!\n]|\b(?:tylko|lecz|ale|but|ma|bensì|sondern)\b")

_POLISH_FILLER = re.compile(r"\s*no\b(?=[\s,]+\w)", re.I)
"""Polish opens with it: "no dobra, blik" refuses nothing."""
_BREAK = re.compile(r"[,;.!?:]|\n")
_WITHOUT = re.compile(r"\b(?:senza|bez|without|ohne)\b", re.I)
_NOT_MEANT = frozenset({Stance.negated, Stance.past, Stance.conditional, Stance.others, Stance.quoted})
_WONT_DO = frozenset({*_NOT_MEANT, Stance.complained, Stance.reserved})
_LONGEST_STORED = 200
_STORED = re.compile(
    r"\b(?:zapisan\w{1,3}|zapamietan\w{1,3}|podpiet\w{1,3}|podlaczon\w{1,3}|zachowan\w{1,3}|salvat[aeio]|memorizzat[aeio]"
    r"|registrat[aeio]|collegat[aeio]|stored|saved|on file|remembered|linked|hinterlegte?\w?|gespeicherte?\w?)\b"
)
_AWAY = re.compile(
    r"\b(?:usun\w{0,5}|skasuj\w{0,3}|skasowac|wykasuj\w{0,3}|odepni?j\w{0,3}|odpiac|odlacz\w{0,3}|wyrzuc\w{0,3}|zapomni\w{1,4}"
    r"|togl\w{1,5}|tolga\w{0,2}|rimuov\w{1,4}|elimin\w{1,5}|cancell\w{1,4}|scolleg\w{1,4}|stacc\w{1,4}|leva\w{0,3}"
    r"|remove|delete|forget|unlink|detach|erase|take off|take away|get rid of|entfern\w{0,4}|l?oe?sch\w{0,4})\b"
)
_CHANGED = re.compile(
    r"\b(?:zmien\w{0,4}|podmien\w{0,4}|wymien\w{0,4}|zamien\w{0,4}|cambi\w{0,4}|sostitu\w{2,5}|aggiorn\w{1,4}"
    r"|change|update|replace|swap|ander\w{0,3}|aender\w{0,3}|ersetz\w{0,3})\b"
)
_FORGET = "forget:"
_SURE = 0.95


class MeantMethod(Struct, frozen=True):
    """A way to pay by the VALUE of its payload, and the words before it. `changes`: it takes another one's place.

    `clause` is where it stands with its verb, if no more is said there; else nowhere.
    """

    value: str
    before: str
    changes: bool
    clause: tuple[int, int] = (0, 0)


def read_method(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Another way to pay, named where something binding is asked: the order isn't given by it, the method changes.

    So it does where another row of the same card is asked, which of the stored cards, for example.
    """
    binds = any(option.binds is not None for option in expected.options)
    ways = [one for one in expected.options if one.payload.startswith("method:") and one.binds is None]
    offered = any(not one.beside for one in ways)
    chosen = "method" in expected.rows and not ways
    if not (binds or chosen) or offered or "?" in text or len(text) > _LONGEST:
        return None
    named = names_a_method(fold_words(text), langs) and bool(find_methods(text, langs)[0])
    if not (named or wants_another(text, langs)) or "method" not in expected.correctable:
        return None
    if not named:
        return Correction("method")
    meant = meant_method(text, langs)
    return Correction("method", None if meant is None else meant.value)


def methods_meant(text: str, langs: Languages) -> tuple[list[Entity], list[Entity]]:
    """Return the ways to pay that a text means, and those that it names otherwise.

    A text with two of them says which one it means; one that names a single one says so by its stance.
    """
    if langs[0].code == "pl" and (filler := _POLISH_FILLER.match(text)) is not None:
        text = " " * filler.end() + text[filler.end() :]
    named, denied = find_methods(text, langs)
    if len(named) == 1 and not denied and _is_refused(text, named[0], langs):
        return [], named
    return named, denied


def _is_refused(text: str, one: Entity, langs: Languages) -> bool:
    start, end = one.start or 0, one.end or 0
    if stance_at(text, start, end, langs) in _NOT_MEANT:
        return True
    begins, ends = part_around(text, start, end, _BREAK)
    if (without := _WITHOUT.search(text, end, ends)) is not None:  # "PayPal without renewal" is PayPal
        ends = without.start()
    return stance(text[begins:ends], langs) in _WONT_DO


def meant_method(text: str, langs: Languages) -> MeantMethod | None:
    """Return the one way to pay that a message is for; None where it only asks, doubts, or names several."""
    text = without_renewal(text)
    said = " ".join(stated(text, langs))
    if not said or about_stored(fold_words(said)) or doubts(fold_words(said)):
        return None
    named, denied = methods_meant(said, langs)
    one = _one_of(said, named, denied)
    if one is None:
        return None
    other = len(said) < len(text.strip()) or len(named) + len(denied) > 1
    signs = any(words.signs.search(plain(said)) for words in correction_forms(langs))
    start, end = _clause(said, one)
    around = fold_words(f"{said[start : one.start]} {said[one.end : end]}").split()
    alone = said == text and len(around) <= _MOST_AROUND
    return MeantMethod(METHOD_VALUES[one.value], said[: one.start], other or signs, (start, end) if alone else (0, 0))


def stated(text: str, langs: Languages) -> Iterator[str]:
    """Yield the sentences that ask nothing, or ask for a change."""
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        asks = is_question(sentence, fold_words(sentence).split(), langs)
        if not asks or any(words.change.search(plain(sentence)) for words in correction_forms(langs)):
            yield sentence


def _one_of(said: str, named: Sequence[Entity], denied: Sequence[Entity]) -> Entity | None:
    """Return the one that isn't turned down in its clause, or of two that which the first is to be changed to."""
    refused = Counter(_clause(said, one) for one in denied)
    kept = [one for one in named if _denials(said, one) <= refused[_clause(said, one)]]
    kept.sort(key=lambda one: one.start or 0)
    chosen = [one for one in kept if _CHOOSES.search(said[_clause(said, one)[0] : one.start].lower()) is not None]
    for fit in (kept, chosen):
        if len({METHOD_VALUES[one.value] for one in fit}) == 1:
            return fit[0]
    to = len(kept) == 2 and _TURNS_TO.fullmatch(plain(said[kept[0].end : kept[1].start]))
    return kept[1] if to else None


def _denials(said: str, one: Entity) -> int:
    start, end = _clause(said, one)
    words = fold_words(said[start:end]).split()
    return sum(word in ANSWERS.negating or word in DROPPED for word in words)


def _clause(said: str, one: Entity) -> tuple[int, int]:
    """Return where the clause of a name begins and ends."""
    return part_around(said, one.start or 0, one.end or 0, _CLAUSE_END)


def about_stored(said: str) -> bool:
    """Return whether folded words wish for something to be done with what is stored."""
    return _STORED.search(said) is not None and (_AWAY.search(said) or _CHANGED.search(said)) is not None


def read_stored_way(text: str, expected: Expected, langs: Languages) -> Press | Unclear | Intent | None:
    """Return what a wish about a stored way means: a button that forgets it, or the wish for the page where one is."""
    if len(text) > _LONGEST_STORED:
        return None
    said = fold_words(text)
    if not about_stored(said) or not names_a_method(said, langs):
        return None
    away = _AWAY.search(said) is not None
    offered = any(option.payload.endswith((":saved", ":another")) for option in expected.options)
    if (offered and not away) or is_question(text, said.split(), langs):
        return None
    forgets = tuple(option.payload for option in expected.options if option.payload.startswith(_FORGET)) if away else ()
    if len(forgets) == 1:
        return Press(forgets[0])
    return Unclear(forgets, text) if forgets else Intent("choose_payment_method", _SURE, (), text)
