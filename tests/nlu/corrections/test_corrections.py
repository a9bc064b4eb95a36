"""Corrections: the value that they deny is no part of the new answer, in every language and for every answer."""

from nlu.understand import understand
from tests.table import table
from values.meaning import Answer, Correction, Expected, Expects, OptionWords
from values.parsing import only_digits

OPTIONS = (OptionWords("confirm:yes", ("Zgadza się", "Tutto giusto", "It’s all right")),)
TYPED = "email phone tax_number postal_code street city company_name person_name sdi_code".split()
CORRECTABLE = {**{name: Expects(name) for name in TYPED}, "method": Expects.choice, "auto_renewal": Expects.choice}

POLISH = [
    ("literówka w ulicy, ma być Polna 1a nie 1", "street", "Polna 1a"),
    ("zła ulica, powinno być Polna 1a, a nie Polna 1", "street", "Polna 1a"),
    ("zmień ulicę na Polna 1a zamiast Polna 1", "street", "Polna 1a"),
    ("źle, ulica to Leśna 3, nie Polna 3", "street", "Leśna 3"),
    ("ulica powinna być ul. Morska 5", "street", "ul. Morska 5"),
    ("ulica ma być ul. Morska 5, nie Morska 6", "street", "ul. Morska 5"),
    ("ulica nie Polna 3 tylko Leśna 3", "street", "Leśna 3"),
    ("błąd w adresie, ma być Długa 12 zamiast Długa 21", "street", "Długa 12"),
    ("popraw ulicę na Polna 1a/2, nie 1a", "street", "Polna 1a/2"),
    ("miasto ma być Sopot nie Gdańsk", "city", "Sopot"),
    ("złe miasto, powinno być Gdynia zamiast Gdańsk", "city", "Gdynia"),
    ("miasto nie Gdańsk, tylko Sopot", "city", "Sopot"),
    ("zmień miasto na Nowy Dwór, a nie Dwór", "city", "Nowy Dwór"),
    ("kod pocztowy ma być 80-831, nie 80-830", "postal_code", "80-831"),
    ("zły kod pocztowy, powinno być 80-831 zamiast 80-830", "postal_code", "80-831"),
    ("zmień kod pocztowy na 80-831 a nie 80-830", "postal_code", "80-831"),
    ("zły e-mail, ma być anna@x.pl a nie ana@x.pl", "email", "anna@x.pl"),
    ("mail powinien być anna@x.pl zamiast ana@x.pl", "email", "anna@x.pl"),
    ("zmień e-mail na anna@x.pl, nie ana@x.pl", "email", "anna@x.pl"),
    ("telefon jest zły, 512 000 111 nie 512 000 112", "phone", "512000111"),
    ("zły telefon, powinno być 512 000 111 a nie 512 000 112", "phone", "512000111"),
    ("telefon ma być 512 000 111 zamiast 512 000 112", "phone", "512000111"),
    ("NIP ma być 1234563218 a nie 1112223332", "tax_number", "1234563218"),
    ("zły NIP, powinno być 1234563218 zamiast 1112223332", "tax_number", "1234563218"),
    ("nazwa firmy powinna być Alfa sp. z o.o., nie Alfa", "company_name", "Alfa sp. z o.o."),
    ("nazwa firmy ma być Alfa Plus zamiast Alfa", "company_name", "Alfa Plus"),
    ("nazwisko ma być Kowalska-Nowak, nie Kowalska", "person_name", "Kowalska-Nowak"),
]
ITALIAN = [
    ("cambia la via in Via Roma 5 invece di 4", "street", "Via Roma 5"),
    ("l'indirizzo è sbagliato, è Via Roma 5 non 4", "street", "Via Roma 5"),
    ("errore nella via, deve essere Via Verdi 3 e non Via Verdi 2", "street", "Via Verdi 3"),
    ("la via dovrebbe essere Via Roma 5", "street", "Via Roma 5"),
    ("la via dovrebbe essere Via Roma 5 anziché Via Roma 4", "street", "Via Roma 5"),
    ("cambia la via: Via delle Rose 5", "street", "Via delle Rose 5"),
    ("la via non è Via Roma 4 ma Via Roma 5", "street", "Via Roma 5"),
    ("correggi la via in Via Roma 5, non 4", "street", "Via Roma 5"),
    ("cambia la via: Via Non ti scordar 3", "street", "Via Non ti scordar 3"),
    ("la città dovrebbe essere Modena, non Milano", "city", "Modena"),
    ("la città è sbagliata, deve essere Modena invece di Milano", "city", "Modena"),
    ("cambia la città in Modena al posto di Milano", "city", "Modena"),
    ("la città non Milano ma Modena", "city", "Modena"),
    ("il CAP deve essere 41121 non 41122", "postal_code", "41121"),
    ("il CAP è sbagliato, deve essere 41121 e non 41122", "postal_code", "41121"),
    ("cambia il CAP in 41121 invece di 41122", "postal_code", "41121"),
    ("l'email è sbagliata, deve essere anna@x.it e non ana@x.it", "email", "anna@x.it"),
    ("cambia l'email in anna@x.it invece di ana@x.it", "email", "anna@x.it"),
    ("la mail dovrebbe essere anna@x.it, non ana@x.it", "email", "anna@x.it"),
    ("il telefono è sbagliato, è 347 123 4567 non 347 123 4568", "phone", "3471234567"),
    ("cambia il telefono in 347 123 4567 invece di 347 123 4568", "phone", "3471234567"),
    ("il cellulare deve essere 347 123 4567 anziché 347 123 4568", "phone", "3471234567"),
    ("la partita IVA deve essere 12345670363 e non 12345670371", "tax_number", "12345670363"),
    ("partita IVA sbagliata, deve essere 12345670363 invece di 12345670371", "tax_number", "12345670363"),
    ("la ragione sociale deve essere Alfa S.r.l., non Alfa", "company_name", "Alfa S.r.l."),
    ("la ragione sociale dovrebbe essere Alfa Nuova invece di Alfa", "company_name", "Alfa Nuova"),
    ("il codice destinatario deve essere M5UXCR1, non M5UXCR2", "sdi_code", "M5UXCR1"),
    ("il cognome deve essere Bianchi, non Bianco", "person_name", "Bianchi"),
]
ENGLISH = [
    ("change the street to Main Street 5, not 4", "street", "Main Street 5"),
    ("the street should be 5 Main Street", "street", "5 Main Street"),
    ("the street should be 5 Main Street instead of 4 Main Street", "street", "5 Main Street"),
    ("typo in the street, it should be Polna 1a not 1", "street", "Polna 1a"),
    ("wrong street, it should be Polna 1a and not Polna 1", "street", "Polna 1a"),
    ("the address is wrong, it's Polna 1a rather than Polna 1", "street", "Polna 1a"),
    ("correct the street to Polna 1a, not 1", "street", "Polna 1a"),
    ("the street not Polna 3 but Long Road 3", "street", "Long Road 3"),
    ("wrong city, it should be Leeds not York", "city", "Leeds"),
    ("the city should be Leeds instead of York", "city", "Leeds"),
    ("change the city to Leeds, not York", "city", "Leeds"),
    ("the city not York but Leeds", "city", "Leeds"),
    ("the postal code should be 80-831, not 80-830", "postal_code", "80-831"),
    ("wrong postcode, it should be 80-831 instead of 80-830", "postal_code", "80-831"),
    ("change the zip code to 80-831 and not 80-830", "postal_code", "80-831"),
    ("the email is wrong, it should be anna@x.com not ana@x.com", "email", "anna@x.com"),
    ("change my email to anna@x.com instead of ana@x.com", "email", "anna@x.com"),
    ("my email must be anna@x.com rather than ana@x.com", "email", "anna@x.com"),
    ("the phone number is wrong, it's 512 000 111 not 512 000 112", "phone", "512000111"),
    ("change the phone to 512 000 111 instead of 512 000 112", "phone", "512000111"),
    ("my phone number should be 512 000 111, not 512 000 112", "phone", "512000111"),
    ("the VAT number should be 1234563218 instead of 1112223332", "tax_number", "1234563218"),
    ("wrong VAT number, it should be 1234563218 not 1112223332", "tax_number", "1234563218"),
    ("the company name should be Alfa Ltd, not Alfa", "company_name", "Alfa Ltd"),
    ("change the company name to Alfa Two instead of Alfa", "company_name", "Alfa Two"),
    ("my surname should be Smith, not Smyth", "person_name", "Smith"),
]
SAID = [("pl", *row) for row in POLISH] + [("it", *row) for row in ITALIAN] + [("en", *row) for row in ENGLISH]


