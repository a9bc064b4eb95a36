"""Domains of well-known mailboxes, and the slips of a finger by which they are missed.

A domain that somebody may own isn't taken for a slip: letters count only as fingers miss them (two swapped, one left
out or doubled, the key beside), and only in names that are no words.
"""

from collections.abc import Iterator
from functools import lru_cache

# Names long and odd enough that a letter's difference is a slip.
_NAMED = frozenset(
    "gmail.com googlemail.com hotmail.com hotmail.it hotmail.de hotmail.fr hotmail.co.uk outlook.com outlook.it"
    " outlook.de yahoo.com yahoo.it yahoo.de yahoo.fr yahoo.co.uk icloud.com protonmail.com"
    " interia.pl interia.eu interia.com libero.it virgilio.it tiscali.it fastwebnet.it"
    " t-online.de freenet.de btinternet.com".split()
)
# Short names and words: firms have names like these, so only their endings are looked at.
_SHORT = frozenset(
    "live.com live.it live.de live.co.uk msn.com ymail.com me.com mac.com mail.com email.com aol.com proton.me pm.me"
    " wp.pl o2.pl onet.pl onet.eu poczta.onet.pl op.pl vp.pl tlen.pl gazeta.pl poczta.fm go2.pl"
    " alice.it tin.it inwind.it iol.it email.it tim.it"
    " gmx.de gmx.net gmx.at gmx.ch gmx.com web.de arcor.de mail.de posteo.de bluewin.ch".split()
)
KNOWN = _NAMED | _SHORT
# Slips that no rule finds, by what was meant.
_LISTED = {
    "gmail.com": "gmail.pl gmail.it gmail.de gmeil.com",
    "hotmail.com": "hotmeil.com",
    "outlook.com": "outlock.com",
    "o2.pl": "02.pl",
    "onet.pl": "onte.pl",
    "gmx.de": "gxm.de",
    "gmx.net": "gxm.net",
}
# Endings that don't exist …
_ENDINGS = {
    "com": "con cim vom xom comm cmo ocm cpm coom",
    "pl": "p lp ol pll",
    "it": "i ti itt ut",
    "de": "d ed dee",
    "net": "nt ner ney nte",
    "fr": "rf",
}
# … and those that do: countries, where firms have short names, too.
_COUNTRIES = {"co": "com", "cm": "com", "om": "com"}
# Words and names that are a slip away from a known one.
_WORDS = frozenset({"gail", "intera", "liber", "liberi", "libro", "vigilio"})
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {key: (place + row / 2, row) for row, keys in enumerate(_ROWS) for place, key in enumerate(keys)}


def _beside(key: str) -> Iterator[str]:
    if key not in _PLACES:
        return
    across, down = _PLACES[key]
    for other, (place, row) in _PLACES.items():
        if other != key and abs(place - across) <= 1 and abs(row - down) <= 1:
            yield other


def _slips(name: str) -> Iterator[str]:
    """Yield the name as fingers miss it; its first letter is seldom missed, and tells words apart."""
    for at, letter in enumerate(name):
        before, after = name[:at], name[at + 1 :]
        yield f"{before}{letter}{letter}{after}"
        yield f"{before}{after[:1]}{letter}{after[1:]}"
        if at:
            yield before + after
            for other in _beside(letter):
                yield f"{before}{other}{after}"
                yield f"{before}{letter}{other}{after}"
                yield f"{before}{other}{letter}{after}"


_NAMES = frozenset(domain.partition(".")[0] for domain in _NAMED)
_MEANT_NAMES = {slip: name for name in sorted(_NAMES) for slip in _slips(name) if slip not in _NAMES | _WORDS}
_MEANT_ENDINGS = {slip: ending for ending, slips in _ENDINGS.items() for slip in slips.split()}
_MEANT_WHOLE = {slip: domain for domain, slips in _LISTED.items() for slip in slips.split()}


@lru_cache(maxsize=1024)  # each turn asks for the domain of its customer's address again
def meant(domain: str) -> str | None:
    """Return the known domain that this one is likely a slip of; None for a known one, and for any other."""
    if domain in KNOWN:
        return None
    if domain in _MEANT_WHOLE:
        return _MEANT_WHOLE[domain]
    typed, _, ending = domain.partition(".")
    name = _MEANT_NAMES.get(typed, typed)
    likely = f"{name}.{_MEANT_ENDINGS.get(ending, ending)}"
    if likely in KNOWN:
        return likely
    abroad = f"{name}.{_COUNTRIES.get(ending, ending)}"
    return abroad if abroad in _NAMED else None
