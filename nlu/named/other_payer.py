"""Wishes that somebody else pay, "szef zapłaci", "lo giro alla contabilità"; and for the pro forma they pay by."""

from nlu.phrase_lines import Forms
from values.meaning import Intent
from values.parsing import fold_words

_SAYS = Forms("other_payer")
_LONGEST, _MOST_WORDS = 300, 20


def read_other_payer(text: str) -> Intent | None:
    """Return that a pro forma is asked for, or that another person pays, now or by the link they are sent."""
    said = fold_words(text[:_LONGEST])
    if "@" in text or len(said.split()) > _MOST_WORDS:
        return None
    if _SAYS.pro_forma.search(said) is not None and _SAYS.explained.search(said) is None:
        asked = _SAYS.bare.match(said) is not None or _SAYS.sought.search(said) is not None
        return Intent("ask_pro_forma", 1.0, (), text) if asked else None
    if _SAYS.wonders.search(said) is not None:
        return None
    pays = _SAYS.pays_for_me.search(said) is not None
    passed_on = _SAYS.passed_on.search(said) is not None and _SAYS.of_things.search(said) is None
    return Intent("other_payer", 1.0, (), text) if pays or passed_on else None
