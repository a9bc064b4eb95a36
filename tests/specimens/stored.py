"""The conversations that releases have stored, as today's code reads them."""

import json
from collections.abc import Iterator

import pytest

from dialogs.versions import dump, load
from tests.specimens.make import HERE


def once_each() -> Iterator[object]:
    """Rows of a table, each by its specimen's name: what several releases have left of one stage is mostly one state,
    which goes on in one way."""
    seen: set[str] = set()
    for file in sorted(HERE.glob("*/*.json")):
        case = load(json.loads(file.read_text("utf-8"))["stored"])
        same = json.dumps(dump(case), sort_keys=True)
        if same not in seen:
            seen.add(same)
            yield pytest.param(case, id=f"{file.parent.name}-{file.stem}")
