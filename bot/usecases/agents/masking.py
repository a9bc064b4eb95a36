"""Contact data inside what was said, hidden until an agent opens it on the customer's card (which is noted)."""

import re
from collections.abc import Iterable

from values import email, masked
from values.parsing import only_digits

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"'„”«»]+@[^\s<>()\[\],;:\"'„”«»]+\.[^\s<>()\[\],;:\"'„”«».]+")
_NUMBER = re.compile(r"\+?\d[\d \u00a0().-]{5,}\d")
_PHONE_STEPS = (".phone", ".contact_phone")
_TELLING = 9  # digits at the end by which a number is known again, whatever stands before them


def said(text: str, known: Iterable[str], step: str | None) -> str:
    """A customer's own words, said at `step`. A number given where one is asked for may be nobody's known contact: it
    was refused, or another was given afterwards."""
    shown = hidden(text, known, theirs=True)
    return _NUMBER.sub(lambda found: masked.phone(found[0]), shown) if (step or "").endswith(_PHONE_STEPS) else shown


def hidden(text: str, known: Iterable[str], *, theirs: bool = False) -> str:
    """The text with each e-mail and number among `known` contacts as `values/masked.py` shows them; `theirs`: it is the
    customer's own, so every e-mail in it is a contact."""
    contacts = tuple(known)
    ends = {only_digits(one)[-_TELLING:] for one in contacts if "@" not in one and only_digits(one)}
    emails = {email.key(one) for one in contacts if "@" in one}
    shown = _EMAIL.sub(lambda at: masked.email(at[0]) if theirs or email.key(at[0]) in emails else at[0], text)
    return _NUMBER.sub(lambda found: masked.phone(found[0]) if _is_one(found[0], ends) else found[0], shown)


def _is_one(number: str, ends: set[str]) -> bool:
    digits = only_digits(number)
    return any(len(end) > _TELLING // 2 and digits.endswith(end) for end in ends)
