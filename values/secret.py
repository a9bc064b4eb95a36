"""A value that must not be written anywhere: passwords, codes, keys."""

import hmac
from typing import NoReturn


class Secret:
    """Wraps a secret text. It can be revealed on purpose, compared in constant time, and nothing else.

    It prints as `Secret(…)` and refuses to be pickled, copied or dumped as JSON.
    """

    __slots__ = ("_value",)
    __hash__ = None  # pyright: ignore[reportAssignmentType]  # a hash would make it a key of something stored

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, only where it is hashed, compared or sent."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = self._value.encode("utf-8", "surrogatepass"), other._value.encode("utf-8", "surrogatepass")
        return hmac.compare_digest(mine, theirs)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret can't be serialised")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret can't be serialised")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret can't be serialised")
