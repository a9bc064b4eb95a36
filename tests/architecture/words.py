"""How much is said again: classes of the same fields, modules for one reader, classes of events, names of no thing."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path

from tests.architecture.rooms import body, nodes, shown, sources
from tests.architecture.sizes import classes

ALIKE = 5
"""So many names of fields in common make two classes one noun that is said twice."""

PARTICIPLE = re.compile(r"[a-z]+(ed|ing)")
NOUNS_AND_VERBS = frozenset(
    "bring embed exceed feed gathering need opening ping proceed seed speed standing string writing".split()
)
"""Words that end as participles do and are none."""
BARE = frozenset(
    "about above again against ago all alone among anew another any away back before begun behind below beside best"
    " between broken brought by came chosen come done due each else elsewhere even ever first for forgotten found from"
    " given gone good had held here how in indeed it its kept known last late lately later latest leads left less like"
    " lost made meant missing more most near never new newest none nowhere of off on once one only open other others"
    " out over own past plain plainly proven put read same seen sent set several shown shut since so spent spoken"
    " still such taken that then there these they those together told under undone unknown unlike unread until well"
    " what when where which who whole whose why with withdrawn withheld without worse written".split()
)
"""Participles, adverbs, pronouns and prepositions: alone they name neither what is done nor to what."""


def names_of_nothing(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the public functions of modules whose whole name is a participle, an adverb, a pronoun or alike."""
    return tuple(f"{shown(path)} {name}" for path in paths for name in functions_in(path) if _is_bare(name))


def _is_bare(name: str) -> bool:
    return name in BARE or (PARTICIPLE.fullmatch(name) is not None and name not in NOUNS_AND_VERBS)


def alike_classes(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the pairs of classes that declare at least `ALIKE` fields of the same names, the likest first."""
    fields = {(node.name, shown(path)): _fields(node) for path, node in classes(paths)}
    wide = {held: own for held, own in fields.items() if len(own) >= ALIKE}
    pairs = ((len(wide[one] & wide[other]), one[0], other[0]) for one, other in combinations(wide, 2))
    return tuple(f"{count} {one} {other}" for count, one, other in sorted(pairs, reverse=True) if count >= ALIKE)


def _fields(node: ast.ClassDef) -> frozenset[str]:
    """Return the names of the fields that a struct, dataclass or model declares itself."""
    if "TypedDict" in _bases(node):
        return frozenset()
    own = (each for each in node.body if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.dump(each))
    return frozenset(ast.unparse(each.target) for each in own)


@cache
def classes_below(name: str) -> frozenset[str]:
    """Return the names of the dialogs' classes that have this one as a base, however indirectly."""
    bases = {node.name: _bases(node) for _, node in classes(sources("dialogs"))}
    found = {name}
    while new := {each for each, own in bases.items() if own & found} - found:
        found |= new
    return frozenset(found - {name})


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases}


def lonely_modules(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the modules that exactly one other imports."""
    files = {module_name(path): path for path in paths}
    importing: dict[str, set[str]] = defaultdict(set)
    for module, path in files.items():
        for imported in imports_of(path, files):
            importing[imported].add(module)
    ours = {module: others - {module} for module, others in importing.items()}
    return tuple(
        f"{shown(files[module])} {next(iter(others))}"
        for module, others in sorted(ours.items())
        if len(others) == 1 and files[module].stem not in ("__init__", "__main__")
    )


def imports_of(path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield the names of these modules that the file imports, wherever in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {full for alias in node.names if (full := f"{node.module}.{alias.name}") in files}
            yield from whole
            if len(whole) < len(node.names) and node.module in files:
                yield node.module


def module_name(path: Path) -> str:
    """Return the name by which the file is imported."""
    return shown(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def functions_in(path: Path) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions at the top level of the file, by name."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node for node in body(path) if isinstance(node, kinds)}


def imported_in(path: Path) -> Mapping[str, tuple[str, str]]:
    """Return the names that the file imports from modules, each with the module and the name there."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in body(path)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
