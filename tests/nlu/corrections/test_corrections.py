"""Corrections: the value that they deny is no part of the new answer, in every language and for every answer."""

from nlu.commands import read_command
from nlu.corrections.step_back import read_other
from nlu.languages.shipped import KNOWN, order_langs
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import OTHER, Answer, Correction, Expects, NavigationCommand, Press

OPTIONS = (OptionWords("confirm:yes", ("Zgadza się", "Tutto giusto", "It’s all right")),)
TYPED = "email phone tax_number postal_code street city company_name person_name sdi_code".split()
CORRECTABLE = {**{name: Expects(name) for name in TYPED}, "method": Expects.choice, "auto_renewal": Expects.choice}


@all_rows
def test_the_new_answer_without_the_old_one(locale: str, text: str, what: str, value: str) -> None:
    country = "IT" if locale == "it" else "PL"
    expected = Expected(Expects.confirm_data, "confirm", OPTIONS, country=country, correctable=CORRECTABLE)
    corrected = understand(text, expected, locale=locale)

    assert isinstance(corrected, Correction), corrected
    assert (corrected.what, corrected.text) == (what, value)


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


@all_rows
def test_an_answer_is_called_as_its_dialog_s_texts_say(said: str, meant: Correction) -> None:
    expected = Expected(
        Expects.confirm_data,
        "confirm",
        options=OPTIONS,
        correctable={**CORRECTABLE, "contact_forms": Expects.choice, "company_size": Expects.quantity},
        called=(("contact_forms", "form* kontaktu, way* of contact"), ("company_size", "wielkość firmy, company size")),
    )
    assert understand(said, expected, locale="pl") == meant


# The customer's own name put right in free words, and other people's names that put nothing right.

MAIL = Expected(
    Expects.email,
    "email",
    home="PL",
    correctable={"person_name": Expects.person_name, "company_name": Expects.company_name},
    given={"person_name": "Irena Lipinsky"},
)


@all_rows
def test_a_name_put_right(locale: str, text: str, name: str) -> None:
    assert understand(text, MAIL, locale=locale) == Correction("person_name", name)


@all_rows
def test_other_peoples_names_and_the_same_one_put_nothing_right(locale: str, text: str) -> None:
    assert not isinstance(understand(text, MAIL, locale=locale), Correction)


# One step back in any words, and the other of two.

BACK = """
one step up · one question up please · go up one · can we go one up again · back one please · the question before please
cofnijmy się o jedną rzecz · jeden kroczek w tył proszę · oczko wyżej · poprzednie proszę jeszcze raz · krok w górę
torniamo alla cosa di prima · un passettino indietro · un passo su · vorrei tornare al passo precedente · uno indietro
""".replace("\n", " · ").split(" · ")
NOT_BACK = """
go back to the start · call me back · I want my money back · set up one account · last one please · first question
wróć do początku · poprzedni numer był zły · jeszcze raz · zwrot pieniędzy
la prima domanda · una cosa prima di pagare · su · torno prima
""".replace("\n", " · ").split(" · ")
TWO = Expected(
    Expects.choice,
    "account",
    (OptionWords("account:new", ("Nowe konto", "New account")), OptionWords("account:existing", ("Mam konto",))),
)
CODE = Expected(Expects.contact_code, "contact_code")


@table("text", [text for text in BACK if text])
def test_one_step_back_in_any_words(text: str) -> None:
    assert read_command(text, order_langs(KNOWN, "en")) == NavigationCommand("back")


@table("text", [text for text in NOT_BACK if text])
def test_words_of_going_back_that_mean_something_else(text: str) -> None:
    assert read_command(text, order_langs(KNOWN, "it")) != NavigationCommand("back")


@all_rows
def test_the_other_of_the_last_two(locale: str, text: str) -> None:
    assert understand(text, CODE, locale=locale) == Correction(OTHER)


@table(("locale", "text"), [("pl", "nie nowe, ta druga"), ("en", "not a new one, the other")])
def test_the_other_of_two_that_are_asked(locale: str, text: str) -> None:
    assert understand(text, TWO, locale=locale) == Press("account:existing")


@table(("locale", "text"), [("pl", "ta druga"), ("en", "is it the other one?"), ("en", "the other company is fine")])
def test_an_ordinal_a_question_or_another_thing_is_none(locale: str, text: str) -> None:
    assert read_other(text, CODE, order_langs(KNOWN, locale)) is None
