"""Tells a seller's journey of `told/*.toml` anew."""

from collections.abc import Mapping

from tests.journeys.certified_scenes import Certified
from tests.journeys.konto_scenes import Holder
from tests.journeys.kontor_scenes import Kunde
from tests.journeys.number_scenes import Subscriber
from tests.journeys.own_data_scenes import Withdrawing
from tests.journeys.r2_scenes import Owner
from tests.journeys.reading import play, told
from tests.journeys.scenes import Buyer, Scene
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
