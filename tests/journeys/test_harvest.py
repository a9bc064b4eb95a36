"""What customers say without being asked, as transcripts: tests/journeys/transcripts/harvest.txt."""

from collections.abc import Callable, Mapping

import pytest

from tests.journeys.harvest_scenes import ADDING, SCENES
from tests.journeys.scenes import Scene, Words
from tests.journeys.teller import hold_to

SIGNATURE = """Anna Nowak
Pracownia Bursztyn sp. z o.o.
ul. Długa 12/4, 80-831 Gdańsk
NIP: 123-456-32-18 | REGON 123456785 | KRS 0000123456
tel. +48 58 301 23 45, kom. 512 000 321
anna@bursztyn.example.com | www.bursztyn.example.com
Konto: PL61 1090 1014 0000 0712 1981 2874"""
WORDS = {
    "pl": Words(
        buttons={"buy": "Kup teraz", "new": "Nowe konto", "required": "Tylko wymagane"},
        said={
            "hello": "Dzień dobry",
            "buy_words": "chcę kupić",
            "everything": "chcę kupić, mój mail to ala@example.com, NIP 1234563218, tel 512 000 321",
            "signature": SIGNATURE,
            "phone_and_tax_number": "512000654 a NIP 123 456 32 18",
            "code_and_method": "123456, zapłacę blikiem",
            "other_email": "ewa@example.com, to mail wspólniczki",
        },
    ),
    "it": Words(
        buttons={"buy": "Compra ora", "new": "Nuovo account", "required": "Solo obbligatori"},
        said={
            "hello": "Buongiorno",
            "buy_words": "vorrei comprare",
            "everything": "vorrei comprare, la mia mail è ala@example.com, NIP 1234563218, tel 512 000 321",
            "signature": SIGNATURE,
            "phone_and_tax_number": "512000654 e il NIP 123 456 32 18",
            "code_and_method": "123456, pago con BLIK",
            "other_email": "ewa@example.com, la mail della socia",
        },
    ),
    "en": Words(
        buttons={"buy": "Buy now", "new": "New account", "required": "Required only"},
        said={
            "hello": "Hello",
            "buy_words": "I'd like to buy",
            "everything": "I'd like to buy, my e-mail is ala@example.com, NIP 1234563218, phone 512 000 321",
            "signature": SIGNATURE,
            "phone_and_tax_number": "512000654 and NIP 123 456 32 18",
            "code_and_method": "123456, I'll pay by BLIK",
            "other_email": "ewa@example.com, my partner's mail",
        },
    ),
}
ITALIAN = Words(
    buttons={},
    said={
        "buy_words": "vorrei comprare",
        "no_more": "no",
        "add_users": "aggiungi 2 utenti",
        "add_external": "vorrei 50 utenti esterni",
        "signature": """Mario Lucani
Officine Lucani S.r.l.
Via Roma 1, 20121 Milano
P. IVA 00743110157 - PEC lucani@pec.example.it
Cell. 333 123 4567 - mario@lucani.example""",
    },
)


def told(name: str, locale: str, words: Words, scenes: Mapping[str, Callable[[Scene], None]]) -> str:
    scene = Scene(name, locale)
    scene.words = words
    scene.lines += [f"What is said unasked: {name} ({locale})"]
    for title, play in scenes.items():
        scene.scene(title)
        play(scene)
    return scene.transcript


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_what_is_said_once_is_not_asked(locale: str) -> None:
    hold_to("harvest", locale, told("fakturasmart", locale, WORDS[locale], SCENES))


def test_add_ons_are_taken_with_their_number() -> None:
    transcript = told("certified_platform", "it", ITALIAN, ADDING)
    assert "Quanti" not in transcript
    hold_to("harvest_certified_platform", "it", transcript)
