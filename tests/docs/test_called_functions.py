"""Code shown on the builders' pages calls what there is: a function that was renamed is renamed there, too."""

import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT, sources

PAGES = ROOT / "docs" / "dev"
_FENCE = re.compile(r"^```(?:python)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
_CALLED = re.compile(r"(?<![.\w])([a-z_]\w+)\(")
_DEFINED = re.compile(r"\bdef (\w+)")
#: A class of the standard library that is called like a function, and the channel that the page invents.
OTHERS = frozenset({"datetime", "matrix"})


def known() -> frozenset[str]:
    own = {name for path in sources() for name in _DEFINED.findall(path.read_text("utf-8"))}
    return frozenset({*own, *dir(builtins), *OTHERS})


def called(page: Path) -> Iterator[str]:
    for code in _FENCE.findall(page.read_text("utf-8")):
        yield from set(_CALLED.findall(code)) - set(_DEFINED.findall(code))


def test_the_pages_call_functions_that_there_are() -> None:
    found = {(page.name, name) for page in PAGES.glob("*.md") for name in called(page)}
    assert len(found) > 5
    assert {one for one in found if one[1] not in known()} == set()
