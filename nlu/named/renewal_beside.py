"""Renewal turned on or off beside something else: "make it PayPal and turn on renewal", "carta, senza rinnovo"."""

import re

from nlu.languages.language import Languages
from nlu.named.renewal_taken_back import names_renewal
from nlu.stance import Stance, stance
from values.parsing import fold_words

_PARTS = re.compile(
    r"[,;.!\n]|\b(?:and|i|oraz|e|ed|und)\s|\s(?=(?:with(?:out)?|con|senza|bez|ze?|mit|ohne)\s(?:\w+\s)?\w*"
    r"(?:odn[ao]w|przedłuż|rinnov|renew|verläng))",
    re.I,
)
_OFF = re.compile(
    r"\b(?:off|without|no|not|don t|disable|stop|bez|nie|wylacz\w*|zrezygn\w*|senza|non|disattiv\w*|niente|togli\w*"
    r"|ohne|kein\w*|aus)\b"
)
_ON = re.compile(
    r"\b(?:on|yes|with|enable\w?|activate\w?|wlacz\w*|tak|ze?|si|attiv\w*|abilit\w*|con|mit|ja|an)\b"
    r"|\bautomat\w*|\bby itself\b|\bsam[oa]?\b"
)
_DENIED = frozenset({Stance.asserted, Stance.negated})


def renewal_beside(text: str, langs: Languages) -> str | None:
    """Return "yes" or "no" as the part of a message that names renewal says it; None where that isn't asserted."""
    if "?" in text:
        return None
    parts = [part for part in _PARTS.split(text) if part and names_renewal(part)]
    if len(parts) != 1:
        return None
    said, how = fold_words(parts[0]), stance(parts[0], langs)
    if _OFF.search(said) is not None:
        return "no" if how in _DENIED else None
    return "yes" if how is Stance.asserted and _ON.search(said) is not None else None
