"""A whole address in one line: street, postal code and town, in the orders in which people write them."""

import re
from collections.abc import Iterator, Mapping

from values import country
from values.kinds.places import PARTS
from values.meaning import Expects
from values.parsing import Ok

_LONGEST = 250
_SPACES = re.compile(r"\s+")
_CODE = (
    r"(?:[A-Z]{1,2}[-–] ?)?(?P<postal_code>[0-9]{2}[-–][0-9]{3}|[0-9]{3} [0-9]{2}"
    r"|[0-9]{4}[-–][0-9]{3}|[0-9]{4,6}(?: [A-Z]{2})?)(?![\w/-])"
)
_STREET = r"(?P<street>[^\n;?!]{3,120}?)"
_TOWN = r"(?P<city>[^\W\d_][^\d\n,;:?!@]*)"
_BREAK = r"(?:\s*[,;\n]\s*|\s+[-–]\s+)"
_LAND = r"(?:\s*[,;\n]\s*(?P<country>[^\W\d_][^\d\n,;]*))?"
_LABEL = re.compile(r"(?:kod(?:em)?(?: pocztowy)?|c\.?a\.?p\.?|post ?code|postal code|zip(?: code)?|plz)", re.I)
"""The name of a postal code is no town: "ul. Krótka 5, kod 80-308"."""
_FORMS = tuple(
    re.compile(form + _LAND + r"[.\s]*")
    for form in (
        rf"{_STREET}(?:{_BREAK}|\s+){_CODE}\s*,?\s*{_TOWN}",
        rf"{_CODE}\s+{_TOWN}{_BREAK}{_STREET}",
        rf"{_STREET}{_BREAK}{_TOWN}(?:{_BREAK}|\s+){_CODE}",
        rf"{_CODE}\s*,?\s*{_TOWN}",
    )
)


def read_addresses(text: str, locale: str) -> Iterator[Mapping[Expects, str]]:
    """Yield the ways to read a line as an address, the likeliest first: at least a postal code and its town.

    Whether the code is one of the address's country is for the caller to judge.
    """
    # One space for many, which the forms would try one by one in each of their gaps.
    text = _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text.strip())
    if len(text) > _LONGEST or not any(c.isdecimal() for c in text):
        return
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None or not _is_country(match["country"], locale):
            continue
        found = match.groupdict()
        if not any(c.isalpha() for c in found.get("street", "a")) or _LABEL.fullmatch(found["city"].strip()):
            continue
        yield {part: value.strip(" ,;.–-") for part in PARTS if (value := found.get(part)) is not None}


def _is_country(words: str | None, locale: str) -> bool:
    return words is None or isinstance(country.parse(words, locale), Ok)
