"""Payment card numbers hidden among digit groups.

A run of neighbouring groups is a card when it has 13–19 digits, the prefix and length of a real scheme, a right Luhn
digit, and is not made of numbers of ours (IBAN, two tax or phone numbers side by side).
"""

import re
from collections.abc import Iterator, Sequence

import phonenumbers
from stdnum import luhn
from stdnum.it import iva
from stdnum.pl import nip, regon

from values.digit_groups import DigitSpan

_MOST = 19
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\-]?[A-Za-z0-9]){11,40}")
_PREFERRED = (16, 15, 14, 19, 18, 17, 13)


def find_cards(chain: Sequence[DigitSpan], protected: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """(start, end, last four digits) of every card in a chain, none overlapping another or a protected span."""
    index = 0
    while index < len(chain):
        length = _card_at(chain, index, protected)
        if length:
            run = chain[index : index + length]
            yield run[0].start, run[-1].end, "".join(g.digits for g in run)[-4:]
        index += length or 1


def _card_at(chain: Sequence[DigitSpan], index: int, protected: Sequence[tuple[int, int]]) -> int:
    if chain[index].digits[0] not in "23456":
        return 0
    found: dict[int, int] = {}
    digits = ""
    for count, group in enumerate(chain[index : index + _MOST], start=1):
        digits += group.digits
        if len(digits) > _MOST:
            break
        if len(digits) >= 13 and is_card(digits) and not _ours(chain[index : index + count], protected):
            found[len(digits)] = count
    return next((found[length] for length in _PREFERRED if length in found), 0)


def is_card(digits: str) -> bool:
    """Whether 13–19 digits have a scheme's prefix and length and a right check digit."""
    return len(digits) in _scheme_lengths(digits) and len(set(digits)) > 1 and luhn.is_valid(digits)


def _scheme_lengths(digits: str) -> tuple[int, ...]:
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204:
        return (16,)
    if two in (34, 37):
        return (15,)
    if two in (36, 38, 39) or 300 <= three <= 305:
        return (14, 16, 19) if two == 36 else (14,)
    if four == 6011 or two in (62, 65) or 644 <= three <= 649 or 3528 <= four <= 3589 or two in (60, 81, 82):
        return (16, 17, 18, 19)
    if four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763):
        return tuple(range(13, 20))
    return ()


def iban_spans(text: str) -> list[tuple[int, int]]:
    """Where a text holds an account number with its country letters and right check digits."""
    spans: list[tuple[int, int]] = []
    for match in _IBAN.finditer(text):
        offsets = [i for i in range(match.start(), match.end()) if text[i].isalnum()]
        for length in range(min(34, len(offsets)), 14, -1):
            if _mod97("".join(text[i] for i in offsets[:length])):
                spans.append((match.start(), offsets[length - 1] + 1))
                break
    return spans


def account_spans(chain: Sequence[DigitSpan]) -> list[tuple[int, int]]:
    """Where neighbouring groups are a Polish account number of 26 digits written without its letters."""
    spans: list[tuple[int, int]] = []
    for index in range(len(chain)):
        digits, last = "", index
        while last < len(chain) and len(digits) < 26:
            digits += chain[last].digits
            last += 1
        if len(digits) == 26 and _mod97("PL" + digits):
            spans.append((chain[index].start, chain[last - 1].end))
    return spans


def _mod97(iban: str) -> bool:
    if not iban.isascii():
        return False
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _ours(run: Sequence[DigitSpan], protected: Sequence[tuple[int, int]]) -> bool:
    start, end = run[0].start, run[-1].end
    if any(start < stop and begin < end for begin, stop in protected):
        return True
    for cut in range(1, len(run)):
        left, right = ("".join(g.digits for g in part) for part in (run[:cut], run[cut:]))
        if _is_ours(left) and _is_ours(right):
            return True
    return False


def _is_ours(digits: str) -> bool:
    if len(digits) == 10 and (nip.is_valid(digits) or _mobile(digits, "IT")):
        return True
    if len(digits) == 11 and (iva.is_valid(digits) or _mobile("+" + digits, "PL")):
        return True
    return len(digits) == 9 and (regon.is_valid(digits) or _mobile(digits, "PL"))


def _mobile(digits: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