@table(("locale", "text", "what", "value"), SAID)
def test_the_new_answer_without_the_old_one(locale: str, text: str, what: str, value: str) -> None:
    country = "IT" if locale == "it" else "PL"
    expected = Expected(Expects.confirm_data, "confirm", OPTIONS, country=country, correctable=CORRECTABLE)
    corrected = understand(text, expected, locale=locale)

    assert isinstance(corrected, Correction), corrected
    digits = what in ("phone", "tax_number", "postal_code")
    assert (corrected.what, only_digits(corrected.text or "") if digits else corrected.text) == (
        what,
        only_digits(value) if digits else value,
    )


@table("text", ["ulica powinna być na fakturze?", "czy ulica ma być ta?"])
def test_a_question_about_an_answer_is_no_correction(text: str) -> None:
    expected = Expected(Expects.confirm_data, "confirm", OPTIONS, correctable=CORRECTABLE)
    assert not isinstance(understand(text, expected, locale="pl"), Correction)


@table(
    ("text", "value"),
    [
        ("Polna 1a nie 1", "Polna 1a"),
        ("Via Roma 5, non 4", "Via Roma 5"),
        ("5 Main Street instead of 4", "5 Main Street"),
        ("ul. Polna 1a", "ul. Polna 1a"),
        ("Via Non ti scordar di me 3", "Via Non ti scordar di me 3"),
    ],
)
def test_the_same_where_the_street_is_asked(text: str, value: str) -> None:
    assert understand(text, Expected(Expects.street, "street", free_text=True), locale="pl") == Answer(value)


