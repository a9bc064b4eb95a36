"""The seller's name in a sentence: declined as the profile says, else with a noun that is declined in its place."""

from collections.abc import Mapping

from bot.texts.catalogue import Catalogue
from bot.texts.toml_tables import common
from bot.web.page_texts import words
from tests.table import table


def said(names: Mapping[str, str], locale: str = "pl") -> str:
    catalogue = Catalogue({locale: common(locale)}, {}, names={locale: names})
    return catalogue.fill("mail.set_password.text", {"seller": "Vectra", "expires_at": "jutro"}, locale)


def test_a_profile_s_form_stands_in_the_sentence() -> None:
    assert "do konta w Vectrze." in said({"genitive": "Vectry", "locative": "Vectrze"})


def test_without_one_the_name_stays_as_it_is_beside_a_noun() -> None:
    assert "do konta w serwisie Vectra." in said({})


@table("locale", ["it", "en"])
def test_languages_that_do_not_decline_need_none(locale: str) -> None:
    assert "Vectra" in said({}, locale)


def test_pages_decline_it_too() -> None:
    page = words("pl").with_names({"seller_locative": "Vectrze", "seller_genitive": "Vectry"})
    assert page("secure.why_reset_password", seller="Vectra").startswith("Ustaw nowe hasło do konta w Vectrze.")
    assert page("secure.about", seller="Vectra").startswith("Okienko Vectry:")
