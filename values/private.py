"""Values that show neither personal data nor secrets: what a `repr` tells would end in a log one day."""

from inspect import get_annotations
from typing import Annotated, TypeVar, dataclass_transform, get_args

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
