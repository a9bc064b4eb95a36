"""Speech parted by its pauses and breaths, and the names and questions in it."""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from nlu.languages.language import Language
from nlu.phrase_lines import Forms, patterns, word_set
from nlu.tokens import without_greeting
from values.parsing import unaccent
from values.patterns import regex
from values.recording import HESITATION

_SAYS = Forms("speech")

_MORE = {"en": r"|u+m+|e+r+m*|a+h+", "it": r"|e+h+|mah|beh|boh", "pl": r"|e+h+|u+m+"}
_OPENINGS = patterns("openings")
_WORD = regex(r"[^\W\d_][^\W\d_'’.-]*(?:['’-][^\W\d_]+)*\.?")
_FEWEST, _MOST = 2, 5
_NONE = word_set("speech", "none")
"""Words that stand in sentences and in nobody's name."""
_FEWEST_WORDS = 2
_DENIED = regex(r"^(?:(?:nie|no|to|nie to)\b[\s,.]*)+", re.I)


@lru_cache(maxsize=32)
def _pauses(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@.+'’-])(?:{HESITATION}{_MORE.get(code, '')})(?![\w@'’-])(?:\.{{3}}|[,…])?", re.I)


@lru_cache(maxsize=32)
def _opening(code: str) -> re.Pattern[str] | None:
    opens = _OPENINGS.get(code)
    return None if opens is None else re.compile(rf"\s*(?:{opens})(?:\s*,\s*|\s+)(?=\S)", re.I)


def without_pauses(text: str, lang: Language, *, named: bool = False) -> str:
    """Return the text without filled pauses, and without the words that only open a sentence; empty if that is all.

    What is `named` freely may begin with such a word: a firm may be called "Ecco".
    """
    said = " ".join(_pauses(lang.code).sub(" ", text).split())
    opening = None if named else _opening(lang.code)
    while opening is not None and (opens := opening.match(said)) is not None:
        said = said[opens.end() :]
    said = re.sub(r"^[\s,.;…]+", "", said)
    return said if re.search(r"\w", said) else ""


def without_thanks(text: str) -> str:
    """Return the text without the courtesy at its end."""
    folded = unaccent(text)
    found = _SAYS.thanks.search(folded) if len(folded) == len(text) else None
    return text if found is None else text[: found.start()]


class SpokenName(Struct, frozen=True):
    """A name, with capitals; `introduced` as the speaker's own ("nazywam się …"), so that it is surely one."""

    text: str
    introduced: bool


def spoken_name(text: str) -> SpokenName | None:
    """Return the name that was said; None where the words aren't surely one."""
    whole = without_greeting(without_thanks(text).strip(" .,;:!"))
    said = _SAYS.introduced.sub("", whole).strip(" .,;:!")
    words = said.split()
    if not _FEWEST <= len(words) <= _MOST or not all(_WORD.fullmatch(word) for word in words):
        return None
    if any(word.casefold().strip(".") in _NONE for word in words):
        return None
    return SpokenName(said.title() if said.islower() else said, introduced=said != whole.strip(" .,;:!"))


def with_its_mark(text: str) -> str:
    """Return the text with a question mark, where its first words are a question's and it has none."""
    asks = len(text.split()) >= _FEWEST_WORDS and _SAYS.begins.match(text) is not None
    return f"{text.rstrip(' .')}?" if asks and "?" not in text else text


def taken_back(text: str) -> tuple[str, str] | None:
    """Return what was said before the last word of correction, and what behind it; None where there is none.

    What is behind is empty where nothing took its place.
    """
    found = [match for match in _SAYS.back.finditer(text) if text[: match.start()].strip()]
    if not found:
        return None
    said = _SAYS.back.split(text[: found[-1].start()])[-1]
    return said.strip(" ,."), _DENIED.sub("", text[found[-1].end() :]).strip(" ,.")


_FEWEST_LETTERS = 4
_SPELLED = regex(r"(?<![\w'’])[^\W\d_](?:[ .-]+[^\W\d_](?![\w'’])){2,}")


def with_spelled_words(text: str) -> str:
    """Return the text with words that were spelled in one: "B L I K" is "BLIK"."""
    return _SPELLED.sub(lambda word: re.sub(r"[ .-]+", "", word.group()), text)


def with_titles(text: str, titles: Iterable[str]) -> str:
    """Return the text with the titles that were heard as several words: "pay pal" is "PayPal"."""
    for title in titles:
        letters = re.sub(r"\s", "", title)
        if letters.isascii() and letters.isalnum() and len(letters) >= _FEWEST_LETTERS:
            text = re.sub(rf"(?<!\w){r' ?'.join(letters)}(?!\w)", title, text, flags=re.I)
    return text
