"""Numbers by which registers, networks and the seller know a customer; codes that were sent, and codes of discounts."""

from values import sdi_code, tax_number
from values.codes import parse_code, parse_customer_number
from values.country import CountryRules
from values.expected import Expected
from values.kinds.contacts import home_of
from values.kinds.kind import GIVEN, AnswerAloud, AnswerByOthers, AnswerInput, AnswerKind
from values.kinds.samples import Specimens, by_country, fix_samples
from values.meaning import Expects
from values.offer import parse_discount_code
from values.parsing import Parsed

_TAX_NUMBERS = {
    "PL": Specimens(("1234563218", "987-654-32-10", "PL 111 222 33 32", "NIP: 526.O25.02.74"),
                    ("123456321", "12345632189", "1234563219", "0000000000", "ABCDEFGHIJ1"),
                    ("IT00743110157", "anna.nowak@example.com")),
    "IT": Specimens(("12345670363", "IT04649870153", "P.IVA 007 431 101 57"),
                    ("1234567036", "12345670364", "00000000000"),
                    ("PL5260250274", "RSSMRA85T10A562S")),
    "EU": Specimens(("1234563218", "FR44732829320", "it 00743110157"), ("FR44732829321", "12345632"), ("GB12345678",)),
}  # fmt: skip
CODE_SAMPLES = fix_samples(
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
        samples=CODE_SAMPLES,
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
    samples=fix_samples(("START20", "start 20", "Stary"), ("!", "%%%", "x" * 60)),
    entity="discount_code",
    found_by="code",
    given_by="choosing",  # whoever has none passes it over
    input=AnswerInput(autocapitalize="characters"),
    one_word=True,
    others=GIVEN,
)


def _tax_numbers_of(rules: CountryRules, _country: str) -> Specimens:
    number = rules.example
    wrong = f"{number[:-1]}{'0' if number[-1] != '0' else '1'}" if number[-1].isdecimal() else number[:-2]
    return Specimens((number, number[2:]), (wrong, number[:3]), ("anna@example.com",))


def _read_tax_number(text: str, at: Expected, _locale: str) -> Parsed[str]:
    return tax_number.parse(text, at.country, home_of(at))


TAX_NUMBER = AnswerKind(
    Expects.tax_number,
    "digits",
    read=_read_tax_number,
    samples=by_country(_TAX_NUMBERS, _tax_numbers_of),
    display=tax_number.display,
    entity="nip",
    found_by="tax_number",
    input=AnswerInput(autocapitalize="characters"),  # a VAT number begins with letters
    by_shape=True,
    saying=frozenset({"correct_data", "add_company"}),
    others=GIVEN,
    aloud=AnswerAloud(said_back=True, one_number=True),
)
CUSTOMER_NUMBER = AnswerKind(
    Expects.customer_number,
    "digits",
    read=lambda text, _at, _locale: parse_customer_number(text),
    samples=fix_samples(("10000017", "1000 0025", "nr 10000033"), ("1000001", "100000178"), ("anna@example.com",)),
    entity="customer_number",
    found_by="digits",
    input=AnswerInput("numeric"),
    judges=frozenset({Expects.email}),
    others=GIVEN,
    aloud=AnswerAloud(said_back=True, one_number=True),
)
SDI_CODE = AnswerKind(
    Expects.sdi_code,
    "formed",
    read=lambda text, at, _locale: sdi_code.parse(text, at.country),
    samples=fix_samples(
        ("M5UXCR1", "0000000", "officine@pec.example.it"), ("M5UXCR", "M5UXCR12", "XXXXXXX", "x@pec.fatturapa.it")
    ),
    entity="codice_destinatario",
    found_by="mailbox_or_code",
    input=AnswerInput(autocapitalize="characters"),
    judges=frozenset({Expects.email}),
    called_code=True,
    others=AnswerByOthers(may_give=True, proposes=True),
)
