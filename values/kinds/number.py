"""Whole numbers: how many people, rooms, years; one number, never a range read as one. Quantities ordered, too."""

from itertools import pairwise

from values.codes import parse_quantity
from values.expected import Expected
from values.kinds.date_words import ordinals, words_of
from values.kinds.kind import GIVEN, AnswerInput, AnswerKind
from values.kinds.said_numbers import (
    ROOT,
    SCALE_WORDS,
    SaidNumber,
    beside_the_numbers,
    number_roots,
    said_numbers,
    without_thousands_marks,
)
from values.kinds.samples import fix_samples
from values.meaning import Expects
from values.parsing import Ok, Parsed, ParseRefused, fold_digits, fold_words, unaccent
from values.patterns import regex

_LONGEST = 400
_FEW_WORDS = 3
_FEW_DIGITS = 5  # six are a code that was sent
_MOST = 99_999_999  # more digits are a phone or a tax number
_FRACTION = regex(rf"[0-9][.,][0-9]|(?<![^\s(+-])[.,][0-9]|[½¼¾⅓⅔⅛]|\b(?:{words_of('numbers', 'fraction')})\b")
_MEGA = regex(r"(?:(?<=[0-9]) ?|(?<= ))M\b")
_BETWEEN = regex(r"\W*[-–—/~]\W*|\s*(?:do|a|ai|al|albo|lub|czy|badz|to|or|till|o|oppure|ovvero|fino a|bis|oder)\s*")
"""Between two numbers these make a range of them, or a choice."""
_BOTH = regex(r"\b(?:tra|fra|between|(?:po)?miedzy|zwischen)\s*$")
_AND = regex(r"\s*(?:i|a|e|ed|and|und)\s*")
_BOUND_BEFORE = regex(rf"(?:\b(?:{words_of('numbers', 'bound_before')})|[<>≤≥])\s*$")
_BOUND_BEHIND = regex(
    r"\s*\+|(?:\s+[^\W\d_]+)?\s+(?:(?:i|lub|albo|o|e|or|and|oder|und)\s+(?:wiecej|mniej|piu|meno|more|less|fewer|mehr"
    r"|weniger)|w gore|wzwyz|in su|upwards?|aufwarts|z (?:hakiem|kawalkiem|okladem|gorka)|(?:e|and|i|und)"
    r" (?:rotti|passa|change|a bit|troche|cos|etwas)|abbondant\w*|scars\w*)\b"
    r"|[\s-]+(?:kilka|kilku|pare|paru|something|odd)\b"
)
_NEGATIVE = regex(r"^\s*- ?$|(?<![^\W_])(?<![0-9.,]\s)-$|\b(?:minus|meno|negativ[eo]?|ujemn[aey]) $")
_UNSAID = regex(r"\b(?:dozens?|tuzin\w{0,3}|dozzin[ae]|dutzend|couple)\b")
"""A number by its name, which the words beside it multiply or halve."""
_TURNING, _NOT = words_of("numbers", "turning"), words_of("numbers", "not")
_OF = r"(?:do|ponad|di|del|dei|delle|of|to|the|von|zu|na|z|al|alla|hoch) "
_TURNS_BEFORE = regex(rf"\b(?:{_TURNING}|{_NOT})[ \u00a0-]*(?:{_OF})?$|\bpo $|[*/^=×÷±√#] ?$")
_TURNS_BEHIND = regex(
    rf"[ \u00a0-]*(?:{_OF})?(?:{_TURNING})\b| ?[*/^=×÷±√%‰²³°ºª]|[^\W\d_](?![^\W\d_])"
    r"|(?:st|nd|rd|th|t[aeiy]|t?ego|go|ma|er|-?ish|t?e[nmrs]?)\b"
)
_NEIGHBOUR_BEFORE, _NEIGHBOUR_BEHIND = regex(r"([^\W\d_]+)[ \u00a0-]*$"), regex(r"[ \u00a0-]*([^\W\d_]+)")
_COUNTED_BY_ONE = frozenset({0, 1})
_APART = regex(r"[,;.!?()\n]")
_MORE_OR_LESS = regex(r"\b(?:piu o meno|mniej wiecej|more or less|mehr oder weniger)\b")
_SIGNED = regex(r"^\s*-(?!\s?[0-9])|\b(?:minus|meno|negativ\w*|ujemn\w*)\b")
_SCALED = regex(rf"\b(?:{'|'.join(SCALE_WORDS)})\b")
_OUT_OF = regex(r"\s*(?:(?:out )?of|in|na|ze?|su|von|auf|per|[ -]?)\s*")


