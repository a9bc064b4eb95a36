"""Names and addresses: a person, a company, street, postal code and city."""

import re
import unicodedata
from functools import cache

from values.country import RULES
from values.incoming_text import one_line
from values.parsing import Doubted, Ok, Parsed, ParseRefused, fold_digits, only_digits, undo_lookalikes
from values.patterns import regex
from values.slots.spans import Slot, find_span

PERSON_NAME_MAX = 120
_NAME_SIGNS = frozenset(" '’´`′·.\u200c\u200d\u2212")
_NAME_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Pd"})  # Unicode's letters, marks and hyphens
_BEFORE_TITLE = regex(r",(?= ?(?:[^\W\d_]{1,6}\.)+$| ?[^\W\d_]{0,3}[A-Z][^\W\d_]{0,3}[A-Z][^\W\d_]{0,3}$)")
"""The comma before "MBA", "PhD", "Jr."."""


def parse_person_name(text: str) -> Parsed[str]:
    """Read a first and last name: at least two words of letters.

    Reasons: `person_name.one_word`, `.digits`, `.odd_characters`, `.too_long`.
    """
    span = find_span(one_line(text[: PERSON_NAME_MAX * 8]).strip(" .,;:!?"), Slot.person_name)
    name = span.value.strip(" .,;:!?")
    if len(name) > PERSON_NAME_MAX:
        return ParseRefused("person_name.too_long", {"expected": PERSON_NAME_MAX})
    if any(c.isdecimal() for c in name):
        return ParseRefused("person_name.digits")
    signs = _BEFORE_TITLE.sub("", name)
    if not all(c in _NAME_SIGNS or unicodedata.category(c) in _NAME_CATEGORIES for c in signs):
        return ParseRefused("person_name.odd_characters")
    if not span.formed or sum(any(c.isalpha() for c in word) for word in name.split()) < 2:
        return ParseRefused("person_name.one_word")
    return Ok(name) if span.sure else Doubted(name)


STREET_MAX = 120
CITY_MAX = 80
COMPANY_NAME_MAX = 240


def parse_street(text: str) -> Parsed[str]:
    """Street and house number. Reasons: `street.empty`, `.too_short`, `.too_long`, `.digits`."""
    return _worded(text, Slot.street, STREET_MAX)


def parse_city(text: str) -> Parsed[str]:
    """Town. Reasons: `city.empty`, `city.too_short`, `city.too_long`, `city.digits`."""
    return _worded(text, Slot.city, CITY_MAX)


_YES = regex(
    r"tak|okej|ok|dobrze|jasne|zgoda|zgadza się|s[iì]|va bene|d['’]accordo|giusto|yes|yep|yeah|okay|right|sure"
    r"|ja|gut|richtig",
    re.IGNORECASE,
)


def is_bare_yes(text: str) -> bool:
    """Return whether a message is a yes alone, which answers a question about a name rather than gives one."""
    return _YES.fullmatch(one_line(text).strip(" .,!?")) is not None


def parse_company_name(text: str) -> Parsed[str]:
    """Name of a business. Reasons: `company_name.empty`, `.too_short`, `.too_long`, `.digits` (a postal code)."""
    return _worded(text, Slot.company_name, COMPANY_NAME_MAX)


def _worded(text: str, kind: Slot, longest: int) -> Parsed[str]:
    span = find_span(one_line(text), kind)
    read = _free(span.value, kind, longest)
    return read if span.sure or isinstance(read, ParseRefused) else Doubted(read.value, span.formed)


def _free(text: str, kind: str, longest: int) -> Parsed[str]:
    line = one_line(text)
    letters = sum(c.isalnum() for c in line)
    if not letters:
        return ParseRefused(f"{kind}.empty")
    if letters < 2:
        return ParseRefused(f"{kind}.too_short", {"expected": 2})
    if len(line) > longest:
        return ParseRefused(f"{kind}.too_long", {"digits": len(line), "expected": longest})
    return Ok(line) if any(c.isalpha() for c in line) else ParseRefused(f"{kind}.digits")


