"""The facts of a message: closed forms only, one value of a kind, nothing by a guess."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.facts.stated import find_facts, read_beside_facts, strip_facts
from nlu.languages.shipped import KNOWN, order_langs
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, Nameable, OptionWords
from values.meaning import Answer, BindingAct, Expects, Fact, Intent, Meaning, Press, Unclear

METHODS = Nameable("method", tuple(OptionWords(f"method:{v}") for v in ("card", "blik", "paypal", "transfer")))
PLANS = Nameable(
    "plan", (OptionWords("plan:solo", ("Kontorblatt Solo",)), OptionWords("plan:team", ("Kontorblatt Team",)))
)
ADDONS = Nameable(
    "addons",
    (
        OptionWords("addons:users", ("Utenti aggiuntivi", "Extra users"), pieces=("utenti", "utente", "users")),
        OptionWords("addons:external_users", ("Utenti esterni",), pieces=("utenti", "esterni")),
    ),
)
YEARS = Nameable("years", (OptionWords("years:1"), OptionWords("years:2")))
POLISH = Expected(Expects.choice, "account", country="PL", home="PL", discount_codes=("START20", "STARY"))
ITALIAN = Expected(Expects.choice, "account", country="IT", home="IT")
GERMAN = Expected(Expects.choice, "account", country="DE", home="DE")


def facts(text: str, expected: Expected = POLISH, lang: str = "pl") -> dict[str, str]:
    found = find_facts(text, expected, order_langs(KNOWN, lang), lambda: (METHODS, PLANS, ADDONS))
    return {str(one.fact.kind): one.fact.text for one in found}


@all_rows
def test_what_is_named_is_found(text: str, expected: dict[str, str]) -> None:
    assert facts(text) == expected


@all_rows
def test_what_could_be_anything_is_no_fact(text: str) -> None:
    assert facts(text) == {}


@all_rows
def test_italian_sellers(text: str, expected: dict[str, str]) -> None:
    assert facts(text, ITALIAN, "it") == expected


@table("typed", ["393673 137565", "393-673 137-565", "004564 224135"])
def test_two_codes_are_no_phone_where_one_is_asked_for(typed: str) -> None:
    assert facts(typed, Expected(Expects.contact_code, "contact_code", country="IT", home="IT"), "it") == {}


def test_a_number_without_letters_is_no_tax_number_where_they_belong_to_it() -> None:
    assert facts("136695976", GERMAN, "en") == {}
    assert facts("VAT DE136695976, the Team plan", GERMAN, "en") == {"tax_number": "DE136695976", "plan": "team"}


def read(rest: str) -> Meaning:
    return Intent("choose_plan", 0.9, (), rest)


def meant(text: str, whole: Meaning, expected: Expected = POLISH) -> Meaning:
    return read_beside_facts(text, find_facts(text, expected, order_langs(KNOWN, "pl")), whole, expected, read)


GUESS = Unclear(("help", "pay"), "")


def test_the_words_beside_the_facts_are_read_by_themselves() -> None:
    assert meant("chcę kupić, mój mail to ala@example.com", GUESS) == Intent("choose_plan", 0.9, (), "chcę kupić")
    assert meant("mój mail to ala@example.com", GUESS) == Intent("inform", 1.0, (), "mój mail to ala@example.com")


def test_where_something_binds_the_whole_message_counts() -> None:
    pay = OptionWords("pay:now", ("Zamawiam",), BindingAct.order)
    open_order = Expected(Expects.choice, "pay", (pay,), country="PL", home="PL")
    assert meant("zamawiam, NIP 1234563218", GUESS, open_order) is GUESS


def test_the_open_steps_own_value_stays_its_answer() -> None:
    phone = Expected(Expects.phone, "phone", country="PL", home="PL")
    answer = Answer("512000654 a NIP 1234563218", "512000654")
    assert meant(answer.text, answer, phone) is answer


def test_a_signature_is_no_wish() -> None:
    signature = "Jan Tel\nKom sp. z o.o.\nNIP 1234563218\nkom. 512 000 321"
    assert strip_facts(signature, find_facts(signature, POLISH, order_langs(KNOWN, "pl"))) != ""
    asked: list[str] = []

    def unsure(rest: str) -> Meaning:
        asked.append(rest)
        return Intent("talk_to_agent", 0.76)

    found = find_facts(signature, POLISH, order_langs(KNOWN, "pl"))
    assert read_beside_facts(signature, found, GUESS, POLISH, unsure) == Intent("inform", 1.0, (), signature)
    above = f"chcę kupić\n\n{signature}"
    found = find_facts(above, POLISH, order_langs(KNOWN, "pl"))
    assert read_beside_facts(above, found, GUESS, POLISH, unsure) == Intent("talk_to_agent", 0.76)
    assert asked[-1] == "chcę kupić"


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    found = find_facts(text, POLISH, order_langs(KNOWN, "pl"), lambda: (METHODS, PLANS, ADDONS))
    assert len({one.fact.kind for one in found}) == len(found)
    strip_facts(text, found)


@all_rows
def test_a_plan_that_takes_the_place_of_another(text: str, plan: str, *, corrects: bool) -> None:
    [found] = find_facts(text, POLISH, order_langs(KNOWN, "en"), lambda: (PLANS,))
    assert found.fact == Fact("plan", plan, corrects=corrects)


@all_rows
def test_a_plan_of_somebody_else_or_of_before_is_none(text: str) -> None:
    assert find_facts(text, POLISH, order_langs(KNOWN, "pl"), lambda: (PLANS,)) == ()


@table(
    ("text", "expected", "wrong"),
    [
        ("Jestem Jan Kowalski, NIP 1234567890, jan@example.com", POLISH, "1234567890"),
        ("mój NIP to 123456789", POLISH, "123456789"),
        ("VAT DE123456789, ala@example.com", POLISH, "DE123456789"),
        ("partita IVA 12345678901, mario@lucani.example", ITALIAN, "12345678901"),
        ("IT12345678901", ITALIAN, "IT12345678901"),
        ("DE123456789, jan@example.com", GERMAN, "DE123456789"),
    ],
)
def test_what_is_called_a_tax_number_and_is_none_is_found_as_wrong(text: str, expected: Expected, wrong: str) -> None:
    found = [one.fact for one in find_facts(text, expected, order_langs(KNOWN, "pl")) if one.fact.kind == "tax_number"]
    assert found == [Fact(Expects.tax_number, wrong, wrong=True)]


@all_rows
def test_a_right_number_or_another_ones_is_not_wrong(text: str, numbers: list[str]) -> None:
    found = [one.fact for one in find_facts(text, POLISH, order_langs(KNOWN, "pl")) if one.fact.kind == "tax_number"]
    assert [(fact.text, fact.wrong) for fact in found] == [(number, False) for number in numbers]


def test_a_verb_of_changing_alone_beside_a_value_names_no_other_button() -> None:
    """Or "change my NIP to …" would send a letter with a link for a new password."""
    text, wish = "zmień NIP na 9876543210", Intent("correct_data", 0.94)
    found = find_facts(text, POLISH, order_langs(KNOWN, "pl"))

    assert read_beside_facts(text, found, wish, POLISH, lambda rest: Press("zone:password")) == wish


@all_rows
def test_a_term_alone_is_named_at_any_step(text: str, lang: str, years: str | None) -> None:
    found = find_facts(text, POLISH, order_langs(KNOWN, lang), lambda: (YEARS,))
    assert next((one.fact.text for one in found), None) == years
