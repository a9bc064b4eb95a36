"""What the renderer makes of says, questions and quick replies, and of what it can't find."""

import hashlib

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.conversation import render
from bot.conversation.outbound import Button
from bot.conversation.render import Renderer
from bot.texts.catalogue import Catalogue
from bot.texts.text import parse
from dialogs.journey import journey
from dialogs.kit import CardContent, Option, Params, Question, Say, Word, rows
from tests.dialogs.driver import SELLER
from tests.shipped import profile
from values.money import Money

FAKTURASMART = profile("fakturasmart").renderer()
TEXTS = {
    "pl": {"kit.missing": "Brak słów.", "hi": "Tu {seller}, {name}.", "b": "Tak {n}", "account.email.ask": "E-mail?"},
    "en": {"kit.missing": "No words.", "hi": "This is {seller}, {name}.", "b": "Yes {n}"},
}


@pytest.fixture
def renderer() -> Renderer:
    texts = {locale: {key: parse(raw) for key, raw in table.items()} for locale, table in TEXTS.items()}
    return Renderer(replace(SELLER, locales=("pl", "en")), Catalogue(texts, {}), {"desk": "Okienko"})


def test_what_is_said_is_filled_in_the_customers_language(renderer: Renderer) -> None:
    say = Say("hi", {"name": "Anna"})

    assert renderer.say(say, "pl") == "Tu Sample, Anna."
    assert renderer.say(say, "en") == "This is Sample, Anna."


def test_a_question_is_the_open_steps(renderer: Renderer) -> None:
    assert renderer.question(Question(journey(SELLER.dialogs).step("account.email"), {}, ()), "pl") == "E-mail?"


def test_a_toggle_shows_its_state(renderer: Renderer) -> None:
    options = tuple(Option(f"x:{n}", "b", {"n": 1}, ticked=ticked) for n, ticked in enumerate((None, False, True)))

    found = renderer.options(options, "pl")
    assert found == (Button("Tak 1", "x:0"), Button("☐ Tak 1", "x:1"), Button("☑ Tak 1", "x:2"))


def test_a_button_is_shown_once_and_a_hidden_one_hides_no_other(renderer: Renderer) -> None:
    options = (Option("x:y", "b", {"n": 1}), Option("x:y", "b", {"n": 1}, hidden=True), Option("x:y", "b", {"n": 1}))

    assert renderer.options(options, "pl") == (Button("Tak 1", "x:y"),)


def test_titles_are_the_words_in_every_language_without_marks(renderer: Renderer) -> None:
    assert renderer.titles(Option("x:y", "b", {"n": 2}, ticked=True)) == ("Tak 2", "Yes 2")


@pytest.mark.parametrize("say", [Say("nowhere"), Say("hi"), Say("hi", {"name": Word("nowhere")})])
def test_a_missing_text_is_logged_and_apologised_for(renderer: Renderer, say: Say) -> None:
    with capture_logs() as logs:
        assert renderer.say(say, "pl") == "Brak słów."

    assert [(line["event"], line["log_level"], line["alarm"]) for line in logs] == [("text_missing", "error", True)]


def test_the_log_of_a_missing_text_holds_no_value(renderer: Renderer) -> None:
    with capture_logs() as logs:
        renderer.say(Say("nowhere", {"name": "Anna Nowak"}), "pl")

    assert "Nowak" not in repr(logs)


def test_a_language_that_the_profile_has_lost_falls_back_to_its_first(renderer: Renderer) -> None:
    assert renderer.words("hi", {"name": "Anna"}, "it") == "Tu Sample, Anna."


def test_without_any_words_nothing_is_said() -> None:
    assert Renderer(replace(SELLER, locales=("pl",)), Catalogue({"pl": {}}, {}), {}).words("nowhere", {}, "pl") == ""


def test_a_customers_words_never_become_a_text(renderer: Renderer) -> None:
    assert renderer.say(Say("hi", {"name": "{desk} {@kit.missing}"}), "pl") == "Tu Sample, {desk} {@kit.missing}."


def test_the_words_that_are_kept_are_those_shown() -> None:
    privacy = FAKTURASMART.seller.consents[0]

    for locale in FAKTURASMART.seller.locales:
        words = FAKTURASMART.words("consent.privacy.text", {}, locale)

        assert privacy.words_in(locale) == words
        assert privacy.fingerprint(locale) == hashlib.sha256(words.encode()).hexdigest()
        box = Option(
            "consents:toggle:privacy", "consent.privacy.title", ticked=False, whole=Word("consent.privacy.text")
        )
        assert FAKTURASMART.options((box,), locale)[0].words == words


def test_what_is_recorded_at_the_order_is_what_was_shown() -> None:
    for locale in FAKTURASMART.seller.locales:
        for document in ("terms", "clauses"):
            shown = FAKTURASMART.words(f"card.order.{document}", {}, locale)

            assert FAKTURASMART.words(f"consent.{document}.text", {}, locale) in shown


def _card(of: Renderer, params: Params, locale: str = "pl") -> str | None:
    return of.card(CardContent("order", "order", rows("amounts"), params), locale).rows[0].value


def _selling(name: str) -> Renderer:
    texts = {"kit.missing": "?", "label.amounts": "{n}", "card.order.amounts": "{seller}: {n}", "word.yes": "yes"}
    texts |= {"card.order.title": "T", "label.total": "T", "label.amounts": "L"}
    both = {locale: {key: parse(raw) for key, raw in texts.items()} for locale in ("pl", "en")}
    return Renderer(replace(SELLER, name=name, locales=("pl", "en")), Catalogue(both, {}))


def test_a_card_is_worded_by_all_that_it_holds_in_its_language_for_its_seller() -> None:
    one, other = _selling("One"), _selling("Other")
    sums = {"n": Money(123450, "PLN")}

    found = one.card(CardContent("order", "order", rows("amounts"), sums), "pl")
    assert found is one.card(CardContent("order", "order", rows("amounts"), dict(sums)), "pl")
    said = [
        _card(of, {"n": n}, locale) for of in (one, other) for n in (True, 1, "1", sums["n"]) for locale in ("pl", "en")
    ]
    assert said == [
        *(
            "One: yes",
            "One: yes",
            "One: 1",
            "One: 1",
            "One: 1",
            "One: 1",
            "One: 1\xa0234,50\xa0zł",
            "One: PLN\xa01,234.50",
        ),
        *("Other: yes", "Other: yes", "Other: 1", "Other: 1", "Other: 1", "Other: 1"),
        *("Other: 1\xa0234,50\xa0zł", "Other: PLN\xa01,234.50"),
    ]


def test_so_many_cards_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "CARDS", 2)
    shop = _selling("One")
    first = shop.card(CardContent("order", "order", rows("amounts"), {"n": 1}), "pl")
    for n in (2, 3):
        _card(shop, {"n": n})

    again = shop.card(CardContent("order", "order", rows("amounts"), {"n": 1}), "pl")
    assert again == first
    assert again is not first
