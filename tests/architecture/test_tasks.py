"""Every background task is made by `services/tasks.py`: what is made elsewhere can end without a word."""

import ast
from collections.abc import Iterator

from tests.architecture.rooms import ROOT, shown, tree

MAKERS = ("create_task", "ensure_future", "run_coroutine_threadsafe")
#: Structured: a group's failure is raised to whoever opened it. The bench is no part of a desk.
ALLOWED = ("services/tasks.py", "bot/app/supervisor.py", "bot/bench/")


def makers() -> Iterator[str]:
    for room in ("bot", "dialogs", "nlu", "services", "values"):
        for path in (ROOT / room).rglob("*.py"):
            if shown(path).startswith(ALLOWED):
                continue
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Attribute) and node.attr in MAKERS:
                    yield f"{shown(path)}:{node.lineno} {node.attr}"
                if isinstance(node, ast.Attribute) and node.attr == "TaskGroup":
                    yield f"{shown(path)}:{node.lineno} TaskGroup"


def test_no_task_is_made_elsewhere() -> None:
    assert list(makers()) == []
