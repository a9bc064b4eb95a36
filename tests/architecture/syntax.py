"""Counts by syntax: comparisons with `"paid"`, readers that judge a clause for themselves, phrases of docstrings."""

import ast
import re
from collections.abc import Iterable, Set
from functools import cache
from pathlib import Path

from tests.architecture.rooms import ROOT, body, nodes, shown, sources
from tests.architecture.words import imported_in

PAID = "paid"
JUDGEMENT = re.compile(r"stance\w*|polarity|denies|is_given|hide_withheld|surely_told")
"""Names of `nlu/stance/` that judge whether a clause's words are meant."""
PERSONLESS = re.compile(r"\bwhoever\b|^Return (?:what|who|how|where)\b", re.IGNORECASE | re.MULTILINE)
"""Phrases of a docstring in place of a noun of the field."""


def paid_comparisons(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return where a value is compared with `"paid"`, itself or by a constant: `==`, `in`, `case`."""
    return tuple(
        f"{shown(path)}:{node.lineno}"
        for path in paths
        for node in nodes(path)
        if isinstance(node, ast.Compare | ast.MatchValue)
        for side in ([node.value] if isinstance(node, ast.MatchValue) else [node.left, *node.comparators])
        if _is_paid(side, _constants(path))
    )


def _is_paid(side: ast.expr, constants: Set[str]) -> bool:
    """Return whether one side of a comparison is `"paid"`, such a constant, or a collection with it."""
    match side:
        case ast.Constant(value):
            return value == PAID
        case ast.Name() | ast.Attribute():
            return ast.unparse(side).rpartition(".")[2] in constants
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return any(_is_paid(item, constants) for item in items)
        case ast.Call(args=[argument]):
            return _is_paid(argument, constants)
        case _:
            return False


@cache
def _constants(path: Path) -> frozenset[str]:
    """Return the names that stand for `"paid"` in the file: its own in capitals, and those that it imports."""
    found = set[str]()
    for name, (module, there) in imported_in(path).items():
        place = ROOT.joinpath(*module.split("."))
        homes = [home for home in (place.with_suffix(".py"), place / "__init__.py") if home.exists()]
        if there.isupper() and any(there in _constants(home) for home in homes):
            found.add(name)
    for node in body(path):
        named = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names = {each.id for each in named if isinstance(each, ast.Name) and each.id.isupper()}
        if names and isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _is_paid(node.value, found):
            found |= names
    return frozenset(found)


def files_of_places(places: Iterable[str]) -> tuple[str, ...]:
    """Return the files of places given as `file:line`, each once."""
    return tuple(dict.fromkeys(place.partition(":")[0] for place in places))


def judging_modules() -> tuple[str, ...]:
    """Return the files outside of `nlu/stance/` that import from it, or take a name of `JUDGEMENT` from another."""
    own = ROOT / "nlu" / "stance"
    return tuple(
        shown(path)
        for path in sources()
        if own not in path.parents and any(isinstance(node, ast.ImportFrom) and _judges(node) for node in nodes(path))
    )


def _judges(node: ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names]
    match (node.module or "").split("."):
        case ["nlu", "stance", *_]:
            return True
        case ["nlu", *more]:
            return any(JUDGEMENT.fullmatch(name) for name in names) or (not more and "stance" in names)
        case _:
            return False


def personless_docstrings(docstrings: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the places of docstrings that say "whoever", or "Return what", "who", "how", "where"."""
    return tuple(place for place, words in docstrings if PERSONLESS.search(words))
