"""The sellers' journeys, told by `told/*.toml`, as transcripts that a person can read: `transcripts/*.txt`."""

from collections.abc import Mapping

import pytest

from benchmarks.thumbs.journeys import QUOTED
from benchmarks.thumbs.limits import held
from benchmarks.thumbs.telegram import read
from dialogs.explorer.samples import MOMENT
from services.store.journal import BOT, JournalEntry
from tests.journeys.certified_scenes import Certified
from tests.journeys.konto_scenes import Holder
from tests.journeys.kontor_scenes import Kunde
from tests.journeys.number_scenes import Subscriber
from tests.journeys.own_data_scenes import Withdrawing
from tests.journeys.r2_scenes import Owner
from tests.journeys.reading import NAMES, play, told
from tests.journeys.scenes import Buyer, Scene
from tests.journeys.teller import hold_to
from values.channel import Channel

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


TOLD = [(name, locale) for name in NAMES for locale in sorted(told(name).words)]


def begin(name: str, locale: str, channel: Channel = Channel.REST) -> Scene:
    scene = CUSTOMERS.get(name, Scene)(told(name).seller, locale, channel=channel)
    scene.words = told(name).words[locale]
    return scene


def tell(name: str, locale: str) -> str:
    """Play all scenes; return the transcript."""
    written, scene = told(name), begin(name, locale)
    scene.lines += [line.format(locale=locale) for line in written.heading]
    for title, lines in written.scenes.items():
        scene.scene(title)
        play(scene, lines)
    return scene.transcript


@pytest.mark.parametrize(("name", "locale"), TOLD)
def test_the_transcripts_are_as_they_were_read(name: str, locale: str) -> None:
    hold_to(name, locale, tell(name, locale))


@pytest.mark.parametrize(("name", "locale"), [(name, locale) for name, locale in TOLD if name == told(name).seller])
def test_on_telegram_the_straight_way_has_no_more_words_than_its_limits(name: str, locale: str) -> None:
    scene = begin(name, locale, Channel.TELEGRAM)
    play(scene, next(iter(told(name).scenes.values())))
    entries = (
        JournalEntry(number, "c", 1, BOT, None, number, said.to_json(), MOMENT, "sent", MOMENT)
        for number, said in enumerate(scene.said)
    )
    assert held("telegram", {f"{name} {locale}": read(map(scene.shows.message, entries), QUOTED.get(name, ()))}) == []


def test_a_line_of_another_form_is_refused_and_what_must_not_be_said_is_found() -> None:
    scene = begin("fakturasmart", "pl")
    with pytest.raises(ValueError, match="is no line of a scene"):
        play(scene, ["hello"])
    with pytest.raises(AssertionError, match="Kup teraz"):
        play(scene, ["> hello", "! Kup teraz"])
