"""Identifiers made of digits: tax numbers, phones, codes, customer numbers; by cue word, by what is asked, by check."""

import re
from collections.abc import Iterable, Sequence

import phonenumbers
from msgspec import Struct
from stdnum.it import iva
from stdnum.pl import nip

from nlu.languages.language import Languages
from nlu.numbers.choose import candidates, choose
from nlu.numbers.groups import runs
from nlu.numbers.runs import Run
from nlu.phrase_lines import patterns
from nlu.tokens import Token, tokens
from values import phone as phones
from values.meaning import Entity
from values.patterns import regex

LENGTHS = {"sms_code": 6, "customer_number": 8, "nip": 10, "partita_iva": 11}
ALIASES = {"contact_code": "sms_code", "login_code": "sms_code", "tax_number": "nip", "codice_destinatario": "sdi"}
_CUES = {kind: regex(rf"(?<![^ ])(?:{called})(?![^ ])") for kind, called in patterns("identifiers").items()}
_CUE_REACH = 6
_NATIONAL = frozenset({"nip", "partita_iva"})


class _Place(Struct, frozen=True):
    """A run of digits and what the words before it (since the run before) say it is."""

    run: Run
    cue: str


def find_identifiers(text: str, langs: Languages, asked: str, taken: Iterable[tuple[int, int]]) -> list[Entity]:
    """Return the identifiers of a text outside the spans `taken` by other entities; one per run of digits."""
    spans = list(taken)
    words = tokens(text)
    wanted = ALIASES.get(asked, asked)
    found: list[Entity] = []
    previous = 0
    for run in runs(text, langs):
        if any(a < run.end and run.start < b for a, b in spans):
            previous = run.end
            continue
        cue = cue_before(words, previous, run.start) or _cue_after(words, run.end)
        previous = run.end
        entity = _judge(_Place(run, cue), langs, wanted)
        if entity is not None:
            found.append(entity)
    return _last_of_each(found, wanted)


def cue_before(words: Sequence[Token], start: int, end: int) -> str:
    """Return the kind named nearest before a number."""
    line = " ".join(t.word for t in words if start <= t.start < end)
    line = " ".join(line.split()[-_CUE_REACH:])
    best, where = "", -1
    for kind, called in _CUES.items():
        for match in called.finditer(line):
            if match.end() > where:
                best, where = kind, match.end()
    return best


def _cue_after(words: Sequence[Token], end: int) -> str:
    """Return a kind named right after: "512 000 111 to mój telefon"."""
    line = " ".join([t.word for t in words if t.start >= end][:4])
    match = re.match(
        r"(?:to|e|is) (?:moj |il mio |la mia |my )?(telefon|nip|cell\w*|telefono|phone|mobile|partita|p iva)", line
    )
    if match is None:
        return ""
    return {"nip": "nip", "partita": "partita_iva", "p iva": "partita_iva"}.get(match.group(1), "phone")


def _judge(place: _Place, langs: Languages, asked: str) -> Entity | None:
    if place.cue == "other":
        return None
    if place.cue == "vat_number" and asked in _NATIONAL:  # the country whose number is waited for is known
        return _as(asked, place.run, langs, sure=True)
    if place.cue == "sms_code" and (
        len(candidates(place.run)[0]) > LENGTHS["sms_code"] + 2 and _phone(place.run, langs, sure=False) is not None
    ):  # "the code for +48 512 …"
        return _as("phone", place.run, langs)
    if place.cue and not (place.cue == "sms_code" and asked):
        return _as(place.cue, place.run, langs) or (_as(asked, place.run, langs) if asked else None)
    if asked in LENGTHS or asked in ("phone", "vat_number"):
        return _as(asked, place.run, langs, sure=True)
    return _by_look(place, langs)


def _as(kind: str, run: Run, langs: Languages, sure: bool = False) -> Entity | None:
    """Return a run read as `kind`; with `sure`, also when nothing about it fits, as an invalid one."""
    if kind == "phone":
        return _phone(run, langs, sure)
    if kind == "vat_number":
        return _as(langs[0].tax_number, run, langs, sure) if langs[0].tax_number else None
    if kind not in LENGTHS:
        return None
    length = LENGTHS[kind]
    check = {"nip": nip.is_valid, "partita_iva": iva.is_valid}.get(kind, lambda _: True)
    value = choose(run, lambda c: len(c) == length and check(c), lambda c: len(c) == length)
    if value is not None:
        return Entity(kind, value, run.start, run.end, bool(check(value)))
    rough = candidates(run)[0]
    plausible = len(rough) >= (4 if sure else length - 2) and len(rough) <= length + 4
    return Entity(kind, rough, run.start, run.end, valid=False) if plausible else None


def _phone(run: Run, langs: Languages, sure: bool) -> Entity | None:
    value = choose(run, lambda c: bool(_e164(c, run.plus, langs)), lambda c: False)
    if value is not None:
        return Entity("phone", _e164(value, run.plus, langs), run.start, run.end)
    rough = candidates(run)[0]
    if not 5 <= len(rough) <= 15 and not (sure and len(rough) >= 3):
        return None
    code = phones.calling_code(langs[0].region) if langs[0].region else 0
    region = f"+{code}" if code else ""
    shown = f"+{rough}" if run.plus else f"+{rough[2:]}" if rough.startswith("00") else region + rough
    return Entity("phone", shown, run.start, run.end, valid=False)


def _e164(digits: str, plus: bool, langs: Languages) -> str:
    if not 7 <= len(digits) <= 17:
        return ""
    region = langs[0].region or None
    typed = [f"+{digits}"] if plus else [f"+{digits[2:]}"] if digits.startswith("00") else [digits] if region else []
    own = (str(phones.calling_code(region)),) if region else ()
    if not plus and digits.startswith(("48", "39", *own)) and len(digits) > 10:
        typed.append(f"+{digits}")
    for candidate in typed:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def _by_look(place: _Place, langs: Languages) -> Entity | None:
    """Return the only kind that a number without a name can be."""
    run = place.run
    lengths = {len(c) for c in candidates(run)[:6]}
    if run.plus:
        return _as("phone", run, langs)
    for kind in ("nip", "partita_iva", "phone", "customer_number", "sms_code"):
        entity = _as(kind, run, langs)
        if kind == "sms_code" and any(group.hard_before for group in run.groups[1:]):
            continue  # "via Corta 4, 20154": not said as one
        if entity is not None and entity.valid and (kind == "phone" or len(entity.value) in lengths):
            return entity
    if place.cue == "sms_code":
        return None
    national = langs[0].tax_number
    guess = _as(national, run, langs) if national else None
    return guess if guess is not None and len(guess.value) == LENGTHS[national] else None


def _last_of_each(found: list[Entity], asked: str) -> list[Entity]:
    """Of several readings of the asked kind the valid one, else the last; other kinds stay."""
    of_asked = [e for e in found if e.entity == asked]
    if len(of_asked) < 2:
        return found
    kept = next((e for e in reversed(of_asked) if e.valid), of_asked[-1])
    return [e for e in found if e.entity != asked or e is kept]
