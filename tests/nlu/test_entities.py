"""Entities of the catalogue in their normal forms."""

from nlu.parse import parse
from tests.table import table


@table(
    ("lang", "text", "expected"),
    [
        ("pl", "NIP 123-456-32-18, telefon 512 000 111", [("nip", "1234563218"), ("phone", "+48512000111")]),
        ("pl", "ola kropka kot małpa poczta kropka example kropka com", [("email", "ola.kot@poczta.example.com")]),
        ("pl", "ewa podkreślnik król małpa wu pe kropka pl", [("email", "ewa_krol@wp.pl")]),
        ("it", "info trattino vendite chiocciola ditta punto it", [("email", "info-vendite@ditta.it")]),
        ("en", "bob dot brown at example dot org", [("email", "bob.brown@example.org")]),
        ("it", "la PEC: Ditta@Pec.Example.it", [("pec", "ditta@pec.example.it")]),
        ("it", "ditta@legalmail.it", [("pec", "ditta@legalmail.it")]),
        ("it", "codice destinatario M5UXCR1", [("codice_destinatario", "M5UXCR1")]),
        ("it", "il codice univoco è emme cinque u ics ci erre uno", [("codice_destinatario", "M5UXCR1")]),
        ("it", "codice fiscale rss mra 85t10 a562s", [("codice_fiscale", "RSSMRA85T10A562S")]),
        ("en", "our VAT number is DE136695976", [("vat_number", "DE136695976")]),
        ("pl", "mam kod rabatowy lato 25", [("discount_code", "LATO25")]),
        ("en", "promo code autumn ten", [("discount_code", "AUTUMN10")]),
        ("pl", "nie kartą, tylko blikiem", [("payment_method", "blik")]),
        ("it", "non con la carta, con PayPal", [("payment_method", "paypal")]),
        ("en", "bank transfer please", [("payment_method", "bank_transfer")]),
        ("it", "bollettino postale", [("payment_method", "bollettino")]),
        ("pl", "poproszę pakiet podstawowy na 24 miesiące", [("plan", "basic"), ("years", "2")]),
        ("it", "piano premium per un annetto", [("plan", "premium"), ("years", "1")]),
        ("en", "a dozen users", [("quantity", "12")]),
        ("it", "altri 15 GB", [("quantity", "3")]),
        ("pl", "przejdźmy z polskiego na włoski", [("language", "it")]),
        ("pl", "nazywam się Ewa Król", [("person_name", "Ewa Król")]),
        ("pl", "pogadajmy o czymś innym", []),
    ],
)
def test_what_a_message_holds(lang: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(e["entity"], e["value"]) for e in parse(text, lang)["entities"]] == expected


def test_offsets_are_those_of_the_text_as_typed() -> None:
    text = "źdźbło 👍 NIP: 123-456-32-18 ok"
    entity = parse(text, "pl")["entities"][0]
    assert text[entity["start"] : entity["end"]] == "123-456-32-18"
