"""Prices that hang on who buys, as transcripts that a person can read: tests/journeys/transcripts/abroad.txt."""

from pathlib import Path

import pytest

from tests.journeys.abroad_scenes import SCENES
from tests.journeys.reading import Words, told
from tests.journeys.scenes import Scene
from tests.journeys.teller import hold_to
from tests.sellers.sellers import profile_abroad

MORE = {
    "pl": {"wait": "Zaczekam", "with_vat": "Dalej z\u00a0VAT"},
    "it": {"wait": "Aspetto", "with_vat": "Prosegui con IVA"},
    "en": {"wait": "I’ll wait", "with_vat": "Charge VAT"},
}


@pytest.mark.parametrize("locale", sorted(MORE))
def test_the_transcripts_are_as_they_were_read(locale: str, tmp_path: Path) -> None:
    scene = Scene(str(profile_abroad(tmp_path / "abroad")), locale)
    words = told("fakturasmart").words[locale]
    scene.words = Words({**words.buttons, **MORE[locale]}, words.said)
    scene.lines += [f"A seller abroad ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("abroad", locale, scene.transcript)
