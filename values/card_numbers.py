"""Groups of digits in running text, chained across separators, and the payment card numbers among them.

Offsets are those of the original text, whatever scripts, keycaps or zero-width signs it uses. A run of neighbouring
groups is a card when it has 13–19 digits, the prefix and length of a real scheme, a right Luhn digit, and is not made
of numbers of ours (IBAN, two tax or phone numbers side by side).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import phonenumbers
from msgspec import Struct
from stdnum import luhn
from stdnum.it import iva
from stdnum.pl import nip, regon

from values.number_words import DIGITS_OF_WORD
from values.parsing import fold_hyphens, folds_to_itself, normalise_char, unaccent, undo_lookalikes
from values.patterns import regex

_TOKEN = regex(r"[0-9][0-9OolI]*|[^\W\d_]+")
_FILLERS = frozenset(
    "e i a and und then potem dalej poi ehm eee eh um uh spacja spazio space kreska trattino dash".split()
)
_TIMES = {"double": 2, "triple": 3, "doppio": 2, "doppia": 2, "triplo": 3, "podwojne": 2, "podwojna": 2, "potrojne": 3}
_MOST_GAP = 4
_UNITS = frozenset("123456789")


class DigitSpan(Struct, frozen=True):
    """Digits that were written together or as one number word; `[start:end]` in the original text."""

    digits: str
    start: int
    end: int
    spelled: bool = False


class Folded(Struct, frozen=True):
    """A text with its digits in ASCII, and for each character where it came from."""

    text: str
    origin: tuple[int, ...] | range
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of `[start:end]`, including signs that belong to its last character."""
        return self.origin[start], self.origin[end] if end < len(self.text) else self.length


def fold_with_offsets(text: str) -> Folded:
    """Fold digits to ASCII and drop zero-width signs, remembering offsets."""
    if folds_to_itself(text) or folds_to_itself(text := fold_hyphens(text)):
        return Folded(text, range(len(text)), len(text))
    parts: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        piece = normalise_char(char)
        parts.append(piece)
        origin.extend([index] * len(piece))
    return Folded("".join(parts), tuple(origin), len(text))


def digit_chains(folded: Folded, words: Mapping[str, str] = DIGITS_OF_WORD) -> list[list[DigitSpan]]:
    """Return all groups, split into chains: within one only separators and fillers stand between neighbours.

    `words` are the number words (unaccented) with their digits.
    """
    result: list[list[DigitSpan]] = []
    open_chain: list[DigitSpan] = []
    previous_end = -1
    for token, start, end in _number_tokens(folded.text, words):
        if token and open_chain and start - previous_end > _MOST_GAP:
            result.append(open_chain)
            open_chain = []
        if token:
            open_chain.append(DigitSpan(token, *folded.span(start, end), spelled=not folded.text[start].isdecimal()))
        elif start < 0 and open_chain:
            result.append(open_chain)
            open_chain = []
        previous_end = end
    return [*result, open_chain] if open_chain else result


def _number_tokens(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """(digits, start, end) of numbers; ("", offset, end) of fillers; ("", -1, end) where a word breaks the chain."""
    ten: tuple[str, int, int] | None = None
    times = 1
    for match in _TOKEN.finditer(text):
        digits, start, end = _read(match, text, words)
        if ten is not None:
            if digits in _UNITS and not text[start].isdecimal() and start - ten[2] <= _MOST_GAP:
                yield ten[0][0] + digits, ten[1], end
                ten = None
                continue
            yield ten
            ten = None
        if not digits:
            word = unaccent(match.group()) if end - match.start() <= 12 else ""
            if word in _TIMES:
                times = _TIMES[word]
            yield "", start if word in _FILLERS or word in _TIMES else -1, end
            continue
        if len(digits) == 2 and digits[1] == "0" and digits[0] != "1" and not text[start].isdecimal():
            ten = (digits, start, end)
            continue
        yield digits * times, start, end
        times = 1
    if ten is not None:
        yield ten


def _read(match: re.Match[str], text: str, words: Mapping[str, str]) -> tuple[str, int, int]:
    token, start, end = match.group(), match.start(), match.end()
    if not token[0].isdecimal():
        return (words.get(unaccent(token), "") if len(token) <= 40 else ""), start, end
    if end < len(text) and text[end].isalpha():
        kept = token.rstrip("OolI")
        token, end = kept, start + len(kept)
    return undo_lookalikes(token), start, end


_MOST = 19
_IBAN = regex(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\-]?[A-Za-z0-9]){11,40}")
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
    """Return whether 13–19 digits have a scheme's prefix and length and a right check digit."""
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
    """Return the places of account numbers with their country letters and right check digits."""
    spans: list[tuple[int, int]] = []
    for match in _IBAN.finditer(text):
        offsets = [i for i in range(match.start(), match.end()) if text[i].isalnum()]
        for length in range(min(34, len(offsets)), 14, -1):
            if _mod97("".join(text[i] for i in offsets[:length])):
                spans.append((match.start(), offsets[length - 1] + 1))
                break
    return spans


def account_spans(chain: Sequence[DigitSpan]) -> list[tuple[int, int]]:
    """Return the places of Polish account numbers: 26 digits in neighbouring groups, without letters."""
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
