"""E-mail and PEC addresses, typed or spoken: "anna kropka nowak małpa example kropka com"."""

import re
from collections.abc import Iterator

from nlu.entities.spoken_addresses import TLDS, read_spoken
from nlu.entities.taken_back import without_taken_back
from nlu.languages.language import Languages
from values import email
from values.meaning import Entity
from values.parsing import Ok, fold_hyphens
from values.patterns import regex

_AT_TYPED = r"[ ]?(?:@|[\[({] ?(?:at|@|malpa|małpa|chiocciola) ?[\])}])[ ]?"
TYPED = regex(r"(?<![\w.+-])[\w.+-]{1,64}[ ]?@[ ]?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# As some write it against robots, or as a keyboard leaves it: "anna [at] firma.pl", "anna @ firma . pl".
_DOT_TYPED = regex(r" ?(?:\.|[\[(]dot[\])]) ?", re.I)
_GLUED = "!#$%&*^{}~'`"
"""Signs that may begin an address, where they don't stand at both its ends."""
_LOOSE = regex(
    rf"(?<![\w.+-])([\w.+-]{{1,64}}){_AT_TYPED}([\w-]{{1,63}}(?:{_DOT_TYPED.pattern}[\w-]{{2,63}}){{1,4}})", re.I
)
_MAY_LOOSE = regex(r"[@\[({]")
_PEC = regex(r"(?<![\w@.])pec(?![\w@]|\.\w)", re.I)  # not that of "@pec.it"
_NEAR = 12


def find_addresses(text: str, langs: Languages) -> list[Entity]:
    """Return every address of a text that it doesn't take back, in lower case, as `email` or `pec`."""
    text = fold_hyphens(text) if "@" in text else text
    written = TYPED.finditer(text) if "@" in text else ()
    spans = [(_begin(text, match), match.end()) for match in written]
    typed = [(start, end, "".join(text[start:end].split()).rstrip(".")) for start, end in spans]
    found = typed or list(_loose(text)) or read_spoken(text, langs).found
    if not found:
        return []
    names = [match.end() for match in _PEC.finditer(text)]
    every = [
        _entity(address, start, end, said_pec=any(len(found) == 1 or 0 <= start - name <= _NEAR for name in names))
        for start, end, address in found
    ]
    return without_taken_back(every, text, langs)


def _begin(text: str, typed: re.Match[str]) -> int:
    """Return where an address begins: with a sign before it that doesn't stand behind it, too."""
    start = typed.start()
    while start and text[start - 1] in _GLUED and text[start - 1] != text[typed.end() : typed.end() + 1]:
        start -= 1
    return start


def _entity(address: str, start: int, end: int, *, said_pec: bool) -> Entity:
    outcome = email.parse(address)
    value = outcome.value if isinstance(outcome, Ok) else address.lower()
    kind = "pec" if said_pec or email.is_certified(value) else "email"
    return Entity(kind, value, start, end, isinstance(outcome, Ok))


def _loose(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _LOOSE.finditer(text) if _MAY_LOOSE.search(text) is not None else ():
        name, domain = match.group(1), _DOT_TYPED.sub(".", match.group(2)).lower()
        while "." in domain and domain.rpartition(".")[2] not in TLDS:  # a sentence that goes on behind a full stop
            domain = domain.rpartition(".")[0]
        if "." in domain:
            yield match.start(), match.end(), f"{name}@{domain}"
