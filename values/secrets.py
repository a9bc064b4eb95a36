"""Redaction: what must not be stored is taken out of a text before anything else sees it.

Cards in any digits, spaced or spelled; security codes, PINs, BLIK codes; announced passwords; private keys and tokens;
PESEL and, where it is not asked for, codice fiscale. Numbers of ours (tax numbers, accounts, phones, orders) stay.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from stdnum.it import iva
from stdnum.pl import pesel

from values.announced import find_announced_digits, find_keys, find_passwords, find_typed_passwords
from values.card_numbers import account_spans, find_cards, iban_spans
from values.digit_groups import DigitSpan, chains, fold
from values.expects import Expects
from values.number_words import DIGITS_OF_WORD
from values.tax_number import codicefiscale_like

_AFTER_CARD = re.compile(
    r"[\s,;|/-]{0,6}(?:(?:exp\w*|wa[zż]n\w*|scad\w*|valid\w*|do|thru|data)[\s.:]{0,3}){0,2}"
    r"(?P<expiry>[0-9]{2}\s?[/.\-]\s?[0-9]{2}(?:[0-9]{2})?)(?:[\s,;|/-]{1,6}[0-9]{3,4}(?![0-9]))?",
    re.I,
)
_CODICE_FISCALE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{6}[0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{3}[A-Za-z](?![A-Za-z0-9])"
)
_PESEL_CUE = re.compile(r"pesel\W{0,10}(?:\w{1,6}\W{1,3}){0,2}$", re.I)
_BLIK = re.compile(r"blik", re.I)
_MOST_BLIK_PIECES = 6


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without its secrets, and their kinds in order of appearance; both as they were when there are none."""

    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    kind: str
    shown: str


def redact(
    text: str,
    expects: Expects | None = None,
    *,
    payment: bool = False,
    words: Mapping[str, str] = DIGITS_OF_WORD,
    is_known: Callable[[str], bool] | None = None,
) -> Redacted:
    """Takes secrets out of `text`, which has passed the border rule.

    `expects` is what the open step awaits: at a code step six digits are our code, at a tax number a codice fiscale is
    an answer. `payment` (or `Expects.payment`) says that six digits would be a BLIK code. `words`: number words with
    their digits, where a language has others than the shipped ones. `is_known` tells words that aren't a password
    where one is asked for (`Expects.secure_page`); without it none is looked for there. Kinds: `card, cvc, pin, blik,
    password, private_key, token, pesel, codice_fiscale`.
    """
    found = [*_hits(text, expects, payment or expects is Expects.payment, words)]
    if expects is Expects.secure_page and is_known is not None and not any(hit.kind == "password" for hit in found):
        found += [_Hit(*span, f"[removed: {span[2]}]") for span in find_typed_passwords(text, is_known)]
    hits = sorted(found, key=lambda h: (h.start, -h.end))
    out: list[str] = []
    kinds: list[str] = []
    at = 0
    for hit in hits:
        if hit.start < at:
            out.append("")
            at = max(at, hit.end)
            continue
        out += [text[at : hit.start], hit.shown]
        kinds.append(hit.kind)
        at = hit.end
    return Redacted("".join([*out, text[at:]]), tuple(dict.fromkeys(kinds))) if hits else Redacted(text)


def _hits(text: str, expects: Expects | None, payment: bool, words: Mapping[str, str]) -> Iterator[_Hit]:
    folded = fold(text)
    groups = chains(folded, words)
    flat = [group for chain in groups for group in chain]
    yield from _cards(text, groups)
    for start, end, kind in (*find_keys(text), *find_passwords(text), *find_announced_digits(text, flat)):
        yield _Hit(start, end, kind, f"[removed: {kind}]")
    if expects not in (Expects.contact_code, Expects.login_code) and (payment or _BLIK.search(text)):
        yield from _blik_codes(groups)
    yield from _personal_numbers(text, flat, expects)


def _cards(text: str, groups: list[list[DigitSpan]]) -> Iterator[_Hit]:
    ibans = iban_spans(text)
    for chain in groups:
        if sum(len(g.digits) for g in chain) < 13:
            continue
        for start, end, last4 in find_cards(chain, [*ibans, *account_spans(chain)]):
            after = _AFTER_CARD.match(text, end)
            yield _Hit(start, after.end() if after else end, "card", f"[card removed …{last4}]")


def _blik_codes(groups: list[list[DigitSpan]]) -> Iterator[_Hit]:
    for chain in groups:
        total = sum(len(g.digits) for g in chain)
        if total == 6 and len(chain) <= _MOST_BLIK_PIECES:
            yield _Hit(chain[0].start, chain[-1].end, "blik", "[removed: blik]")
        else:
            yield from (_Hit(g.start, g.end, "blik", "[removed: blik]") for g in chain if len(g.digits) == 6)


def _personal_numbers(text: str, groups: list[DigitSpan], expects: Expects | None) -> Iterator[_Hit]:
    for group in groups:
        if len(group.digits) == 11 and _is_pesel(group.digits):
            announced = _PESEL_CUE.search(text[max(0, group.start - 30) : group.start])
            if announced or not iva.is_valid(group.digits):
                yield _Hit(group.start, group.end, "pesel", "[removed: pesel]")
    if expects is Expects.tax_number:
        return
    for match in _CODICE_FISCALE.finditer(text):
        if codicefiscale_like(match.group()):
            yield _Hit(match.start(), match.end(), "codice_fiscale", "[removed: codice_fiscale]")


def _is_pesel(digits: str) -> bool:
    """A right check digit and a birth date of the 20th century or of the first forty years of the 21st."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    born = 1 <= month <= 12 or (21 <= month <= 32 and year < 40)
    return born and 1 <= day <= 31 and pesel.calc_check_digit(digits[:10]) == digits[10]
