"""The number of a house put right: "źle podałem numer domu, ma być 18" changes that number and nothing else."""

import re

from nlu.languages.language import Languages
from nlu.stance import Stance, stance_at
from values.meaning import Correction, Expected

_LONGEST = 120
_NOUN = re.compile(
    r"\b(?:(?:numer\w{0,2}|nr)\.? (?:domu|budynku)|(?:house|building) number|number of the house"
    r"|(?:numero )?civico|numero (?:di casa|della casa)|hausnummer)\b"
)
_NUMBER = re.compile(r"(?<![\w/.-])[0-9]{1,4} ?[a-z]?(?: ?/ ?[0-9]{1,4}[a-z]?)?(?![\w/-])", re.I)
_WORDS = re.compile(r"[^\W\d_]{3,}")
_BESIDE = re.compile(r"\b(?:lok|mieszk|lokal|int|interno|scala|piano|flat|apt|unit)\w*", re.I)


def read_house_number(text: str, said: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return the street with its new number, where a message gives one; `said` is the message unaccented."""
    noun = _NOUN.search(said) if len(text) <= _LONGEST and "?" not in text else None
    street = expected.given.get("street") if noun is not None else None
    if noun is None or street is None or "street" not in expected.correctable:
        return None
    meant = [one for one in _NUMBER.finditer(text) if _is_meant(text, one, langs)]
    changed = with_number(street, meant[-1].group().strip()) if meant else None
    return Correction("street", changed) if changed is not None else None


def _is_meant(text: str, number: re.Match[str], langs: Languages) -> bool:
    return stance_at(text, *number.span(), langs) is Stance.asserted


def with_number(street: str, number: str) -> str | None:
    """Return the street with this number for its own; None where it has none.

    That of a name ("3 Maja") and that of a flat behind the house's stay.
    """
    for own in re.finditer(r"(?<!\w)[0-9]+ ?[a-zA-Z]?(?!\w)", street):
        name_follows = _WORDS.search(_BESIDE.sub("", street[own.end() :])) is not None
        if not name_follows:
            flat = "" if "/" not in number else r"(?: ?/ ?\w+)?"
            rest = re.sub(rf"^{flat}", "", street[own.end() :]) if flat else street[own.end() :]
            return f"{street[: own.start()]}{number}{rest}"
    lone = re.match(r"[0-9]+ ?[a-zA-Z]?(?!\w)", street)
    return f"{number}{street[lone.end() :]}" if lone is not None else None
