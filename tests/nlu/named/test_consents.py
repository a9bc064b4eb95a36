"""Consents taken back in words at any step, and sentences that take none back.

Consents given and refused in a person's own words, where they are asked for.
"""

from bot.conversation.product_words import consent_names
from nlu.understand import understand
from tests.journeys.teller import hearing
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import Consenting, Expects

EMAIL, PHONE = "marketing_email", "marketing_phone"
BOTH, REQUIRED = (EMAIL, PHONE), ("privacy", "data_processing")


def at_the_phone(text: str, locale: str) -> object:
    heard = hearing("fakturasmart")
    expected = Expected(Expects.phone, "phone", consents=consent_names(heard.renderer))
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


@all_rows
def test_the_consent_that_is_named_is_taken_back(locale: str, text: str, ids: tuple[str, ...]) -> None:
    assert at_the_phone(text, locale) == Consenting(refused=ids, text=text)


@all_rows
def test_whoever_asks_tells_or_speaks_of_another_takes_none_back(locale: str, text: str) -> None:
    assert not isinstance(at_the_phone(text, locale), Consenting)


def said(text: str, locale: str) -> object:
    heard = hearing("fakturasmart")
    names = consent_names(heard.renderer)
    boxes = tuple(OptionWords(f"consents:toggle:{one.id}", one.titles) for one in names if one.id in (*REQUIRED, *BOTH))
    steps = (OptionWords("consents:required"), OptionWords("consents:all"), OptionWords("consents:done"))
    expected = Expected(Expects.consents, "consents", (*boxes, *steps), consents=names)
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


@table(
    ("locale", "text", "given", "refused", "base"),
    [
        ("pl", "spamu żadnego, resztę biorę", (), BOTH, "all"),
        ("pl", "Zgadzam się na każdą z czterech.", (), (), "all"),
        ("pl", "wszystko prócz telefonu, bo pracuję na wysokości", (), (PHONE,), "all"),
        ("pl", "Trzecią i czwartą proszę pominąć, pozostałe akceptuję.", (), BOTH, "all"),
        ("it", "mettili tutti", (), (), "all"),
        ("it", "va bene tutto meno che essere chiamato all'ora di cena", (), (PHONE,), "all"),
        ("it", "mail di offerte sì, sms manco morto, il resto a posto", (EMAIL,), (PHONE,), "all"),
        *(("en", "all of it, why not", (), (), "all"), ("en", "first two thx", REQUIRED, (), "")),
        ("en", "the first two and that's it", REQUIRED, (), ""),
        ("en", "first three, don't ring me", (*REQUIRED, EMAIL), (PHONE,), ""),
        ("en", "The required ones and news to my mailbox, but don't ring me", (EMAIL,), (PHONE,), "required"),
    ],
)
def test_what_is_given_and_refused(
    locale: str, text: str, given: tuple[str, ...], refused: tuple[str, ...], base: str
) -> None:
    found = said(text, locale)
    assert isinstance(found, Consenting)
    assert (found.given, found.refused, found.base) == (given, refused, base)


@all_rows
def test_what_leaves_a_doubt_gives_nothing(locale: str, text: str) -> None:
    found = said(text, locale)
    assert not isinstance(found, Consenting) or not (found.given or found.base)
