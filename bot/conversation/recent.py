"""A bounded memory: losing an entry costs politeness or time, never a message."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A dictionary that forgets what was set longest ago once it holds `most` entries."""

    def __init__(self, most: int = 10_000) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._most = most

    def set(self, key: K, value: V) -> None:
        """Remember."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: K) -> V | None:
        """Return the key's value, None if there is none or it was forgotten."""
        return self._kept.get(key)

    def pop(self, key: K) -> V | None:
        """Return the key's value and forget it."""
        return self._kept.pop(key, None)
