"""The sellers' journeys, told by `told/*.toml`, as transcripts that a person can read: `transcripts/*.txt`."""

from collections.abc import Mapping

import pytest

from tests.journeys.certified_scenes import Certified
from tests.journeys.konto_scenes import Holder
from tests.journeys.kontor_scenes import Kunde
from tests.journeys.number_scenes import Subscriber
from tests.journeys.own_data_scenes import Withdrawing
from tests.journeys.r2_scenes import Owner
from tests.journeys.reading import NAMES, play, told
from tests.journeys.scenes import Buyer, Scene
from tests.journeys.teller import hold_to

#: Whose acts are more than everybody's.
CUSTOMERS: Mapping[str, type[Scene]] = {
    "certified_platform": Certified,
    "fakturasmart": Buyer,
    "konto_insert": Holder,
    "kontorblatt": Kunde,
    "own_data": Withdrawing,
    "r2platnik": Owner,
    "vectra": Subscriber,
}


@pytest.mark.parametrize(("name", "locale"), [(name, locale) for name in NAMES for locale in sorted(told(name).words)])
def test_the_transcripts_are_as_they_were_read(name: str, locale: str) -> None:
    written = told(name)
    scene = CUSTOMERS.get(name, Scene)(written.seller, locale)
    scene.words = written.words[locale]
    scene.lines += [line.format(locale=locale) for line in written.heading]
    for title, lines in written.scenes.items():
        scene.scene(title)
        play(scene, lines)
    hold_to(name, locale, scene.transcript)


def test_a_line_of_another_form_is_refused_and_what_must_not_be_said_is_found() -> None:
    scene = Scene("fakturasmart", "pl")
    scene.words = told("fakturasmart").words["pl"]
    with pytest.raises(ValueError, match="is no line of a scene"):
        play(scene, ["hello"])
    with pytest.raises(AssertionError, match="Kup teraz"):
        play(scene, ["> hello", "! Kup teraz"])
