"""In what order the tests begin where several processes share them.

Each process is given an equal run of the list, and who is done with his takes from the others' ends. So what takes long
is dealt out to the beginnings of these runs: begun last, it would keep one busy while all others have nothing to do.
Most of it waits, for browsers, databases and processes, so one run is left to what computes meanwhile.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

#: They walk whole journeys, which takes seconds each time and is remembered: best by one process, one after the other.
COMPUTING = ("test_walk.py", "test_dialogs_page.py", "test_load.py", "test_profile_commands.py")
#: What waits for half of its time, and how long it takes (seconds, roughly: only the proportions matter).
WAITING = {
    "test_faults_everywhere.py": 200,
    "test_restart.py": 125,
    "test_forum_faults.py": 85,
    "test_forum_restart.py": 60,
    "test_chat.py": 55,
    "test_customer_numbers.py": 45,
    "test_small.py": 45,
    "test_console_journey.py": 35,
    "test_prices_journey.py": 35,
    "test_console_killed.py": 30,
    "test_crash_exits.py": 30,
    "test_telegram_people.py": 30,
    "test_take_over.py": 30,
    "test_helpdesk_faults.py": 25,
    "test_accessibility.py": 25,
    "test_console_sound.py": 20,
    "test_workers.py": 20,
    "test_helpdesk_restart.py": 15,
}


def dealt(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The same tests in another order, for so many processes."""
    named: dict[str, list[pytest.Item]] = {}
    for item in items:
        named.setdefault(item.path.name, []).append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(processes)]
    hands[-1] += [item for name in COMPUTING for item in named.pop(name, ())]
    dealt_s = [0] * max(1, processes - 1)
    for name, seconds in WAITING.items():
        least = dealt_s.index(min(dealt_s))
        hands[least] += named.pop(name, ())
        dealt_s[least] += seconds
    others = iter([item for some in named.values() for item in some])
    for hand, length in zip(hands, _lengths(len(items), processes), strict=True):
        hand += islice(others, max(0, length - len(hand)))
    return [item for hand in hands for item in hand] + list(others)


def _lengths(tests: int, processes: int) -> Iterator[int]:
    """Of the runs that the processes are given."""
    for left in range(processes, 0, -1):
        yield tests // left
        tests -= tests // left
