"""The two memories in figures: slots that hold what the books have, and what only carries news from there to here.

Which models of the books there are is declared here (`MODELS`), and tested.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.architecture.rooms import ROOT, body, nodes, shown, sources
from tests.architecture.sizes import classes
from tests.architecture.words import classes_below, functions_in, imported_in

DECLARING = frozenset({"always", "on", "asked", "anywhere"})
"""Methods of a dialog or a step that declare a function as a reaction."""
HELD_BACK = frozenset({"Unawait", "DropTimer"})
"""Effects that only take back what an earlier one began."""

POINTERS = frozenset({"id", "behind", "named", "open", "told", "years"})
"""Slots that say which row is meant, what was told of one last, or what is proposed for an order to come."""

MODELS: Mapping[str, tuple[str, str]] = {
    "SQL": ("services/accounts/account_books.py", "AccountBooks"),
    "the stand-in": ("dialogs/testing/stand_in.py", "Books"),
}
"""The models of what an account has: the file and the name in it that each stands by."""


def copied_slots() -> tuple[str, ...]:
    """Return the slots that a dialog fills from the books: they would be old as soon as a row is changed elsewhere."""
    dialogs = (path for path in sources("dialogs") if path.parts[-2] not in ("explorer", "testing"))
    return tuple(f"{shown(path)} {slot}" for path in dialogs for slot in slots_filled_in(nodes(path)))


def slots_filled_in(found: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the slots that are given something of `ctx.books`, or of an account's view, but for pointers."""
    for call in found:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"replace", *_structs()}:
            given = ((each.arg, each.value) for each in call.keywords if each.arg not in POINTERS)
            yield from (str(slot) for slot, value in given if _reads_books(value))


def _reads_books(value: ast.expr) -> bool:
    names = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in ast.walk(value)}
    return not names.isdisjoint({"books", "view"})


@cache
def _structs() -> frozenset[str]:
    """Return the names of all structs of a conversation's state."""
    return frozenset(node.name for node in body(ROOT / "dialogs" / "state.py") if isinstance(node, ast.ClassDef))


def models() -> tuple[str, ...]:
    """Return the models of the books that there are."""
    found = ((name, ROOT / file, held) for name, (file, held) in MODELS.items())
    return tuple(f"{name} {shown(path)}" for name, path, held in found if path.exists() and _holds(path, held))


def _holds(path: Path, name: str) -> bool:
    declared = (getattr(node, "name", None) or ast.unparse(getattr(node, "target", node)) for node in body(path))
    return name in declared


def silent_reactions() -> tuple[str, ...]:
    """Return the reactions to news of other dialogs or of the books that cause nothing: they only change slots.

    Nothing that they name, however indirectly, is an effect: neither words nor a command that writes, a job, a timer or
    news to others. A reaction to what the customer did is none of these: that it is remembered is what slots are for.
    """
    causing = classes_below("Effect") - _looks() - HELD_BACK
    return tuple(
        f"{module}.{name} {' '.join(news)}"
        for module, name, news in _reactions_to_news()
        if not _named(module, name) & causing
    )


def _reactions_to_news() -> Iterator[tuple[str, str, list[str]]]:
    told = {node.name for _, node in classes(sources("dialogs/messages"))}
    for path in sources("dialogs"):
        module = _module(shown(path))
        for name, function in functions_in(path).items():
            calls = (each for each in function.decorator_list if isinstance(each, ast.Call))
            declaring = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in DECLARING)
            named = (ast.unparse(each).rpartition(".")[2] for call in declaring for each in call.args)
            if news := [each for each in named if each in told]:
                yield module, name, news


def _looks() -> set[str]:
    """Return the commands that write nothing."""
    return {
        node.name
        for _, node in classes(sources("dialogs"))
        for each in node.body
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "reads_only" and _is_true(each.value)
    }


@cache
def _names_in(module: str, name: str) -> frozenset[tuple[str, str]]:
    """Return what the body of a dialogs' function names, each as the module that declares it and its name there."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    if not path.exists() or (function := functions_in(path).get(name)) is None:
        return frozenset()
    imported = imported_in(path)
    parts = [each for line in function.body for each in ast.walk(line)]
    plain = {imported.get(each.id, (module, each.id)) for each in parts if isinstance(each, ast.Name)}
    dotted = (each for each in parts if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name))
    of_modules = ((imported.get(ast.unparse(each.value)), each.attr) for each in dotted)
    return frozenset(plain | {(".".join(found), attribute) for found, attribute in of_modules if found})


def _named(module: str, name: str) -> set[str]:
    """Return the names that a function comes to, its own and those of the functions that it calls."""
    found, waiting = {(module, name)}, [(module, name)]
    while waiting:
        new = {each for each in _names_in(*waiting.pop()) if each[0].startswith("dialogs")} - found
        found |= new
        waiting += new
    return {name for _, name in found}


def _module(place: str) -> str:
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
