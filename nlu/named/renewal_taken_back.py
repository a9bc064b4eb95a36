"""Renewal taken back: by the consent to it ("wycofuję zgodę na odnowienie"), or as a ban ("non rinnovare più")."""

import re

from values.parsing import fold_words

_LONGEST = 400
_ABOUT_RENEWAL = re.compile(
    r"\b(?:zgod\w+|consens\w+|consent|permission|autorizzazion\w+|einwilligung|zustimmung)(?: \w+){0,5}?"
    r" (?:odn[ao]w|przedluz|rinnov|prolung|renew|verlanger)"
    r"|\brenewal consent|\bverlangerungs(?:zustimmung|einwilligung)"
)
_TAKING_BACK = re.compile(
    r"\b(?P<denied>(?:nie|non|not|dont|don t|nicht) (?:\w+ )??)?"
    r"(?:wycofuj\w+|wycofac|wycofani\w+|cofam\w?|cofnac|odwoluj\w+|odwolac|rezygnuj\w+"
    r"|revoco|revochiamo|revocare|revoca|ritiro|ritiriamo|ritirare"
    r"|withdraw|withdrawing|revoke|revoking|take back"
    r"|widerrufe\w?|widerruf|ziehen?)\b"
)
_BAN = re.compile(r"\bnon (?:mi |ci |lo |la |me lo |ce lo )?(?:rinnov(?:ar\w*|ate\w*|i)|prolung(?:ar\w*|ate\w*|hi))\b")


_NAMED = re.compile(r"odnaw|odnow|przedluz|rinnov|prolung|renew|verlanger|erneuer")


def names_renewal(text: str) -> bool:
    """Return whether a message has a word for renewing."""
    return _NAMED.search(fold_words(text[:_LONGEST])) is not None


def takes_back_renewal(text: str) -> bool:
    """Return whether a message, which is no question, takes back the renewal; what was done before isn't said so."""
    said = fold_words(text[:_LONGEST])
    if _BAN.search(said) is not None:
        return True
    taken = _TAKING_BACK.search(said) if _ABOUT_RENEWAL.search(said) is not None else None
    return taken is not None and taken["denied"] is None
