"""Addresses as registers write them, taken apart.

VIES hands on what each country's own register writes; the forms below are those that its public clients have met. What
fits none of them stays whole in the street, and the rest is asked: a town that is guessed would count as verified.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.languages import get_official_languages
from msgspec.structs import replace

from values.address import parse_postal_code, postal_shape
from values.country import RULES, parse
from values.parsing import Ok, fold_words
from values.private import HiddenStruct

_POLISH = re.compile(r"\b(\d{2}-\d{3})\s+(\S.*)$", re.DOTALL)
_PADDED = re.compile(r"(?<=\s)0+(?=[1-9])")
_PART = re.compile(r"\{([a-z_]+)\}")
_FREE_CODE = r"[A-Z]{0,3}-?[0-9][A-Z0-9-]{0,9}(?: [0-9][A-Z0-9]{1,3})?"
_CODES = {"GB": r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"}
"""Postal codes of countries whose forms hold more than digits and letters at fixed places."""

_NO_TOWN = re.compile(
    r"\b(?:nov|pag|sav|novads|pagasts|maakond|vald|linnaosa|jude[tţț]|jud|street|road|avenue|lane|square|court|house"
    r"|building|centre|park|str|strada|bulevardul|calea|aleea|estate|flat|suite|unit|floor|triq|vjal|pjazza|sqaq|misra[hħ])\b",
    re.IGNORECASE,
)
"""Districts, and streets, where a town is looked for."""


class Address(HiddenStruct):
    """Street with number, postal code, city; what can't be told apart stays in `street`.

    `country` (ISO code) is the one that the address itself names; empty where it names none.
    """

    street: str
    postal_code: str
    city: str
    country: str = ""


def polish(text: str) -> Address:
    """ "ul. Długa 12/4, 80-831 Gdańsk" (the white list's form) taken apart at the postal code.

    A seat abroad ends in its country: "Hauptstrasse 12, 10115 Berlin, Niemcy".
    """
    line = " ".join(text.split())
    rest, _, last = line.rpartition(",")
    if rest and (named := named_country(last, "PL")):
        if named != "PL":
            return _abroad(rest, named)
        line = rest
    if (match := _POLISH.search(line)) is None:
        return Address(line, "", "")
    return Address(line[: match.start()].rstrip(" ,"), match[1], match[2])


def named_country(text: str, home: str) -> str:
    """Return the ISO code of the country that a register's words are the name of; empty where they are none.

    `home` is the country whose register writes: it names others in its own languages.
    """
    words = fold_words(text)
    own = get_official_languages("GB" if home == "XI" else home, de_facto=True)
    read = (parse(words, language) for language in ("", *own)) if len(words) > 2 else ()
    return next((one.value for one in read if isinstance(one, Ok)), "")


def of_lines(text: str, country: str) -> Address:
    """Take an answer of VIES apart as the country (ISO code) of the number writes its addresses."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    where = named_country(lines[-1], country) if len(lines) > 1 else ""
    lines = lines[:-1] if where else lines
    if where not in ("", country):
        return _abroad(", ".join(lines), where)
    if country == "PL" and len(lines) < 2:
        return polish(" ".join(lines))
    home = "GB" if country == "XI" else country
    return _parted("\n".join(lines), home, _forms(home)) or Address(", ".join(lines), "", "")


def _abroad(line: str, country: str) -> Address:
    """Return an address that a register of another country writes on one line, mostly with the code before the town."""
    parted = _parted(line.replace(", ", "\n"), country, _forms(country, "below"))
    return Address(line, "", "", country) if parted is None else replace(parted, country=country)


def _parted(text: str, country: str, forms: Iterable[re.Pattern[str]]) -> Address | None:
    """Return an address by the first form that it has, as people write it; None where it has none of them."""
    found = (form.fullmatch(text) for form in forms)
    match = next((one for one in found if one is not None and _NO_TOWN.search(one["city"]) is None), None)
    if match is None:
        return None
    street = ", ".join(line.strip(" ,") for line in (match["street"] or "").split("\n"))
    address = Address(street, match["code"] or "", match["city"].strip(" ,-"))
    return _dutch(address) if country == "NL" else address


@cache
def _forms(country: str, *also: str) -> tuple[re.Pattern[str], ...]:
    """Return the forms of a country and others, with its postal code in them, which may bear the country's letters."""
    listed = tomllib.loads(Path(__file__).with_name("address_forms.toml").read_text("utf-8"))
    named = listed["countries"].get(country, listed["countries"]["others"] if country in RULES else ())
    postal = RULES[country].postal if country in RULES else ""
    code = postal_shape(country) if postal else _CODES.get(country, _FREE_CODE)
    letters = rf"(?:(?:{country}|{country[0]})[- ]?)?" if postal and "A" not in postal else ""
    parts: dict[str, str] = {**listed["parts"], "code": rf"{letters}(?P<code>{code})(?![0-9])"}
    forms = (_PART.sub(lambda part: parts[part[1]], listed["forms"][name]) for name in (*named, *also))
    return tuple(re.compile(form, re.DOTALL | re.IGNORECASE) for form in forms)


def _dutch(address: Address) -> Address:
    """Return a Dutch address as people write it: the register fills house numbers up with noughts."""
    code = parse_postal_code(address.postal_code, "NL")
    street = _PADDED.sub("", address.street)
    return Address(street, code.value if isinstance(code, Ok) else address.postal_code, address.city)


def hyphenate_postal_code(postal_code: str) -> str:
    """Return a Polish postal code as people write it: "80831" becomes "80-831"; anything else stays."""
    code = postal_code.strip()
    return f"{code[:2]}-{code[2:]}" if len(code) == 5 and code.isdigit() else code
