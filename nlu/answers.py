"""The open step's own value in a message: read out of a sentence, out of spoken numbers, out of a correction."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from nlu.amounts import THOUSANDS, read_amount, read_range
from nlu.entities.addresses import find_addresses
from nlu.entities.short_codes import find_codes
from nlu.languages.language import Languages
from nlu.numbers.choose import candidates, choose, halves
from nlu.numbers.groups import runs
from nlu.numbers.runs import Run
from nlu.numbers_and_days import Read, ReadAttempt, asks_with_number, read_day, read_number
from nlu.parse import LABEL_WORDS
from nlu.phrase_lines import word_set
from nlu.questions.asking import asks
from nlu.tokens import is_question
from values import country, tax_number
from values.address import lettered_postal_codes
from values.codes import LOG_IN_DIGITS, parse_pair, parse_quantity
from values.expected import Expected
from values.kinds import kind_of
from values.kinds.contacts import home_of
from values.kinds.kind import AnswerKind, FoundBy
from values.kinds.number import parse_number
from values.meaning import Expects
from values.offer import parse_discount_code
from values.parsing import Ok, ParseRefused, fold_digits, fold_words, only_digits
from values.patterns import regex

_ENOUGH_DIGITS, _MANY = 3, 1000
_MOST_WORDS_OF_NAME = 4
_DOTTED = regex(r"[^\s@]{2,64}\.[^\s@.]{2,20}")
_SEVEN_LIKE = regex(r"(?=[A-Za-z0-9]{5,9}$)(?:[A-Za-z]*[0-9][A-Za-z0-9]*|[A-Z]+)")
_SAYING = word_set("answers", "saying")
"""Words that say something of a way to pay or a code, instead of standing in a name."""


def has_closed_form(expects: Expects) -> bool:
    """Return whether the answers of a kind have a closed form."""
    return kind_of(expects).form in ("digits", "formed")


def names_itself(text: str, expects: Expects) -> bool:
    """Return whether a name or a street is asked for and may be given.

    A word is a name there, whatever else it names: a firm may be called after a way to pay.
    """
    return kind_of(expects).worded.names_itself and _SAYING.isdisjoint(fold_words(text[:200]).split())


def numeric(expects: Expects) -> bool:
    """Return whether the answers of a kind are found by their digits."""
    return kind_of(expects).form == "digits"


def parser(expects: Expects, expected: Expected, locale: str = "") -> Read | None:
    """Return the parser of a kind for the open step's country; None for kinds without one that matters here."""
    read = kind_of(expects).read
    return None if read is None else lambda text: read(text, expected, locale)


def attempt(text: str, expects: Expects, expected: Expected, langs: Languages) -> ReadAttempt | None:
    """Return what a text offers as the value of `expects`, or None when it is nothing of the kind."""
    if expected.step == LOG_IN_DIGITS:
        return _pair(text, langs)
    read = parser(expects, expected, langs[0].code)
    if read is None:
        return None
    kind = kind_of(expects)
    return _FINDERS[kind.found_by](_Sought(text, kind, read, expected, langs))


class _Sought(Struct, frozen=True):
    """A text in which an answer of a kind is sought."""

    text: str
    kind: AnswerKind
    read: Read
    expected: Expected
    langs: Languages

    @property
    def is_whole(self) -> bool:
        """Return whether the text as it stands is an answer."""
        return isinstance(self.read(self.text), Ok)


_Finder = Callable[[_Sought], "ReadAttempt | None"]


def _whole_or(find: _Finder) -> _Finder:
    """Return a finder that takes the whole text before it looks for an answer in it."""
    return lambda sought: ReadAttempt(None, good=True) if sought.is_whole else find(sought)


def _pair(text: str, langs: Languages) -> ReadAttempt | None:
    """Return the two digits that a log-in page shows, also in words; other digits are answered without a try."""
    if isinstance(parse_pair(text), Ok):
        return ReadAttempt(None, good=True)
    if only_digits(fold_digits(text)):
        return ReadAttempt(None, good=False)
    found = runs(text, langs)
    said = candidates(found[0]) if len(found) == 1 else ()
    pairs = [one for one in said if isinstance(parse_pair(one), Ok)]
    return ReadAttempt(pairs[0], good=True) if len(pairs) == 1 else None


