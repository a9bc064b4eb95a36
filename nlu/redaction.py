"""Messages without their secrets, and sentences without what they say of a person."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from nlu.commands import read_command, read_payload
from nlu.entities.extract import extract
from nlu.languages.language import Languages, map_numbers
from nlu.languages.shipped import KNOWN, Known, order_langs
from nlu.numbers.groups import runs
from values.expected import Expected
from values.incoming_text import MAX_CHARS
from values.locale import ENGLISH, parse_locale
from values.meaning import Entity, Expects
from values.offer import codes_by_form, normalise_code
from values.parsing import fold_words
from values.redaction import Redacted, redact

_MOST_PARTS = 2  # "e-mail" and "e-faktura" are words, three joined ones are a passphrase


def redact_message(text: str, expected: Expected, langs: Languages) -> Redacted:
    """Take the secrets out of a clean text; where a password is asked for, also one that nothing announces."""
    command = read_payload(text, expected) is not None or read_command(text, langs) is not None
    return redact_command(text, expected, langs) if command else redact_words(text, expected, langs)


def redact_command(text: str, expected: Expected, langs: Languages) -> Redacted:
    """Take the secrets out of a text that is a command or a button's payload."""
    return redact(text, expected.expects, words=map_numbers(langs))


def redact_words(text: str, expected: Expected, langs: Languages) -> Redacted:
    """Take the secrets out of any other text."""
    if expected.expects is not Expects.secure_page:
        return redact(text, expected.expects, words=map_numbers(langs))

    def known(word: str) -> bool:
        folded = fold_words(word)
        if folded in _parts_of(expected.names) or normalise_code(word) in codes_by_form(expected.discount_codes):
            return True
        parts = folded.split()
        titles = _parts_of(tuple(title for option in expected.options for title in option.titles))
        return 0 < len(parts) <= _MOST_PARTS and all(
            part in titles or part.isdecimal() or any(part in lang.vocabulary().words for lang in langs)
            for part in parts
        )

    return redact(text, expected.expects, words=map_numbers(langs), is_known=known)


@lru_cache(maxsize=64)
def _parts_of(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(part for name in names for part in (fold_words(name), *fold_words(name).split()))


PERSONAL = frozenset(
    "nip vat_number partita_iva codice_fiscale codice_destinatario pec email phone sms_code customer_number"
    " person_name".split()
)
"""Entities that say who somebody is; a plan, a method or a number of years doesn't."""
NUMBER = "number"
"""The placeholder of other long numbers."""
_LONG = 5
_SHORTEST = 3
_ROUNDS = 8


def anonymise(
    text: str,
    lang: str = "pl",
    asked: str | None = None,
    *,
    also: Iterable[str] = (),
    known: Known = KNOWN,
    own: Collection[str] | None = None,
) -> str:
    """Replace values in a sentence by `[email]`, `[nip]`, `[number]` …

    `also` are other values known to be the person's (a name, a street), which become `[value]`. What neither finds
    stays: a person must look. `own`: it is the seller who speaks, so sums stay, and what stands in these words of his.
    """
    langs = order_langs(known, parse_locale(lang) or ENGLISH)
    text = text[:MAX_CHARS]
    for value in sorted({value.strip() for value in also}, key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "[value]", text, flags=re.IGNORECASE)
    # One entity may hide another of its kind until it is gone.
    for _ in range(_ROUNDS):
        found = [e for e in extract(text, langs, asked or "") if e.entity in PERSONAL and e.start is not None]
        found = [e for e in found if not any(text[e.start : e.end] in words for words in own or ())]
        if not found:
            break
        text = _replaced(text, found)
    if own is not None:
        return text
    long = [run for run in runs(text, langs) if sum(len(group.readings()[0]) for group in run.groups) >= _LONG]
    return _replaced(text, [Entity(NUMBER, "", run.start, run.end) for run in long])


def _replaced(text: str, found: list[Entity]) -> str:
    out: list[str] = []
    at = 0
    for entity in sorted(found, key=lambda e: e.start or 0):
        start, end = entity.start or 0, entity.end or 0
        if start >= at:
            out += [text[at:start], f"[{entity.entity}]"]
            at = end
    return "".join([*out, text[at:]])