_POSTAL_LABEL = regex(
    r"^(?:kod(?:\s+pocztowy)?|c\.?a\.?p\.?|post(?:al)?\s*code|zip(?:\s+code)?|eircode|plz|postleitzahl|ps[čc]|code\s+postal)\b"
    r"[\s.:]*(?:to|is|ist|je|è)?\s*",
    re.I,
)
_POSTAL_COUNTRY = regex(r"^[A-Z]{1,2}\s?[-–]\s?(?=[0-9])")
_SEPARATORS = regex(r"[\s.\-–—_]+")
_GROUP = "(?=[A-Z]*[0-9])[A-Z0-9]+"  # there is no postal code without a digit
_FREE_POSTAL_CODE = regex(rf"(?=.{{3,12}}$)(?:[A-Z]{{1,3}}[ -])?{_GROUP}(?:[ -]{_GROUP})*")
_FREE_IN_TEXT = rf"(?=[0-9]*[A-Z]){_GROUP}(?: {_GROUP})?|[0-9]{{3,5}}-[0-9]{{3,4}}|[0-9]{{4,7}}"
_SIGNS = {"N": "[0-9]", "A": "[A-Z]", "X": "[A-Z0-9]", " ": "[ -]?", "-": "[ -]?"}


def parse_postal_code(text: str, country: str) -> Parsed[str]:
    """Read the postal code of an address in `country` (ISO 3166).

    Reasons: `postal_code.no_digits`, `.wrong_length` (with `digits`, `expected`), `.odd_characters`, `.shape` (with
    `example`) where a code has letters, too, `.foreign` where its form isn't known.
    """
    typed = _POSTAL_LABEL.sub("", fold_digits(text[:120]).strip(), count=1).strip(" .,;").upper()
    if typed.startswith((f"{country} ", f"{country}-")):
        typed = typed[len(country) + 1 :]
    form = RULES[country].postal if country in RULES else ""
    if not form:
        code = " ".join(typed.split())
        return Ok(code) if _FREE_POSTAL_CODE.fullmatch(code) else ParseRefused("postal_code.foreign")
    compact = _SEPARATORS.sub("", typed)
    if "A" in form:
        if _postal_codes_of(country).fullmatch(compact) is None:
            return ParseRefused("postal_code.shape", {"example": RULES[country].postal_example})
        return Ok(_written(compact, form))
    letters = (country, country[0], RULES[country].letters) if not _POSTAL_COUNTRY.match(typed) else ()
    compact = _SEPARATORS.sub("", _POSTAL_COUNTRY.sub("", typed))
    compact = next((compact.removeprefix(own) for own in letters if compact.startswith(own)), compact)
    compact = undo_lookalikes(compact)
    digits, expected = only_digits(compact), form.count("N")
    if not digits:
        return ParseRefused("postal_code.no_digits")
    if digits != compact:
        return ParseRefused("postal_code.odd_characters")
    if len(digits) != expected:
        return ParseRefused("postal_code.wrong_length", {"digits": len(digits), "expected": expected})
    return Ok(_written(digits, form))


def postal_shape(country: str) -> str:
    """Return the expression of a country's postal codes in a text, with or without what parts their signs."""
    form = RULES[country].postal if country in RULES else ""
    return "".join(_SIGNS[place] for place in form) if form else _FREE_IN_TEXT


def lettered_postal_codes(text: str, country: str) -> tuple[str, ...] | None:
    """Return the postal codes in a text, each once, where the country's hold letters; None where they are digits."""
    form = RULES[country].postal if country in RULES else ""
    if form and "A" not in form:
        return None
    read = (parse_postal_code(one.group(), country) for one in _postal_codes_of(country).finditer(text))
    return tuple(dict.fromkeys(one.value for one in read if isinstance(one, Ok)))


@cache
def _postal_codes_of(country: str) -> re.Pattern[str]:
    written = rf"(?<![\w-])(?:{country}[ -])?(?:{postal_shape(country)})(?![\w-])"
    return re.compile(written, re.IGNORECASE if country in RULES else 0)


def _written(signs: str, form: str) -> str:
    left = iter(signs)
    return "".join(next(left) if place in "NAX" else place for place in form)
