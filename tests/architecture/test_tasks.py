"""Every background task is made by `services/tasks.py`: what is made elsewhere can end without a word."""

import ast
from collections.abc import Iterator

from tests.architecture.rooms import ROOT, shown, tree
from tests.kit.rows import each_row

MAKERS = tuple(
    """
    create_task ensure_future run_coroutine_threadsafe TaskGroup create_task_group start_soon Task
    eager_task_factory
""".split()
)
#: Structured: a group's failure is raised to whoever opened it. The bench is no part of a desk.
ALLOWED = ("services/tasks.py", "bot/app/supervisor.py", "bot/bench/")
#: A timer that sets itself anew is a loop, too: each of these is looked at by a person, who says why it can't fail in
#: silence (asyncio's own handler logs what a callback raises, with an alarm: `bot/app/logs.py`).
TIMERS = ("call_later", "call_at")
TIMED = {
    "bot/web/guard.py": "once for each connection: a head that comes too slowly",
    "bot/cli/hear.py": "once for each answer: a repeat finds it no longer",
    "bot/handlers/telegram/transport.py": "for each answer that is awaited: silence",
    "bot/handlers/telegram/pace.py": "once for each turn: shown as typing",
    "bot/conversation/delivery.py": "once for each reply that is slow",
    "services/store/group_commit.py": "once for each full disk: tried again",
    "bot/bench/floor.py": "no part of a desk",
}


def made(source: ast.AST, names: tuple[str, ...] = MAKERS) -> Iterator[tuple[int, str]]:
    """Yield where a name of asyncio's or anyio's makers is used, by whichever way it came there."""
    types = {id(part) for node in ast.walk(source) for part in _annotation(node)}
    for node in ast.walk(source):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("asyncio", "anyio"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in names)
        elif isinstance(node, ast.Attribute) and node.attr in names and id(node) not in types:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            named = (part for part in node.args if isinstance(part, ast.Constant) and part.value in names)
            yield from ((part.lineno, str(part.value)) for part in named)


def _annotation(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a type, where `asyncio.Task[None]` makes nothing."""
    if isinstance(node, ast.Subscript):
        yield node.value
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        yield from ast.walk(node.annotation)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
        yield from ast.walk(node.returns)


def makers(names: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[str]:
    for room in ("bot", "dialogs", "nlu", "services", "values"):
        for path in (ROOT / room).rglob("*.py"):
            if not shown(path).startswith(allowed):
                yield from (f"{shown(path)}:{line} {name}" for line, name in made(tree(path), names))


def test_no_task_is_made_elsewhere() -> None:
    assert list(makers(MAKERS, ALLOWED)) == []


def test_no_timer_is_set_that_nobody_has_looked_at() -> None:
    assert list(makers(TIMERS, (*ALLOWED, *TIMED))) == []
    used = {place for place in TIMED for _ in made(tree(ROOT / place), TIMERS)}
    assert used | {"bot/bench/floor.py"} == set(TIMED), "a row for what isn't there any more"


@each_row
def test_each_other_way_to_make_one_is_seen(cheat: str) -> None:
    assert list(made(ast.parse(cheat)))


def test_types_of_tasks_make_none() -> None:
    source = "def f(of: asyncio.Task[None]) -> asyncio.Task[int] | None:\n    held: set[asyncio.Task[None]] = set()"
    assert list(made(ast.parse(source))) == []
