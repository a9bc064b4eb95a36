"""Regular expressions that are compiled at their first use: a start reads hundreds of them and uses a handful."""

import re
from functools import cached_property
from typing import Any, cast


class _Waiting:
    """A pattern until then. What was asked of it once stays with it, so that later uses cost no call more."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags
        _WAITING.append(self)

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern, compiled by now. Raises re.error for what is none."""
        return self._compiled

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        """Return a method of the compiled pattern."""
        found = self.__dict__[name] = getattr(self._compiled, name)
        return found


_WAITING: list[_Waiting] = []


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first asked: by its methods, not by the functions of `re`."""
    return cast("re.Pattern[str]", _Waiting(pattern, flags))


def compile_waiting() -> None:
    """Compile what nobody has asked yet, for a moment when nobody waits."""
    while _WAITING:
        _WAITING.pop().compiled()
