"""The password rule of a profile, and what a password leaves unmet.

Passwords are compared and hashed in NFKC. Whole passwords are compared with a list of common ones, after NIST
SP 800-63B; parts of them are looked at only for words that belong to the context (the seller, the customer's e-mail).
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from msgspec import Struct

from values.parsing import unaccent

MAX_BYTES = 1024
_LIST = Path(__file__).with_name("common_passwords.txt")
_ALWAYS_CONTEXT = ("okienko",)
_SHORTEST_CONTEXT = 4
_CLASSES = {"upper": str.isupper, "lower": str.islower, "digit": str.isdecimal}


class PasswordRule(Struct, frozen=True):
    """Lengths in code points. `classes` of `upper`, `lower`, `digit`, `special` each demand one character.

    `specials`: None allows every character; otherwise only letters, digits and these are allowed. `repeat`: it is typed
    twice.
    """

    min: int = 12
    max: int = 128
    classes: tuple[str, ...] = ()
    specials: str | None = None
    repeat: bool = False


DEFAULT = PasswordRule()


def normalise(password: str) -> str:
    """Return the NFKC form that is checked and hashed. Nothing is trimmed or cut."""
    return unicodedata.normalize("NFKC", password)


def criteria(rule: PasswordRule) -> tuple[str, ...]:
    """Return the keys of all criteria of a rule, in the order in which a page shows them."""
    allowed = () if rule.specials is None else ("not_allowed",)
    return ("too_short", "too_long", *rule.classes, *allowed, "common", "context")


def unmet(password: str, rule: PasswordRule = DEFAULT, context: Iterable[str] = ()) -> list[str]:
    """Return the keys of `criteria` that `password` does not meet; empty when it passes.

    `context` are words it must not be built on: seller's name, the e-mail, the tax number, the phone.
    """
    password = normalise(password)
    failed = _length(password, rule)
    failed += [name for name in rule.classes if not _has(password, name)]
    if refused_characters(password, rule):
        failed.append("not_allowed")
    if password.casefold() in common_passwords() or len(set(password)) <= 2:
        failed.append("common")
    if _on_context(password, context):
        failed.append("context")
    return failed


def refused_characters(password: str, rule: PasswordRule) -> str:
    """Return the characters of `password` that the rule does not allow, each once, in order."""
    if rule.specials is None:
        return ""
    bad = (c for c in normalise(password) if not (c.isascii() and c.isalnum()) and c not in rule.specials)
    return "".join(dict.fromkeys(bad))


@cache
def common_passwords() -> frozenset[str]:
    """Return the block-list, in lower case."""
    return frozenset(_LIST.read_text(encoding="utf-8").split("\n")) - {""}


def _length(password: str, rule: PasswordRule) -> list[str]:
    if len(password) < rule.min:
        return ["too_short"]
    too_long = len(password) > rule.max or len(password.encode("utf-8", "surrogatepass")) > MAX_BYTES
    return ["too_long"] if too_long else []


def _has(password: str, name: str) -> bool:
    if name == "special":
        return any(not c.isalnum() for c in password)
    return any(map(_CLASSES[name], password))


def _on_context(password: str, context: Iterable[str]) -> bool:
    """Return whether little more than context words is left: at most a handful of other characters."""
    left = unaccent(password)
    for word in sorted(_context_words(context), key=len, reverse=True):
        left = left.replace(word, "")
    return (
        len(left) < len(unaccent(password))
        and len([c for c in left if c.isalpha()]) < _SHORTEST_CONTEXT
        and len(left) < 8
    )


def _context_words(context: Iterable[str]) -> set[str]:
    words: set[str] = set()
    for text in (*_ALWAYS_CONTEXT, *context):
        folded = unaccent(text)
        parts = {
            folded,
            folded.partition("@")[0],
            *folded.replace("@", " ").replace(".", " ").replace("-", " ").split(),
        }
        words |= {p for p in parts if len(p) >= _SHORTEST_CONTEXT}
    return words
