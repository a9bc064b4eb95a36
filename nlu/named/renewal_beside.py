"""Renewal turned on or off in a clause of its own: "make it PayPal and turn on renewal", "carta, senza rinnovo"."""

import re

from nlu.languages.language import Languages
from nlu.named.renewal_taken_back import names_renewal
from nlu.stance import Stance, stance
from values.parsing import fold_words

_PARTS = re.compile(
    r"[,;.!\n/+]|\b(?:and|i|oraz|e|ed|und|ale|ma|but|poi|potem|then|bo|ponieważ|because|since|perch[eé]"
    r"|senn[oò]|siccome)\s"
    r"|\s(?=(?:with(?:out)?|con|col|senza|bez|ze?|mit|ohne)\s(?:\w+\s)?\w*"
    r"(?:odn[ao]w|przedłuż|rinnov|renew|verläng))",
    re.I,
)
_WORD = re.compile(r"\b(?:auto)?(?:odn[ao]w|przedluz|rinnov|renew|verlanger|erneuer)\w*")
_NEAR = 4
_ITS_PART = re.compile(
    r"\b(?:(?:togli(?:ete|ere|amo)?|tolga|leva(?:te)?|disattiva(?:te)?|wy[łl][ąa]cz(?:cie|y[ćc])?"
    r"|w[łl][ąa]cz(?:cie|y[ćc])?"
    r"|bez|senza|con|col|niente|without|with|disable|enable|turn (?:off|on)|no|kein\w*|ohne|mit)\s+)?"
    r"(?:(?:il|the|auto\w*|automat\w+)[\s-]+){0,2}(?:auto-?)?(?:odn[ao]w|przed[łl]u[żz]|rinnov|renew|verläng)\w*"
    r"(?:\s+(?:automat\w+|auto))?(?:\s*:?\s*(?:no|s[iì]|nie|tak|yes|off|on|nein|ja|wy[łl][ąa]cz\w*"
    r"|w[łl][ąa]cz\w*)\b)?",
    re.I,
)
_OFF = frozenset(
    "off without no not dont don disable stop skip cancel bez nie wylacz wylaczcie wylaczyc wylaczone zrezygnuj"
    " zrezygnowac senza non disattiva disattivi disattivate disattivato niente togli tolga toglierei toglietemi"
    " togliere"
    " leva levate nessun ohne kein keine aus nein never nigdy mai zadnego zadnych brak".split()
)
_ON = frozenset(
    "on yes with enable enabled activate wlacz wlaczcie wlaczone wlaczyc tak z ze si attiva attivo attivate attivato"
    " abilita con col mit ja an automatycznie automatyczne automatico automaticamente automatically automatic"
    " itself sam"
    " samo sama sie ok please poprosze prosze prosila prosil prosilabym prosilbym chce chcialbym chcialabym tez moze"
    " vorrei voglio want like too also anche pure".split()
)
_BY_ITSELF = re.compile(
    r"\b(?:odnawiaj\w*|odnow(?:cie)?|przedluzaj\w*|rinnova(?:te|telo|lo|ndo)?|rinnovi|rinnovatevi|renew(?: it)?"
    r"|verlanger[ent]*)\b"
)
"""Verbs that ask for it by themselves."""
_DENIED = frozenset({Stance.asserted, Stance.negated, Stance.filler})


def renewal_beside(text: str, langs: Languages) -> str | None:
    """Return "yes" or "no" as the part of a message that names renewal says it; None where that isn't asserted."""
    parts = [part for part in _PARTS.split(text) if part and names_renewal(part)]
    if len(parts) != 1 or "?" in text:
        return None
    said, how = fold_words(parts[0]), stance(parts[0], langs)
    around = _around(said)
    if around & _OFF:
        return "no" if how in _DENIED else None
    wanted = around & _ON or _BY_ITSELF.search(said) is not None
    return "yes" if how is Stance.asserted and wanted else None


def _around(said: str) -> frozenset[str]:
    """Return the words near the one for renewing: further away they may be about something else."""
    named = _WORD.search(said)
    if named is None:
        return frozenset()
    return frozenset((*said[: named.start()].split()[-_NEAR:], *said[named.end() :].split()[:_NEAR]))


def without_renewal(text: str) -> str:
    """Blank what a text says of renewing, sign for sign: its "no" refuses no way to pay."""
    return _ITS_PART.sub(lambda match: " " * len(match.group()), text) if names_renewal(text) else text
