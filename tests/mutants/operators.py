"""Small mistakes that can be made in a file: each place, what stands there and what would.

Left alone: annotations, docstrings and strings, decorators, what a class is declared with, and what is logged.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}


@dataclass(frozen=True)
class Mutant:
    """One mistake: `number` is its node's place in the walk of the file's tree, `lines` what is run for it."""

    part: str
    path: str
    number: int
    operator: str
    scope: str
    lines: tuple[int, int]
    before: str
    after: str
    id: str

    def tree(self, source: bytes) -> ast.Module:
        """The file's tree with the mistake."""
        return mutated(source, self.number, self.operator)


def mutants(part: str, path: Path, root: Path) -> list[Mutant]:
    """All mistakes of a file. An id stays the same as long as the place and its function's name do."""
    name, same = path.relative_to(root).as_posix(), Counter[str]()
    found: list[Mutant] = []
    for number, (node, scope, lines) in enumerate(_walk(ast.parse(path.read_bytes()))):
        for operator, changed in _changes(node):
            before, after = ast.unparse(node), ast.unparse(changed)
            place = f"{name}:{scope}:{operator}:{before}"
            same[place] += 1
            id_ = sha256(f"{place}:{same[place]}".encode()).hexdigest()[:12]
            found.append(Mutant(part, name, number, operator, scope, lines, before, after, id_))
    return found


def mutated(source: bytes, number: int, operator: str) -> ast.Module:
    """The file's tree with that mistake; an empty `operator` leaves it as it is."""
    tree = ast.parse(source)
    if operator:
        node = next(node for place, (node, _, _) in enumerate(_walk(tree)) if place == number)
        changed = next(changed for name, changed in _changes(node) if name == operator)
        _Swap(node, changed).visit(tree)
        ast.fix_missing_locations(tree)
    return tree


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, ast.copy_location(new, old)

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _walk(
    node: ast.AST, scope: str = "", lines: tuple[int, int] = (0, 0)
) -> Iterator[tuple[ast.AST, str, tuple[int, int]]]:
    """Each node that may be mistaken, in the order of the source, with its function and the lines of its statement."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        scope = f"{scope}.{node.name}".lstrip(".")
    if isinstance(node, ast.stmt):
        lines = (node.lineno, _end(node))
    if isinstance(node, ast.match_case):
        lines = (node.pattern.lineno, node.pattern.end_lineno or node.pattern.lineno)
    yield node, scope, lines
    for child in _children(node):
        yield from _walk(child, scope, lines)


def _end(node: ast.stmt) -> int:
    """The last line of a statement, without those in it."""
    inner = [*getattr(node, "body", ()), *getattr(node, "cases", ())]
    if not inner:
        return node.end_lineno or node.lineno
    first = inner[0].pattern.lineno if isinstance(inner[0], ast.match_case) else inner[0].lineno
    return max(node.lineno, first - 1)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and (isinstance(node.value, ast.Constant) or "_log." in ast.unparse(node)):
        return
    match node:
        case ast.ClassDef(body=body):
            yield from body
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (default for default in (*node.args.defaults, *node.args.kw_defaults) if default)
            yield from node.body
        case ast.AnnAssign(value=value):
            yield from (value,) if value else ()
        case ast.JoinedStr() | ast.MatchValue() | ast.Import() | ast.ImportFrom():
            pass
        case _:
            yield from ast.iter_child_nodes(node)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=[op]) if other := _COMPARISONS.get(type(op)):
            yield "comparison", ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp(op=op):
            yield "and/or", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield "not", node.operand
        case ast.BinOp(op=op) if other := _ARITHMETIC.get(type(op)):
            yield "arithmetic", ast.BinOp(node.left, other(), node.right)
        case ast.AugAssign(op=op) if other := _ARITHMETIC.get(type(op)):
            yield "arithmetic", ast.AugAssign(node.target, other(), node.value)
        case ast.Constant(value=bool() as value):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield "constant", ast.Constant(value + 1)
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "return", ast.Return(ast.Constant(value=None))
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())) if "_log." not in ast.unparse(node):
            yield "call left out", ast.Pass()
        case ast.Raise():
            yield "raise left out", ast.Pass()
        case _:
            pass
    if isinstance(node, ast.If | ast.While | ast.IfExp) and not _is_changed_itself(node.test):
        changed = copy.copy(node)
        changed.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        yield "condition", changed


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_changed_itself(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)
