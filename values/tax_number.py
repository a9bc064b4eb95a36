"""Tax numbers: NIP (Poland), partita IVA (Italy) and the VAT numbers of all countries of the Union.

Check digits by `stdnum`; on top of it the number of zeros only is refused, and a NIP that begins with zero. The
e-invoice schema also refuses a NIP whose second and third digits are both zero. That isn't asked here: invented numbers
by which the desk is tried have them, and whoever sends e-invoices checks against the schema.
"""

import re
from collections.abc import Callable

from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.it import codicefiscale, iva
from stdnum.pl import nip
from stdnum.util import get_cc_module

from values.country import PREFIXES, RULES
from values.parsing import Ok, Parsed, ParseRefused, fold_digits, only_digits, undo_lookalikes
from values.patterns import regex

VATIN = "EU"
_MAX_TYPED = 80
_LABEL = regex(
    r"^(?:(?:numer\s+)?nip(?:\s*-?\s*ue)?|p\.?\s?iva|partita\s+iva|vat(?:[\s-]+(?:number|no|id|ue|eu))?|vatin"
    r"|tax\s+(?:number|no|id)|(?:ust|umsatzsteuer)[\s.-]*id(?:[\s.-]*(?:nr|nummer))?|uid|di[čc]|i[čc]o?\s+dph|tva|iva|btw)"
    r"(?![^\W\d_])[\s.:=#-]*(?:to\b|jest\b|is\b|ist\b|je\b|è)?[\s.:=]*",
    re.I,
)
_NAMED = (
    ("IT", regex(r"p\.?\s?iva|partita\s+iva", re.I)),
    ("PL", regex(r"(?:numer\s+)?nip(?!\s*-?\s*ue)", re.I)),
    ("DE", regex(r"(?:ust|umsatzsteuer)[\s.-]*id", re.I)),
)
"""Names that one country alone gives its number."""
_IT_IS = regex(r"^it(?:\s+is|['’]s)\s+", re.I)  # no prefix of Italy
_BARE = frozenset(country for country, rules in RULES.items() if rules.bare)
_SEPARATORS = regex(r"[\s.\-–—_/\\:,()']+")
_NIP_PATTERN = regex(r"[1-9][0-9]{9}")
_OTHER_LETTERS = regex(r"[^0-9]")


def parse(text: str, country: str, home: str = "PL") -> Parsed[str]:
    """Read the tax number of a business in `country`: an ISO code, or `VATIN` for any number of the Union.

    Under `VATIN` a number without letters is of the country whose name for it stands in front ("partita IVA"), else of
    `home`, else of the one country that writes its numbers so and whose check digits it has. Ok carries 10 digits for
    PL, 11 for IT, otherwise prefix and number in capitals (always so for `VATIN`).

    Reasons: `tax_number.no_digits`, `.odd_characters`, `.too_short`, `.too_long` (with `digits`, `expected`),
    `.leading_zero` (with `suggestion`: a partita IVA that a spreadsheet has robbed of its first zero), `.several`,
    `.all_zero`, `.pattern`, `.checksum`, `.foreign` (with `country`), `.codice_fiscale`, `.prefix_missing`, `.invalid`.
    """
    typed = _introduced(text[: _MAX_TYPED * 4])
    compact = _compact(typed)
    if not only_digits(compact):
        return ParseRefused("tax_number.no_digits")
    if len(compact) > _MAX_TYPED:
        return ParseRefused("tax_number.too_long", {"digits": len(only_digits(compact)), "expected": _longest(country)})
    named = next((country for country, name in _NAMED if name.match(typed) is not None), None)
    if country != VATIN:
        own = _national(compact, country) if country in _BARE else _european(compact.upper(), country, home)
        if isinstance(own, Ok):
            return own
        other = _other_country(undo_lookalikes(compact), named, country) or _outside_the_union(compact.upper())
        return own if other is None else ParseRefused("tax_number.foreign", {"country": other})
    compact = compact.upper()
    return _european(compact, country, home) if compact[:2] in PREFIXES else _without_letters(compact, named, home)


