"""Dialogs' events and calls as JSON, by name: what is stored in the event and call tables, and read back from there."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from dialogs.kit import Event, Job
from dialogs.messages import MODULES


def _named(base: type[Any]) -> dict[str, type[Any]]:
    return {
        name: value
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
    }


EVENTS: dict[str, type[Event]] = _named(Event)
CALLS: dict[str, type[Job]] = _named(Job)


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def name_of(thing: object) -> str:
    """Return the name under which an event or job is stored."""
    return type(thing).__name__


def to_json(thing: object) -> dict[str, Any]:
    """Return the fields as JSON values."""
    return _adapter(type(thing)).dump_python(thing, mode="json")


def event_from(name: str, fields: dict[str, Any]) -> Event:
    """Return the event of this name. Errors: KeyError for a name of another release, ValueError for bad fields."""
    return _adapter(EVENTS[name]).validate_python(fields)


def call_from(name: str, fields: dict[str, Any]) -> Job:
    """Return the job of this name. Errors: KeyError, ValueError."""
    return _adapter(CALLS[name]).validate_python(fields)
