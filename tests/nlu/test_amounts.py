"""A number counts what the word beside it says: packs, pieces, or something that isn't sold here."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.understand import understand
from tests.kit.narrow import a
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import Answer, Expects, Intent, Press
from values.offer import Addon, parse_packs
from values.parsing import ParseRefused

PEOPLE = (
    *("utenti", "esterni", "aggiuntivi", "additional", "external", "users"),
    *("dodatkowych", "uzytkownikow", "zewnetrznych"),
)
SPACE = ("gb", "di", "spazio", "aggiuntivo", "of", "additional", "space", "dodatkowego", "miejsca")


def said(text: str, pieces: tuple[str, ...], locale: str = "it") -> object:
    skip = OptionWords("quantity:skip", ("Lascia stare", "Jednak nie", "Never mind"))
    expected = Expected(
        Expects.quantity, "quantity", (skip,), country="IT", optional=True, pieces=pieces, enough="quantity:skip"
    )
    return understand(text, expected, locale=locale)


@all_rows
def test_what_a_number_of_people_counts(text: str, amount: str) -> None:
    assert said(text, PEOPLE) == Answer(text, amount)


@table(
    ("text", "amount"),
    [
        *(("7 giga", "7 pieces"), ("10 GB di spazio", "10 pieces"), ("5 gigabajtów", "5 pieces"), ("10", "10")),
        *(("2 tagli", "2 packs"), ("dwie porcje", "2 packs"), ("4 blocks", "4 packs")),
    ],
)
def test_what_a_number_of_gigabytes_counts(text: str, amount: str) -> None:
    assert said(text, SPACE) == Answer(text, amount)


@table("text", ["2 lata", "24 months", "10 GB", "20 EUR", "un attimo", "one moment", "jeden problem"])
def test_a_number_of_something_else_is_no_quantity(text: str) -> None:
    assert not isinstance(said(text, PEOPLE), Answer | Press)


def test_people_are_no_gigabytes() -> None:
    assert isinstance(said("20 utenti", SPACE), Intent)


@table("text", ["quanto costano 20 utenti?", "ile kosztuje 20 osób?", "how much is one pack?"])
def test_a_question_about_a_quantity_is_none(text: str) -> None:
    assert isinstance(said(text, PEOPLE), Intent)


@table("text", ["basta così", "nient’altro", "to wszystko", "nic więcej", "that’s all", "stop"])
def test_enough_closes_what_is_asked(text: str) -> None:
    assert said(text, PEOPLE) == Press("quantity:skip")


OFFERED = (
    OptionWords("addons:users", ("Utenti aggiuntivi", "Users", "Użytkownicy"), pieces=("utente", "aggiuntivo", "user")),
    OptionWords("addons:external_users", ("Utenti esterni", "External users", "Zewnętrzni"), pieces=PEOPLE),
    OptionWords("addons:space", ("Spazio", "Space", "Miejsce"), pieces=SPACE),
    OptionWords("addons:none", ("Solo la base", "Just the base", "Tylko podstawa")),
)


@all_rows
def test_an_add_on_is_chosen_with_how_many_of_it(text: str, payload: str, then: str | None) -> None:
    expected = Expected(Expects.choice, "addons", OFFERED, country="IT", enough="addons:none")
    assert understand(text, expected, locale="it") == Press(payload, then)


@table("offered", [(1, 2), (1, 3)])
@table(
    ("text", "years"),
    [
        *(("2", 2), ("2 lata", 2), ("dwa lata", 2), ("due", 2), ("24 mesi", 2), ("24 months", 2)),
        *(("3", 3), ("3 anni", 3), ("tre", 3), ("1", 1), ("un anno", 1), ("12 miesięcy", 1)),
    ],
)
def test_a_number_of_years_is_that_of_the_offer_and_no_place_in_the_row(
    text: str, years: int, offered: tuple[int, ...]
) -> None:
    options = tuple(OptionWords(f"years:{n}", (f"{n} anni",)) for n in offered)
    said = understand(text, Expected(Expects.choice, "years", options, country="IT"), locale="it")

    assert (said == Press(f"years:{years}")) is (years in offered)
    assert years in offered or not isinstance(said, Press)


@table("text", ["due utenti", "2 GB", "20 lat"])
def test_a_number_of_something_else_is_no_number_of_years(text: str) -> None:
    options = tuple(OptionWords(f"years:{n}", (f"{n} anni",)) for n in (1, 2))
    assert not isinstance(understand(text, Expected(Expects.choice, "years", options), locale="it"), Press)


RANGES = (
    *("{a}-{b}", "{a}–{b}", "{a} - {b}", "{a}—{b}", "{a}/{b}", "{a}..{b}", "{a}, {b}", "({a}-{b})"),
    *("od {a} do {b}", "{a} albo {b}", "{a} lub {b}", "między {a} a {b}"),
    *("da {a} a {b}", "{a} o {b}", "tra {a} e {b}", "from {a} to {b}", "{a} or {b}", "between {a} and {b}"),
)
COUNTED = {"pl": "{} użytkowników", "it": "{} utenti", "en": "{} users"}


@given(
    form=st.sampled_from(RANGES),
    numbers=st.lists(st.integers(1, 400), min_size=2, max_size=2, unique=True),
    locale=st.sampled_from(sorted(COUNTED)),
    named=st.booleans(),
)
def test_a_range_is_asked_back_and_never_one_number(form: str, numbers: list[int], locale: str, named: bool) -> None:
    text = form.format(a=min(numbers), b=max(numbers))
    answer = a(Answer, said(COUNTED[locale].format(text) if named else text, PEOPLE, locale))
    assert isinstance(answer, Answer)
    found = parse_packs(str(answer.value or answer.text), Addon("users", 100, most=400))
    assert found == ParseRefused("quantity.several")


@table(
    "text",
    ["dwa-trzy", "dwóch albo trzech", "od pięciu do ośmiu", "due o tre", "due-tre", "tra due e tre", "two or three"],
)
def test_a_range_in_words_is_asked_back(text: str) -> None:
    answer = a(Answer, said(text, PEOPLE))
    assert parse_packs(str(answer.value), Addon("users", 100)) == ParseRefused("quantity.several")


@given(form=st.sampled_from(RANGES), numbers=st.lists(st.integers(1, 400), min_size=2, max_size=2, unique=True))
def test_a_range_of_an_add_on_adds_none(form: str, numbers: list[int]) -> None:
    expected = Expected(Expects.choice, "addons", OFFERED, country="IT", enough="addons:none")
    for locale, words in COUNTED.items():
        read = understand(words.format(form.format(a=min(numbers), b=max(numbers))), expected, locale=locale)
        assert not (isinstance(read, Press) and read.then)


@table("text", ["1-2 lata", "1–2 anni", "2/3 years", "da 1 a 2 anni", "1 or 2 years"])
def test_a_range_of_years_is_no_term(text: str) -> None:
    options = tuple(OptionWords(f"years:{n}", (f"{n} anni",)) for n in (1, 2, 3))
    assert not isinstance(understand(text, Expected(Expects.choice, "years", options), locale="it"), Press)


@table(
    ("text", "number"),
    [("1 000 utenti", "1000"), ("1.000 utenti", "1000"), ("venticinque", "25"), ("twenty-five", "25")],
)
def test_thousands_and_tens_are_one_number(text: str, number: str) -> None:
    assert str(a(Answer, said(text, PEOPLE, "en")).value).split()[0] == number
