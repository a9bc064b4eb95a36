"""Walks of whole journeys, kept in `.pytest_cache/walks` by the hash of all that they depend on.

A walk takes half a minute of a processor, and a dozen tests in several processes look at the same few. A clean clone
pays once for each seller; who finds another process at it waits for that one's.
"""

import fcntl
import io
import os
import pickle
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from msgspec.structs import asdict

from dialogs.explorer import seller as explored
from dialogs.explorer.explore import Heed, SampleWorld
from dialogs.explorer.watch import Walk, watch_dialogs
from dialogs.kit.journey import EDIT, Journey
from dialogs.kit.step import Step
from tests.architecture.rooms import ROOT
from tests.nightly import each_by_day
from values.seller import Seller

FOLDER = ROOT / ".pytest_cache" / "walks"
#: A walk's code and data: dialogs import no other room.
SOURCES = ("dialogs", "values")
#: As many as the shipped sellers and the tests' own, of this commit and of a few before it.
KEPT = 64
#: By day the journeys of these are walked whole; the others', which take up to six times as long, straight ahead.
WHOLE_BY_DAY = ("fakturasmart", "konto_insert", "vectra")
Walking = Callable[..., Walk]


def walk_of_the_day(seller: Seller) -> Walk:
    """Return the seller's whole walk by night; by day that of who goes straight on, but for those of each kind."""
    return explored.walk_anew(seller, straight=each_by_day(2) > 1 and seller.id not in WHOLE_BY_DAY)


@contextmanager
def walks_kept(folder: Path = FOLDER) -> Generator[None]:
    """While it lasts no seller's journey is walked whose walk is in the folder."""
    walking = explored.walk

    def walk(world: SampleWorld[Any], heed: Heed, *, straight: bool) -> Walk:
        return kept(world, walking, folder, straight=straight)

    with patch.object(explored, "walk", walk):
        yield


def kept(world: SampleWorld[Any], walking: Walking, folder: Path, *, straight: bool = False) -> Walk:
    """Return the walk from the folder; walk, and put it there, if it isn't."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = (world.books.seller, straight)
    file = folder / f"{_sources()}-{_hash(repr(asked).encode())}"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists():
            return _read(file.read_bytes(), world)
        walk, written = walking(world, straight=straight), file.with_suffix(".new")
        written.write_bytes(_written(walk))
        written.replace(file)
    _forget(folder)
    return walk


@cache
def _sources() -> str:
    files = sorted(path for room in SOURCES for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".toml"))
    return _hash(sys.version.encode(), *(part for file in files for part in (bytes(file), file.read_bytes())))


def _hash(*parts: bytes) -> str:
    found = sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()[:16]


def _forget(folder: Path) -> None:
    files = sorted((path for path in folder.iterdir() if not path.suffix), key=os.path.getmtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)


class _Pickler(pickle.Pickler):
    """Steps by their paths: they hold functions, which the journey has."""

    def persistent_id(self, obj: Any) -> str | None:
        return obj.path if isinstance(obj, Step) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, journey: Journey) -> None:
        super().__init__(file)
        self.journey = journey

    def persistent_load(self, pid: str) -> Any:
        dialog, _, name = pid.partition(".")
        if name != EDIT:
            return self.journey.step(pid)
        confirming = [step for step in self.journey.steps if step.dialog == dialog and step.ways.edits]
        assert len(confirming) == 1, f"whose menu is {pid}?"
        return self.journey._edit_menu(confirming[0])


def _written(walk: Walk) -> bytes:
    written = io.BytesIO()
    found = {name: value for name, value in asdict(walk).items() if name != "journey"}
    _Pickler(written, pickle.HIGHEST_PROTOCOL).dump(found)
    return written.getvalue()


def _read(written: bytes, world: SampleWorld[Any]) -> Walk:
    journey = Journey(watch_dialogs(world.dialogs, lambda _part: None)[0])
    return Walk(journey, **_Unpickler(io.BytesIO(written), journey).load())
