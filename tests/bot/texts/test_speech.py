"""Texts as a voice reads them: a table for each language, and every text of every profile."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.profile.load import load
from bot.texts.speech.spoken_text import spoken_text
from bot.texts.speech.vocabulary import SpeechVocabulary, vocabulary
from tests.architecture.rooms import ROOT
from tests.bot.texts.test_every_wording import PROFILES, said
from tests.kit.rows import all_rows
from tests.table import table
from values.money import Money

LOCALES = {"pl": "fakturasmart", "it": "fakturasmart", "en": "fakturasmart", "de": "kontorblatt"}


@cache
def words(locale: str) -> SpeechVocabulary:
    return vocabulary(load(ROOT / "profiles" / LOCALES[locale]).renderer(), locale)


def aloud(text: str, locale: str, **links: str) -> str:
    return spoken_text(text, words(locale), {f"https://desk.example/{name}": title for name, title in links.items()})


@all_rows
def test_amounts_are_said_in_their_currency(locale: str, minor: int, currency: str, spoken: str) -> None:
    assert aloud(Money(minor, currency).format(locale), locale) == spoken


@given(st.integers(-(10**9), 10**9), st.sampled_from(["PLN", "EUR", "CZK", "HUF"]), st.sampled_from([*LOCALES]))
def test_an_amount_as_it_is_written_is_read_back(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    assert aloud(money.format(locale), locale) == re.sub("\u00a0", " ", words(locale).amount(money))


@all_rows
def test_values_are_read_as_people_say_them(locale: str, written: str, spoken: str) -> None:
    assert aloud(written, locale, terms="Regulamin") == spoken


@table(
    "locale, text",
    [("pl", "Jaki jest NIP Twojej firmy?\n\nDane pobiorę z rejestru."), ("it", "Perché no? L’ho detto.")],
)
def test_plain_words_stay_as_they_are(locale: str, text: str) -> None:
    assert aloud(text, locale) == text


MARKUP = re.compile(r"https?:|://|www\.|[<>*_`#@„”«»“\[\]{}|☐☑→•]|\.(?:com|pl|it|eu|example)\b|\u00a0")


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_text_of_every_profile_is_read_without_addresses_and_marks(folder: Path) -> None:
    profile = load(folder)
    for locale in profile.seller.locales:
        spoken = vocabulary(profile.renderer(), locale)
        for key, wording in said(profile, locale):
            heard = spoken_text(wording + " https://desk.example/s/one-time-token_A1b2C3 token@example.com", spoken, {})
            assert MARKUP.search(heard) is None, (locale, key, heard)
            assert "one-time" not in heard
            found = bool(spoken_text(wording, spoken, {}).strip())
            assert found == bool(wording.strip("„”«»“_* •☐☑→|…\n")), (key, wording)


@table("piece", [" ", "a.", "1-", "+1", "A1", "[", "a@", "•", " – ", "\n "])
def test_a_customers_own_words_cannot_make_reading_slow(piece: str) -> None:
    aloud(piece * 4000, "pl")  # the suite's limit of time is what a pattern that steps back would meet