def _introduced(text: str) -> str:
    """Return a number without "it's" in front of it, which isn't Italy's letters."""
    return _IT_IS.sub("", fold_digits(text).strip(), count=1)


def _compact(typed: str) -> str:
    """Return a number without its name ("NIP:") and without signs between its digits."""
    return _SEPARATORS.sub("", _LABEL.sub("", typed, count=1))


def _without_letters(compact: str, named: str | None, home: str) -> Parsed[str]:
    """Return a number of the Union that is written without its country's letters."""
    if named is not None and named != home:
        return _european(RULES[named].letters + compact, VATIN, home)
    own = _of_home(compact, home)
    if isinstance(own, Ok) or named is not None or own.reason == "tax_number.leading_zero":
        return own
    digits = undo_lookalikes(compact)
    other = _other_country(digits, None, home)
    return own if other is None else Ok(other + digits)


def _other_country(digits: str, named: str | None, home: str) -> str | None:
    """Return the other country whose name for it stands in front of a number, or whose check digits it has."""
    if named not in (None, home):
        return named
    others = sorted(_BARE - {home}) if digits.isdecimal() else ()
    return next((country for country in others if isinstance(_checked(digits, country), Ok)), None)


def _outside_the_union(compact: str) -> str | None:
    """Return the country outside the Union whose letters and check digits a number has, such as GB or CH."""
    letters = compact[:2]
    apart = letters.isascii() and letters.isalpha() and letters not in PREFIXES
    rules = get_cc_module(letters.lower(), "vat") if apart else None
    return letters if rules is not None and isinstance(_by_stdnum(compact, rules.validate), Ok) else None


def _of_home(compact: str, home: str) -> Parsed[str]:
    if home not in _BARE:
        return _european(compact, home, home)
    digits = undo_lookalikes(compact)
    if len(only_digits(digits)) != len(compact):
        return ParseRefused("tax_number.prefix_missing")
    return _with_prefix(home, _checked(digits, home))


def _longest(country: str) -> int:
    rules = RULES.get(country)
    return rules.digits[1] if rules is not None and rules.digits is not None else 12


def _national(compact: str, country: str) -> Parsed[str]:
    prefix, rest = compact[:2].upper(), compact[2:]
    if prefix == country:
        compact = rest
    elif prefix in PREFIXES and only_digits(rest):
        return ParseRefused("tax_number.foreign", {"country": "GR" if prefix == "EL" else prefix})
    if country == "IT" and codicefiscale_like(compact):
        return ParseRefused("tax_number.codice_fiscale")
    digits = undo_lookalikes(compact)
    if _OTHER_LETTERS.search(digits):
        return ParseRefused("tax_number.odd_characters")
    return _checked(digits, country)


def _checked(digits: str, country: str) -> Parsed[str]:
    expected = _longest(country)
    if country == "IT" and len(digits) == expected - 1 and isinstance(_by_stdnum("0" + digits, iva.validate), Ok):
        return ParseRefused("tax_number.leading_zero", {"suggestion": "0" + digits})
    if len(digits) == 2 * expected and all(isinstance(_checked(one, country), Ok) for one in _halves(digits)):
        return ParseRefused("tax_number.several")
    if len(digits) != expected:
        reason = "tax_number.too_short" if len(digits) < expected else "tax_number.too_long"
        return ParseRefused(reason, {"digits": len(digits), "expected": expected})
    if not digits.strip("0"):
        return ParseRefused("tax_number.all_zero")
    if country == "PL" and not _NIP_PATTERN.fullmatch(digits):
        return ParseRefused("tax_number.pattern")
    return _by_stdnum(digits, nip.validate if country == "PL" else iva.validate)


