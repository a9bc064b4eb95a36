"""SMS pumping: codes per network address, country and day, and who still gets one during an attack.

Limits count rows: exactly, over processes, and without knowing whose they are.
"""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services import limits
from services.contacts import codes
from services.contacts.code_quotas import RECOMMENDED, CodeLimits, Limited
from services.contacts.codes import IssuedCode
from services.limits import Rule
from services.store.tables.accounts import limit_hit
from tests.services.domain.people import KEY, NOW, at_once, later

FEW = replace(
    RECOMMENDED, per_day=10, per_country=5, watched_country=4, watched_desk=4, per_network=100, per_network_day=100
)
CALM = replace(FEW, watched_country=1000, watched_desk=1000)


def issue(
    connection: sa.Connection,
    n: int,
    network: str | None = "there",
    *,
    country: str = "+48600",
    now: datetime = NOW,
    limits: CodeLimits = RECOMMENDED,
    conversation: str = "",
) -> IssuedCode | Limited:
    """Ask for a code to the n-th number, each of a prefix and a conversation of its own."""
    return codes.issue(
        connection,
        challenge_id=f"k{n}",
        purpose="contact",
        target=f"{country}{n:02d}0123",
        conversation_id=conversation or f"c{n}",
        server_key=KEY,
        now=now,
        limits=limits,
        network=network,
        home="+48",
    )


def typed_in(connection: sa.Connection, n: int, now: datetime) -> None:
    found = codes.check(connection, challenge_id=f"k{n}", typed=codes.derive(KEY, f"k{n}"), server_key=KEY, now=now)
    assert isinstance(found, codes.RightCode)


def test_a_network_has_five_an_hour_and_twenty_a_day(connection: sa.Connection) -> None:
    for n in range(20):
        assert isinstance(issue(connection, n, now=later(hours=n // 5)), IssuedCode)
        if n == 4:
            assert issue(connection, 98) == Limited("network", later(hours=1))
    assert issue(connection, 98, now=later(hours=9)) == Limited("network", later(days=1))
    assert isinstance(issue(connection, 98, "elsewhere", now=later(hours=9)), IssuedCode)
    assert isinstance(issue(connection, 99, None, now=later(hours=9)), IssuedCode), "no address, no limit of addresses"
    assert isinstance(issue(connection, 97, now=later(days=1)), IssuedCode)


def test_a_fifth_of_the_days_ceiling_is_kept_for_newcomers(connection: sa.Connection) -> None:
    for n in range(8):
        assert isinstance(issue(connection, n, now=later(minutes=n), limits=CALM), IssuedCode)
    assert issue(connection, 8, now=later(hours=1), limits=CALM) == Limited("ceiling", later(days=1))
    for n in (8, 9):
        assert isinstance(issue(connection, n, f"elsewhere {n}", now=later(hours=1), limits=CALM), IssuedCode)
    assert issue(connection, 10, "elsewhere 10", now=later(hours=1), limits=CALM) == Limited("ceiling", later(days=1))


@pytest.mark.parametrize("country", ["+39333", "+1876", "+35988"])
def test_a_country_abroad_has_a_ceiling_of_its_own(connection: sa.Connection, country: str) -> None:
    for n in range(4):
        assert isinstance(issue(connection, n, country=country, now=later(seconds=n), limits=FEW), IssuedCode)
    assert issue(connection, 4, country=country, now=later(minutes=1), limits=FEW) == Limited("country", later(days=1))
    assert isinstance(issue(connection, 4, "elsewhere", country=country, now=later(minutes=1), limits=FEW), IssuedCode)
    assert isinstance(issue(connection, 5, now=later(minutes=1), limits=FEW), IssuedCode)


@pytest.mark.parametrize("country", ["+39333", "+48600"])
def test_codes_that_nobody_types_in_hold_who_had_one_and_let_newcomers_in(
    connection: sa.Connection, country: str
) -> None:
    limits = replace(FEW, per_country=50, watched_desk=1000)
    for n in range(4):
        assert isinstance(issue(connection, n, country=country, now=later(seconds=n), limits=limits), IssuedCode)
    held = issue(connection, 4, country=country, now=later(minutes=4), limits=limits)
    assert held == Limited("country", later(hours=1, seconds=3))
    assert isinstance(
        issue(connection, 4, "elsewhere", country=country, now=later(minutes=4), limits=limits), IssuedCode
    )
    after = later(hours=1, minutes=4)
    assert isinstance(issue(connection, 5, country=country, now=after, limits=limits), IssuedCode), (
        "one more, as a probe"
    )


def test_the_whole_desk_is_held_over_countries_and_opens_when_codes_are_typed_in(connection: sa.Connection) -> None:
    for n, country in enumerate(("+39333", "+48600", "+35988", "+49171")):
        assert isinstance(issue(connection, n, country=country, now=later(seconds=n), limits=FEW), IssuedCode)
    assert isinstance(issue(connection, 5, limits=FEW, now=later(minutes=2)), IssuedCode), "they may still be typed in"
    held = issue(connection, 6, limits=FEW, now=later(minutes=6))
    assert held == Limited("paused", later(hours=1, minutes=2))
    assert isinstance(issue(connection, 6, "elsewhere", limits=FEW, now=later(minutes=6)), IssuedCode)
    typed_in(connection, 6, later(minutes=7))
    assert isinstance(issue(connection, 7, limits=FEW, now=later(minutes=8)), IssuedCode)


def test_where_no_address_is_known_the_conversation_is_the_newcomer(connection: sa.Connection) -> None:
    for n in range(8):
        same = "one" if n < 4 else "another"
        assert isinstance(issue(connection, n, None, conversation=same, limits=CALM, now=later(hours=n)), IssuedCode)
    held = issue(connection, 8, None, conversation="one", limits=CALM, now=later(hours=8))
    assert held == Limited("ceiling", later(days=1))
    assert isinstance(issue(connection, 8, None, limits=CALM, now=later(hours=8)), IssuedCode)


def test_a_login_that_nobody_has_is_held_like_one_that_somebody_has(connection: sa.Connection) -> None:
    for n in range(8):
        issue(connection, n, now=later(minutes=n), limits=CALM)
    held = codes.issue(
        connection,
        challenge_id="k",
        purpose="login",
        target="nobody x",
        conversation_id="c",
        server_key=KEY,
        now=NOW + timedelta(hours=1),
        limits=CALM,
        network="there",
        home="+48",
        judged_as="+48",
    )
    assert held == Limited("ceiling", later(days=1))


def test_the_recommended_figures_are_those_that_are_published() -> None:
    """docs/explanation/security.md; a seller's terms may name them."""
    assert (RECOMMENDED.lifetime, RECOMMENDED.tries_per_code, RECOMMENDED.tries_per_day) == (
        timedelta(minutes=10),
        5,
        10,
    )
    assert (RECOMMENDED.cool_down, RECOMMENDED.per_number, RECOMMENDED.per_number_day) == (timedelta(minutes=1), 3, 5)
    assert (RECOMMENDED.per_chat, RECOMMENDED.per_network, RECOMMENDED.per_network_day) == (5, 5, 20)
    assert (RECOMMENDED.per_country, RECOMMENDED.per_day, RECOMMENDED.kept_percent) == (200, 1000, 20)
    assert (RECOMMENDED.watched, RECOMMENDED.entered_percent, RECOMMENDED.pause) == (20, 30, timedelta(hours=1))
    at_large = (RECOMMENDED.watched_country, RECOMMENDED.watched_desk, RECOMMENDED.entered_percent_at_large)
    assert at_large == (40, 60, 20)
    assert len(codes.derive(KEY, "k")) == 6


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
