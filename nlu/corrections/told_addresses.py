"""A whole address in one line, or told in a sentence: "jest stary adres, przeprowadziliśmy się na ul. Nową 7".

It begins where the street does, is the customer's own and today's, and stands in the nominative, as on an invoice. In a
line street, postal code and town come in the orders in which people write them.
"""

import re
from collections.abc import Iterator, Mapping

from nlu.corrections.sentences import fold_letters
from values import country
from values.kinds.places import PARTS
from values.meaning import Expects
from values.parsing import Ok
from values.patterns import regex
from values.slots.towns import is_town
from values.slots.word_classes import WordClass, class_of

LONGEST = 250
STREET_TYPES = (
    r"(?:ul\.?|ulic[aęy]|al\.?|alej[aęi]|pl\.|plac|os\.|osiedle"
    r"|stra(?:ß|ss)e|via|viale|v\.le|piazza|p\.zza|corso|largo|vicolo|strada)"
)
STREET_BEGINS = regex(rf"(?<![\w.]){STREET_TYPES}\s+(?=[^\s,;:?!])", re.I)
_SPACES = regex(r"\s+")
_LINE_CODE = (
    r"(?:[A-Z]{1,2}[-–] ?)?(?P<postal_code>[0-9]{2}[-–][0-9]{3}|[0-9]{3} [0-9]{2}"
    r"|[0-9]{4}[-–][0-9]{3}|[0-9]{4,6}(?: [A-Z]{2})?)(?![\w/-])"
)
_LINE_STREET = r"(?P<street>[^\n;?!]{3,120}?)"
_LINE_TOWN = r"(?P<city>(?!(?:and|but|i|oraz|ale|e|ed|ma|und|aber)\s)[^\W\d_][^\d\n,;:?!@]*)"
_BREAK = r"(?:\s*[,;\n]\s*|\s+[-–]\s+)"
_LAND = r"(?:\s*[,;\n]\s*(?P<country>[^\W\d_][^\d\n,;]*))?"
_LABEL = regex(r"(?:kod(?:em)?(?: pocztowy)?|c\.?a\.?p\.?|post ?code|postal code|zip(?: code)?|plz)", re.I)
"""The name of a postal code is no town: "ul. Krótka 5, kod 80-308"."""
_LABEL_BEHIND = regex(rf"[\s,;.]+(?:(?:i|e|and)\s+)?{_LABEL.pattern}:?$", re.I)
_FORMS = tuple(
    regex(form + _LAND + r"[.\s]*")
    for form in (
        rf"{_LINE_STREET}(?:{_BREAK}|\s+){_LINE_CODE}\s*,?\s*{_LINE_TOWN}",
        rf"{_LINE_CODE}\s+{_LINE_TOWN}{_BREAK}{_LINE_STREET}",
        rf"{_LINE_STREET}{_BREAK}{_LINE_TOWN}(?:{_BREAK}|\s+){_LINE_CODE}",
        rf"{_LINE_CODE}\s*,?\s*{_LINE_TOWN}",
    )
)


def street_begun_by(letter: str) -> re.Pattern[str]:
    """Return the pattern of a street with its number whose name begins with such a letter."""
    return regex(
        rf"(?<![\w.]){STREET_TYPES}\s+(?:[0-9]{{1,2}}\.?\s+)?{letter}[^\d,;:?!\n]{{0,60}}?\s+"
        r"[0-9]{1,4}[A-Za-z]?(?!\w)"
        r"(?:\s?[/-]\s?[0-9]{1,4}[A-Za-z]?)?(?:,?\s(?:m|lok|int|scala)\b\.?\s?\w{1,4}(?!\w))?",
        re.I,
    )


_AT = regex(r"\b(?:na|przy|w|we|z|ze|do|od|zamiast)\s+$")
_OBLIQUE = regex(r"ulic[ęy]", re.I)
_OF_WOMEN = frozenset("orzeszkowej konopnickiej sklodowskiej dabrowskiej nalkowskiej szymborskiej zapolskiej".split())
_ELSEWHERE = regex(
    r"wysylk|dostaw|korespond|magazyn|oddzial|fili[aeię]|drugi|druga|prywatn|domow|domu|consegn|spedizi|magazzin|filial"
    r"|seconda|corrispond|privat|deliver|shipping|correspond|warehouse|branch|second|home"
)
"""Of another address than the company's: in the clause that names a place."""


def told_in_words(text: str) -> bool:
    """Return whether an answer to the question of the street says more than one: not "ul. Krótka 5"."""
    return STREET_BEGINS.match(text.strip()) is None


def tells_another_place(before: str) -> bool:
    """Return whether unaccented words before a street, in its clause, name another address than the company's."""
    return _ELSEWHERE.search(re.split(r"[,;.!]\s", before)[-1]) is not None


def nominative(street: str, before: str) -> str:
    """Return a Polish street as an invoice has it: "na ul. Nową 7" is ul. Nowa 7, "Polną 3" Polna 3."""
    written = re.sub(r"^ulic[aęy]\b", "ul.", street, count=1, flags=re.I)
    oblique = _AT.search(before) is not None or _OBLIQUE.match(street) is not None
    match = re.fullmatch(rf"((?:{STREET_TYPES}\s+)?)([^\W\d_]+)(\s+[0-9].*)", written, re.I) if oblique else None
    if match is None:
        return re.sub(r"(?<=\w)ą(?=\s)", "a", written)
    return f"{match[1]}{_named(match[2])}{match[3]}"


def _named(word: str) -> str:
    """Return a street's one-word name; one that is a woman's surname has no other form."""
    if word.endswith("ą"):
        return f"{word[:-1]}a"
    if not word.endswith("ej") or fold_letters(word) in _OF_WOMEN:
        return word
    soft = word.endswith("iej") and word[-4:-3] in "kg"
    return f"{word[:-3]}a" if soft else f"{word[:-2]}a"


def read_addresses(text: str, locale: str) -> Iterator[Mapping[Expects, str]]:
    """Yield the ways to read a line as an address, the likeliest first: at least a postal code and its town.

    Whether the code is one of the address's country is for the caller to judge.
    """
    # One space for many, which the forms would try one by one in each of their gaps.
    text = _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text.strip())
    if len(text) > LONGEST or not any(c.isdecimal() for c in text):
        return
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None or not (match["country"] is None or isinstance(country.parse(match["country"], locale), Ok)):
            continue
        found = match.groupdict()
        if not any(c.isalpha() for c in found.get("street", "a")) or not _is_place(_bare(found["city"])):
            continue
        yield {part: _bare(value) for part in PARTS if (value := found.get(part)) is not None}


def _is_place(town: str) -> bool:
    """Return whether words behind a code may name a town: "taki kod" and the code's own name name none."""
    return is_town(town) or class_of(town.partition(" ")[0].lower()) is WordClass.content


def _bare(value: str) -> str:
    """Return a part without the signs around it, and without the name of the postal code that follows it."""
    return _LABEL_BEHIND.sub("", value.strip(" ,;.–-")).strip(" ,;.–-")
