"""Postal codes: by the form that a country's row in `values/country_rules.py` gives, free but sane elsewhere."""

import re

from values.country_rules import RULES
from values.digits import fold_digits, only_digits, undo_lookalikes
from values.parsed import Ok, Parsed, ParseRefused

_LABEL = re.compile(
    r"^(?:kod(?:\s+pocztowy)?|c\.?a\.?p\.?|post(?:al)?\s*code|zip(?:\s+code)?|plz|postleitzahl|ps[čc]|code\s+postal)\b"
    r"[\s.:]*(?:to|is|ist|je|è)?\s*",
    re.I,
)
_COUNTRY = re.compile(r"^[A-Z]{1,2}\s?[-–]\s?(?=[0-9])")
_SEPARATORS = re.compile(r"[\s.\-–—_]+")
_ELSEWHERE = re.compile(r"[A-Z0-9](?:[A-Z0-9 \-]{0,10}[A-Z0-9])")


def parse(text: str, country: str) -> Parsed[str]:
    """Reads the postal code of an address in `country` (ISO 3166).

    Reasons: `postal_code.no_digits`, `.wrong_length` (with `digits`, `expected`), `.odd_characters`, `.shape` (with
    `example`) where a code has letters, too.
    """
    typed = _LABEL.sub("", fold_digits(text[:120]).strip(), count=1).strip(" .,;").upper()
    form = RULES[country].postal if country in RULES else ""
    if not form:
        code = " ".join(typed.split())
        return Ok(code) if _ELSEWHERE.fullmatch(code) else ParseRefused("postal_code.odd_characters")
    compact = _SEPARATORS.sub("", _COUNTRY.sub("", typed))
    if "A" in form:
        return _lettered(compact, form, RULES[country].postal_example)
    compact = undo_lookalikes(compact)
    digits, expected = only_digits(compact), form.count("N")
    if not digits:
        return ParseRefused("postal_code.no_digits")
    if digits != compact:
        return ParseRefused("postal_code.odd_characters")
    if len(digits) != expected:
        return ParseRefused("postal_code.wrong_length", {"digits": len(digits), "expected": expected})
    return Ok(_written(digits, form))


def _lettered(compact: str, form: str, example: str) -> Parsed[str]:
    places = [place for place in form if place in "NA"]
    fits = len(compact) == len(places) and all(
        (sign.isdecimal() if place == "N" else sign.isalpha()) and sign.isascii()
        for sign, place in zip(compact, places, strict=False)
    )
    return Ok(_written(compact, form)) if fits else ParseRefused("postal_code.shape", {"example": example})


def _written(signs: str, form: str) -> str:
    """The signs in their places, with what stands between them."""
    left = iter(signs)
    return "".join(next(left) if place in "NA" else place for place in form)