def _halves(digits: str) -> tuple[str, str]:
    return digits[: len(digits) // 2], digits[len(digits) // 2 :]


def _by_stdnum(number: str, validate: Callable[[str], str]) -> Parsed[str]:
    try:
        return Ok(validate(number))
    except InvalidChecksum:
        return ParseRefused("tax_number.checksum")
    except InvalidLength:
        return ParseRefused("tax_number.wrong_length", {"digits": len(only_digits(number))})
    except (ValidationError, ValueError, IndexError, KeyError):  # or a national module met a letter where it computes
        return ParseRefused("tax_number.invalid")


def _european(compact: str, country: str, home: str) -> Parsed[str]:
    prefix = compact[:2]
    if prefix not in PREFIXES:
        prefix = RULES[country].letters if country in RULES else country
        compact = prefix + compact
    prefix = "EL" if prefix == "GR" else prefix
    if country not in (VATIN, prefix, "GR" if prefix == "EL" else prefix):
        return ParseRefused("tax_number.foreign", {"country": prefix})
    if prefix in _BARE:
        return _with_prefix(prefix, _national(compact, prefix))
    # What a number of the seller's own country is called, its words may say; of any other they only say "number".
    told = _by_length(compact[2:], prefix) if country != VATIN else _of_zeros(compact[2:])
    return told or _by_stdnum(prefix + compact[2:], vat.validate)


def _of_zeros(rest: str) -> ParseRefused | None:
    return ParseRefused("tax_number.all_zero") if not rest.strip("0") else None


def _by_length(rest: str, prefix: str) -> ParseRefused | None:
    """Return the length mistake of a number of digits only, before its check digit is looked at."""
    if (zeros := _of_zeros(rest)) is not None:
        return zeros
    rules = RULES.get("GR" if prefix == "EL" else prefix)
    count = len(rest)
    if rules is None or rules.digits is None or not rest.isdecimal() or rules.digits[0] <= count <= rules.digits[1]:
        return None
    short = count < rules.digits[0]
    expected = rules.digits[0] if short else rules.digits[1]
    return ParseRefused(f"tax_number.{'too_short' if short else 'too_long'}", {"digits": count, "expected": expected})


def _with_prefix(prefix: str, outcome: Parsed[str]) -> Parsed[str]:
    return Ok(prefix + outcome.value) if isinstance(outcome, Ok) else outcome


def has_prefix(text: str) -> bool:
    """Return whether the text is one number as the Union writes it: a country's letters, then mostly digits."""
    compact = _compact(_introduced(text[:_MAX_TYPED])).upper()
    rest = compact[2:]
    return compact[:2] in PREFIXES and rest.isalnum() and 2 * len(only_digits(rest)) > len(rest)


def country_of(number: str | None) -> str | None:
    """Return the ISO code of the country whose letters stand in front of a parsed number; None for a national one."""
    if number is None or (prefix := number[:2]) not in PREFIXES:
        return None
    return {"EL": "GR", "XI": "GB"}.get(prefix, prefix)


def nation_of(number: str) -> str | None:
    """Return the ISO code of the country that a parsed number is from, also of a national one, by its length."""
    bare = (country for country in sorted(_BARE) if len(number) == _longest(country))
    return country_of(number) or next(bare, None)


def codicefiscale_like(compact: str) -> bool:
    """Return whether 16 characters are a person's codice fiscale with its right check letter."""
    try:
        return len(compact) == 16 and compact.isascii() and bool(codicefiscale.validate(compact.upper()))
    except (ValidationError, ValueError):
        return False


def display(number: str) -> str:
    """Return the number as it is printed: NIP in groups 3-3-2-2, others unchanged."""
    prefix, digits = (number[:2], number[2:]) if number[:2] == "PL" else ("", number)
    if len(digits) == 10 and digits.isdecimal():
        return f"{prefix}{digits[:3]}-{digits[3:6]}-{digits[6:8]}-{digits[8:]}"
    return number
