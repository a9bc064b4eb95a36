"""Kinds of answers: each fact about a kind stands in one object of this room, and every other room reads it here."""

from collections.abc import Mapping
from types import MappingProxyType

from values.kinds import contacts, date, identifiers, number, places, worded
from values.kinds.identifiers import CODE_SAMPLES
from values.kinds.kind import AnswerAloud, AnswerInWords, AnswerKind, Mask
from values.meaning import Expects

# Steps that take no typed answer of their own: buttons offered, pages, letters, providers, machines, people.
CHOICE = AnswerKind(Expects.choice, "choice", given_by="choosing")
CONSENTS = AnswerKind(Expects.consents, "choice", given_by="choosing")
CONFIRM_DATA = AnswerKind(Expects.confirm_data, "choice", given_by="choosing")

SECURE_PAGE = AnswerKind(Expects.secure_page, "elsewhere", given_by="page", aloud=AnswerAloud(only_typed=True))
EMAIL_LINK = AnswerKind(Expects.email_link, "elsewhere", given_by="letter", samples=CODE_SAMPLES, called_code=True)
PAYMENT = AnswerKind(Expects.payment, "elsewhere", given_by="payment")
AGENT = AnswerKind(Expects.agent, worded=AnswerInWords(verbatim=True, says_all=True))
WAIT = AnswerKind(Expects.wait, given_by="waiting")
NOTHING = AnswerKind(Expects.nothing, given_by="going_on")
_ALL = (
    *(CHOICE, CONSENTS, CONFIRM_DATA),
    *(identifiers.CUSTOMER_NUMBER, contacts.EMAIL, identifiers.TAX_NUMBER, contacts.PHONE, identifiers.SDI_CODE),
    *(identifiers.CONTACT_CODE, identifiers.LOGIN_CODE, identifiers.DISCOUNT_CODE),
    *(worded.COMPANY_NAME, worded.PERSON_NAME, worded.FREE_TEXT),
    *(places.STREET, places.POSTAL_CODE, places.CITY, places.COUNTRY),
    *(number.QUANTITY, number.NUMBER, date.DATE),
    *(SECURE_PAGE, EMAIL_LINK, PAYMENT),
    *(AGENT, WAIT, NOTHING),
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
