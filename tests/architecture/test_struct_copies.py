"""Copies of records: `dataclasses.replace` of a struct passes the type checker and raises when it is called."""

import ast

from tests.architecture.rooms import ROOMS, shown, sources

FOR_STRUCTS = frozenset({"asdict", "fields", "replace"})
"""Functions that `msgspec.structs` has under the same names."""


def test_records_are_copied_and_taken_apart_by_msgspec() -> None:
    wrong = {shown(path): of_dataclasses(path.read_text()) for path in sources(*ROOMS, "docs/dev/samples")}
    assert not {path: names for path, names in wrong.items() if names}, "msgspec.structs is meant"


def test_a_wrong_copy_is_found() -> None:
    assert of_dataclasses("from dataclasses import dataclass, replace\n") == ["replace"]
    assert of_dataclasses("import dataclasses\ndataclasses.asdict(of)\n") == ["asdict"]


def of_dataclasses(source: str) -> list[str]:
    """Return what a module takes from `dataclasses` that no struct can be given to."""
    taken: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="dataclasses", names=names):
                taken += [alias.name for alias in names]
            case ast.Attribute(value=ast.Name("dataclasses"), attr=name):
                taken.append(name)
            case _:
                pass
    return [name for name in taken if name in FOR_STRUCTS]
