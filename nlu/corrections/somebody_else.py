"""Values of other people: "my brother has NIP …" says so in the clause of the value, unless it is they who say it."""

import re

from nlu.tokens import part_around

CLAUSE_END = re.compile(r"[;,!?\n]|\.(?=\s)|:(?=\s*[^\W\d_])")
_OTHER_FIRM = re.compile(
    r"\b(?:poprzedni\w{0,2}|dawn[aey]\w{0,2}|byl[aye]\w{0,2}|di prima|precedente|previous|former|vorherige\w?)\b.*"
    r"\b(?:mial[aoy]?|aveva|had|hatte)\b"
    r"|\b(?:mam[y]?|abbiamo|ho|(?:we|i)(?: have|'ve)|haben wir)\b.*\b(?:tez|takze|anche|also|another|as well|auch)\b"
    r"|\b(?:tez|takze|anche|also|auch) (?:mamy?|abbiamo|ho|have|haben)\b"
)
"""A firm of before, or one more, in the clause of its number."""
_WHO = re.compile(
    r"\b(?:brat\w{0,2}|siostr\w|maz|mez\w{1,3}|zon[ay]|tat[ay]|mam[ay]|syn\w?|cork[ai]|szwagr?\w{0,3}|wspolnik\w?"
    r"|koleg\w|kolezank\w|marito|moglie|fratello|sorella|padre|madre|figli[oa]|cognat[oa]|soci[oa]|colleg[ah]\w?|amic[oa]"
    r"|szef\w{0,3}|cap[oa]|boss|chef\w?|brother|sister|husband|wife|father|mother|dad|mum|son|daughter|partner|friend|colleague"
    r"|mann|frau|bruder|schwester|vater|mutter|kolleg\w{1,3}|freund\w{0,2})\b"
    r"(?!.*\b(?:mowi\w?|pisz[ea]|twierdzi|powiedzial\w|dice|ha detto|scrive|says|said|told|tells|sagt|meint"
    r"|moj|nasz|mi[oa]|mine|ours?)\b)"
)


def is_somebody_elses(said: str, start: int, end: int) -> bool:
    """Return whether the clause of a value, in unaccented text, says that it is another person's or firm's."""
    begins, _ = part_around(said, start, end, CLAUSE_END)
    return any(whose.search(said, begins, start) is not None for whose in (_WHO, _OTHER_FIRM))
