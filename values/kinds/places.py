"""Parts of an address."""

from values import country
from values.address import parse_postal_code
from values.expected import Expected
from values.kinds.contacts import home_of
from values.kinds.kind import GIVEN, AnswerInput, AnswerInWords, AnswerKind
from values.kinds.samples import Specimens, by_country, fix_samples
from values.meaning import Expects
from values.parsing import Parsed

PARTS = (Expects.street, Expects.postal_code, Expects.city)
"""An address is typed in these parts, whatever their order."""
_POSTAL_CODES = {
    "PL": Specimens(("80-831", "31017", "00 950"), ("80-83", "8083112", "80-8A1"), ("41121 Modena",)),
    "IT": Specimens(("41121", "20 124"), ("4112", "411211"), ("80-8311",)),
}


def _postal_codes_of(rules: country.CountryRules, _country: str) -> Specimens:
    return Specimens((rules.postal_example,), ("!",), ("anna@example.com",))


def _read_postal_code(text: str, at: Expected, _locale: str) -> Parsed[str]:
    return parse_postal_code(text, at.seat or home_of(at))


STREET = AnswerKind(
    Expects.street,
    "words",
    samples=fix_samples(("ul. Długa 12/4", "Via Garibaldi 21", "12 quai des Chartrons"), ("7", "x" * 200)),
    input=AnswerInput(autocomplete="address-line1", autocapitalize="words"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(verbatim=True, names_itself=True, place=True, never_asks=True, dictated=True),
)
CITY = AnswerKind(
    Expects.city,
    "words",
    samples=fix_samples(("Gdańsk", "Reggio nell'Emilia", "Bielsko-Biała"), ("12345", "x" * 200)),
    input=AnswerInput(autocomplete="address-level2", autocapitalize="words"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(place=True, never_asks=True, dictated=True),
)
POSTAL_CODE = AnswerKind(
    Expects.postal_code,
    "digits",
    read=_read_postal_code,
    samples=by_country(_POSTAL_CODES, _postal_codes_of),
    found_by="postal_code",
    input=AnswerInput("text", "postal-code", "characters"),
    by_shape=True,
    by_part=True,
    called_code=True,
    others=GIVEN,
)
COUNTRY = AnswerKind(
    Expects.country,
    "formed",
    read=lambda text, _at, locale: country.parse(text, locale),
    samples=fix_samples(("Polska", "IT", "France"), ("Atlantyda", "ZZ9")),
    display=country.Country,
    found_by="country",
    input=AnswerInput(autocomplete="country-name", autocapitalize="words"),
    one_word=True,
    others=GIVEN,
)
