"""Kinds of answers: each fact about a kind stands in one object of this room, and every other room reads it here."""

from collections.abc import Mapping
from types import MappingProxyType

from values.kinds import contacts, date, identifiers, number, places
from values.kinds.identifiers import CODE_SAMPLES
from values.kinds.kind import GIVEN, AnswerAloud, AnswerInput, AnswerInWords, AnswerKind, Mask
from values.kinds.samples import Specimens, fix_samples
from values.meaning import Expects
from values.patterns import regex

# Names of people and firms, and texts.
COMPANY_NAME = AnswerKind(
    Expects.company_name,
    "words",
    samples=fix_samples(
        ("Pracownia Bursztyn sp. z o.o.", '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'), ("A", "x" * 300)
    ),
    input=AnswerInput(autocomplete="organization", autocapitalize="words"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(verbatim=True, names_itself=True, asks_by_mark=True, dictated=True),
)
PERSON_NAME = AnswerKind(
    Expects.person_name,
    "words",
    samples=fix_samples(("Anna Nowak", "Łukasz O'Grady-Święch", "jestem Ewa Król"), ("Anna", "Anna 7")),
    entity="person_name",
    input=AnswerInput(autocomplete="name", autocapitalize="words"),
    cut_off=regex(r"[^\W\d_a-z][^\W\d_]*(?:[ '’-][^\W\d_]+)*"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(never_asks=True),
)
FREE_TEXT = AnswerKind(
    Expects.free_text,
    "words",
    samples=fix_samples(("Proszę o kontakt po południu.", "Va bene così.")),
    worded=AnswerInWords(verbatim=True, says_all=True, asks_by_mark=True, dictated=True),
)

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
    *(COMPANY_NAME, PERSON_NAME, FREE_TEXT),
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


def specimens(expects: Expects, country: str = "PL") -> Specimens:
    """Return the sample answers of a kind for a country; kinds that take no typed answer have garbage only."""
    return kind_of(expects).samples(country)
