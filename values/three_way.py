"""Two copies of a record that were changed apart: what each changed stands, unless both changed the same field."""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

T = TypeVar("T", bound=Struct)


def merge_changes(seen: T | None, mine: T, now: T) -> T | None:
    """Return the record as it is `now` with the fields that `mine` has changed since it was `seen`.

    None where one of these was changed to something else meanwhile. With nothing seen all of `mine` is a change.
    """
    stood, theirs = {} if seen is None else asdict(seen), asdict(now)
    changes = {name: value for name, value in asdict(mine).items() if seen is None or value != stood[name]}
    if any(theirs[name] not in (value, stood.get(name, value)) for name, value in changes.items()):
        return None
    return replace(now, **changes)
