"""Values of an object, mappings and regular expressions, made at their first use: a start reads hundreds, uses few."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any, TypeVar, cast

from values.kept_patterns import compile_pattern, keep_patterns

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
        self.pattern, self.flags_given = pattern, flags
        _WAITING.append(self)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return compile_pattern(self.pattern, self.flags_given)

    def __getattr__(self, name: str) -> Any:
        """Return a method of the compiled pattern. Raises re.error for what is none."""
        found = self.__dict__[name] = getattr(self._compiled, name)
        return found


_WAITING: list[_Waiting] = []


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first asked: by its methods, not by the functions of `re`."""
    return cast("re.Pattern[str]", _Waiting(pattern, flags))


def keep_waiting() -> None:
    """Keep what nobody has asked yet for the next start. Errors: OSError, re.error."""
    keep_patterns((one.pattern, one.flags_given) for one in _WAITING)


def compile_waiting() -> None:
    """Compile what nobody has asked yet, for a moment when nobody waits."""
    while _WAITING:
        _WAITING.pop().search("")


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
