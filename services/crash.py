"""Crash points: the places where a desk touches what outlives it, just before and just after each.

Every commit, every request to a provider, every letter, every request to the Bot API, every stored call and every note
that a reply was sent passes `crash_point`, which in production looks up one variable and returns. Who installs a hook
with `watch_crash_points` is told each point by name, in the thread that reaches it, and may end the desk there: by an
exception that nothing catches, or by leaving the process. So a crash is tried at each of them
(`tests/desk/test_restart.py`).

A hook belongs to a context: to the tasks and threads that begin in it, so that several desks of one process each have
their own.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Hook = Callable[[str], None]

_hook: ContextVar[Hook | None] = ContextVar("crash_hook", default=None)


def crash_point(name: str) -> None:
    """Mark a place where the process may die; `name` says before or after what."""
    if (hook := _hook.get()) is not None:
        hook(name)


def commit_point(when: str, works: Iterable[Callable[..., Any]]) -> None:
    """Mark the points before or after a commit, one for each of the works in it."""
    if (hook := _hook.get()) is not None:
        for work in works:
            hook(f"{when} commit of {getattr(work, '__qualname__', type(work).__name__)}")


@contextmanager
def watch_crash_points(hook: Hook) -> Generator[None]:
    """Tell `hook` of every point that work begun in this context reaches.

    A desk that runs does so until it ends.
    """
    token = _hook.set(hook)
    try:
        yield
    finally:
        _hook.reset(token)
