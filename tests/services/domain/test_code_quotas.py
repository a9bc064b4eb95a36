"""SMS pumping: codes per network address, country and day, and who still gets one during an attack."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.contacts import codes
from services.contacts.code_quotas import RECOMMENDED, CodeLimits, Limited
from services.contacts.codes import IssuedCode
from tests.services.domain.people import KEY, NOW, later

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
