"""A discount code that the profile knows: alone in any spelling, spoken, or behind a word for it."""

import re

from nlu.entities.extract import extract
from nlu.languages.language import Languages
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from values.meaning import Discount, Expected
from values.offer import codes_by_form, normalise_code

_CODE_CUE = re.compile(
    r"\b(?:kod\w*|kupon\w*|rabat\w*|voucher\w*|coupon\w*|codice|sconto|discount|promo\w*|code|buono)\b", re.I
)
_CODE_CHARS = re.compile(r"[A-Za-z0-9_\-]{2,40}")
_LONGEST = 80


def read_discount(text: str, expected: Expected, langs: Languages) -> Discount | None:
    """Return a code that the profile knows: alone in any spelling, or behind a word for it."""
    if len(text) > _LONGEST or not expected.discount_codes:
        return None
    known = codes_by_form(expected.discount_codes)
    whole = normalise_code(text)
    if whole in known:
        return Discount(known[whole])
    if (spoken := _spoken_code(text, langs)) in known:
        return Discount(known[spoken])
    if _names_a_code(text, langs):
        for token in _CODE_CHARS.findall(text):
            if token.upper() in known:
                return Discount(known[token.upper()])
        for entity in extract(text, langs, "discount_code"):
            if entity.entity == "discount_code" and entity.value in known:
                return Discount(known[entity.value])
    return None


def _names_a_code(text: str, langs: Languages) -> bool:
    cues = (_CODE_CUE, *(lang.terms.code for lang in langs if lang.terms.code is not None))
    return any(cue.search(text) for cue in cues)


def _spoken_code(text: str, langs: Languages) -> str:
    """Join words with their numbers in digits: "start dwadzieścia" → START20."""
    out, at = "", 0
    for run in runs(text, langs):
        out += text[at : run.start] + candidates(run)[0]
        at = run.end
    return normalise_code(out + text[at:])
