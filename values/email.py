"""E-mail addresses: read as typed, kept in lower case with an ASCII (IDNA) domain."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from values.incoming_text import clean
from values.parsing import Ok, Parsed, ParseRefused, fold_digits
from values.patterns import regex

_DOMAINS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("mailbox_domains.toml").read_text("utf-8"))
_NAMED, _SHORT, _WORDS = (frozenset(_DOMAINS[name]) for name in ("named", "short", "words"))
KNOWN = _NAMED | _SHORT
_COUNTRIES: Mapping[str, str] = _DOMAINS["countries"]
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
_MEANT_ENDINGS = {slip: ending for ending, slips in _DOMAINS["endings"].items() for slip in slips}
_MEANT_WHOLE = {slip: domain for domain, slips in _DOMAINS["listed"].items() for slip in slips}


@lru_cache(maxsize=1024)  # each turn asks for the domain of its customer's address again
def guess_meant_domain(domain: str) -> str | None:
    """Return the known domain that this one is likely a slip of; None for a known one, and for any other.

    A domain that somebody may own isn't taken for a slip: letters count only as fingers miss them (two swapped, one
    left out or doubled, the key beside), and only in names that are no words.
    """
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


MAX_CHARS, MAX_LOCAL = 254, 64
_LABEL = regex(
    r"^(?:mailto:|(?:m[oó]j\s+|mój\s+|my\s+|la\s+mia\s+)?e-?mail\s*(?:[:=]|to|is|è|jest)\s+|mail\s*:\s*)", re.I
)
# Certified mail (PEC) by the look of its domain; by default such a mailbox takes no ordinary mail.
_CERTIFIED = regex(r"(?:^|[.@-])(?:pec|\w{0,12}pec|legalmail|postacert|cert|postecert|pcert)(?=[.-])|\bpec\.", re.I)
# RFC 2047: mail programs read what looks like this as other letters, so it would be a second spelling of a mailbox.
_ENCODED = "=?"
# Mail providers that take one mailbox by these names, and leave dots in it out.
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_ANY_ADDRESS = regex(r"(?<![^\s,;:()<>/|\"])[^\s,;:()<>/|\"@]{1,64}@[^\s,;:()<>/|\"@]{1,190}(?![^\s,;:()<>/|\"])")
_AROUND_AT = regex(r"(?<!\s)\s++@\s*|@\s*")
_SIGNS, _LEGAL_SIGNS = ' <>()[]".,;:', "'!?"
"""Signs around an address; the legal ones are its own where they don't stand at both its ends."""
_WORD = regex(r"\w")
_TOP = regex(r"\.(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.I)
_MIXED_IN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})  # they are written with Latin letters, too


def parse(text: str) -> Parsed[str]:
    """Read one address.

    Ok carries the normal form, which is also the key of uniqueness.

    Reasons: `email.missing_at`, `.two_ats`, `.several` (with `one` and `other`), `.missing_local`, `.missing_domain`,
    `.no_dot`, `.space`, `.too_long`, `.odd_characters`, `.invalid`.
    """
    return _parsed(text[: MAX_CHARS * 4])


@lru_cache(maxsize=256)  # one message's address is read as a fact, an answer and a correction, and when it is taken
def _parsed(text: str) -> Parsed[str]:
    typed = _AROUND_AT.sub("@", fold_digits(clean(text).text)).strip(_SIGNS)
    address = _bare(typed, _SIGNS + _LEGAL_SIGNS if typed[-1:] in _LEGAL_SIGNS else _SIGNS)
    shape = _shape(address)
    if shape is not None:
        return _one_of(typed) if shape.reason == "email.two_ats" else shape
    library: Any = import_module("email_validator")  # by name: it takes 20 ms, with the first address
    try:
        found = library.validate_email(
            address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False, test_environment=True
        )
    except ValueError:  # as are EmailNotValidError and UnicodeError
        return ParseRefused("email.odd_characters" if not address.isascii() else "email.invalid")
    normal = f"{found.local_part}@{found.ascii_domain}".lower()
    if len(found.local_part) > MAX_LOCAL or _TOP.fullmatch(normal, normal.rindex(".")) is None:
        return ParseRefused("email.invalid")
    return Ok(normal) if len(normal) <= MAX_CHARS else ParseRefused("email.too_long", {"expected": MAX_CHARS})


