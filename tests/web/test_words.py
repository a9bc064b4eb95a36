"""The pages' own words: complete in every language, and the right language for each visitor."""

import re
from pathlib import Path

import pytest

from bot.texts.text import undeclined
from bot.web import page_texts as module
from bot.web.page_texts import LOCALES, accepted_languages, choose_locale, places, words
from tests.table import table

STATIC = Path(module.__file__).parent / "static" / "js"


@table("locale", LOCALES)
def test_every_language_has_the_same_keys_and_places(locale: str) -> None:
    polish, other = words("pl"), words(locale)
    assert other.keys() == polish.keys()
    for key in sorted(polish.keys()):
        assert undeclined(places(other._texts[key])) == undeclined(places(polish._texts[key])), key


@table("locale", LOCALES)
def test_no_text_is_empty_or_shouts(locale: str) -> None:
    for text in words(locale)._texts.values():
        assert text.strip()
        assert "!" not in text


@table(("folder", "section"), [("chat", "chat"), ("instruments", "sandbox")])
def test_the_scripts_name_only_words_that_exist(folder: str, section: str) -> None:
    known = words("en").section(section)
    used = {
        key for script in (STATIC / folder).glob("*.js") for key in re.findall(r'\bt\("([a-z_]+)"', script.read_text())
    }
    assert used
    assert used <= {*known, "about"}  # the seller's own line, from the profile


def test_a_place_is_filled_once_and_never_read_again() -> None:
    said = words("en")("chat.progress", n="{of}", of=8, part="{password}")
    assert said == "{of} of 8 · {password}"


def test_a_missing_value_is_an_error_and_an_unknown_key_has_a_fallback() -> None:
    with pytest.raises(KeyError):
        words("pl")("chat.progress", n=1)
    assert words("pl").get("reasons.unheard_of", "reasons.other", {}).startswith("Tego nie możemy")


@table(
    ("header", "chosen"),
    [
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("de-DE,en;q=0.5", "en"),
        ("en;q=0.2,pl;q=0.9", "pl"),
        ("de", "pl"),
        ("", "pl"),
        ("*;q=0.1, en;q=x, ,it;q=0", "pl"),
    ],
)
def test_the_browser_s_languages_are_heard(header: str, chosen: str) -> None:
    assert choose_locale(accepted_languages(header), LOCALES, "pl") == chosen
