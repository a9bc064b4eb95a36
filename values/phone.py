"""Phone numbers: read as typed, kept as E.164, shown in groups, logged masked.

`parse` accepts only numbers that can take an SMS, `parse_callable` also those that are only called; the ranges come
from the `phonenumbers` metadata. Whether a number is alive is proved by a code, never by its form.
"""

import re
from collections.abc import Mapping
from functools import cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType

from values.country import EEA, RULES
from values.parsing import Ok, Parsed, ParseRefused, fold_digits, only_digits, undo_lookalikes
from values.patterns import regex

DEFAULT_ALLOWED = (48, 39)
NOT_SERVED = "phone.country_not_served"
_MAX_TYPED = 60
_LABEL = regex(
    r"^\s*(?:tel(?:efon(?:u|o)?)?|phone|mobile|mobil|handy|cell(?:ulare)?|nr|numer|kom(?:órka)?)\b[\s.:=]*", re.I
)
_NUMBERLIKE = regex(r"[+0-9OolI\s().\-/–—]+")
_SERVED = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_CALLED = (*_SERVED, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP)
#: The country of each calling code, "+48", that is one country's alone: most numbers needn't be read for it.
_ALONE = {f"+{code}": of[0] for code, of in COUNTRY_CODE_TO_REGION_CODE.items() if len(of) == 1}
_REASON_BY_TYPE = {
    PhoneNumberType.FIXED_LINE: "phone.fixed_line",
    PhoneNumberType.VOIP: "phone.voip",
    PhoneNumberType.PREMIUM_RATE: "phone.premium",
    PhoneNumberType.SHARED_COST: "phone.premium",
    PhoneNumberType.TOLL_FREE: "phone.toll_free",
    PhoneNumberType.UAN: "phone.toll_free",
    PhoneNumberType.VOICEMAIL: "phone.voicemail",
    PhoneNumberType.PAGER: "phone.pager",
}


def parse(text: str, region: str, allowed: tuple[int, ...] = DEFAULT_ALLOWED) -> Parsed[str]:
    """Read a mobile number typed by a customer of `region` (ISO 3166, upper case).

    `allowed` are the country calling codes served, all of them if it is empty. Ok carries E.164. Reasons:
    `phone.no_digits`, `.odd_characters`, `.too_short`, `.too_long`, `.several`, `.leading_zero` (with `suggestion`),
    `.country_not_served`, `.fixed_line`, `.voip`, `.premium`, `.toll_free`, `.voicemail`, `.pager`, `.invalid`.
    """
    return _parse(text, region, allowed, _SERVED)


def parse_callable(text: str, region: str, allowed: tuple[int, ...] = DEFAULT_ALLOWED) -> Parsed[str]:
    """Read a number for calls: a landline, too, as no code is sent there. Otherwise as `parse`."""
    return _parse(text, region, allowed, _CALLED)


def _parse(text: str, region: str, allowed: tuple[int, ...], kinds: tuple[int, ...]) -> Parsed[str]:
    typed = _LABEL.sub("", fold_digits(text[: _MAX_TYPED * 4]).strip(), count=1).strip(" .,;:!")
    if not only_digits(typed):
        return ParseRefused("phone.no_digits")
    if len(typed) > _MAX_TYPED:
        return ParseRefused(
            "phone.too_long", {"digits": len(only_digits(typed)), "expected": _lengths(region)[1] or 12}
        )
    if not _NUMBERLIKE.fullmatch(typed):
        return ParseRefused("phone.odd_characters")
    return _judge(undo_lookalikes(typed), region, allowed, kinds)


def calling_code(region: str) -> int:
    """Return the digits by which a country is called from abroad: 48 for PL; 0 for an unknown one."""
    return _codes().get(region, 0)


def dial_code(number: str) -> str:
    """Return the country calling code of a number in E.164 with its plus: "+48". No code begins another."""
    ends = range(2, 5)
    return next((number[:n] for n in ends if int(number[1:n]) in COUNTRY_CODE_TO_REGION_CODE), number[:4])


def is_number_served(e164: str, allowed: tuple[int, ...]) -> bool:
    """Return whether a number is of one of the countries with these calling codes."""
    return not allowed or int(dial_code(e164)) in allowed


def region(number: str) -> str | None:
    """Return the country of a number in E.164 (ISO 3166), None where it is of none alone."""
    codes = (number[:n] for n in range(2, 5))
    if (country := next((_ALONE[code] for code in codes if code in _ALONE), None)) is not None:
        return country
    found = _read(number, "ZZ")
    return None if found is None else phonenumbers.region_code_for_number(found)


def example(region: str) -> str:
    """Return an invented mobile number, as people of a country write it; empty for none."""
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    return "" if number is None else phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