def _one_of(typed: str) -> Parsed[str]:
    """Return the address that a text has several times and nothing else; two are asked about."""
    read = [_parsed(one) for one in _ANY_ADDRESS.findall(typed)]
    found = list(dict.fromkeys(one.value for one in read if isinstance(one, Ok)))
    if len(read) < typed.count("@") or any(isinstance(one, ParseRefused) for one in read):
        return ParseRefused("email.two_ats")
    if len(found) == 1 and _WORD.search(_ANY_ADDRESS.sub(" ", typed).replace("mailto", "")) is not None:
        return ParseRefused("email.space")
    return Ok(found[0]) if len(found) == 1 else ParseRefused("email.several", {"one": found[0], "other": found[1]})


def _bare(typed: str, around: str) -> str:
    """Return the address without labels and signs around it, so that what is kept reads as itself the next time.

    Else two mailboxes would be one account's: letters to `'anna@…` would open what is kept under `anna@…`.
    """
    bare, labels = _LABEL.subn("", typed.strip(around), count=1)
    bare = bare.strip(around + _LEGAL_SIGNS if labels else around)
    return bare if bare == typed else _bare(bare, around)


def _shape(address: str) -> ParseRefused | None:
    local, at, domain = address.partition("@")
    if not at:
        return ParseRefused("email.missing_at")
    if "@" in domain:
        return ParseRefused("email.two_ats")
    if any(c.isspace() for c in address):
        return ParseRefused("email.space")
    if not local:
        return ParseRefused("email.missing_local")
    if _ENCODED in local:
        return ParseRefused("email.invalid")
    if not domain:
        return ParseRefused("email.missing_domain")
    if "." not in domain.strip("."):
        return ParseRefused("email.no_dot", {"domain": domain[:40]})
    if len(address) > MAX_CHARS:
        return ParseRefused("email.too_long", {"expected": MAX_CHARS})
    return None if all(map(_is_of_one_script, domain.split("."))) else ParseRefused("email.odd_characters")


def _is_of_one_script(label: str) -> bool:
    """Return whether a part of a domain has Latin letters among those of no other alphabet: one may look as another."""
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in label if sign.isalpha()}
    return len(scripts - _MIXED_IN) <= 1


def is_certified(address: str) -> bool:
    """Return whether an address looks like certified mail (PEC)."""
    return _CERTIFIED.search(address.rpartition("@")[2]) is not None


def is_ordinary(address: str) -> bool:
    """Return whether an address is surely no certified mail."""
    return address.rpartition("@")[2].lower() in KNOWN


def likely_meant(address: str) -> str | None:
    """Return the address that a parsed one is likely a slip of; None where nothing speaks for one."""
    local, at, domain = address.rpartition("@")
    likely = guess_meant_domain(domain)
    return None if likely is None else f"{local}{at}{likely}"


def key(address: str) -> str:
    """Return the form by which two addresses are the same: the parsed form, or else the trimmed lower case."""
    outcome = parse(address)
    return outcome.value if isinstance(outcome, Ok) else address.strip().lower()


def mailbox(address: str) -> str:
    """Return the form by which letters to two addresses lie in one mailbox: `key` without its `+tag`.

    For counting letters alone. As contacts and log-ins such addresses are different ones, since a mail server may
    give a tag of its own to another person.
    """
    local, at, domain = key(address).rpartition("@")
    bare = local.partition("+")[0] or local
    if domain in _GMAIL:
        return f"{bare.replace('.', '')}{at}gmail.com"
    return f"{bare}{at}{domain}"
