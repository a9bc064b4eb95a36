"""What a test goes on with: a value that must be there, or must be of a kind, else the test fails here."""

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """Return the value, which mustn't be None."""
    assert value is not None, "nothing is there"
    return value


def a(kind: type[T], value: object) -> T:
    """Return the value, which must be of the kind."""
    assert isinstance(value, kind), f"{value!r} is no {kind.__name__}"
    return value
