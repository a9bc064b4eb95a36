"""Kinds of answers: each fact about a kind stands in one object of this room, and every other room reads it here."""

from collections.abc import Mapping
from types import MappingProxyType

from values.kinds import contacts, date, elsewhere, identifiers, number, one_time, places, worded
from values.kinds.kind import AnswerKind, Mask
from values.meaning import Expects

_ALL = (
    *(elsewhere.CHOICE, elsewhere.CONSENTS, elsewhere.CONFIRM_DATA),
    *(identifiers.CUSTOMER_NUMBER, contacts.EMAIL, identifiers.TAX_NUMBER, contacts.PHONE, identifiers.SDI_CODE),
    *(one_time.CONTACT_CODE, one_time.LOGIN_CODE, one_time.DISCOUNT_CODE),
    *(worded.COMPANY_NAME, worded.PERSON_NAME, worded.FREE_TEXT),
    *(places.STREET, places.POSTAL_CODE, places.CITY, places.COUNTRY),
    *(number.QUANTITY, number.NUMBER, date.DATE),
    *(elsewhere.SECURE_PAGE, elsewhere.EMAIL_LINK, elsewhere.PAYMENT),
    *(elsewhere.AGENT, elsewhere.WAIT, elsewhere.NOTHING),
)
KINDS: Mapping[Expects, AnswerKind] = MappingProxyType({kind.expects: kind for kind in _ALL})
"""Every kind of answer, by the name that steps expect it by, in the order in which values of a message are taken."""
SHAPED = tuple(kind for kind in _ALL if kind.by_shape)
"""Kinds whose values are known by their form."""
COUNTED = tuple(kind for kind in _ALL if kind.is_alone is not None)
"""Kinds whose values correct by themselves the only answer of their kind."""

MASKS: Mapping[Expects, Mask] = {kind.expects: mask for kind in _ALL if (mask := kind.others.mask) is not None}
"""How values are hidden, by their kind."""


def kind_of(expects: Expects) -> AnswerKind:
    """Return the kind of answer that a step of this name takes."""
    return KINDS[expects]


def answers_with(expects: Expects) -> frozenset[str]:
    """Return the kinds of facts that a step of this kind judges itself: a PEC stands where a code is asked for."""
    return kind_of(expects).judged
