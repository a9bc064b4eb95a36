"""Values that show neither personal data nor secrets: what a `repr` tells would end in a log one day."""

import hmac
from inspect import get_annotations
from typing import Annotated, NoReturn, TypeVar, dataclass_transform, get_args

from msgspec import Struct, field

T = TypeVar("T")
_PRIVATE = "private"
Private = Annotated[T, _PRIVATE]
"""A field that a `PrivateStruct` doesn't show."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class PrivateStruct(Struct, frozen=True):
    """Base of values with private fields; subclasses are frozen without saying so."""

    def __repr__(self) -> str:
        """Return the class's name and the fields that aren't private."""
        hints = {name: hint for kind in reversed(type(self).__mro__) for name, hint in get_annotations(kind).items()}
        public = (name for name in self.__struct_fields__ if _PRIVATE not in get_args(hints[name]))
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in public)})"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class HiddenStruct(Struct, frozen=True):
    """Base of values that are shown by their class's name alone; subclasses are frozen without saying so."""

    def __repr__(self) -> str:
        """Return the class's name."""
        return f"{type(self).__name__}(…)"


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
