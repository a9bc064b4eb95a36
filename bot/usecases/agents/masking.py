"""Customers' names and contact data as agents see them: masked until an agent opens the card, which is audited."""

import re
from collections.abc import Iterable

from stdnum.it import iva
from stdnum.pl import nip

from dialogs.state import ConversationState
from values import email, masked
from values.parsing import Ok, only_digits

# Nothing before the @ is given back, and no class holds it: else a line of them would hold up the whole process.
_EMAIL = re.compile(r"[^\s<>()\[\],;:\"'„”«»@]++@[^\s<>()\[\],;:\"'„”«»@]+\.[^\s<>()\[\],;:\"'„”«».@]+")
_NUMBER = re.compile(r"\+?\d[\d \u00a0().-]{5,}\d")
_MASKED_NUMBER = re.compile(rf"(?:\+\d+ )?{masked.HIDDEN}+ {masked.HIDDEN}+ (\w+)")
_PHONE_STEPS = (".phone", ".contact_phone")
_TAX_STEP = ".tax_number"
_PHONE_DIGITS = range(9, 16)
_TELLING = 9  # digits at the end by which a number is known again, whatever stands before them


def said(text: str, known: Iterable[str], step: str | None) -> str:
    """Return a customer's own words, said at `step`, as those read them who only look.

    A number given where one is asked for may be nobody's known contact: it was refused, or another was given
    afterwards. Elsewhere one as long as a phone number is masked, unless it is a tax number.
    """
    shown = hidden(text, known, theirs=True)
    at = step or ""
    asked, taxed = at.endswith(_PHONE_STEPS), at.endswith(_TAX_STEP)
    return _NUMBER.sub(lambda one: masked.phone(one[0]) if asked or _may_reach(one, taxed=taxed) else one[0], shown)


def emails_in(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses that the text names, each once."""
    found = (email.parse(at[0]) for at in _EMAIL.finditer(text))
    return tuple(dict.fromkeys(one.value for one in found if isinstance(one, Ok)))


def _may_reach(found: re.Match[str], *, taxed: bool) -> bool:
    """Tell whether it may be a phone number; where a tax number is asked for, one as long as that may be mistyped."""
    number, digits = found[0], only_digits(found[0])
    if len(digits) not in _PHONE_DIGITS or found.string[found.start() - 1 : found.start()].isalpha():
        return False  # DE123456789 is a tax number
    return number.startswith("+") or not (nip.is_valid(digits) or iva.is_valid(digits) or (taxed and len(digits) > 9))


def hidden(text: str, known: Iterable[str], *, theirs: bool = False) -> str:
    """Return the text with each e-mail and number among `known` contacts as `values/masked.py` shows them.

    `theirs`: it is the customer's own, so every e-mail in it is a contact.
    """
    contacts = tuple(known)
    ends = {only_digits(one)[-_TELLING:] for one in contacts if "@" not in one and only_digits(one)}
    emails = {email.key(one) for one in contacts if "@" in one}
    shown = _EMAIL.sub(lambda at: masked.email(at[0]) if theirs or email.key(at[0]) in emails else at[0], text)
    return _NUMBER.sub(lambda found: masked.phone(found[0]) if _is_one(found[0], ends) else found[0], shown)


def _is_one(number: str, ends: set[str]) -> bool:
    digits = only_digits(number)
    return any(len(end) > _TELLING // 2 and digits.endswith(end) for end in ends)


def called(case: ConversationState) -> str | None:
    """Return the customer's name, or a masked contact; None if none is known."""
    named = case.account.name or case.orderer.name or case.company.name
    if named:
        return named
    if email := case.account.email or case.contact.email or case.handoff.email:
        return masked.email(email)
    phone = case.contact.proven or case.contact.phone
    return masked.phone(phone) if phone else None


def guest(name: str) -> str | None:
    """Return the digits by which a customer is known who is called by a masked number; None for any other name."""
    found = _MASKED_NUMBER.fullmatch(name)
    return found[1] if found else None


def contacts(case: ConversationState, *, proposed: bool = True) -> tuple[str, ...]:
    """All e-mails and numbers that the conversation knows of, also those that agents have only `proposed`."""
    known = (
        *(case.account.email, case.account.next_email, case.account.asked_email),
        *(case.account.reset_email, case.account.username_email, *case.account.domain_asked),
        case.account.known_as,
        *(case.contact.email, case.contact.phone, case.contact.proven),
        *(case.orderer.email, case.orderer.phone, case.orderer.invoice_email),
        *(case.handoff.email, case.company.holder_email),
        *(address for one in case.handoff.proposals if proposed for address in (one.old, one.new)),
    )
    return tuple(dict.fromkeys(one for one in known if one))


def masked_account(email: str, user_name: str) -> str:
    """Return the name of an account with its contacts masked: the e-mail, or the user name without one."""
    known = email or user_name
    return masked.email(known) if "@" in known else masked.words(known)