def _quantity(sought: _Sought) -> ReadAttempt | None:
    expected, langs = sought.expected, sought.langs
    plain = THOUSANDS.sub("", sought.text)
    read = parse_quantity(plain, minimum=0, maximum=10**6)
    if isinstance(read, ParseRefused) and read.reason in (
        "quantity.fraction",
        "quantity.too_small",
        "quantity.too_big",
    ):
        return ReadAttempt(None, good=False)
    whole = parse_number(plain)
    amount = read_amount(plain, expected.pieces, langs) if not asks_with_number(plain, langs) else None
    if amount is not None and isinstance(whole, Ok) and not 0 <= whole.value < _MANY:  # "minus 3", "10 tys."
        counts = amount.counts if expected.pieces else ""
        return ReadAttempt(f"{whole.value} {counts}".rstrip(), good=True)
    several = isinstance(read, ParseRefused) and read.reason == "quantity.several"
    if amount is not None and (amount.counts or not several):
        return ReadAttempt(amount.text if expected.pieces else amount.number, good=True)
    if not several and (between := read_range(plain, langs)) is not None:
        return ReadAttempt(between, good=False)
    return ReadAttempt(None, good=False) if several else None


def _with_letters(text: str, langs: Languages) -> str | None:
    """Return the VAT number with its country's letters that stands in a sentence, or is spelled."""
    found = [e.value for e in find_codes(text, langs, "vat_number") if e.entity == "vat_number" and e.valid]
    return found[-1] if found else None


def _tax_number(sought: _Sought) -> ReadAttempt | None:
    text, read = sought.text, sought.read
    if tax_number.has_prefix(text):
        # Its letters belong to it: no number without them.
        value = None if sought.is_whole else _with_letters(text, sought.langs)
        return ReadAttempt(value, good=isinstance(read(value or text), Ok))
    if tax_number.codicefiscale_like("".join(text.split())):
        return ReadAttempt(None, good=False)  # a person's number: its few digits are no tax number
    found = runs(text, sought.langs)
    if not _is_corrected(found) and sought.is_whole:
        return ReadAttempt(None, good=True)
    if (lettered := _with_letters(text, sought.langs)) is not None:
        return ReadAttempt(lettered, isinstance(read(lettered), Ok))
    return _number(sought, found)


def _digits(sought: _Sought) -> ReadAttempt | None:
    found = runs(sought.text, sought.langs)
    if not _is_corrected(found) and sought.is_whole:
        return ReadAttempt(None, good=True)
    return _number(sought, found)


def _is_corrected(found: Sequence[Run]) -> bool:
    """Return whether a number is put right while it is said: "512, no, 513"."""
    return any(len(run.segments) > 1 for run in found)


def _number(sought: _Sought, found: Sequence[Run]) -> ReadAttempt | None:
    text, read, one_time = sought.text, sought.read, sought.kind.one_time
    corrected = len(found) == 1 and len(found[0].segments) > 1
    if one_time and len(found) == 1 and (code := _only_reading(found[0], read)) is not None:
        return ReadAttempt(code, good=True)
    if one_time and not corrected and len(only_digits(fold_digits(text))) >= _ENOUGH_DIGITS:
        return ReadAttempt(None, good=False)  # typed digits are judged as they stand: several codes are never tried
    good = list(dict.fromkeys(value for run in found for value in _fitting(run, read)))
    if good and not (one_time and len(good) > 1):
        return ReadAttempt(" ".join(good), good=len(good) == 1)
    digits = max((candidates(run)[0] for run in found), key=len, default="")
    whole = len(found) == 1 and len(fold_words(text[: found[0].start] + " " + text[found[0].end :])) <= 1
    if len(digits) >= _ENOUGH_DIGITS or (digits and whole):
        return ReadAttempt(None if only_digits(fold_digits(text)) == digits and whole else digits, good=False)
    return None


def _only_reading(run: Run, read: Read) -> str | None:
    """Return the code that digits must mean, with a letter O for a nought or in any groups; None if in doubt."""
    readings = candidates(run)
    return readings[0] if len(readings) == 1 and isinstance(read(readings[0]), Ok) else None


