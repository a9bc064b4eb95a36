"""Loading many modules, undisturbed by the garbage collector."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def loading() -> Generator[None]:
    """For `import`s: what they make stays for good.

    Looking through it for what may go, again and again, takes a fifth of a desk's start; looking through it later,
    in the midst of turns, is spared, too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
