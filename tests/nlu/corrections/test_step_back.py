"""One step back in any words, and the other of two."""

from nlu.commands import read_command
from nlu.corrections.step_back import read_other
from nlu.languages.shipped import KNOWN, among
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import OTHER, Correction, Expected, Expects, NavigationCommand, OptionWords, Press

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
    assert read_command(text, among(KNOWN, "en")) == NavigationCommand("back")


@table("text", [text for text in NOT_BACK if text])
def test_words_of_going_back_that_mean_something_else(text: str) -> None:
    assert read_command(text, among(KNOWN, "it")) != NavigationCommand("back")


@all_rows
def test_the_other_of_the_last_two(locale: str, text: str) -> None:
    assert understand(text, CODE, locale=locale) == Correction(OTHER)


@table(("locale", "text"), [("pl", "nie nowe, ta druga"), ("en", "not a new one, the other")])
def test_the_other_of_two_that_are_asked(locale: str, text: str) -> None:
    assert understand(text, TWO, locale=locale) == Press("account:existing")


@table(("locale", "text"), [("pl", "ta druga"), ("en", "is it the other one?"), ("en", "the other company is fine")])
def test_an_ordinal_a_question_or_another_thing_is_none(locale: str, text: str) -> None:
    assert read_other(text, CODE, among(KNOWN, locale)) is None
