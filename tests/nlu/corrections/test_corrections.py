"""Corrections: the value that they deny is no part of the new answer, in every language and for every answer."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Answer, Correction, Expected, Expects, OptionWords
from values.parsing import only_digits

OPTIONS = (OptionWords("confirm:yes", ("Zgadza się", "Tutto giusto", "It’s all right")),)
TYPED = "email phone tax_number postal_code street city company_name person_name sdi_code".split()
CORRECTABLE = {**{name: Expects(name) for name in TYPED}, "method": Expects.choice, "auto_renewal": Expects.choice}


@all_rows
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


@all_rows
def test_the_same_where_the_street_is_asked(text: str, value: str) -> None:
    assert understand(text, Expected(Expects.street, "street", free_text=True), locale="pl") == Answer(value)


SHOWN = Expected(
    Expects.confirm_data,
    "confirm",
    OPTIONS,
    correctable=CORRECTABLE,
    given={"city": "Gdańsk", "street": "ul. Długa 12/4", "company_name": "Bursztyn sp. z o.o."},
)


@all_rows
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
