"""Short numbers typed as answers: one-time codes, quantities, customer numbers."""

import re

from values.parsing import Ok, Parsed, ParseRefused, fold_digits, only_digits, undo_lookalikes
from values.patterns import regex
from values.private import Private, PrivateStruct

CODE_LENGTH = 6
_GROUP = regex(r"(?<![0-9])[0-9]+(?![0-9])")
_PLACE = regex(r"(?<!\S)\S*(?:@|://)\S+")  # the site that a sent code is for, as its message says it to a browser
_RUN = regex(r"[0-9](?:[ \u00a0.\-][0-9]|[0-9])*")


def parse_code(text: str) -> Parsed[str]:
    """Read the one code in a message, however often it stands there; several are refused.

    Reasons: `code.no_digits`, `code.several`, `code.wrong_length` (with `digits`, `expected`).
    """
    folded = _PLACE.sub(" ", fold_digits(text))
    groups = [m.group() for m in _GROUP.finditer(folded)]
    if not groups:
        return ParseRefused("code.no_digits")
    runs = [only_digits(m.group()) for m in _RUN.finditer(folded)]
    for found in (groups, runs):
        if len({one for one in found if len(one) == CODE_LENGTH}) > 1:
            return ParseRefused("code.several")
    if (code := next((one for one in (*runs, *groups) if len(one) == CODE_LENGTH), None)) is not None:
        return Ok(code)
    return ParseRefused("code.wrong_length", {"digits": len(max(runs, key=len)), "expected": CODE_LENGTH})


PAIR_LENGTH = 2
LOG_IN_DIGITS = "log_in_digits"
"""The step at which the two digits of a log-in page are typed."""


def parse_pair(text: str) -> Parsed[str]:
    """Read the two digits that a log-in page shows, alone in a message as far as digits go: "47", "4 7", "it's 47".

    Reasons: `log_in_digits.no_digits`, `log_in_digits.not_two`. Neither is an answer: the one try is left.
    """
    digits = only_digits(fold_digits(text))
    if not digits:
        return ParseRefused("log_in_digits.no_digits")
    return Ok(digits) if len(digits) == PAIR_LENGTH else ParseRefused("log_in_digits.not_two")


class TypedCodes(PrivateStruct):
    """Codes typed while one by SMS and one of a letter are out: what may be meant for each, likelier first.

    One whose origin isn't named may be meant for either.
    """

    sms: Private[tuple[str, ...]] = ()
    letter: Private[tuple[str, ...]] = ()


_SIX = regex(r"(?<![0-9])[0-9]{3}[ \u00a0.\-]?[0-9]{3}(?![0-9])")
_MORE = regex(r"[0-9]{3}")
_BY_SMS = regex(r"\bsms|\btext|\btel|\bphone|\bmobile|\bcell|\bkom[oó]r|\bhandy", re.I)
_BY_LETTER = regex(r"mail|\bpoczt|\bposta\b|\bletter|\blist|\blettera", re.I)


def parse_codes(text: str) -> Parsed[TypedCodes]:
    """Read one code or two, each for what the words beside it name.

    Reasons: as `parse_code`.
    """
    folded = fold_digits(text)
    found = list(_SIX.finditer(folded))
    codes = list(dict.fromkeys(only_digits(one.group()) for one in found))
    if len(codes) == 2 and len(found) == 2 and _MORE.search(_SIX.sub("", folded)) is None:
        first, second = codes
        named = _origin(folded[: found[0].start()])
        if named is None and (last := _origin(folded[found[1].end() :])) is not None:
            named = "sms" if last == "letter" else "letter"
        if named is None:
            return Ok(TypedCodes((first, second), (second, first)))
        return Ok(TypedCodes((first,), (second,)) if named == "sms" else TypedCodes((second,), (first,)))
    one = parse_code(text)
    if isinstance(one, ParseRefused):
        return one
    named, alone = _origin(folded), (one.value,)
    return Ok(TypedCodes(() if named == "letter" else alone, () if named == "sms" else alone))


def _origin(words: str) -> str | None:
    """Return where a code is said to come from; None where nothing or both are named."""
    sms, letter = _BY_SMS.search(words) is not None, _BY_LETTER.search(words) is not None
    return None if sms == letter else "sms" if sms else "letter"


_NUMBER = regex(r"(?<![0-9.,])(?:(?<![0-9])-)?[0-9]+(?![0-9])")  # the hyphen of "1-2" is no minus
_FRACTION = regex(r"[0-9][.,][0-9]")


def parse_quantity(text: str, minimum: int = 1, maximum: int = 999) -> Parsed[int]:
    """Read the one whole number of an answer, between `minimum` and `maximum` inclusive.

    Reasons: `quantity.no_digits`, `.fraction`, `.several`, `.too_small` (with `minimum`), `.too_big` (with
    `maximum`).
    """
    folded = fold_digits(text[:200])
    if _FRACTION.search(folded):
        return ParseRefused("quantity.fraction")
    found = _NUMBER.findall(folded)
    if not found:
        return ParseRefused("quantity.no_digits")
    if len(found) > 1:
        return ParseRefused("quantity.several")
    if len(found[0]) > 12:
        return ParseRefused("quantity.too_big", {"maximum": maximum})
    number = int(found[0])
    if number < minimum:
        return ParseRefused("quantity.too_small", {"minimum": minimum})
    return Ok(number) if number <= maximum else ParseRefused("quantity.too_big", {"maximum": maximum})


CUSTOMER_NUMBER_LENGTH = 8
_SEPARATORS = regex(r"[\s.\-–_/:#]+")
_WORDS = regex(r"^(?:[^\W\d_]{2,}[.:]?\s+|nr[.:]?\s*|n[°.]\s*)+", re.I)


def parse_customer_number(text: str) -> Parsed[str]:
    """Read a customer number; leading zeros are kept.

    Reasons: `customer_number.no_digits`, `.odd_characters`, `.too_short`, `.too_long` (with `digits`, `expected`).
    """
    folded = fold_digits(text[:400]).strip()
    compact = undo_lookalikes(_SEPARATORS.sub("", _WORDS.sub("", folded, count=1)))
    digits = only_digits(compact)
    if not only_digits(folded):
        return ParseRefused("customer_number.no_digits")
    if digits != compact:
        return ParseRefused("customer_number.odd_characters")
    if len(digits) != CUSTOMER_NUMBER_LENGTH:
        reason = "customer_number.too_short" if len(digits) < CUSTOMER_NUMBER_LENGTH else "customer_number.too_long"
        return ParseRefused(reason, {"digits": len(digits), "expected": CUSTOMER_NUMBER_LENGTH})
    return Ok(digits)
