"""In what order the tests begin where several processes share them.

Each process is given an equal run of the list, and who is done with his takes from the others' ends. So what takes long
stands at the beginnings of the first four runs: begun last, it would keep one process busy while all others have
nothing to do. What waits for browsers, databases and processes isn't dealt out evenly: begun all at once, it waits for
itself.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

#: Each of them takes a minute.
LONGEST = ("test_faults_everywhere.py", "test_restart.py")
#: They walk whole journeys, which takes seconds each time and is remembered: best by one process, one after the other.
WALKING = (
    *("test_seller.py", "test_journeys_page.py", "test_load.py", "test_profile_commands.py", "test_two_plans.py"),
    *("test_scripts.py", "test_offer_words.py", "test_utterances.py"),
)
#: These take long together, mostly by waiting.
LONG = (
    *("test_small.py", "test_forum.py", "test_forum_restart.py"),
    *("test_helpdesk.py", "test_helpdesk_restart.py", "test_storm.py", "test_console_journey.py"),
    *("test_console_killed.py", "test_forum_killed.py", "test_console_sound.py"),
)
#: So do these, by one browser after the other.
BROWSERS = ("test_chat.py", "test_browser_journey.py", "test_console_looks.py")


def dealt(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The same tests in another order, for so many processes."""
    named: dict[str, list[pytest.Item]] = {}
    for item in items:
        named.setdefault(item.path.name, []).append(item)
    begun = [[item for name in names for item in named.pop(name, ())] for names in (LONGEST, WALKING, LONG, BROWSERS)]
    others = (item for some in named.values() for item in some)
    runs: list[pytest.Item] = []
    for number, length in enumerate(_lengths(len(items), processes)):
        first = begun[number] if number < len(begun) else []
        runs += [*first, *islice(others, max(0, length - len(first)))]
    return [*runs, *(item for first in begun[processes:] for item in first), *others]


def _lengths(tests: int, processes: int) -> Iterator[int]:
    """Of the runs that the processes are given."""
    for left in range(processes, 0, -1):
        yield tests // left
        tests -= tests // left
