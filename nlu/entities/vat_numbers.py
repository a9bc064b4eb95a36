"""VAT numbers with their country's letters, typed in any case, spelled or dictated: "I for India, E, six three …"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from msgspec import Struct

from nlu.languages.language import Languages
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.numbers.runs import spoken_language
from nlu.numbers.spelling import letter, with_letters, without_examples
from nlu.tokens import Token, tokens
from values import tax_number
from values.country import PREFIXES
from values.meaning import Entity
from values.parsing import Ok, only_digits
from values.patterns import regex

_COUNTRIES = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|GR|ES|FI|FR|HR|HU|IE|LT|LU|LV|MT|NL|PT|RO|SE|SI|SK|XI|PL|IT"
VAT_NUMBER = regex(
    rf"(?<![A-Za-z0-9])(?:{_COUNTRIES})"
    r"[ .\-]?(?=[A-Z0-9 .\-]{0,3}[0-9])[A-Z0-9](?:[ .\-]?[A-Z0-9+*]){6,13}(?![A-Za-z0-9])"
)
# In small letters these are words ("no", "it", "de"), so that check digits decide; what stands behind may be a word.
_BEGINS = regex(rf"(?<![A-Za-z0-9])(?:{_COUNTRIES})(?=[A-Z0-9 .\-]{{0,4}}[0-9])", re.I)
_SIGNS = regex(r"(?:[ .\-]?[A-Z0-9+*]){7,20}", re.I)
_END = regex(r"[A-Za-z0-9+*](?![A-Za-z0-9+*])")
_IN_ONE = regex(rf"(?<![A-Za-z0-9])(?:{_COUNTRIES})[A-Z0-9]{{7,12}}(?![A-Za-z0-9])", re.I)
_ACCOUNT = regex(r"[A-Z]{2}[0-9]{2} ?(?:[A-Z0-9]{4} ?){3,}")  # an IBAN
NAMED = regex(r"\bvat|\bp\.? ?iva|\bpartita|\btax (?:no|number|id)|\bnip|\bust|\bsteuer|\bpodatkow", re.I)
"""What tax numbers are called."""
_OWN = {"nip": "PL", "partita_iva": "IT"}
_TAX_NUMBERS = frozenset({"vat_number", *_OWN})
_LEAST_DIGITS, _LEAST_SIGNS = 7, 10
_MOST_BEFORE, _MOST_PIECES, _MOST_READINGS = 4, 10, 12


def find_vat_numbers(text: str, langs: Languages, asked: str) -> list[Entity]:
    """Return the VAT numbers of a text; spelled ones where a tax number is waited for or named."""
    found = list(_typed(text))
    if found or not (asked in _TAX_NUMBERS or NAMED.search(text)):
        return found
    if asked != "vat_number":  # with the letters of its own country it is the number that is waited for
        return [one for one in islice(_spelled(text, langs), 1) if one.value[:2] not in _OWN.get(asked, "")]
    return list(islice(_spelled(text, langs), 1)) or list(_mistyped(text))


def _typed(text: str) -> Iterator[Entity]:
    at = 0
    for begins in _BEGINS.finditer(text):
        start, match = begins.start(), _SIGNS.match(text, begins.end())
        if start < at or match is None or _ACCOUNT.match(text, start):
            continue
        entity = _right(text, start, match.end()) or _capitals(text, start)
        if entity is not None:
            at = entity.end or at
            yield entity


def _right(text: str, start: int, end: int) -> Entity | None:
    """Return the longest number from a place on that its check digits prove."""
    ends = [m.end() for m in _END.finditer(text, start, end) if m.end() <= end]
    for stop in reversed(ends):
        compact = re.sub(r"[ .\-]", "", text[start:stop]).upper()
        if len(compact) < _LEAST_SIGNS and not text[start:stop].isupper():
            break
        outcome = tax_number.parse(compact, tax_number.VATIN)
        if isinstance(outcome, Ok):
            return Entity("vat_number", outcome.value, start, stop)
    return None


def _capitals(text: str, start: int) -> Entity | None:
    """Return a number in capitals that is wrong by its check digits."""
    match = VAT_NUMBER.match(text, start)
    if match is None:
        return None
    compact = re.sub(r"[ .\-]", "", match.group())
    wrong = len(only_digits(compact)) >= _LEAST_DIGITS
    return Entity("vat_number", compact, start, match.end(), valid=False) if wrong else None


def _mistyped(text: str) -> Iterator[Entity]:
    """Yield numbers in small letters that are wrong by their check digits, where nothing else is waited for."""
    for match in _IN_ONE.finditer(text):
        if len(only_digits(match.group())) >= _LEAST_DIGITS - 1:
            yield Entity("vat_number", match.group().upper(), match.start(), match.end(), valid=False)


def _spelled(text: str, langs: Languages) -> Iterator[Entity]:
    """Yield numbers whose letters are said one by one; such as are wrong by their check digits behind the others."""
    wrong: list[Entity] = []
    for row in _rows(text, langs):
        for first in range(min(_MOST_BEFORE, len(row))):
            for last in range(len(row), first + 1, -1):
                entity = _of_pieces(row[first:last])
                if entity is not None and entity.valid:
                    yield entity
                    return
                wrong += [entity] if entity is not None else []
    yield from wrong


class _Piece(Struct, frozen=True):
    """Letters or digits said in one go, in the ways they may be read."""

    readings: Sequence[str]
    start: int
    end: int


def _of_pieces(pieces: Sequence[_Piece]) -> Entity | None:
    """Return the number that pieces in a row make, proved or at least of a country and letters; None if neither."""
    start, end = pieces[0].start, pieces[-1].end
    likely = "".join(piece.readings[0] for piece in pieces)
    for signs in islice(product(*(piece.readings for piece in pieces)), _MOST_READINGS * 4):
        said = "".join(signs)
        if said[:2] in PREFIXES and isinstance(outcome := tax_number.parse(said, tax_number.VATIN), Ok):
            return Entity("vat_number", outcome.value, start, end)
    lettered = likely[:2] in PREFIXES and any(c.isalpha() for c in likely[2:]) and len(pieces[0].readings[0]) == 1
    plausible = lettered and len(only_digits(likely)) >= _LEAST_DIGITS - 1
    return Entity("vat_number", likely, start, end, valid=False) if plausible else None


def _rows(text: str, langs: Languages) -> Iterator[list[_Piece]]:
    """Yield letters and digits with nothing else between them: each row has digits, and letters before them."""
    letters = langs[0].letters
    said = {run.start: run for run in runs(text, langs)}
    if not said:
        return
    row: list[_Piece] = []
    past, fillers = 0, spoken_language(text, langs).cues.fillers
    for token in without_examples(with_letters(tokens(text)), letters):
        if token.start < past:
            continue
        run = said.get(token.start)
        piece = (
            _lettered(token, letters) if run is None else _Piece(candidates(run)[:_MOST_READINGS], run.start, run.end)
        )
        past = run.end if run is not None else past
        if piece is not None and len(row) < _MOST_PIECES:
            row.append(piece)
            continue
        if row and piece is None and token.word in fillers:
            continue
        if _is_number(row):
            yield row
        row = [piece] if piece is not None else []
    if _is_number(row):
        yield row


def _is_number(row: Sequence[_Piece]) -> bool:
    return any(piece.readings[0][:1].isdecimal() for piece in row[1:])


def _lettered(token: Token, letters: Mapping[str, str]) -> _Piece | None:
    """Return a letter by itself or by its name, or a country's letters in one word: "de" is a D, or Germany."""
    named = letter(token.word, letters).upper()
    country = token.word.upper() if token.word.upper() in PREFIXES else ""
    readings = [reading for reading in (country, named) if reading]
    return _Piece(readings, token.start, token.end) if readings else None
