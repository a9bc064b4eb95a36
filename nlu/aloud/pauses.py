"""Filled pauses and openings, which recognisers write as words: "yyy", "ehm", "no więc", "allora", "so, like"."""

import re
from functools import lru_cache

from nlu.languages.language import Language
from values.hesitation import HESITATION
from values.parsing import unaccent

_MORE = {"en": r"|u+m+|e+r+m*|a+h+", "it": r"|e+h+|mah|beh|boh", "pl": r"|e+h+|u+m+"}
_OPENINGS = {
    "pl": r"nie no|no(?=,? (?:tak|dobr|pewn|jasn|nie|oczywi|ok|niech|chyba|mo[żz]e|wszystk))|no wi[eę]c|no to"
    r"|a wi[eę]c|wi[eę]c|znaczy|s[łl]uchaj(?:cie)?",
    "it": r"allora|dunque|quindi|ecco|senta|diciamo",
    "en": r"(?:yeah|okay|ok|well|and)[, ]+so|so|well|like|you know|right so|yeah",
}


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


_THANKS = re.compile(
    r"[\s,.!]+(?:dziekuje(?: bardzo)?|dzieki|prosze|grazie(?: mille)?|per favore|thanks?(?: you)?|please|danke|bitte"
    r"|to wszystko|e tutto|that'?s (?:it|all))[\s.!]*$"
)


def without_thanks(text: str) -> str:
    """Return the text without the courtesy at its end."""
    folded = unaccent(text)
    found = _THANKS.search(folded) if len(folded) == len(text) else None
    return text if found is None else text[: found.start()]
