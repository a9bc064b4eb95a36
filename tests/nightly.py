"""Which tests `make test` leaves to `make nightly`: the same rule once more, on another database or transport.

Of each kind of fault one is tried by day, and each database (tests/architecture/test_order.py). What is rare or new
there gets a row here only when a daily test holds the same rule.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

import pytest

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
#: One fault over one transport to one database, each a minute: these pairs are held by their neighbours in `FAULTS`.
FAULTS_AT_NIGHT = (
    "tests/desk/test_changes.py::test_dropped_at_every_point_of_a_change_and_of_the_statement_that_pays_it",
    "tests/desk/test_changes.py::test_dropped_at_every_point_of_a_change_charged_to_the_kept_card",
    "tests/desk/test_faults_everywhere.py::test_every_call_fails_in_every_manner",
    "tests/desk/test_restart.py::test_dropped_at_every_point_of_the_journey_on_telegram",
    "tests/desk/test_service_process.py::test_a_sandbox_that_was_killed_is_found_again_by_the_desks_at_it",
    "tests/desk/test_take_over_restart.py",
    "tests/desk/test_telegram_journey.py::test_a_kill_between_what_is_written_and_its_answer_loses_nothing",
    "tests/desk/test_trusted_hands_failing.py",
    "tests/desk/test_unfinished.py::test_a_process_that_dies_while_the_e_mail_leaves_sends_no_second_one",
    "tests/desk/test_voice_for_agents.py::test_a_desk_that_ends_between_the_turn_and_the_fetch_fetches_it_afterwards",
    "tests/desk/test_forum_killed.py",
    "tests/desk/test_forum_restart.py",
    "tests/desk/test_crash_exits.py",
    "tests/desk/test_console_killed.py",
    "tests/desk/test_answers_by_mail.py::test_killed_around_the_letter_it_is_sent_after_the_start_and_told_apart_by_nobody",
    "tests/desk/test_log_ins_told.py::test_killed_around_the_letter_it_is_sent_after_the_start",
    "tests/desk/test_browser_restart.py::test_all_presses_on_the_card_while_the_desk_is_away_count",
    "tests/desk/test_database_away.py::test_the_database_is_away_for_a_while",
    "tests/crash/test_small.py::test_two_processes_and_the_sandbox_on_postgresql",
    "tests/desk/test_two_chats.py::test_three_processes_of_which_one_is_killed_lose_none",
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
#: The same page or journey at a second width, or a whole check of one more seller.
OTHERS_AT_NIGHT = (
    # All sellers' walks: `okienko check` makes each, and what is never reached is never wrong for a customer.
    "tests/dialogs/explorer/test_seller.py::test_every_step_and_every_reaction_is_reached_with_some_seller",
    "tests/dialogs/explorer/test_seller.py::test_what_loses_something_is_never_the_likely_answer",
    "tests/dialogs/explorer/test_seller.py::test_no_code_is_asked_for_between_the_press_that_binds_and_the_money[certified_platform]",
    "tests/dialogs/explorer/test_seller.py::test_no_code_is_asked_for_between_the_press_that_binds_and_the_money[kontorblatt]",
    "tests/dialogs/explorer/test_seller.py::test_no_code_is_asked_for_between_the_press_that_binds_and_the_money[r2platnik]",
    "tests/benchmarks/test_thumb.py::test_a_journey_takes_no_more_than_its_limits",
    "tests/bot/profile/test_two_plans.py::test_a_cart_with_two_plans_passes_the_check",
    "tests/bot/usecases/lives/test_ledger.py::test_every_life_agrees_with_the_ledger[night*]",
    "tests/desk/test_browser_journey.py::test_from_the_landing_page_to_active_e_invoices[desktop]",
    "tests/desk/test_console_journey.py::test_the_stuck_customer_is_helped",
    "tests/desk/test_console_pressed.py::test_after_taking_nothing_stands_where_it_was_pressed_and_nothing_acts_at_once[mouse-1280]",
    "tests/desk/test_console_pressed.py::test_after_taking_nothing_stands_where_it_was_pressed_and_nothing_acts_at_once[keys-390]",
    "tests/desk/test_documents.py::test_a_document_opens_from_the_web_chat_and_stays_open_to_reading[pl-*phone]",
    "tests/desk/test_documents.py::test_a_document_opens_from_the_web_chat_and_stays_open_to_reading[it-*]",
    "tests/desk/test_documents.py::test_a_document_opens_from_the_web_chat_and_stays_open_to_reading[en-*desktop]",
    "tests/desk/test_second_years.py::test_it_is_the_same_on_postgresql",
    "tests/desk/test_spoken_sign_up.py::test_in_chromium[it]",
    "tests/desk/test_spoken_sign_up.py::test_in_chromium[en]",
    "tests/desk/test_spoken_sign_up.py::test_on_telegram[en-polling]",
    "tests/desk/test_spoken_sign_up.py::test_on_telegram[pl-polling]",
    "tests/web/browser/test_cards.py::test_the_top_of_a_tall_slip_is_in_view_and_the_rest_is_announced[phone]",
)
#: Of these journeys each third is gone by day; the nineteen of each language stand one after the other.
IN_THIRDS = "tests/journeys/test_typed.py::test_a_typed_journey"
UPGRADED = (
    "tests/specimens/test_desks.py::test_every_customer_of_an_earlier_release_finishes",
    "tests/specimens/test_desks.py::test_consents_get_the_words_that_were_shown",
)


def each_by_day(share: int) -> int:
    """Return `share` by day, else 1: of a long series whose members hold one rule, each so-manieth is tried."""
    return share if os.environ.get(BY_DAY) else 1


def portion(series: Iterable[T], share: int) -> list[T]:
    """Return each so-manieth of the series by day, the same ones each time; else all."""
    return [*series][:: each_by_day(share)]


def left_to_the_night(items: Sequence[pytest.Item]) -> Iterable[pytest.Item]:
    """Yield those of `items` that `make test` leaves out."""
    both = _on_several_databases(items)
    thirds = {item.nodeid for item in [item for item in items if item.nodeid.startswith(IN_THIRDS)][::3]}
    at_night: dict[str, list[str]] = {}
    for row in (*FAULTS_AT_NIGHT, *OTHERS_AT_NIGHT):
        at_night.setdefault(row.partition("::")[0], []).append(row)
    by_day = {id_ for test in UPGRADED for id_ in _of_the_day([i.nodeid for i in items if i.nodeid.startswith(test)])}
    for item in items:
        id_ = item.nodeid
        if id_ in FAULTS:
            continue
        if id_.startswith(UPGRADED):
            night = id_ not in by_day
        elif id_.startswith(IN_THIRDS):
            night = id_ not in thirds
        elif any(_is(id_, row) for row in at_night.get(id_.partition("::")[0], ())):
            night = True
        else:
            night = _test(item) in both and not id_.startswith(ON_BOTH) and _is_second(item)
        if night:
            yield item


def _of_the_day(upgraded: Sequence[str]) -> Iterable[str]:
    """Yield those of one test's releases that are tried by day."""
    return (upgraded[number] for number in RELEASES if -len(upgraded) <= number < len(upgraded))


def _is_second(item: pytest.Item) -> bool:
    daily = "sqlite" if not any(_is(item.nodeid, row) for row in ON_POSTGRESQL) else "postgresql"
    return database_of(item) != daily


def _is(id_: str, row: str) -> bool:
    begins, _, ends = row.partition("*")
    return id_.startswith(begins) and id_.endswith(ends)


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
