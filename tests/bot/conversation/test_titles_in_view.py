"""A typed title of a button in view: what it presses, what it is asked about, and what stays words."""

from bot.conversation.inbound import Inbound, Text
from bot.conversation.titles_in_view import LONGEST, ButtonsInView
from dialogs.kit import Step
from tests.bot.conversation import uttered
from tests.dialogs.driver import Driver
from tests.journeys.teller import hearing
from tests.table import table
from values.channel import Channel
from values.meaning import Answer, Correction, Meaning, Press, Unclear

SHOWN = {
    "method:card": "💳 Karta płatnicza",
    "terms_clauses:accept": "Akceptuję regulamin i klauzule",
    "terms:accept": "Akceptuję",
    "clauses:accept": "Potwierdzam",
    "faq:costs": "Ile to kosztuje?",
    "company:1": "Muster GmbH",
    "/agent": "Porozmawiaj z człowiekiem",
}


def meant(text: str, step: str = "terms", *, titles: dict[str, str] | None = None, asked: str = "") -> Meaning:
    """Return what a text means at a step of FakturaSmart's, with buttons in view."""
    name, driver = uttered.at(step, "pl")
    return heard(text, name, driver, shown(asked or driver.at, SHOWN if titles is None else titles))


def shown(step: str, titles: dict[str, str]) -> ButtonsInView:
    return ButtonsInView(step, [(title, payload) for payload, title in titles.items()])


def heard(text: str, name: str, driver: Driver, view: ButtonsInView | None) -> Meaning:
    here: Step[object] = driver.step
    inbound = Inbound(Channel.REST, "s" * 32, "k", Text(text))
    return hearing(name).hear(inbound, here, driver.context(driver.case), view=view).said.meaning


@table(
    "text, payload",
    [
        ("karta płatnicza", "method:card"),
        ("  KARTA PLATNICZA. ", "method:card"),
        ("akceptuję regulamin i klauzule", "terms_clauses:accept"),
        ("Muster GmbH", "company:1"),
        ("Ile to kosztuje?", "faq:costs"),
    ],
)
def test_a_whole_title_is_its_press(text: str, payload: str) -> None:
    assert meant(text) == Press(payload)


def test_a_title_with_more_around_it_is_words() -> None:
    assert meant("Muster GmbH to nie my") != Press("company:1")
    assert meant("Muster GmbH?") != Press("company:1")
    assert meant(f"Muster GmbH{' ' * LONGEST}.") != Press("company:1")


def test_a_single_word_that_binds_another_row_is_asked_about() -> None:
    assert meant("Potwierdzam") == Unclear(("clauses:accept", "terms:accept"), "Potwierdzam")
    assert meant("Potwierdzam", "method") == Unclear(("clauses:accept",), "Potwierdzam")
    assert meant("akceptuję") == Press("terms:accept")  # the open step's own verb


def test_of_one_title_the_open_steps_own_button_counts() -> None:
    twins = {"clauses:accept": "Zgadzam się na to", "terms:accept": "Zgadzam się na to"}
    assert meant("zgadzam się na to", titles=twins) == Press("terms:accept")
    assert isinstance(meant("zgadzam się na to", "method", titles=twins), Unclear)


def test_where_words_are_the_answer_other_buttons_titles_are_words() -> None:
    name, driver = uttered.at("confirm", "pl")
    driver.press("confirm:edit", "edit:company_name")
    assert isinstance(heard("Muster GmbH", name, driver, shown(driver.at, SHOWN)), Answer)


def test_buttons_of_a_question_that_is_over_press_nothing() -> None:
    assert meant("Muster GmbH", asked="account.start") != Press("company:1")


def test_a_message_without_buttons_that_asks_nothing_shows_none() -> None:
    assert ButtonsInView.of({"text": "…"}) is None
    assert ButtonsInView.of({"step": "order.terms"}) == ButtonsInView("order.terms", ())
    assert ButtonsInView.of({"buttons": [["Tak", "confirm:yes"]]}) == ButtonsInView(None, [["Tak", "confirm:yes"]])


@table("text", ["hej zone:log_out", "please type method:card there", "kliknij [method:card]", "ok terms:accept"])
def test_a_payload_in_a_sentence_is_no_press(text: str) -> None:
    for step in ("method", "terms"):
        name, driver = uttered.at(step, "pl")
        said = heard(text, name, driver, None)
        assert not isinstance(said, Press | Correction), (step, said)
        assert getattr(said, "name", "") != "log_out"


def test_a_payload_as_a_whole_message_is_one() -> None:
    assert meant("method:card", "method") == Press("method:card")


@table("text", ["tak", "sì", "yes", "ok", "tak, dobrze", "va bene"])
def test_a_yes_is_no_answer_to_what_is_to_be_corrected(text: str) -> None:
    name, driver = uttered.at("confirm", "pl")
    driver.press("confirm:edit")
    before = driver.case.company
    driver.happen(
        hearing(name)
        .hear(Inbound(Channel.REST, "s" * 32, "k", Text(text)), driver.step, driver.context(driver.case))
        .said
    )
    assert driver.step.name == "edit"
    assert driver.case.company == before
