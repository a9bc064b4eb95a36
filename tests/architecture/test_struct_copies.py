"""Copies of structs: `dataclasses.replace` of a msgspec struct passes the type checker and raises when it is called."""

import ast
import dataclasses
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from msgspec import Struct

from tests.architecture.rooms import ROOT

ROOMS = ("bot", "dialogs", "nlu", "services", "values")


def test_structs_are_copied_by_their_own_replace() -> None:
    wrong = [where for module in with_dataclass_copies() for where in struct_copies(module)]
    assert not wrong, "msgspec.structs.replace is meant"


def test_a_wrong_copy_is_found() -> None:
    module = ModuleType("sample")
    code = "from dataclasses import replace\ndef turn(s: Slots, n: int):\n    return replace(s, a=n)\n"
    module.__dict__.update({"Slots": Struct, "replace": dataclasses.replace})
    assert list(struct_copies(module, ast.parse(code))) == ["sample:3"]


def with_dataclass_copies() -> Iterator[ModuleType]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "from dataclasses import" in (text := path.read_text()) and "replace(" in text:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                module = importlib.import_module(name)
                if getattr(module, "replace", None) is dataclasses.replace:
                    yield module


def struct_copies(module: ModuleType, tree: ast.Module | None = None) -> Iterator[str]:
    """Yield the lines where a parameter that is a struct, by its annotation, is copied as a dataclass."""
    tree = tree or ast.parse(Path(str(module.__file__)).read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            typed = {arg.arg: arg.annotation for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
            for call in ast.walk(function):
                match call:
                    case ast.Call(func=ast.Name("replace"), args=[ast.Name(name), *_]) if is_struct(
                        typed.get(name), module
                    ):
                        yield f"{module.__name__}:{call.lineno}"
                    case _:
                        pass


def is_struct(annotation: ast.expr | None, module: ModuleType) -> bool:
    """Tell whether an annotation that is a plain name stands for a struct."""
    known = getattr(module, annotation.id, None) if isinstance(annotation, ast.Name) else None
    return isinstance(known, type) and issubclass(known, Struct)
