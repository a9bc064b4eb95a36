"""How long files and functions are: printed by `make check`, a thing to watch and no gate.

Wanted: files at most 120 lines in the median and 300 at the 95th percentile, functions at most 30 at the 95th.
Migrations are left out: they are written by a machine and never changed again.
"""

import ast
import math
from pathlib import Path

from tests.architecture.rooms import shown, sources, tree


def percentile(values: list[int], share: float) -> int:
    """The smallest value that at least `share` (0 to 1) of the values don't exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * share) - 1]


def function_lengths(path: Path) -> list[tuple[int, str]]:
    """Lines of each function of the file, docstring included, with where it stands."""
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{shown(path)}:{node.lineno} {node.name}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def report() -> str:
    """The figures and the longest five of each, as text."""
    written = [path for path in sources() if path.parent.name != "versions"]
    files = [(len(path.read_text(encoding="utf-8").splitlines()), shown(path)) for path in written]
    functions = [length for path in written for length in function_lengths(path)]
    out: list[str] = []
    for what, lengths in (("files", files), ("functions", functions)):
        sizes = [size for size, _ in lengths] or [0]
        out.append(
            f"{what}: {len(lengths)}, lines: median {percentile(sizes, 0.5)}, "
            f"95th percentile {percentile(sizes, 0.95)}, longest {max(sizes)}"
        )
        out += [f"  {size:4} {where}" for size, where in sorted(lengths, reverse=True)[:5]]
    return "\n".join(out)


if __name__ == "__main__":
    print(report())
