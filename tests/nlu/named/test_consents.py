"""Consents taken back in words at any step, and sentences that take none back."""

from bot.conversation.consent_names import consent_names
from nlu.understand import understand
from tests.journeys.teller import hearing
from tests.table import table
from values.meaning import Consenting, Expected, Expects

EMAIL, PHONE = "marketing_email", "marketing_phone"
BOTH, REQUIRED = (EMAIL, PHONE), ("privacy", "data_processing")
TAKEN_BACK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("pl", "cofam zgodę na marketing", BOTH),
    ("pl", "wypiszcie mnie z newslettera", (EMAIL,)),
    ("pl", "nie życzę sobie marketingu", BOTH),
    ("pl", "nie chcę reklam przez telefon", (PHONE,)),
    ("pl", "przestańcie dzwonić z ofertami", (PHONE,)),
    ("pl", "nie zgadzam się na telefony od was", (PHONE,)),
    ("pl", "cofam zgodę na przetwarzanie danych osobowych", REQUIRED),
    ("pl", "wycofuję wszystkie zgody", (*REQUIRED, *BOTH)),
    ("pl", "cofam zgodę", ()),
    ("it", "ritiro il consenso al marketing", BOTH),
    ("it", "non voglio più pubblicità", BOTH),
    ("it", "basta pubblicità", BOTH),
    ("it", "non voglio più ricevere offerte per e-mail", (EMAIL,)),
    ("it", "revoco il consenso", ()),
    ("en", "stop spamming me", BOTH),
    ("en", "no more ads please", BOTH),
    ("en", "unsubscribe me from the newsletter", (EMAIL,)),
    ("en", "I withdraw my marketing consent", BOTH),
    ("en", "stop calling me", (PHONE,)),
    ("en", "I don't want e-invoices", ("einvoice",)),
)
NOT_TAKEN_BACK = (
    ("pl", "jak cofnąć zgodę na marketing?"),
    ("pl", "nie cofam zgody na marketing"),
    ("pl", "cofnąłem zgodę na marketing"),
    ("pl", "w spamie nie ma kodu"),
    ("pl", "nie chcę tej oferty, wolę roczną"),
    ("pl", "reklamacja, nie chcę tego"),
    ("pl", "nie dzwońcie na 600700800"),
    ("pl", "żona nie chce reklam"),
    ("pl", "cofam zgodę na odnawianie"),
    ("pl", "nie mam telefonu"),
    ("it", "come revoco il consenso al marketing"),
    ("it", "non ho il telefono"),
    ("en", "no news is good news"),
    ("en", "if I withdraw my consent to marketing, what then"),
    ("en", "I don't have a phone"),
)


def at_the_phone(text: str, locale: str) -> object:
    heard = hearing("fakturasmart")
    expected = Expected(Expects.phone, "phone", consents=consent_names(heard.renderer))
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


@table(("locale", "text", "ids"), TAKEN_BACK)
def test_the_consent_that_is_named_is_taken_back(locale: str, text: str, ids: tuple[str, ...]) -> None:
    assert at_the_phone(text, locale) == Consenting(refused=ids, text=text)


@table(("locale", "text"), NOT_TAKEN_BACK)
def test_whoever_asks_tells_or_speaks_of_another_takes_none_back(locale: str, text: str) -> None:
    assert not isinstance(at_the_phone(text, locale), Consenting)
