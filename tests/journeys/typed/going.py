"""Each journey at a desk of its own, in this process."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.rooms import ROOT
from tests.desk.quick_starts import in_place, made_once
from tests.desk.running import running_desk
from tests.desk.scripted import Person
from tests.journeys.typed.customer import Findings, Typist
from tests.journeys.typed.told import Told


async def go(name: str, told: Told, folder: Path) -> Findings:
    """Return what comes of the journey at a new desk on `folder`."""
    async with running_desk(folder, profile=ROOT / "profiles" / told.profile) as desk:
        return await Typist(desk, Person(locale=told.locale), told=told, found=Findings(name)).go()


async def gone(told: Mapping[str, Told]) -> list[Findings]:
    """Return what comes of each, one after the other."""
    with TemporaryDirectory() as folder, in_place(made_once(Path(folder) / "schema.sqlite")):
        return [await go(name, one, Path(folder) / name) for name, one in told.items()]
