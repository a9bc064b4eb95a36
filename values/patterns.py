"""Values of an object, mappings and regular expressions, made at their first use: a start reads hundreds, uses few.

Patterns are kept for the next start as `re` hands them to its engine, where Python keeps compiled modules: to translate
them takes a third of what a desk loads. That takes parts of CPython's `re` that it promises nobody, so what is kept is
one version's alone; what isn't there, or isn't taken by the engine, is compiled as anywhere.
"""

import functools
import marshal
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")


class cached_property(functools.cached_property[T]):  # noqa: TID251 - as its like
    """A value of an object, worked out at the first look, without the lock that Python 3.11 holds for all objects.

    Work that leaves the event loop to wait for the database would keep it: where threads look too, they wait for ever.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        super().__init__(func)
        self.lock = nullcontext()


class _Waiting:
    """A pattern until then. What was asked of it once stays with it, so that later uses cost no call more."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.given_flags = pattern, int(flags)
        _WAITING.append(self)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        if (program := _programs().get((self.pattern, self.given_flags))) is not None:
            try:
                return import_module("_sre").compile(self.pattern, *program)
            except (TypeError, ValueError, RuntimeError, OverflowError):  # another engine's, or broken
                _programs().clear()
        return re.compile(self.pattern, self.given_flags)

    def translate(self) -> tuple[Any, ...]:
        """Return what the engine takes beside the pattern. Raises re.error."""
        translator: Any = import_module("re._compiler")
        parsed = translator._parser.parse(self.pattern, self.given_flags)
        code, of = [int(one) for one in translator._code(parsed, self.given_flags)], parsed.state
        names = {number: name for name, number in of.groupdict.items()}
        index = tuple(names.get(number) for number in range(of.groups))
        return int(self.given_flags | of.flags), code, of.groups - 1, of.groupdict, index

    def __getattr__(self, name: str) -> Any:
        """Return a method of the compiled pattern. Raises re.error for what is none."""
        found = self.__dict__[name] = getattr(self._compiled, name)
        return found


_WAITING: list[_Waiting] = []
_KEPT = Path(__file__).parent / "__pycache__" / f"patterns.{sys.implementation.cache_tag}-{sys.hexversion:x}.kept"


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first asked: by its methods, not by the functions of `re`."""
    return cast("re.Pattern[str]", _Waiting(pattern, flags))


def keep_waiting() -> None:
    """Keep what nobody has asked yet for the next start. Errors: OSError, re.error."""
    programs = {(one.pattern, one.given_flags): one.translate() for one in _WAITING}
    _KEPT.parent.mkdir(exist_ok=True)
    beside = _KEPT.with_suffix(".new")
    beside.write_bytes(marshal.dumps(programs))
    beside.replace(_KEPT)


@functools.cache
def _programs() -> dict[tuple[str, int], tuple[Any, ...]]:
    try:
        return marshal.loads(_KEPT.read_bytes())
    except (OSError, EOFError, ValueError, TypeError):
        return {}


def compile_waiting() -> None:
    """Compile what nobody has asked yet, for a moment when nobody waits."""
    while _WAITING:
        _WAITING.pop().search("")
    _programs().clear()


K = TypeVar("K")
V = TypeVar("V")


class Deferred(Mapping[K, V]):
    """A mapping that few readers look at, and that takes time to make: it is made at the first look.

    `find` tells the value of one key alone, None where it has none, until all are asked for.
    """

    def __init__(self, make: Callable[[], Mapping[K, V]], find: Callable[[K], V | None] | None = None) -> None:
        self._make, self._find = make, find
        self._found: dict[K, V | None] = {}

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        if self._find is None:
            return self._made[key]
        if key not in self._found:
            self._found[key] = self._find(key)
        if (value := self._found[key]) is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
