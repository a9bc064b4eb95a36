"""A value with a word of correction anywhere beside it takes the place of an answer that was given before."""

from msgspec.structs import replace

from nlu.facts.stated import find_facts, read_beside_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.understand import understand
from tests.kit.narrow import a
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import Answer, Correction, Expects, Meaning, Press

GIVEN = {name: Expects(name) for name in ("email", "phone", "tax_number")}
CODE = Expected(Expects.contact_code, "contact_code", home="PL", correctable=GIVEN)
CONFIRM = Expected(
    Expects.confirm_data,
    "confirm",
    (OptionWords("confirm:yes", ("Zgadza się", "It’s right")), OptionWords("confirm:edit", ("Zmień", "Change"))),
    home="PL",
    correctable=GIVEN,
)
NEW_OR_NOT = Expected(
    Expects.choice, "account", (OptionWords("account:new", ("Nowe konto",)),), home="PL", correctable=GIVEN
)


def meant(locale: str, expected: Expected, text: str) -> Meaning:
    found = find_facts(text, expected, order_langs(KNOWN, locale))
    whole = understand(text, expected, locale=locale)
    return read_beside_facts(text, found, whole, expected, lambda rest: understand(rest, expected, locale=locale))


@all_rows
def test_a_word_of_correction_in_any_place(locale: str, at: str, text: str, what: str, value: str) -> None:
    corrected = a(Correction, meant(locale, CONFIRM if at == CONFIRM.step else CODE, text))
    assert corrected.what == what
    assert (corrected.text or "").replace(" ", "").removeprefix("+48") == value.removeprefix("+48")


@all_rows
def test_a_question_another_purpose_or_a_bare_value_corrects_nothing(text: str) -> None:
    assert not isinstance(meant("pl", CODE, text), Correction)


@table(
    ("locale", "text"),
    [
        ("pl", "nie mam tu telefonu, kolega ma 512 000 321"),
        ("en", "the previous firm had NIP 1234563218 and it wasn't ours"),
    ],
)
def test_a_value_that_somebody_else_has_is_no_fact(locale: str, text: str) -> None:
    assert not isinstance(meant(locale, CONFIRM, text), Correction)
    assert find_facts(text, CONFIRM, order_langs(KNOWN, locale)) == ()


def test_the_number_of_one_more_firm_corrects_nothing() -> None:
    text = "abbiamo anche un'altra ditta con NIP 1234563218, ma più avanti"
    assert not isinstance(meant("it", CONFIRM, text), Correction)
    [found] = find_facts(text, CONFIRM, order_langs(KNOWN, "it"))
    assert (found.fact.others, found.fact.corrects) == (True, False)


ADDRESSES = replace(CODE, correctable={"email": Expects.email, "holder_email": Expects.email})


@all_rows
def test_of_several_addresses_the_one_that_is_named(locale: str, text: str) -> None:
    assert meant(locale, ADDRESSES, text) == Correction("holder_email", "ala@example.com")


def test_a_button_named_beside_is_pressed_and_the_answer_put_right_too() -> None:
    text = "nowe konto, i przepraszam, mail to jednak ala@example.com"
    assert meant("pl", NEW_OR_NOT, text) == Press("account:new")
    [found] = find_facts(text, NEW_OR_NOT, order_langs(KNOWN, "pl"))
    assert found.fact.corrects


def test_the_open_questions_own_answer_stays_one() -> None:
    phone = Expected(Expects.phone, "phone", home="PL", correctable=GIVEN)
    said = a(Answer, meant("pl", phone, "512 000 321, a mail jednak ala@example.com"))
    assert said.value == "512000321"


def test_a_value_that_is_denied_is_no_fact() -> None:
    assert find_facts("mój telefon to nie 512 000 321", CODE, order_langs(KNOWN, "pl")) == ()