def parse_number(text: str, *, minimum: int | None = None, maximum: int | None = None) -> Parsed[int]:
    """Read the one whole number of an answer, in digits or words, between `minimum` and `maximum` inclusive.

    Words of any kind may stand beside it ("about 30 people"). Reasons: `number.none`, `.whole` (a fraction), `.range`
    (two numbers as bounds, or one as a bound), `.several`, `.unsure` (a word beside it makes another of it),
    `.too_small` (with `minimum`), `.too_big` (with `maximum`).
    """
    said = without_thousands_marks(unaccent(_MEGA.sub(" mln", fold_digits(text[:_LONGEST]))))
    said = _MORE_OR_LESS.sub("circa", said)
    every = said_numbers(said)
    found = _counting(said, every)
    if _FRACTION.search(said):
        return ParseRefused("number.whole")
    if not found or _UNSAID.search(said):
        return ParseRefused("number.none")
    if len({one.value for one in found}) > 1:
        return ParseRefused("number.range") if _is_range(said, found) else ParseRefused("number.several")
    if _is_bound(said, found[0]):
        return ParseRefused("number.range")
    if _is_left_over(said, every) or _is_repeated(said, found):
        return ParseRefused("number.unsure")
    least, most = minimum if minimum is not None else -_MOST, maximum if maximum is not None else _MOST
    number = -found[0].value if _NEGATIVE.search(said[: found[0].start]) else found[0].value
    if number < least:
        return ParseRefused("number.too_small", {"minimum": least})
    return Ok(number) if number <= most else ParseRefused("number.too_big", {"maximum": most})


def _counting(said: str, found: list[SaidNumber]) -> list[SaidNumber]:
    """Drop a word for one beside another number: "un po' più", "one of us", are no count, but "one in ten" is."""
    between = [said[one.end : other.start] for one, other in pairwise(found)]
    parts = any(_OUT_OF.fullmatch(words) or _BETWEEN.fullmatch(words) for words in between)
    small = [one.worded and one.value in _COUNTED_BY_ONE for one in found]
    behind = any(one and not _APART.search(words) for one, words in zip(small[1:], between, strict=True))
    parts = parts or any(len(words.split()) == 1 and words.strip().isalpha() for words in between)  # "one comma five"
    sure = [one for one, is_small in zip(found, small, strict=True) if not is_small]
    return found if parts or behind else sure or found


def _is_left_over(said: str, every: list[SaidNumber]) -> bool:
    """Return whether something of a number isn't read: a scale or a sign apart from it, or what turns it."""
    rest = said
    for one in every:
        start = one.start - len(sign[0]) if (sign := _NEGATIVE.search(said[: one.start])) is not None else one.start
        rest = f"{rest[:start]}{'0' * (one.end - start)}{rest[one.end :]}"
    apart = _SCALED.search(rest) is not None or _SIGNED.search(rest) is not None
    return apart or any(_is_turned(said, one) for one in every)


def _is_turned(said: str, one: SaidNumber) -> bool:
    """Return whether something beside a number makes another of it: a word that does, or an unknown number word."""
    before = _NEGATIVE.sub("", said[: one.start])
    if _TURNS_BEFORE.search(before) is not None or _TURNS_BEHIND.match(said, one.end) is not None:
        return True
    beside = (_NEIGHBOUR_BEFORE.search(before), _NEIGHBOUR_BEHIND.match(said, one.end))
    words = [word[1] for word in beside if word is not None]
    return any(word in ordinals() or (len(word) >= ROOT and word[:ROOT] in number_roots()) for word in words)


def _is_repeated(said: str, found: list[SaidNumber]) -> bool:
    """Return whether a number stands twice in a row: "two two" may be 22, "12 (dwanaście)" is 12."""
    return any(a.worded == b.worded and not said[a.end : b.start].strip(" -") for a, b in pairwise(found))


def _is_range(said: str, found: list[SaidNumber]) -> bool:
    if len(found) != 2:
        return False
    first, second = found
    between = said[first.end : second.start]
    both = _BOTH.search(said[: first.start]) is not None and _AND.fullmatch(between) is not None
    return both or _BETWEEN.fullmatch(between) is not None


def _is_bound(said: str, one: SaidNumber) -> bool:
    """Return whether the number is only the least or the most: "over 50", "50+", "up to 10"."""
    return _BOUND_BEFORE.search(said[: one.start]) is not None or _BOUND_BEHIND.match(said, one.end) is not None


def _is_alone(text: str, at: Expected) -> bool:
    """Return whether a text is little more than a number; a small bare one is an option's where there are some."""
    beside, bare = fold_words(beside_the_numbers(text)).split(), text.strip(" .!")
    option = not beside and at.options and bare.isdecimal() and int(bare) <= len(at.options)
    return len(beside) <= _FEW_WORDS and sum(map(str.isdecimal, text)) <= _FEW_DIGITS and not option


NUMBER = AnswerKind(
    Expects.number,
    "formed",
    read=lambda text, _at, _locale: parse_number(text),
    samples=fix_samples(
        ("12", "około 30", "circa 12 persone", "twenty-five", "1 200"),
        ("10-20", "od 5 do 8", "5 o 6", "2,5", "50+", "3, 4, 7"),
        ("anna@example.com",),
    ),
    entity="quantity",
    found_by="number",
    input=AnswerInput("numeric"),
    is_alone=_is_alone,
    counts=True,
    others=GIVEN,
)


_MOST_ORDERED = 10**6  # of any product; its own limit is the step's

QUANTITY = AnswerKind(
    Expects.quantity,
    "formed",
    read=lambda text, _at, _locale: parse_quantity(text, minimum=0, maximum=_MOST_ORDERED),
    samples=fix_samples(("1", "3", "10 sztuk"), ("0", "-2", "1,5", "100000"), ("anna@example.com",)),
    entity="quantity",
    found_by="amount",
    input=AnswerInput("numeric"),
    counts=True,
    others=GIVEN,
)
