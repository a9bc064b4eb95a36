"""Addresses as registers write them, taken apart."""

import re

from values.private import HiddenStruct

_POLISH = re.compile(r"\b(\d{2}-\d{3})\s+(\S.*)$", re.DOTALL)
_CODE_AND_CITY = re.compile(r"^(?:[A-Z]{1,2}-)?(\d{2}-\d{3}|\d{4,6})\s+(\S.*)$")
_PROVINCE = re.compile(r"\s+[A-Z]{2}$")


class Address(HiddenStruct):
    """Street with number, postal code, city. What can't be told apart stays in `street`."""

    street: str
    postal_code: str
    city: str


def polish(text: str) -> Address:
    """ "ul. Długa 12/4, 80-831 Gdańsk" (the white list's form) taken apart at the postal code."""
    line = " ".join(text.split())
    if (match := _POLISH.search(line)) is None:
        return Address(line, "", "")
    return Address(line[: match.start()].rstrip(" ,"), match[1], match[2])


def of_lines(text: str, country: str) -> Address:
    """Split lines that end in one with postal code and city (the form of VIES for most countries)."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) < 2 and country == "PL":
        return polish(" ".join(lines))
    if not lines or (match := _CODE_AND_CITY.match(lines[-1])) is None:
        return Address(", ".join(lines), "", "")
    city = _PROVINCE.sub("", match[2]) if country == "IT" else match[2]
    return Address(", ".join(lines[:-1]), match[1], city)


def hyphened(postal_code: str) -> str:
    """Return a Polish postal code as people write it: "80831" becomes "80-831"; anything else stays."""
    code = postal_code.strip()
    return f"{code[:2]}-{code[2:]}" if len(code) == 5 and code.isdigit() else code
