"""Ways to reach a customer: an e-mail address, a mobile number."""

from values import email, masked, phone
from values.country import CountryRules
from values.expected import Expected
from values.kinds.kind import AnswerAloud, AnswerByOthers, AnswerInput, AnswerKind, Mask
from values.kinds.samples import Specimens, by_country, fix_samples
from values.meaning import Expects
from values.patterns import regex
from values.tax_number import VATIN

_PHONES = {
    "PL": Specimens(("512 000 111", "+48512000222", "0048 512-000-555", "48512000777"),
                    ("512 000 11", "512 000 1112", "22 123 45 67", "800 123 456"),
                    ("+1 876 555 1234", "anna.nowak@example.com")),
    "IT": Specimens(("333 123 4567", "+39 333 1234567", "0039 3331234567"),
                    ("333 12 34", "0333 1234567", "06 12345678", "33312345678901"),
                    ("+44 7400 123456", "mario@example.it")),
}  # fmt: skip


def home_of(at: Expected) -> str:
    """Return the country whose numbers need no prefix at a step (ISO 3166)."""
    return at.home or (at.country if at.country != VATIN else "PL")


def _phones_of(_rules: CountryRules, country: str) -> Specimens:
    number = phone.example(country)
    return Specimens((number,), (number[:-4],), ("anna@example.com",))


EMAIL = AnswerKind(
    Expects.email,
    "formed",
    read=lambda text, _at, _locale: email.parse(text),
    samples=fix_samples(
        ("anna.nowak@example.com", "  Piotr.Zielinski@Example.COM ", "mario+desk@posta.example.it"),
        (
            "anna.nowak.example.com",
            "anna@",
            "@example.com",
            "anna nowak@example.com",
            "a@b@example.com",
            "anna@example",
        ),
        ("512 000 111", "1234563218"),
    ),
    entity="email",
    found_by="mailbox",
    input=AnswerInput("email", "email", "none"),
    cut_off=regex(r"[^\s?!]+"),
    by_shape=True,
    saying=frozenset({"change_contact"}),
    others=AnswerByOthers(
        may_give=True, proposes=True, mask=Mask(masked.email, masked.EMAIL_FORM, masked.EMAIL_ATTEMPT)
    ),
    aloud=AnswerAloud(said_back=True),
)
PHONE = AnswerKind(
    Expects.phone,
    "digits",
    read=lambda text, at, _locale: phone.parse(text, home_of(at), ()),
    samples=by_country(_PHONES, _phones_of),
    display=phone.display,
    entity="phone",
    found_by="digits",
    input=AnswerInput("tel", "tel"),
    by_shape=True,
    saying=frozenset({"change_contact"}),
    others=AnswerByOthers(
        may_give=True, mask=Mask(masked.phone, masked.PHONE_FORM, masked.PHONE_ATTEMPT, masked.may_be_phone)
    ),
    aloud=AnswerAloud(said_back=True, one_number=True),
)
