"""The interpreter while modules and vocabularies are loaded: what it needn't import, and needn't look through."""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hide_libraries(*names: str) -> Generator[None]:
    """Import modules as if these libraries were missing, which those modules can do without.

    None in `sys.modules` is what Python's import refuses. What is loaded already stays, and each can be imported later.
    """
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


@contextmanager
def pause_garbage_collection() -> Generator[None]:
    """Load what stays for good undisturbed by the garbage collector.

    Looking through it for what may go takes a fifth of a desk's start; looking through it later, in the midst of turns,
    is spared, too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
