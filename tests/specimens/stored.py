"""The conversations that releases have stored, as today's code reads them."""

import json
from collections.abc import Iterator

import pytest

from dialogs.versions import dump, load
from tests.specimens.archives import conversations, releases


def each() -> Iterator[tuple[str, str, str]]:
    """Release, stage and text of each conversation that was stored."""
    for release in releases():
        yield from ((release, name, text) for name, text in sorted(conversations(release).items()))


def once_each() -> Iterator[object]:
    """Rows of a table, each by its specimen's name: what several releases have left of one stage is mostly one state,
    which goes on in one way."""
    seen: set[str] = set()
    for release, name, text in each():
        case = load(json.loads(text)["stored"])
        same = json.dumps(dump(case), sort_keys=True)
        if same not in seen:
            seen.add(same)
            yield pytest.param(case, id=f"{release}-{name}")