def _fitting(run: Run, read: Read) -> Sequence[str]:
    """Return the number that a run says, or the two that stand side by side in it."""
    plus = "+" if run.plus else ""

    def fits(digits: str) -> bool:
        return isinstance(read(plus + digits), Ok)

    for first, second in halves(run):
        if fits(first) and fits(second):
            return (plus + first, plus + second)
    value = choose(run, fits, lambda _: False)
    return () if value is None else (plus + value,)


def _email(sought: _Sought) -> ReadAttempt | None:
    text = sought.text
    found = find_addresses(text, sought.langs)
    if len({one.value for one in found if one.valid}) > 1:
        return ReadAttempt(" ".join(one.value for one in found if one.valid), good=False)
    if found:
        value = found[-1].value
        return ReadAttempt(value, isinstance(sought.read(value), Ok))
    if "@" in text or _DOTTED.fullmatch(text.strip()):
        return ReadAttempt(None, good=False)
    return None


def _delivery(sought: _Sought) -> ReadAttempt | None:
    text, langs = sought.text, sought.langs
    for entity in (*find_addresses(text, langs), *find_codes(text, langs, "codice_destinatario")):
        by_the_way = entity.entity == "codice_destinatario" and _asked_by_the_way(text, entity.value, langs)
        if (
            entity.entity in ("email", "pec", "codice_destinatario")
            and not by_the_way
            and isinstance(sought.read(entity.value), Ok)
        ):
            return ReadAttempt(entity.value, good=True)
    tokens = text.split()
    if "@" in text or (len(tokens) <= 2 and _SEVEN_LIKE.match("".join(tokens))):
        return ReadAttempt(None, good=False)
    return None


def _discount(sought: _Sought) -> ReadAttempt | None:
    text, langs = sought.text, sought.langs
    found = [e.value for e in find_codes(text, langs, "discount_code") if e.entity == "discount_code"]
    if found and not _asked_by_the_way(text, found[-1], langs):
        return ReadAttempt(found[-1], good=True)
    words = text.split()
    if (
        len(words) == 1
        and isinstance(parse_discount_code(text), Ok)
        and (text.isupper() or any(c.isdecimal() for c in text))
    ):
        return ReadAttempt(None, good=True)
    return None


def _asked_by_the_way(text: str, value: str, langs: Languages) -> bool:
    """Return whether a question has a code in it instead of giving one: "does START20 still work?"."""
    if not asks(text, langs) and not is_question(text, fold_words(text).split(), langs):
        return False
    before, found, behind = text.casefold().partition(value.casefold())
    rest = f"{before} {behind}".replace("?", " ")
    unlike = [word for word in fold_words(rest).split() if word not in LABEL_WORDS]
    return not found or len(unlike) > 1 or asks(rest, langs)


def _country(sought: _Sought) -> ReadAttempt | None:
    words, locale = fold_words(sought.text).split(), sought.langs[0].code
    for word in words[:_MOST_WORDS_OF_NAME] if len(words) <= _MOST_WORDS_OF_NAME else ():
        if len(word) > 3 and isinstance(country.parse(word, locale), Ok):
            return ReadAttempt(word, good=True)
    return None


def _postal_code(sought: _Sought) -> ReadAttempt | None:
    """Find a code by the form of its country: one with letters isn't to be cut by its digits."""
    found = lettered_postal_codes(sought.text, sought.expected.seat or home_of(sought.expected))
    if found is None:
        return _digits(sought)
    if sought.is_whole or not found:
        digits = len(only_digits(sought.text)) >= _ENOUGH_DIGITS
        return ReadAttempt(None, good=sought.is_whole) if sought.is_whole or digits else None
    return ReadAttempt(found[0], good=True) if len(found) == 1 else ReadAttempt(None, good=False)


_FINDERS: Mapping[FoundBy, _Finder] = {
    "itself": _whole_or(lambda _sought: None),
    "digits": _digits,
    "postal_code": _postal_code,
    "tax_number": _tax_number,
    "amount": _quantity,
    "number": lambda sought: read_number(sought.text, sought.expected, sought.langs),
    "day": lambda sought: read_day(sought.text, sought.read, sought.langs),
    "mailbox": _whole_or(_email),
    "mailbox_or_code": _whole_or(_delivery),
    "code": _discount,
    "country": _whole_or(_country),
}
