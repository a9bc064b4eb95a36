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
from tests.table import table
from values.money import Money

LOCALES = {"pl": "fakturasmart", "it": "fakturasmart", "en": "fakturasmart", "de": "kontorblatt"}


@cache
def words(locale: str) -> SpeechVocabulary:
    return vocabulary(load(ROOT / "profiles" / LOCALES[locale]).renderer(), locale)


def aloud(text: str, locale: str, **links: str) -> str:
    return spoken_text(text, words(locale), {f"https://desk.example/{name}": title for name, title in links.items()})


@table(
    "locale, minor, currency, spoken",
    [
        ("pl", 0, "PLN", "0 złotych"),
        ("pl", 1, "PLN", "1 grosz"),
        ("pl", 3, "PLN", "3 grosze"),
        ("pl", 50, "PLN", "50 groszy"),
        ("pl", 100, "PLN", "1 złoty"),
        ("pl", 200, "PLN", "2 złote"),
        ("pl", 500, "PLN", "5 złotych"),
        ("pl", 1200, "PLN", "12 złotych"),
        ("pl", 2200, "PLN", "22 złote"),
        ("pl", 12100, "PLN", "121 złotych"),
        ("pl", 12300, "PLN", "123 złote"),
        ("pl", 100001, "PLN", "1000 złotych 1 grosz"),
        ("pl", 123450, "PLN", "1234 złote 50 groszy"),
        ("pl", -2300, "PLN", "minus 23 złote"),
        ("pl", 202, "EUR", "2 euro 2 centy"),
        ("pl", 500, "GBP", "5 funtów szterlingów"),
        ("it", 0, "EUR", "0 euro"),
        ("it", 1, "EUR", "un centesimo"),
        ("it", 100, "EUR", "un euro"),
        ("it", 500, "EUR", "5 euro"),
        ("it", 100001, "EUR", "1000 euro e un centesimo"),
        ("it", 123450, "EUR", "1234 euro e 50 centesimi"),
        ("it", 2200, "PLN", "22 zloty"),
        ("en", 0, "EUR", "0 euros"),
        ("en", 100, "EUR", "1 euro"),
        ("en", 100001, "EUR", "1000 euros and 1 cent"),
        ("en", 123450, "PLN", "1234 zlotys and 50 groszy"),
        ("en", -2200, "EUR", "minus 22 euros"),
        ("de", 100, "EUR", "ein Euro"),
        ("de", 100001, "EUR", "1000 Euro und ein Cent"),
        ("de", 123450, "EUR", "1234 Euro und 50 Cent"),
    ],
)
def test_amounts_are_said_in_their_currency(locale: str, minor: int, currency: str, spoken: str) -> None:
    assert aloud(Money(minor, currency).format(locale), locale) == spoken


