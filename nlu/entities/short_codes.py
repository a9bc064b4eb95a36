"""Entities with letters in them: VAT numbers with a prefix, codice fiscale, codice destinatario, discount codes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from nlu.entities.taken_back import correct_code, without_taken_back
from nlu.entities.vat_numbers import find_vat_numbers
from nlu.languages.language import Languages, map_numbers
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.numbers.spelling import letter, with_letters, without_examples
from nlu.phrase_lines import Forms, word_set
from nlu.tokens import Token, tokens
from values import tax_number
from values.meaning import Entity
from values.offer import normalise_code
from values.parsing import fold_digits
from values.patterns import regex

_SAYS = Forms("short_codes")

_FISCAL = regex(
    r"(?<![A-Za-z0-9])(?:[A-Za-z][ .\-]?){6}"
    r"(?:[0-9LMNPQRSTUVlmnpqrstuv][ .\-]?){2}[A-Za-z][ .\-]?(?:[0-9LMNPQRSTUVlmnpqrstuv][ .\-]?){2}"
    r"[A-Za-z][ .\-]?(?:[0-9LMNPQRSTUVlmnpqrstuv][ .\-]?){3}[A-Za-z](?![A-Za-z0-9])"
)
_SEVEN = regex(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[ .\-]?[A-Za-z0-9]){6}(?![A-Za-z0-9])")
_CODE_TOKEN = regex(
    r"(?<![\w@.])(?=[A-Z0-9_-]{0,30}[A-Z])(?:[A-Z]{2,}[A-Z_-]{0,12}[0-9]{1,4}[A-Z]{0,6}|[A-Z]{4,16})(?![\w@])"
)
_CODE_ALONE = regex(r"(?<![\w@./-])[A-Z]{4,14}[0-9]{1,3}(?![\w@])")  # "TARGI30": nothing else looks so
_MIXED = regex(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{3,16}")
_NOT_CODES = word_set("short_codes", "not_codes")
_SKIPPED = word_set("short_codes", "skipped")
_MOST_SPOKEN, _MOST_CODES = 4, 4
_LEAST_SPELLED = 3
_FISCAL_CUE = regex(r"\bcodice fiscale\b|\bc\.? ?f\b", re.I)
_DELIVERY_LENGTH, _FISCAL_LENGTH = 7, 16
_LEAST_FISCAL_DIGITS = 3  # letters alone are words; omocodia replaces a digit or two in practice


def find_codes(text: str, langs: Languages, asked: str) -> list[Entity]:
    """Return the codes of a text that it doesn't take back; `asked` is the entity that the dialog waits for."""
    folded = fold_digits(text)
    plain = folded if len(folded) == len(text) else text
    found = [*_fiscal(plain), *find_vat_numbers(plain, langs, asked)]
    if not found and (asked == "codice_fiscale" or _FISCAL_CUE.search(plain)):
        found += _fiscal_spelled(plain, langs)
    if asked == "codice_destinatario" or _SAYS.delivery_cue.search(plain):
        found += _first(_delivery(plain, langs), plain, langs)
    if asked in ("", "discount_code"):
        found += _first(_discount(plain, asked, langs), plain, langs)
    return [correct_code(code, plain, langs) for code in without_taken_back(found, plain, langs)]


def _first(found: Iterable[Entity], text: str, langs: Languages) -> list[Entity]:
    """Return the first of several codes of a kind that the text doesn't take back."""
    return without_taken_back(list(islice(found, _MOST_CODES)), text, langs)[:1]


def _fiscal(text: str) -> Iterator[Entity]:
    for match in _FISCAL.finditer(text):
        value = re.sub(r"[^A-Za-z0-9]", "", match.group()).upper()
        valid = tax_number.codicefiscale_like(value)
        if valid or sum(c.isdecimal() for c in value) >= _LEAST_FISCAL_DIGITS:
            yield Entity("codice_fiscale", value, match.start(), match.end(), valid)


def _fiscal_spelled(text: str, langs: Languages) -> Iterator[Entity]:
    said = _spelled(tokens(text), langs, _FISCAL_LENGTH)
    for value, start, end in islice((one for one in said if _FISCAL.fullmatch(one[0])), 1):
        yield Entity("codice_fiscale", value, start, end, tax_number.codicefiscale_like(value))


def _delivery(text: str, langs: Languages) -> Iterator[Entity]:
    cue = next(iter(reversed(list(_SAYS.delivery_cue.finditer(text)))), None)
    start = cue.end() if cue else 0
    typed = False
    for match in _SEVEN.finditer(text, start):
        value = re.sub(r"[^A-Za-z0-9]", "", match.group()).upper()
        plausible = any(c.isdecimal() for c in value) or (match.group().isupper() and " " not in match.group())
        if len(value) == 7 and plausible:
            yield Entity("codice_destinatario", value, match.start(), match.end())
            typed = True
    if typed:
        return
    for run in runs(text[start:], langs):
        value = next((c for c in candidates(run) if len(c) == 7), None)
        if value is not None:
            yield Entity("codice_destinatario", value, start + run.start, start + run.end)
            return
    said = _spelled([t for t in tokens(text) if t.start >= start], langs, _DELIVERY_LENGTH)
    yield from (Entity("codice_destinatario", *one) for one in islice(said, 1))


