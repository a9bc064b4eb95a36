"""Sample answers per kind of expectation: for property tests, the dialog walker and simulated customers.

`valid` are taken by the step's parser; `invalid` look like an attempt and are refused; `foreign` answer something
else (another slot, another country, a question); `garbage` means nothing at all.
"""

from msgspec import Struct

from values import phone
from values.country import RULES, CountryRules
from values.meaning import Expects

GARBAGE = (
    "",
    " ",
    "🙂🙃",
    "asdfghjkl",
    "'; DROP TABLE customers; --",
    "<script>alert(1)</script>",
    "\u202eabc\u202c",
    "\ud800",
    "\x00\x07",
    "{password}",
    "=SUM(A1:A9)",
    "²³½①",
    "A\u0301\u0301\u0301" * 20,
)
TOO_LONG = "ż" * 9000
QUESTIONS = {
    "pl": "Ile to kosztuje?",
    "it": "Quanto costa?",
    "en": "How much is it?",
}


class Specimens(Struct, frozen=True):
    """Answers of one kind; see the module for what the four sorts mean."""

    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    garbage: tuple[str, ...] = GARBAGE


_EMAIL = Specimens(
    ("anna.nowak@example.com", "  Piotr.Zielinski@Example.COM ", "mario+desk@posta.example.it"),
    ("anna.nowak.example.com", "anna@", "@example.com", "anna nowak@example.com", "a@b@example.com", "anna@example"),
    ("512 000 111", "1234563218"),
)
_PHONE = {
    "PL": Specimens(("512 000 111", "+48512000222", "0048 512-000-555", "48512000777"),
                    ("512 000 11", "512 000 1112", "22 123 45 67", "800 123 456"),
                    ("+1 876 555 1234", "anna.nowak@example.com")),
    "IT": Specimens(("333 123 4567", "+39 333 1234567", "0039 3331234567"),
                    ("333 12 34", "0333 1234567", "06 12345678", "33312345678901"),
                    ("+44 7400 123456", "mario@example.it")),
}  # fmt: skip
_TAX = {
    "PL": Specimens(("1234563218", "987-654-32-10", "PL 111 222 33 32", "NIP: 526.O25.02.74"),
                    ("123456321", "12345632189", "1234563219", "0000000000", "ABCDEFGHIJ1"),
                    ("IT00743110157", "anna.nowak@example.com")),
    "IT": Specimens(("12345670363", "IT04649870153", "P.IVA 007 431 101 57"),
                    ("1234567036", "12345670364", "00000000000"),
                    ("PL5260250274", "RSSMRA85T10A562S")),
    "EU": Specimens(("1234563218", "FR44732829320", "it 00743110157"), ("FR44732829321", "12345632"), ("GB12345678",)),
}  # fmt: skip
_POSTAL = {
    "PL": Specimens(("80-831", "31017", "00 950"), ("80-83", "8083112", "80-8A1"), ("41121 Modena",)),
    "IT": Specimens(("41121", "20 124"), ("4112", "411211"), ("80-8311",)),
}
_CODE = Specimens(
    ("123456", "123 456", "kod to 654-321", "１２３４５６"),
    ("12345", "1234567", "123456 654321"),
    ("anna@example.com",),
)
_BY_KIND: dict[Expects, Specimens] = {
    Expects.email: _EMAIL,
    Expects.contact_code: _CODE,
    Expects.login_code: _CODE,
    Expects.email_link: _CODE,
    Expects.customer_number: Specimens(
        ("10000017", "1000 0025", "nr 10000033"), ("1000001", "100000178"), ("anna@example.com",)
    ),
    Expects.company_name: Specimens(
        ("Pracownia Bursztyn sp. z o.o.", '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'), ("A", "x" * 300)
    ),
    Expects.street: Specimens(("ul. Długa 12/4", "Via Garibaldi 21", "12 quai des Chartrons"), ("7", "x" * 200)),
    Expects.city: Specimens(("Gdańsk", "Reggio nell'Emilia", "Bielsko-Biała"), ("12345", "x" * 200)),
    Expects.country: Specimens(("Polska", "IT", "France"), ("Atlantyda", "ZZ9")),
    Expects.person_name: Specimens(("Anna Nowak", "Łukasz O'Grady-Święch", "jestem Ewa Król"), ("Anna", "Anna 7")),
    Expects.sdi_code: Specimens(
        ("M5UXCR1", "0000000", "officine@pec.example.it"), ("M5UXCR", "M5UXCR12", "XXXXXXX", "x@pec.fatturapa.it")
    ),
    Expects.discount_code: Specimens(("START20", "start 20", "Stary"), ("!", "%%%", "x" * 60)),
    Expects.quantity: Specimens(("1", "3", "10 sztuk"), ("0", "-2", "1,5", "100000"), ("anna@example.com",)),
    Expects.free_text: Specimens(("Proszę o kontakt po południu.", "Va bene così."), (), ()),
}


def _of_country(expects: Expects, country: str) -> Specimens | None:
    """Return answers by the rules of a country that has no row above."""
    rules = RULES.get(country)
    if rules is None:
        return None
    match expects:
        case Expects.phone:
            number = phone.example(country)
            return Specimens((number,), (number[:-4],), ("anna@example.com",))
        case Expects.tax_number:
            return _tax_numbers(rules)
        case _:
            code = rules.postal_example or "A65 F4E2"
            return Specimens((code,), ("!",), ("anna@example.com",))


def _tax_numbers(rules: CountryRules) -> Specimens:
    number = rules.example
    wrong = f"{number[:-1]}{'0' if number[-1] != '0' else '1'}" if number[-1].isdecimal() else number[:-2]
    return Specimens((number, number[2:]), (wrong, number[:3]), ("anna@example.com",))


def specimens(expects: Expects, country: str = "PL") -> Specimens:
    """Return the sample answers of a kind for a country; kinds that take no typed answer have garbage only."""
    by_country = {Expects.phone: _PHONE, Expects.tax_number: _TAX, Expects.postal_code: _POSTAL}.get(expects)
    if by_country is not None:
        return by_country.get(country) or _of_country(expects, country) or by_country["PL"]
    return _BY_KIND.get(expects, Specimens())