@given(st.integers(-(10**9), 10**9), st.sampled_from(["PLN", "EUR", "CZK", "HUF"]), st.sampled_from([*LOCALES]))
def test_an_amount_as_it_is_written_is_read_back(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    assert aloud(money.format(locale), locale) == re.sub("\u00a0", " ", words(locale).amount(money))


@table(
    "locale, written, spoken",
    [
        ("pl", "NIP: 123-456-32-18", "NIP: 1 2 3, 4 5 6, 3 2, 1 8"),
        ("pl", "Mam: PL123-456-32-18.", "Mam: P L, 1 2 3, 4 5 6, 3 2, 1 8."),
        ("pl", "+48 512 000 999", "plus 4 8, 5 1 2, 0 0 0, 9 9 9"),
        ("pl", "80-831 Gdańsk, ul. Długa 12/4", "8 0, 8 3 1 Gdańsk, ul. Długa 12/4"),
        ("pl", "Termin: 2026-11-24 albo 24.11.2026.", "Termin: 24 listopada 2026 albo 24 listopada 2026."),
        ("pl", "regulamin w wersji 2026-09", "regulamin w wersji wrzesień 2026"),
        ("pl", "jan.kowalski-1@example.com.", "jan kropka kowalski myślnik 1 małpa example kropka com."),
        ("pl", "10\u00a0000 faktur", "10000 faktur"),
        ("pl", "61 1090 1014 0000 0712 1981 2874", "6 1, 1 0 9 0, 1 0 1 4, 0 0 0 0, 0 7 1 2, 1 9 8 1, 2 8 7 4"),
        ("pl", "Zamówienie FS/2026/000001", "Zamówienie F S, 2026, 0 0 0, 0 0 1"),
        ("pl", "numer 12345678", "numer 1 2 3, 4 5 6, 7 8"),
        ("pl", "numer 1234567", "numer 1 2 3, 4 5, 6 7"),
        ("pl", "2–3 dni, 10-15 minut", "2 do 3 dni, 10 do 15 minut"),
        ("pl", "Np. Pracownia sp. z o.o. itd.", "Na przykład Pracownia spółka z o o i tak dalej."),
        ("pl", "NIP i VAT 23%, o 14:30", "NIP i VAT 23%, o 14:30"),
        ("pl", "„Cytat” – **ważny**", "Cytat, ważny"),
        ("pl", "karta …4242 (08/2029)", "karta 4 2 4 2 (sierpień 2029)"),
        ("pl", "Zgody\n☑ Regulamin\n☐ Nowości", "Zgody.\nZaznaczone: Regulamin.\nNiezaznaczone: Nowości"),
        ("pl", "Zobacz https://desk.example/terms.", "Zobacz Regulamin."),
        ("pl", "Zobacz https://desk.example/s/aB3xyz9Q?x=1.", "Zobacz link."),
        (
            "pl",
            "Na [stronie](https://x.example/a) i www.ksef.gov.pl",
            "Na stronie i www kropka ksef kropka gov kropka pl",
        ),
        ("pl", "okienko.example/p/aB3", "link"),
        ("it", "P.IVA 00743110157", "partita IVA 0 0 7, 4 3 1, 1 0 1, 5 7"),
        ("it", "anna@example.it", "anna chiocciola example punto it"),
        ("it", "al 2026-11-08", "all’8 novembre 2026"),
        ("it", "Codice M5UXCR1", "Codice M, 5, U X C R, 1"),
        ("it", "Rossi S.r.l.", "Rossi S R L."),
        ("en", "DE136695976", "D E, 1 3 6, 6 9 5, 9 7 6"),
        ("en", "e.g. a_b@example.com", "for example a underscore b at example dot com"),
        ("en", "on 24/11/2026", "on 24 November 2026"),
        ("de", "z. B. anna@example.de", "zum Beispiel anna ät example Punkt de"),
        ("de", "am 24.11.2026", "am 24. November 2026"),
    ],
)
def test_values_are_read_as_people_say_them(locale: str, written: str, spoken: str) -> None:
    assert aloud(written, locale, terms="Regulamin") == spoken


@table(
    "locale, text",
    [("pl", "Jaki jest NIP Twojej firmy?\n\nDane pobiorę z rejestru."), ("it", "Perché no? L’ho detto.")],
)
def test_plain_words_stay_as_they_are(locale: str, text: str) -> None:
    assert aloud(text, locale) == text


MARKUP = re.compile(r"https?:|://|www\.|[<>*_`#@„”«»“\[\]{}|☐☑→•]|\.(?:com|pl|it|eu|example)\b|\u00a0")
_ADDRESS = " https://desk.example/s/one-time-token_A1b2C3 token@example.com"


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_text_of_every_profile_is_read_without_addresses_and_marks(folder: Path) -> None:
    profile = load(folder)
    for locale in profile.seller.locales:
        spoken = vocabulary(profile.renderer(), locale)
        for key, wording in said(profile, locale):
            heard = spoken_text(wording + _ADDRESS, spoken, {})
            assert MARKUP.search(heard) is None, (locale, key, heard)
            assert "one-time" not in heard
            assert bool(spoken_text(wording, spoken, {}).strip()) == bool(wording.strip("„”«»“_* •☐☑→|…\n")), (
                key,
                wording,
            )


@table("piece", [" ", "a.", "1-", "+1", "A1", "[", "a@", "•", " – ", "\n "])
def test_a_customers_own_words_cannot_make_reading_slow(piece: str) -> None:
    aloud(piece * 4000, "pl")  # the suite's limit of time is what a pattern that steps back would meet
