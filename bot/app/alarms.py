"""Which log lines wake somebody: of each cause one in a quarter of an hour, by each process.

What strangers write can make the same line again and again; it stays in the log, and `"alarm": true` is what it loses.
In memory, since an alarm must not need the database: it may be about it.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from typing import Any

QUIET_S = 15 * 60.0
_MOST_CAUSES = 1000  # beyond them those that were quiet for longest are forgotten
# What tells one occurrence from the next, not one cause from another. Money stays: each payment, order and
# subscription named wants its own look.
_OF_ONE = frozenset(
    {"alarm", "level", "timestamp", "key", "conversation", "attempts", "attempt", "seq", "line", "id", "update_id"}
)


class Alarms:
    """Structlog processor that leaves `alarm` on the first line of a cause alone. `now` gives seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        # When each cause woke somebody, and how often it has come since; the latest cause stands last.
        self._woke: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Take the alarm off a line whose cause woke somebody just now; the next alarm says how many there were."""
        if event.get("alarm") is not True:
            return event
        cause = repr(sorted((name, repr(value)) for name, value in event.items() if name not in _OF_ONE))
        woke, since = self._woke.pop(cause, (float("-inf"), 0))
        now = self._now()
        if now - woke < QUIET_S:
            self._woke[cause] = (woke, since + 1)
            del event["alarm"]
        else:
            self._woke[cause] = (now, 0)
            if since:
                event["since_the_last_alarm"] = since
        if len(self._woke) > _MOST_CAUSES:
            self._woke.popitem(last=False)
        return event
