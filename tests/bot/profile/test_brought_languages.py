"""A language that a profile's folder brings: complete, told what it lacks, and understood."""

import shutil
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from bot.profile import Profile, ProfileProblem, load
from bot.texts.text import Text, includes, names
from nlu.answer_words import is_no_reason, read_helpful
from nlu.corrections.correction_words import NOUNS
from nlu.languages.shipped import order_langs
from nlu.named.taken_back import states_withdrawal
from nlu.understand import understand
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from tests.kit.starter import line_at, mistakes, spoil
from values import meaning
from values.expected import Expected, OptionWords

FOREIGN = ROOT / "profiles/kontorblatt"
PAY = (OptionWords("pay:now", ("Zahlungspflichtig bestellen",), meaning.BindingAct.order),)
METHODS = (
    OptionWords("method:transfer", ("Überweisung",)),
    OptionWords("method:card", ("Karte",)),
    OptionWords("method:paypal", ("PayPal",)),
)


@cache
def seller() -> Profile:
    return load(FOREIGN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder, alone, that may be spoilt."""
    return Path(shutil.copytree(FOREIGN, tmp_path / "elsewhere"))


def only(folder: Path) -> ProfileProblem:
    (problem,) = mistakes(folder)
    return problem


def used(texts: Mapping[str, Text], key: str) -> set[str]:
    """The places of a text and of all that it includes."""
    return set(names(texts[key])).union(*(used(texts, other) for other in includes(texts[key]) if other in texts))


def test_german_fills_the_same_places_as_english() -> None:
    german, english = (seller().catalogue.texts[locale] for locale in ("de", "en"))
    odd = {key: used(german, key) ^ used(english, key) for key in german.keys() & english.keys()}

    assert {key: places for key, places in odd.items() if places} == {}


def test_what_only_the_seller_sees_may_stay_english() -> None:
    assert seller().pages["de"]("sandbox.title") == "Sandbox"


NOT_ASKED = {
    *("sdi_code", "contact_forms", "customer_number", "country", "orderer_email", "invoice_email"),
    *("product", "company_report", "zone", "holder_email", "term"),
}


def test_german_names_what_the_seller_asks_as_the_shipped_languages_do() -> None:
    german = tomllib.loads((FOREIGN / "nlu/de.toml").read_text("utf-8"))
    chosen = tomllib.loads((ROOT / "nlu/phrases/choices.toml").read_text("utf-8"))
    steps, own = ({payload.partition(":")[0] for payload in choices} for choices in (chosen, german["choices"]))
    nouns = {name for names, _noun in NOUNS for name in names} - {*german["corrections"]["nouns"]}
    lacking = nouns | (steps - own - {"*"})
    assert lacking == NOT_ASKED, "add them to profiles/kontorblatt/nlu/de.toml, or here if the seller doesn't ask"


def test_a_text_that_is_missing_is_told_with_file_and_key(folder: Path) -> None:
    spoil(folder, "texts/de/payment.toml", "checking = ", "chekcing = ")
    problem = only(folder)

    assert problem.file == folder / "texts/de/payment.toml"
    assert problem.line == line_at(folder, "texts/de/payment.toml", "[payment]")
    assert "payment.checking" in problem.what
    assert "“I’m asking the provider about the payment.”" in problem.remedy


def test_a_form_of_counting_that_is_missing_is_told(folder: Path) -> None:
    spoil(
        folder,
        "texts/de/order.toml",
        'none = { plural = "years", one = "1~Jahr", other',
        'none = { plural = "years", other',
    )

    assert "lacks one" in only(folder).what


@each_row
def test_each_mistake_is_told_with_its_line(folder: Path, file: str, old: str, new: str, start: str, said: str) -> None:
    spoil(folder, file, old, new)
    problem = next(p for p in mistakes(folder) if said in p.what)

    assert (problem.file, problem.line) == (folder / file, line_at(folder, file, start))


def test_without_a_word_of_understanding_buttons_numbers_and_addresses_are_understood(folder: Path) -> None:
    shutil.rmtree(folder / "nlu")
    known = load(folder).known

    def heard(text: str, expects: meaning.Expects, options: tuple[OptionWords, ...] = ()) -> meaning.Meaning:
        return understand(text, Expected(expects, expects, options, "DE"), locale="de", known=known)

    assert heard("method:card", meaning.Expects.choice, METHODS) == meaning.Press("method:card")
    assert heard("Überweisung", meaning.Expects.choice, METHODS) == meaning.Press("method:transfer")
    assert heard("/back", meaning.Expects.email) == meaning.NavigationCommand("back")
    assert isinstance(heard("DE 136 695 976", meaning.Expects.tax_number), meaning.Answer)
    found = heard("meine ist anna@beispiel.de", meaning.Expects.email)
    assert found == meaning.Answer("meine ist anna@beispiel.de", "anna@beispiel.de")
    assert heard("0152 28817386", meaning.Expects.phone) == meaning.Answer("0152 28817386")
    assert heard("Zahlungspflichtig bestellen", meaning.Expects.choice, PAY) == meaning.Press("pay:now")
    assert not isinstance(heard("nicht zahlungspflichtig bestellen", meaning.Expects.choice, PAY), meaning.Press)


def at(
    expects: str, text: str, options: tuple[OptionWords, ...] = (), *correctable: meaning.Expects
) -> meaning.Meaning:
    kind = meaning.Expects(expects) if expects in meaning.Expects.__members__ else meaning.Expects.choice
    expected = Expected(kind, expects, options, "DE", ("KONTOR15",), {str(c): c for c in correctable}, home="DE")
    return understand(text, expected, locale="de", faq=seller().questions(), known=seller().known)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("zurück", meaning.NavigationCommand("back")),
        ("zurueck bitte", meaning.NavigationCommand("back")),
        ("Mensch", meaning.NavigationCommand("agent")),
        ("auf Englisch bitte", meaning.NavigationCommand("lang", "en")),
        ("keine Erinnerungen mehr", meaning.NavigationCommand("stop", "reminders")),
        ("weiter auf Telegram", meaning.NavigationCommand("elsewhere")),
        ("Bitte im Browser weiter", meaning.NavigationCommand("elsewhere")),
        ("Kontor fünfzehn", meaning.Discount("KONTOR15")),
        ("falsch, meine E-Mail ist anna@beispiel.de", meaning.Correction("email", "anna@beispiel.de")),
        ("Bitte die E-Mail auf anna@beispiel.de ändern", meaning.Correction("email", "anna@beispiel.de")),
        ("Die Straße ist falsch, richtig ist Lindenstraße 14", meaning.Correction("street", "Lindenstraße 14")),
        ("Wo finde ich meine Umsatzsteuer-Identifikationsnummer?", meaning.Faq("vat_number", 1.0)),
        ("meine Karte: vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins",
         meaning.SecretTyped(("card",))),
    ],
)  # fmt: skip
def test_german_is_understood_wherever_it_is_said(text: str, meant: meaning.Meaning) -> None:
    assert at("tax_number", text, (), meaning.Expects.email, meaning.Expects.street) == meant


@each_row
def test_numbers_and_addresses_are_understood_in_german_words(expects: str, text: str, value: str) -> None:
    assert at(expects, text) == meaning.Answer(text, value)


@pytest.mark.parametrize(
    ("text", "payload"),
    [("mit Karte bitte", "card"), ("per ueberweisung", "transfer"), ("die dritte", "paypal"),
     ("nicht mit Karte, PayPal", "paypal")],
)  # fmt: skip
def test_choices_are_understood_in_german(text: str, payload: str) -> None:
    assert at("method", text, METHODS) == meaning.Press(f"method:{payload}")


@pytest.mark.parametrize("text", ["Ich bestelle", "zahlungspflichtig bestellen", "ja, bestellen bitte"])
def test_an_order_is_given_in_german(text: str) -> None:
    assert at("pay", text, PAY) == meaning.Press("pay:now")


@pytest.mark.parametrize(
    "text",
    ["ja", "ok", "nicht zahlungspflichtig bestellen", "ich will noch nicht bestellen", "soll ich bestellen?",
     "später bestellen", "ja, wenn es morgen geht", "1"],
)  # fmt: skip
def test_no_order_is_given_by(text: str) -> None:
    assert not isinstance(at("pay", text, PAY), meaning.Press)


@pytest.mark.parametrize(
    ("text", "helped"),
    [("Das hat geholfen!", True), ("sehr hilfreich", True), ("Ja, das war hilfreich", True),
     ("hat nicht geholfen", False), ("Das war nicht hilfreich.", False), ("ja", None), ("nein", None)],
)  # fmt: skip
def test_whether_it_helped_is_read_in_the_language_that_the_folder_brings(text: str, *, helped: bool | None) -> None:
    assert read_helpful(text, order_langs(seller().known, "de")) is helped
    assert is_no_reason("ist egal", order_langs(seller().known, "de"))
    assert not is_no_reason("ist egal")


@each_row
def test_a_withdrawal_from_the_contract_is_stated_in_a_brought_language(said: str, states: bool) -> None:
    assert states_withdrawal(said, order_langs(seller().known, "de")) is states