def _spelled(words: Sequence[Token], langs: Languages, length: int) -> Iterator[tuple[str, int, int]]:
    """Yield so many signs said one by one, letters by their names, with their place; the last said first."""
    for spell in reversed(list(_spells(with_letters(words), langs))):
        signs = "".join(sign for sign, _ in spell)
        if len(signs) == length:
            yield signs.upper(), spell[0][1].start, spell[-1][1].end


def _spells(words: Sequence[Token], langs: Languages) -> Iterator[list[tuple[str, Token]]]:
    """Yield the signs that stand in a row, each row by itself; "S for Savona" is an S."""
    row = list[tuple[str, Token]]()
    for token in without_examples(words, langs[0].letters):
        digits = map_numbers(langs).get(token.word) or (token.word if token.word.isdecimal() else "")
        sign = digits or letter(token.word, langs[0].letters)
        if sign and not (token.word == "e" and not row):
            row.append((sign, token))
        elif row:
            yield row
            row = []
    if row:
        yield row


def _discount(text: str, asked: str, langs: Languages) -> Iterator[Entity]:
    patterns = (_SAYS.discount_cue, *(lang.terms.code for lang in langs if lang.terms.code is not None))
    cue = next((match for pattern in patterns for match in pattern.finditer(text)), None)
    if cue is None and asked != "discount_code":
        alone = (m for m in _CODE_ALONE.finditer(text) if not m.group().startswith(tuple(_NOT_CODES)))
        yield from (Entity("discount_code", m.group(), m.start(), m.end()) for m in islice(alone, 1))
        return
    typed = [m for m in _CODE_TOKEN.finditer(text) if m.group() not in _NOT_CODES]
    typed = [match for match in typed if not tax_number.codicefiscale_like(match.group())]
    if typed:
        yield from (Entity("discount_code", match.group(), match.start(), match.end()) for match in typed)
        return
    weak = cue is not None and cue.group().lower() in ("kod", "codice", "code")
    words = _with_spelled([t for t in tokens(text) if cue is None or t.start >= cue.end()], langs)
    spoken = _spoken_code(words, langs, strict=cue is None or weak)
    if spoken is not None and not (weak and asked != "discount_code" and not any(c.isalpha() for c in spoken.value)):
        yield spoken
        yield from (one for one in _mixed(text) if (one.start or 0) >= (spoken.end or 0))
    elif asked == "discount_code":  # a message about it: "my friend gave me spring25"
        yield from _mixed(text)


def _mixed(text: str) -> Iterator[Entity]:
    """Yield words of small letters with digits."""
    mixed = (token for token in tokens(text) if _MIXED.fullmatch(token.word))
    return (Entity("discount_code", token.word.upper(), token.start, token.end) for token in mixed)


def _with_spelled(words: Sequence[Token], langs: Languages) -> Sequence[Token]:
    """Return the words with letters said one by one as one word: "S U N" is "sun"."""
    letters = langs[0].letters
    words = without_examples(words, letters)
    names = [letter(token.word, letters) for token in words]
    out: list[Token] = []
    for here, spelt in groupby(range(len(words)), key=lambda i: bool(names[i])):
        row = list(spelt)
        if here and len(row) >= _LEAST_SPELLED:
            out.append(Token("".join(names[i] for i in row), words[row[0]].start, words[row[-1]].end))
        else:
            out += [words[i] for i in row]
    return out


def _spoken_code(words: Sequence[Token], langs: Languages, strict: bool) -> Entity | None:
    """Return a code in small letters or in words: "spring ten", "lato 20", "start20"."""
    digits = map_numbers(langs)
    for i, token in enumerate(words[:8]):
        if token.word in _SKIPPED or any(token.word in lang.answers.small for lang in langs):
            continue
        if _MIXED.fullmatch(token.word):
            return Entity("discount_code", token.word.upper(), token.start, token.end)
        tail = _number_tail(words[i + 1 : i + 1 + _MOST_SPOKEN], digits)
        if tail and token.word.isalpha() and token.word not in digits and 2 <= len(token.word) <= 12:
            last = words[i + tail[1]]
            return Entity("discount_code", normalise_code(token.word + tail[0]), token.start, last.end)
        if strict:
            return None
    return None


def _number_tail(words: Sequence[Token], known: Mapping[str, str]) -> tuple[str, int] | None:
    digits, used = "", 0
    for token in words:
        piece = token.word if token.word.isdecimal() else known.get(token.word, "")
        if not piece:
            break
        tens = len(digits) >= 2 and digits[-1] == "0" and len(piece) == 1 and piece != "0" and digits[-2] != "1"
        digits = digits[:-1] + piece if tens else digits + piece
        used += 1
    return (digits, used) if digits and len(digits) <= 4 else None
