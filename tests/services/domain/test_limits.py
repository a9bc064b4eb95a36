"""Limits count rows: exactly, over processes, and without knowing whose they are."""

from datetime import timedelta

import sqlalchemy as sa

from services import limits
from services.limits import Rule
from services.store.tables.accounts import limit_hit
from tests.services.domain.people import KEY, NOW, at_once, later

RULE = Rule("log_in", 3, timedelta(minutes=10))


def allow(
    connection: sa.Connection, subject: str | None = "198.51.100.7", seconds: float = 0, quotas: bool = True
) -> bool:
    return limits.allow(connection, RULE, subject, server_key=KEY, now=later(seconds=seconds), quotas=quotas)


def test_so_many_within_any_stretch_and_no_more(connection: sa.Connection) -> None:
    assert [allow(connection, seconds=n) for n in range(5)] == [True, True, True, False, False]
    assert limits.free_at(connection, RULE, "198.51.100.7", server_key=KEY, now=later(seconds=4)) == later(minutes=10)
    assert not allow(connection, seconds=599)
    assert allow(connection, seconds=600)
    assert not allow(connection, seconds=600)
    assert limits.count(connection, RULE, "198.51.100.7", server_key=KEY, now=later(seconds=600)) == 3


def test_subjects_and_scopes_are_counted_apart(connection: sa.Connection) -> None:
    assert [allow(connection, who) for who in ("a", "b", "a", "b", "a", "b", "a")] == [True] * 6 + [False]
    other = Rule("reset", 1, timedelta(hours=1))
    assert limits.allow(connection, other, "a", server_key=KEY, now=NOW)
    assert limits.free_at(connection, other, "c", server_key=KEY, now=NOW) is None


def test_nobody_and_lifted_quotas_are_not_counted(connection: sa.Connection) -> None:
    assert all(allow(connection, None) for _ in range(9))
    assert all(allow(connection, quotas=False) for _ in range(9))
    assert connection.execute(sa.select(sa.func.count()).select_from(limit_hit)).scalar_one() == 0


def test_a_wrong_try_counts_whether_there_was_room_or_not(connection: sa.Connection) -> None:
    assert [limits.hit(connection, RULE, "a", server_key=KEY, now=NOW) for _ in range(4)] == [1, 2, 3, 4]
    assert not allow(connection, "a")
    assert limits.free_at(connection, RULE, "a", server_key=KEY, now=NOW) == later(minutes=10)


def test_the_subject_is_not_in_the_store_and_old_hits_go(connection: sa.Connection) -> None:
    allow(connection, "anna@example.com")
    row = connection.execute(sa.select(limit_hit)).mappings().one()
    assert "anna" not in str(dict(row))
    limits.forget_before(connection, later(seconds=1))
    assert connection.execute(sa.select(limit_hit)).first() is None


def test_at_once_they_count_each_other(racing: sa.Engine) -> None:
    assert sum(at_once(racing, 10, lambda connection, _: allow(connection))) == RULE.n
