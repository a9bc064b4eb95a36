"""Contact data as agents see it until they open it: enough to know it again, too little to use it.

Nothing is shown of a value that is too short to hide in: at most half of its letters and digits, whatever it is. Beside
it stands the form by which contact data is found in a text.
"""

from re import Match

from stdnum.it import iva
from stdnum.pl import nip

from values.meaning import Expects
from values.parsing import fold_digits, only_digits
from values.patterns import regex

HIDDEN = "•"
# Words without the signs that stand around an address. They begin where a word begins, and nothing before the @ is
# given back: else a long line of them would hold up the whole process.
_SIGN = r"\s<>()\[\],;:\"'„”«»"
EMAIL_FORM = regex(rf"(?<![^{_SIGN}])[^{_SIGN}@＠]++[@＠][^{_SIGN}]*")
EMAIL_ATTEMPT = regex(rf"(?<![^{_SIGN}])[^{_SIGN}@＠.]*+[@＠.][^{_SIGN}]+")
PHONE_FORM = regex(r"[+＋]?\d[\d \u00a0().-]{5,}\d")
PHONE_ATTEMPT = regex(r"[+＋]?\d[\d\s().,/–—-]{4,}\d")
_PHONE_DIGITS = range(9, 16)
_DOTS = HIDDEN * 3
_LAST = 3
_FIRST = 1


def email(address: str) -> str:
    """Return the first letter and the domain: `a•••@example.com`. Anything else is masked word by word."""
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return words(address)
    return f"{_head(local)}{_DOTS}@{domain}"


def phone(number: str) -> str:
    """Return the last three digits, and the country's code where it is set apart: `+48 ••• ••• 789`."""
    code, _, rest = number.strip().partition(" ")
    if not (code.startswith("+") and code[1:].isdecimal() and len(code) <= 4 and rest):
        code, rest = "", number
    tail = _tail(rest)
    return f"{code} {_DOTS} {_DOTS} {tail}".strip()


def may_be_phone(found: Match[str], asked: Expects | None) -> bool:
    """Return whether a number that stands in a text, where `asked` is wanted, may reach somebody.

    Tax numbers don't; where one is asked for, one as long as that may be mistyped.
    """
    number, digits = found[0], only_digits(fold_digits(found[0]))
    if len(digits) not in _PHONE_DIGITS or found.string[found.start() - 1 : found.start()].isalpha():
        return False  # DE123456789 is a tax number
    mistyped = asked is Expects.tax_number and len(digits) > _PHONE_DIGITS.start
    return number[0] in "+＋" or not (nip.is_valid(digits) or iva.is_valid(digits) or mistyped)


def words(text: str) -> str:
    """Return the first letter of each word of a name or a street. One mark hides any number of letters."""
    return " ".join(f"{_head(word)}{_DOTS}" for word in text.split()) or _DOTS


def _head(text: str) -> str:
    return text[:_FIRST] if len(text) >= 2 * _FIRST else ""


def _tail(text: str) -> str:
    signs = "".join(sign for sign in text if sign.isalnum())
    return signs[-_LAST:] if len(signs) >= 2 * _LAST else ""
