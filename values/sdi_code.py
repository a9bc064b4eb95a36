"""Addresses for Italian e-invoices: a seven-character Codice destinatario or a PEC address."""

import re

from values import email
from values.parsing import Ok, Parsed, ParseRefused, fold_digits
from values.patterns import regex

LENGTH = 7
FOREIGN = "XXXXXXX"
# Given where the customer names none: the invoice waits in his own area at the tax office.
NONE = "0000000"
_LABEL = regex(r"^(?:codice\s+(?:destinatario|univoco)|sdi|pec)(?:\s*[:=]\s*|\s+)(?:è|e'|is|to)?\s*", re.I)
_SEPARATORS = regex(r"[\s.\-–]+")
_EXCHANGE_DOMAIN = "pec.fatturapa.it"


def parse(text: str, country: str = "IT") -> Parsed[str]:
    """Read a code (capitals) or a PEC address (lower case) for a business in `country`.

    Reasons: `sdi_code.exchange_address`, `.foreign_only`, `.public_office` (six characters), `.wrong_length` (with
    `digits`, `expected`), `.odd_characters`, `.ordinary_mail` for a mailbox that is surely no PEC, and those of
    `email` for an address.
    """
    typed = _LABEL.sub("", fold_digits(text[:1000]).strip(), count=1).strip(" .,;:")
    if "@" in typed:
        return _pec(typed)
    code = _SEPARATORS.sub("", typed).upper()
    if not code or not (code.isascii() and code.isalnum()):
        return ParseRefused("sdi_code.odd_characters")
    if len(code) == LENGTH - 1:
        return ParseRefused("sdi_code.public_office")
    if len(code) != LENGTH:
        return ParseRefused("sdi_code.wrong_length", {"digits": len(code), "expected": LENGTH})
    if code == FOREIGN and country == "IT":
        return ParseRefused("sdi_code.foreign_only")
    return Ok(code)


def _pec(typed: str) -> Parsed[str]:
    outcome = email.parse(typed)
    if isinstance(outcome, Ok) and outcome.value.endswith("@" + _EXCHANGE_DOMAIN):
        return ParseRefused("sdi_code.exchange_address")
    if isinstance(outcome, Ok) and email.is_ordinary(outcome.value):
        return ParseRefused("sdi_code.ordinary_mail")
    return outcome


def of_business(country: str, code: str | None) -> str | None:
    """Return the code that stands on an invoice to a business: outside of Italy none but the one for abroad.

    None, where no invoice by that way is made, stays.
    """
    return FOREIGN if code is not None and country != "IT" else code


def is_pec(value: str) -> bool:
    """Return whether a parsed delivery address is a PEC address rather than a code."""
    return "@" in value


def fields(value: str) -> tuple[str, str | None]:
    """Return the code and the PEC address that stand on the invoice for a parsed delivery address."""
    return (NONE, value) if is_pec(value) else (value, None)


def of_fields(code: str | None, pec: str | None) -> str | None:
    """Return the delivery address that these two stand for; None if neither is known."""
    return pec or code
