"""The golden files: all that the desk says, its API and its events, as they stand. `make pages` writes them anew.

A change that means no other words and no other fields leaves them as they are; what another one means is read in them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from bot.handlers.api.app import make_seller_api
from bot.profile.load import load
from bot.usecases.seller.event_sender import show_event
from services.seller import seller_events
from services.seller.events_out import SellerEvent
from tests.bot.texts.test_every_wording import PROFILES, said
from tests.golden.samples import arguments

HERE = Path(__file__).parent
TURNS = 5
"""How often each event is made, each time with another one of the values that a field may have."""


def openapi() -> str:
    """Return the description of the seller's API."""
    return _json(make_seller_api().openapi())


def events() -> str:
    """Return what the seller's system is sent of each type of event, once for each set of values told apart by it."""
    return _json([show_event(event) for event in made_events()])


def made_events() -> Iterator[SellerEvent]:
    """Yield an event of each function that makes one, and one more for each further type or value in it."""
    told = set[str]()
    for make in _makers():
        for turn in range(TURNS):
            event = make(**arguments(make, turn))
            if (words := _json(show_event(event))) not in told:
                told.add(words)
                yield event


def _makers() -> list[Callable[..., SellerEvent]]:
    public: list[Any] = [found for name, found in vars(seller_events).items() if not name.startswith("_")]
    return [made for made in public if getattr(made, "__annotations__", {}).get("return") is SellerEvent]


def texts(locale: str) -> str:
    """Return each text of a language with its wordings, and who says it so: `*` are all that speak it."""
    sellers = [folder.name for folder in PROFILES if locale in _profile(folder).seller.locales]
    sayers: dict[tuple[str, str], dict[str, None]] = {}
    for folder in PROFILES:
        if folder.name in sellers:
            for key, wording in said(_profile(folder), locale):
                sayers.setdefault((key, wording), {})[folder.name] = None
    rows = sorted(sayers.items(), key=lambda row: row[0][0])
    return "".join(
        f"{key}\t{'*' if len(by) == len(sellers) else ' '.join(by)}\t{wording!r}\n" for (key, wording), by in rows
    )


@cache
def _profile(folder: Path) -> Any:
    return load(folder)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


FILES: Mapping[str, Callable[[], str]] = {
    "openapi.json": openapi,
    "events.json": events,
    **{f"texts_{locale}.tsv": partial(texts, locale) for locale in ("pl", "it", "en", "de")},
}


if __name__ == "__main__":
    for name, make in FILES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
