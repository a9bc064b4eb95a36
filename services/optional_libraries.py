"""Libraries that others load wherever they are installed, and can do without."""

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
