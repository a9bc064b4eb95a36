"""Which tests `make test` leaves to `make nightly`: the same rule on another database, and those of less worth.

Of each kind of fault one is tried by day, and each database (tests/architecture/test_order.py). The worth of the others
is measured: `python -m tests.worth`.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

import pytest

from tests.worth.record import is_left_to_the_night

T = TypeVar("T")
#: Set while the daily tests run; tests that are called by name, and all of the night, take their series whole.
BY_DAY = "OKIENKO_TESTS_BY_DAY"

#: Rooms whose subject is the database itself, and the money's book: each case on both, every time.
ON_BOTH = ("tests/services/store/", "tests/services/jobs/", "tests/services/domain/test_payment_book.py")
#: Here PostgreSQL is the daily one: processes that share it, locks, and every second row of the table of faults.
ON_POSTGRESQL = (
    "tests/desk/test_api_directory.py::test_customers_are_put_on_file_and_brought_up_to_date",
    "tests/desk/test_events_journey.py::test_a_purchase_is_told_step_by_step",
    "tests/desk/test_renewal_journey.py",
    "tests/desk/test_several_companies.py",
    "tests/desk/test_twice.py",
    "tests/desk/test_web_sessions.py",
    "tests/desk/test_faults_everywhere.py::test_every_call_of_telegram_fails_in_every_manner",
)
#: The daily table: which fault, over which transport, on which database.
FAULTS = {
    "tests/desk/test_restart.py::test_dropped_at_every_point_of_the_journey[sqlite]": ("dropped", "rest", "sqlite"),
    "tests/desk/test_faults_everywhere.py::test_every_call_of_telegram_fails_in_every_manner[postgresql]": (
        "a call fails",
        "telegram",
        "postgresql",
    ),
    "tests/desk/test_helpdesk_restart.py::test_dropped_at_every_point_of_its_way_there_and_back[sqlite]": (
        "dropped",
        "help desk",
        "sqlite",
    ),
    "tests/crash/test_small.py::test_one_process_on_sqlite": ("killed", "rest", "sqlite"),
    "tests/desk/test_database_away.py::test_storage_is_down_while_it_is_away_and_a_quiet_desk_finds_it_again": (
        "the database is away",
        "rest",
        "postgresql",
    ),
}
#: Releases whose desks are upgraded by day: the oldest, the one whose terms read otherwise, the latest (counted back).
RELEASES = (0, 3, -1)
UPGRADED = (
    "tests/specimens/test_desks.py::test_every_customer_of_an_earlier_release_finishes",
    "tests/specimens/test_desks.py::test_consents_get_the_words_that_were_shown",
)


def each_by_day(share: int) -> int:
    """Return `share` by day, else 1: of a long series whose members hold one rule, each so-manieth is tried."""
    return share if os.environ.get(BY_DAY) else 1


def portion(series: Iterable[T], share: int, *, night: int = 1) -> list[T]:
    """Return each so-manieth of the series by day, the same ones each time; else all.

    Of the longest a part of the night tries each `night`th, other ones each time.
    """
    if night > 1 and "OKIENKO_TESTS_PART" in os.environ:
        return [*series][int(os.environ.get("LIVES_SEED", "0")) % night :: night]
    return [*series][:: each_by_day(share)]


def left_to_the_night(items: Sequence[pytest.Item]) -> Iterable[pytest.Item]:
    """Yield those of `items` that `make test` leaves out."""
    both = _on_several_databases(items)
    by_day = {id_ for test in UPGRADED for id_ in _of_the_day([i.nodeid for i in items if i.nodeid.startswith(test)])}
    for item in items:
        id_ = item.nodeid
        if id_ in FAULTS:
            continue
        if id_.startswith(UPGRADED):
            night = id_ not in by_day
        else:
            second = _test(item) in both and not id_.startswith(ON_BOTH) and _is_second(item)
            night = second or is_left_to_the_night(id_)
        if night:
            yield item


def _of_the_day(upgraded: Sequence[str]) -> Iterable[str]:
    """Yield those of one test's releases that are tried by day."""
    return (upgraded[number] for number in RELEASES if -len(upgraded) <= number < len(upgraded))


def _is_second(item: pytest.Item) -> bool:
    daily = "sqlite" if not item.nodeid.startswith(ON_POSTGRESQL) else "postgresql"
    return database_of(item) != daily


def database_of(item: pytest.Item) -> str | None:
    """Return which database a case is about, None where it is not a matter of its parameters."""
    call = getattr(item, "callspec", None)
    values = () if call is None else tuple(value for value in call.params.values() if isinstance(value, str))
    if any(value in ("postgresql", "postgres") for value in values):
        return "postgresql"
    return "sqlite" if "sqlite" in values else None


def _test(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _on_several_databases(items: Sequence[pytest.Item]) -> set[str]:
    found: dict[str, set[str]] = {}
    for item in items:
        if (database := database_of(item)) is not None:
            found.setdefault(_test(item), set()).add(database)
    return {test for test, databases in found.items() if len(databases) > 1}
