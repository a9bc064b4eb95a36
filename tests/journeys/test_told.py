"""The sellers' journeys, told by `told/*.toml`, as transcripts that a person can read: `transcripts/*.txt`."""

import pytest

from benchmarks.thumbs.journeys import QUOTED
from benchmarks.thumbs.limits import held
from benchmarks.thumbs.telegram import read
from dialogs.explorer.samples import MOMENT
from services.store.journal import BOT, JournalEntry
from tests.journeys.reading import NAMES, play, told
from tests.journeys.teller import hold_to
from tests.journeys.telling import begin, tell
from values.channel import Channel

TOLD = [(name, locale) for name in NAMES for locale in sorted(told(name).words)]


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
