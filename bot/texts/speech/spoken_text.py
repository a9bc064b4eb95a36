"""A whole text as it is said: its values in words, abbreviations in full, signs dropped or named."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from babel.numbers import get_currency_precision

from bot.texts import catalogue
from bot.texts.speech.vocabulary import SpeechVocabulary
from values.money import Money
from values.patterns import regex

_SPACE = "[ \u00a0\u202f]"
_SYMBOLS: Mapping[str, str] = {"zł": "PLN", "€": "EUR", "$": "USD", "£": "GBP"}
_CODES = "PLN|EUR|USD|GBP|CHF|CZK|SEK|NOK|DKK|HUF|RON|BGN"
_CURRENCY = rf"(?:zł(?!\w)|[€$£]|(?:{_CODES})(?![A-Za-z]))"
_FIGURES = rf"\d{{1,3}}(?:(?:{_SPACE}|[.,'’])\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|\d+(?:[.,]\d{{1,2}})?(?!\d)"
_END = r"[^\s<>\"„”«».,;:!?)\]]"
_ENDINGS = "pl|com|eu|it|org|net|de|gov|info|io|example|test"
# Linear in the text's length: a customer's own words come back in what is said, and no alternative may begin inside a
# word that it could have begun before.
_PLACES = regex(
    rf"""
    (?P<titled>\[[^\[\]\n]{{1,200}}\]\(https?://[^\s()]+\))
    |(?P<address>https?://[^\s<>"„”«»]*{_END})
    |(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    |(?P<host>(?<![\w.@/-])(?:\.|(?:[a-z0-9-]+\.)+)(?:{_ENDINGS})(?![\w-])(?:/(?:[^\s<>"„”«»]*{_END})?)?)
    """,
    re.VERBOSE,
)
_FOUND = regex(
    rf"""
    (?<!\w)(?=[+\d\-\u2212A-Z€$£•*…])(?:
    (?P<phone>(?<!\+)\+\d{{1,3}}(?:[ \u00a0().-]{{0,2}}\d){{6,13}}(?!\d))
    |(?P<iban>[A-Z]{{2}}\d{{2}}(?:{_SPACE}?(?=[A-Z]{{0,3}}\d)[A-Z0-9]{{4}}){{3,7}}(?:{_SPACE}?\d{{2,3}})?(?!\w))
    |(?P<account>(?<![.,])\d{{2}}(?:{_SPACE}\d{{4}}){{6}}(?!\d))
    |(?P<amount>(?<![.,])[-\u2212]?(?:(?:{_FIGURES}){_SPACE}?{_CURRENCY}|{_CURRENCY}{_SPACE}?[-\u2212]?(?:{_FIGURES})))
    |(?P<iso>(?<!-)(?:19|20)\d\d-[01]\d-[0-3]\d(?![\w-]))
    |(?P<european>(?<![./])[0-3]?\d(?P<between>[./])[01]?\d(?P=between)(?:19|20)\d\d(?![\w/]))
    |(?P<month>(?<![/-])(?:20\d\d-(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])/20\d\d)(?![\w/-]))
    |(?P<hidden>[•*…]{{1,4}}{_SPACE}?\d{{3,4}}(?!\d))
    |(?P<code>(?<![/-])(?:[A-Z]{{1,4}}[-/]?)?\d{{1,8}}(?:[-/]\d{{1,8}})*(?![\w/-]|[.,]\d))
    |(?P<mixed>(?<!-)(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{{6,20}}(?!\w))
    |(?P<digits>(?<![.,])\d{{9,}}(?!\w|[.,]\d))
    )
    """,
    re.VERBOSE,
)
_HAS_PLACE, _HAS_DIGIT = regex(r"@|://|\.[a-z]"), regex(r"\d")
_GROUPED = regex(r"(?<![\w.,])\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)")
_PIECES = regex(r"[A-Z]+|\d+")
_IN_ADDRESS = regex(r"[@._+-]")
_NAMES = {"@": "at", ".": "dot", "_": "underscore", "+": "plus", "-": "dash"}
_SHORTEST_SPELLED = 5  # figures; four are most often a year
_YEAR = regex(r"(?:19|20)\d\d")
_ACCOUNT_DIGITS = 26

Links = Mapping[str, str]
"""Titles of links by their addresses."""


def say_values(text: str, words: SpeechVocabulary, links: Links) -> str:
    """Return the text with every value that it holds as a voice says it; addresses of the web are never said.

    The written forms are those of our own formatters (CLDR's, `display` of phones and tax numbers), and those that
    people write by hand. Each is found once: what was said for one is never taken for another.
    """

    def said(found: re.Match[str]) -> str:
        return _SAID[found.lastgroup or ""](found[0], words, links)

    def figures(piece: str) -> str:
        if _HAS_DIGIT.search(piece) is None:
            return piece
        return catalogue.elide_articles(_GROUPED.sub(_joined, _FOUND.sub(said, piece)), words.locale)

    if _HAS_PLACE.search(text) is None:
        return figures(text)
    parts, end = list[str](), 0
    for found in _PLACES.finditer(text):  # figures in an address are no number
        parts += figures(text[end : found.start()]), said(found)
        end = found.end()
    return "".join((*parts, figures(text[end:])))


def _joined(grouped: re.Match[str]) -> str:
    return "".join(grouped[0].split())


def spell_number(written: str) -> str:
    """Return a number sign by sign, a comma where a group ends: `1 2 3, 4 5 6, 3 2, 1 8`."""
    return ", ".join(" ".join(group) for piece in _PIECES.findall(written) for group in _groups(piece))


def _groups(piece: str) -> list[str]:
    """Return a long row of digits in groups of three; an account's as banks print them."""
    if not piece.isdecimal() or len(piece) < _SHORTEST_SPELLED:
        return [piece]
    first, step = (2, 4) if len(piece) == _ACCOUNT_DIGITS else (3, 3)
    starts = [0, *range(first, len(piece), step)]
    groups = [piece[start:end] for start, end in zip(starts, [*starts[1:], len(piece)], strict=True)]
    # One figure is never left alone.
    return [*groups[:-2], groups[-2][:2], groups[-2][2:] + groups[-1]] if len(groups[-1]) == 1 else groups


def _titled(written: str, words: SpeechVocabulary, links: Links) -> str:
    del words, links
    return written[1:].partition("](")[0]


def _email(written: str, words: SpeechVocabulary, links: Links) -> str:
    del links
    ended = written.endswith(".")
    said = _IN_ADDRESS.sub(lambda sign: f" {words.signs[_NAMES[sign[0]]]} ", written.rstrip("."))
    return said.strip() + ("." if ended else "")


def _phone(written: str, words: SpeechVocabulary, links: Links) -> str:
    del links
    return f"{words.signs['plus']} {spell_number(written)}"


def _number(written: str, words: SpeechVocabulary, links: Links) -> str:
    del words, links
    return spell_number(written)


def _amount(written: str, words: SpeechVocabulary, links: Links) -> str:
    del links
    found = re.search(_CURRENCY, written)
    name = found[0] if found is not None else ""
    currency = _SYMBOLS.get(name, name)
    figures = re.sub(r"[^\d.,]", "", written)
    whole, part = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", figures).groups("")  # pyright: ignore[reportOptionalMemberAccess]
    exact = Decimal(re.sub(r"\D", "", whole) + "." + (part or "0")).scaleb(get_currency_precision(currency))
    return words.amount(Money(int(exact) * (-1 if re.match(r"\D{0,4}[-\u2212]", written) else 1), currency))


def _day(written: str, words: SpeechVocabulary, links: Links) -> str:
    del links
    figures = [int(one) for one in re.findall(r"\d+", written)]
    year, month, day = figures if written[4:5] == "-" else reversed(figures)
    try:
        return catalogue.day(date(year, month, day), words.locale)
    except ValueError:
        return written


def _month(written: str, words: SpeechVocabulary, links: Links) -> str:
    del links
    first, second = (int(one) for one in re.split(r"[-/]", written))
    year, month = (first, second) if first > second else (second, first)
    return format_skeleton("yMMMM", date(year, month, 1), locale=words.locale)


def _code(written: str, words: SpeechVocabulary, links: Links) -> str:
    """Say a number in groups (a tax number, a postal code, an order's); figures that mean how many stay as they are."""
    del links
    pieces, separators = _PIECES.findall(written), set(re.findall("[-/]", written))
    if pieces[0].isdecimal():
        if len(pieces) == 1:
            return spell_number(written) if len(written) >= _SHORTEST_SPELLED else written
        if separators != {"-"}:
            return written  # a flat, a fraction
        alike = all(len(piece) <= 2 for piece in pieces) or all(map(_YEAR.fullmatch, pieces))
        if len(pieces) == 2 and alike:
            return f"{pieces[0]} {words.signs['to']} {pieces[1]}"
    elif not separators and len(written) < _SHORTEST_SPELLED:
        return written  # V2, A4
    return ", ".join(piece if _YEAR.fullmatch(piece) and "/" in separators else spell_number(piece) for piece in pieces)


_SAID: Mapping[str, Callable[[str, SpeechVocabulary, Links], str]] = {
    "titled": _titled,
    "address": lambda written, words, links: links.get(written) or words.signs["link"],
    "email": _email,
    "phone": _phone,
    "iban": _number,
    "account": _number,
    "amount": _amount,
    "iso": _day,
    "european": _day,
    "month": _month,
    "hidden": _number,
    "code": _code,
    "mixed": _number,
    "digits": _number,
    "host": lambda written, words, links: words.signs["link"] if "/" in written else _email(written, words, links),
}


_AT_LINE = regex(r"^[ \t]*(?:[-–—•*]|#{1,6}|>)[ \t\u00a0]+", re.MULTILINE)
_BOX = regex(r"([☑☐])[ \t\u00a0]*")
_RANGE = regex(r"(?<=\d)[ \u00a0]?–[ \u00a0]?(?=\d)")
_PAUSE = regex(r"(?<![ \u00a0])[ \u00a0]*(?:[·→]|(?<=[ \u00a0])[-–—](?=[ \u00a0]))[ \u00a0]*")
_MARKS = r"[„”“«»\"`‘‹›|#\[\]{}<>^]|\*+|~~|(?<!\w)_+|_+(?!\w)|•+"
_PICTURES = "[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U0001f000-\U0001faff]"
_DROPPED = regex(f"{_MARKS}|{_PICTURES}")
_SPACES, _BEFORE_SIGN = regex(r"[ \t\u00a0\u202f\u2009]+"), regex(r" (?=[,.;:!?](?:\s|$))")
_LINE_ENDS = regex(r" ?\n ?")
_UNENDED = regex(r"(?<=[\w%)])(?=\n)")


def spoken_text(text: str, words: SpeechVocabulary, links: Links) -> str:
    """Return plain words for a voice: no address of the web, no mark-up; `links` are titles by address."""
    said = words.unabbreviated(say_values(text, words, links))
    said = _AT_LINE.sub("", said)
    said = _BOX.sub(lambda box: f"{words.signs['ticked' if box[1] == '☑' else 'unticked']}: ", said)
    said = _RANGE.sub(f" {words.signs['to']} ", said)
    said = _PAUSE.sub(", ", said)
    if "@" in said:
        sign = words.signs["at"]
        said = said.replace("@", f" {sign} ").replace(f"{sign}  {sign}", sign)  # "la chiocciola @"
    return simplify_spaces(_UNENDED.sub(".", simplify_spaces(_DROPPED.sub("", said))))


def simplify_spaces(text: str) -> str:
    """Return the text with simple spaces and line ends: two that are alike so are said alike."""
    return _LINE_ENDS.sub("\n", _BEFORE_SIGN.sub("", _SPACES.sub(" ", text))).strip()
