"""Codes that were sent, and codes of discounts."""

from values.codes import parse_code
from values.kinds.kind import GIVEN, AnswerAloud, AnswerInput, AnswerKind
from values.kinds.samples import fixed
from values.meaning import Expects
from values.offer import parse_discount_code

SAMPLES = fixed(
    ("123456", "123 456", "kod to 654-321", "１２３４５６"),
    ("12345", "1234567", "123456 654321"),
    ("anna@example.com",),
)
_ALOUD = AnswerAloud(only_typed=True)
CONTACT_CODE, LOGIN_CODE = (
    AnswerKind(
        expects,
        "digits",
        read=lambda text, _at, _locale: parse_code(text),
        samples=SAMPLES,
        entity="sms_code",
        found_by="digits",
        given_by="code",
        input=AnswerInput("numeric", "one-time-code"),
        one_time=True,
        called_code=True,
        aloud=_ALOUD,
    )
    for expects in (Expects.contact_code, Expects.login_code)
)
DISCOUNT_CODE = AnswerKind(
    Expects.discount_code,
    "formed",
    read=lambda text, _at, _locale: parse_discount_code(text),
    samples=fixed(("START20", "start 20", "Stary"), ("!", "%%%", "x" * 60)),
    entity="discount_code",
    found_by="code",
    given_by="choosing",  # whoever has none passes it over
    input=AnswerInput(autocapitalize="characters"),
    one_word=True,
    others=GIVEN,
)