SHOWN = Expected(
    Expects.confirm_data,
    "confirm",
    OPTIONS,
    correctable=CORRECTABLE,
    given={"city": "Gdańsk", "street": "ul. Długa 12/4", "company_name": "Bursztyn sp. z o.o."},
)


@table(
    ("locale", "text", "what", "value"),
    [
        ("pl", "nie Gdańsk, tylko Sopot", "city", "Sopot"),
        ("pl", "miejscowość Sopot a nie Gdańsk", "city", "Sopot"),
        ("pl", "12/5 zamiast 12/4", "street", "ul. Długa 12/5"),
        ("it", "invece di Długa scrivi via Po 9", "street", "via Po 9"),
        ("pl", "nie Bursztyn tylko Bursztyny", "company_name", "Bursztyny sp. z o.o."),
        ("pl", "przeprowadziliśmy się, teraz ul. Morska 5", "street", "ul. Morska 5"),
        ("pl", "wszystko ok, tylko ulica to ul. Morska 5", "street", "ul. Morska 5"),
        ("pl", "nazwa zmieniła się na Bursztyn i Spółka", "company_name", "Bursztyn i Spółka"),
        ("pl", "firma nazywa się teraz Alfa sp. z o.o.", "company_name", "Alfa sp. z o.o."),
        ("pl", "zmieniliśmy nazwę na Beta S.A.", "company_name", "Beta S.A."),
        ("pl", "nowa nazwa to Gamma", "company_name", "Gamma"),
        ("it", "abbiamo cambiato nome in Ambra Srl", "company_name", "Ambra Srl"),
        ("en", "our company is now called Amber Ltd", "company_name", "Amber Ltd"),
        ("en", "we changed our company name to Amber Ltd", "company_name", "Amber Ltd"),
        ("it", "non Gdańsk ma Sopot", "city", "Sopot"),
        ("it", "ci siamo trasferiti in ul. Morska 5", "street", "ul. Morska 5"),
        ("it", "il CAP corretto è 80-833", "postal_code", "80-833"),
        ("en", "not Gdańsk, it's Sopot", "city", "Sopot"),
        ("en", "all fine except the street: ul. Morska 5", "street", "ul. Morska 5"),
    ],
)
def test_the_words_that_are_shown_are_put_right(locale: str, text: str, what: str, value: str) -> None:
    assert understand(text, SHOWN, locale=locale) == Correction(what, value)


@table(
    "text",
    [
        *("czy Gdańsk to dobrze?", "nie Warszawa, tylko Sopot", "nie wiem, ale chyba tak"),
        "nie o to mi chodzi",  # no "o" of "sp. z o.o."
    ],
)
def test_a_question_or_words_that_were_never_given_put_nothing_right(text: str) -> None:
    meant = understand(text, SHOWN, locale="pl")
    assert not isinstance(meant, Correction)
    assert "affirm" not in str(meant)


def test_names_that_begin_like_a_word_of_correction_are_kept() -> None:
    told = understand("pomyłka, nazwa firmy to Inna Firma S.A.", SHOWN, locale="pl")
    assert told == Correction("company_name", "Inna Firma S.A.")


CALLED = (("contact_forms", "form* kontaktu, way* of contact"), ("company_size", "wielkość firmy, company size"))


@table(
    ("said", "meant"),
    [
        ("zmień formę kontaktu", Correction("contact_forms")),
        ("the way of contact is wrong", Correction("contact_forms")),
        ("nie, wielkość firmy to 12", Correction("company_size", "12")),
        ("change the company size to 30", Correction("company_size", "30")),
    ],
)
def test_an_answer_is_called_as_its_dialog_s_texts_say(said: str, meant: Correction) -> None:
    expected = Expected(
        Expects.confirm_data,
        "confirm",
        options=OPTIONS,
        correctable={**CORRECTABLE, "contact_forms": Expects.choice, "company_size": Expects.quantity},
        called=CALLED,
    )
    assert understand(said, expected, locale="pl") == meant