@cache
def _codes() -> Mapping[str, int]:
    """Return the calling code of each country: a list, while the library's own function loads a country's rules."""
    listed = COUNTRY_CODE_TO_REGION_CODE.items()
    return {region: code for code, regions in listed for region in regions if region != "001"}


@cache
def codes_of_eea() -> tuple[int, ...]:
    """Return the calling codes of the European Economic Area."""
    return tuple(sorted(calling_code(region) for region in EEA))


@cache
def all_codes() -> tuple[int, ...]:
    """Return the calling codes of all countries."""
    return tuple(sorted(COUNTRY_CODE_TO_REGION_CODE))


@cache
def _lengths(region: str) -> tuple[int, int]:
    """Return the fewest and most digits of a country's mobile numbers, without what is dialled in front; or 0, 0."""
    rules, known = RULES.get(region), PhoneMetadata.metadata_for_region(region)
    if rules is not None and rules.mobile is not None:
        return rules.mobile
    if known is None or known.mobile is None or not known.mobile.possible_length:
        return 0, 0
    return min(known.mobile.possible_length), max(known.mobile.possible_length)


def _judge(typed: str, region: str, allowed: tuple[int, ...], kinds: tuple[int, ...]) -> Parsed[str]:
    digits = only_digits(typed)
    candidates = [typed] if typed.startswith("+") or digits.startswith("00") else [typed, *_with_code(digits, region)]
    for candidate in candidates:
        number = _read(candidate, region)
        if number is not None and phonenumbers.is_valid_number(number):
            return _served(number, allowed, kinds)
    return _refusal(typed, digits, region, allowed)


def _with_code(digits: str, region: str) -> list[str]:
    """Return readings with the country code but without its plus, and without a zero that the country gave up."""
    code = str(calling_code(region))
    readings = [f"+{digits}"] if digits.startswith(code) and len(digits) > 9 else []
    if region in RULES and RULES[region].gave_up_zero and digits.startswith("0"):
        readings.append(f"+{code}{digits[1:]}")
    return readings


def _read(candidate: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse("+" + only_digits(candidate)[2:] if candidate.startswith("00") else candidate, region)
    except phonenumbers.NumberParseException:
        return None


def _served(number: phonenumbers.PhoneNumber, allowed: tuple[int, ...], kinds: tuple[int, ...]) -> Parsed[str]:
    if allowed and number.country_code not in allowed:
        return ParseRefused(NOT_SERVED, {"code": f"+{number.country_code}"})
    kind = phonenumbers.number_type(number)
    if kind not in kinds:
        return ParseRefused(_REASON_BY_TYPE.get(kind, "phone.not_mobile"))
    return Ok(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _refusal(typed: str, digits: str, region: str, allowed: tuple[int, ...]) -> ParseRefused:
    number = _read(typed, region)
    if number is not None and number.country_code and allowed and number.country_code not in allowed:
        return ParseRefused(NOT_SERVED, {"code": f"+{number.country_code}"})
    bare = _read(digits[1:], region) if digits.startswith("0") else None
    if bare is not None and phonenumbers.is_valid_number(bare) and phonenumbers.number_type(bare) in _SERVED:
        return ParseRefused("phone.leading_zero", {"suggestion": digits[1:]})
    (fewest, most), national = _lengths(region), _national_length(typed, digits, region)
    if national < fewest:
        return ParseRefused("phone.too_short", {"digits": national, "expected": fewest})
    if most and national > most:
        several = any(
            _is_number(digits[:at], region) and _is_number(digits[at:], region) for at in range(7, len(digits))
        )
        return ParseRefused("phone.several" if several else "phone.too_long", {"digits": national, "expected": most})
    return ParseRefused("phone.invalid")


def _is_number(digits: str, region: str) -> bool:
    read = (_read(one, region) for one in (digits, *_with_code(digits, region)))
    return any(one is not None and phonenumbers.is_valid_number(one) for one in read)


def _national_length(typed: str, digits: str, region: str) -> int:
    code = str(calling_code(region))
    if digits.startswith("00" + code):
        return len(digits) - 2 - len(code)
    if typed.startswith("+" + code) or (digits.startswith(code) and len(digits) > (_lengths(region)[1] or 15)):
        return len(digits) - len(code)
    known = PhoneMetadata.metadata_for_region(region)
    trunk = (known.national_prefix if known is not None else None) or ""
    return len(digits) - len(trunk) if trunk and digits.startswith(trunk) else len(digits)


def display(e164: str) -> str:
    """Return the number as people of its country write it, with the country code: `+48 500 600 700`."""
    number = _read(e164, "ZZ")
    return e164 if number is None else phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
