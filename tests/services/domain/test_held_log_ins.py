"""Log-ins that wait for two digits: one answer, five minutes, the newest alone."""

import sqlalchemy as sa

from services.accounts import held_log_ins
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, customer, later


def hold(connection: sa.Connection, id: str = "h1", at: str = "c1") -> str:
    """Hold a log-in of the first account; its digits."""
    held_log_ins.hold(connection, held_id=id, account_id="a1", conversation_id=at, server_key=KEY, now=NOW)
    return held_log_ins.digits(KEY, id)


def says(connection: sa.Connection, typed: str, id: str = "h1", **after: float) -> bool | None:
    return held_log_ins.answer(connection, held_id=id, typed=typed, server_key=KEY, now=later(**after))


def test_digits_are_two_and_stay_the_same() -> None:
    shown = [held_log_ins.digits(KEY, f"h{n}") for n in range(200)]
    assert shown == [held_log_ins.digits(KEY, f"h{n}") for n in range(200)]
    assert {len(digits) for digits in shown} == {2}
    assert all(digits.isdigit() for digits in shown)
    assert len(set(shown)) > 50


def test_one_answer_ends_it_right_or_wrong(connection: sa.Connection) -> None:
    customer(connection)
    right = hold(connection)
    assert [says(connection, right), says(connection, right)] == [True, None]
    right = hold(connection, "h2", "c2")
    assert [says(connection, right + "0", "h2"), says(connection, right, "h2")] == [False, None]


def test_it_waits_five_minutes(connection: sa.Connection) -> None:
    customer(connection)
    in_time, late = hold(connection), hold(connection, "h2", "c2")
    assert says(connection, in_time, seconds=299) is True
    assert says(connection, late, "h2", seconds=300) is None


def test_of_a_conversation_the_newest_alone_is_held(connection: sa.Connection) -> None:
    customer(connection)
    older, elsewhere, newer = hold(connection), hold(connection, "h2", "c2"), hold(connection, "h3")
    assert says(connection, older) is None
    assert [says(connection, newer, "h3"), says(connection, elsewhere, "h2")] == [True, True]


def test_who_is_told_that_a_log_in_came_to_nothing(connection: sa.Connection) -> None:
    customer(connection)
    assert held_log_ins.end(connection, "c1") == ()
    right = hold(connection)
    assert held_log_ins.end(connection, "c1") == ("a1",)
    assert says(connection, right) is None
    hold(connection, "h2")
    assert held_log_ins.end(connection, "c1", but_of="a1") == (), "whoever ended it knows"
    assert present(held_log_ins.of(connection, "h2", NOW)).state == "cancelled"
