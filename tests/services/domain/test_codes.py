"""Codes: sent within limits, good for a while, once, and for so many tries."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services import limits
from services.contacts import codes
from services.contacts.code_quotas import RECOMMENDED, CodeLimits, Limited
from services.contacts.codes import Exhausted, Expired, IssuedCode, RightCode, TooManyToday, WrongCode
from services.limits import Rule
from services.privacy import retention
from services.store.tables.accounts import code, limit_hit
from tests.kit.narrow import a
from tests.services.domain.people import KEY, NOW, at_once, later

NUMBER = "+48600700800"


def issue(
    connection: sa.Connection,
    id: str = "k1",
    target: str = NUMBER,
    conversation: str = "c1",
    now: datetime = NOW,
    quotas: bool = True,
    limits: CodeLimits = RECOMMENDED,
    purpose: str = "contact",
    **where: Any,
) -> IssuedCode | Limited:
    return codes.issue(
        connection,
        challenge_id=id,
        purpose=purpose,
        target=target,
        conversation_id=conversation,
        server_key=KEY,
        now=now,
        quotas=quotas,
        limits=limits,
        **where,
    )


def check(
    connection: sa.Connection,
    id: str = "k1",
    typed: str | None = None,
    now: datetime = NOW,
    quotas: bool = True,
    limits: CodeLimits = RECOMMENDED,
) -> codes.Checked:
    return codes.check(
        connection,
        challenge_id=id,
        typed=codes.derive(KEY, id) if typed is None else typed,
        server_key=KEY,
        now=now,
        quotas=quotas,
        limits=limits,
    )


def wrong(id: str = "k1") -> str:
    """Some code that isn't the right one."""
    return f"{(int(codes.derive(KEY, id)) + 1) % 1_000_000:06d}"


def test_a_code_is_six_digits_that_follow_from_the_challenge() -> None:
    made = [codes.derive(KEY, f"k{n}") for n in range(2000)]
    assert all(len(text) == 6 and text.isascii() and text.isdecimal() for text in made)
    assert len(set(made)) > 1980
    assert made[0] == codes.derive(KEY, "k0") != codes.derive(b"another key, as long", "k0")
    first = Counter(text[0] for text in made)
    assert set(first) == set("0123456789")
    assert max(first.values()) < 280  # 200 expected


def test_the_right_code_works_once(connection: sa.Connection) -> None:
    assert issue(connection) == IssuedCode(later(minutes=10))
    assert check(connection) == RightCode()
    assert check(connection) == Expired()
    row = connection.execute(sa.select(code)).mappings().one()
    assert (row["state"], row["code_hash"]) == ("used", None)


def test_neither_code_nor_number_is_in_the_store(connection: sa.Connection) -> None:
    issue(connection)
    stored = str(dict(connection.execute(sa.select(code)).mappings().one()))
    assert codes.derive(KEY, "k1") not in stored
    assert NUMBER not in stored


def test_it_is_good_until_its_time_is_over(connection: sa.Connection) -> None:
    issue(connection)
    issue(connection, "k2", "+48600700801", "c2")
    assert check(connection, now=later(minutes=10, microseconds=-1)) == RightCode()
    assert check(connection, "k2", now=later(minutes=10)) == Expired()
    assert check(connection, "never issued") == Expired()


def test_five_wrong_tries_end_a_code(connection: sa.Connection) -> None:
    issue(connection)
    outcomes = [check(connection, typed=wrong()) for _ in range(5)]
    assert outcomes == [WrongCode(4), WrongCode(3), WrongCode(2), WrongCode(1), Exhausted()]
    assert check(connection) == Exhausted()
    assert connection.execute(sa.select(code.c.code_hash)).scalar_one() is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "x" * 1000, "\ud800", "\x00", "123 456"])
def test_anything_typed_is_a_try_and_no_more(connection: sa.Connection, typed: str) -> None:
    issue(connection)
    assert check(connection, typed=typed) == WrongCode(4)


def test_a_new_code_kills_the_older_one_of_its_purpose_only(connection: sa.Connection) -> None:
    issue(connection)
    issue(connection, "other purpose", "anna@example.com", purpose="log_in")
    issue(connection, "other chat", "+48600700802", "c2")
    issue(connection, "k2", "+48600700801")
    assert check(connection) == Expired()
    assert [check(connection, id) for id in ("k2", "other purpose", "other chat")] == [RightCode()] * 3


def test_a_new_code_does_not_reset_the_days_tries(connection: sa.Connection) -> None:
    for n in (1, 2):
        issue(connection, f"k{n}", now=later(minutes=n))
        for _ in range(5):
            check(connection, f"k{n}", wrong(f"k{n}"), now=later(minutes=n))
    end = later(days=1, minutes=1)
    assert issue(connection, "k3", now=later(minutes=20)) == Limited("tries", end)
    issue(connection, "k3", now=later(minutes=20), quotas=False)
    assert check(connection, "k3", now=later(minutes=20)) == TooManyToday(end)
    assert check(connection, "k3", now=later(minutes=21), quotas=False) == RightCode()
    assert isinstance(issue(connection, "k4", now=end), IssuedCode)


def test_the_same_challenge_again_is_the_same_code_and_counts_once(connection: sa.Connection) -> None:
    assert issue(connection) == IssuedCode(later(minutes=10))
    assert issue(connection, now=later(seconds=5)) == IssuedCode(later(minutes=10))
    assert check(connection) == RightCode()


def test_pauses_and_ceilings_of_a_number(connection: sa.Connection) -> None:
    assert isinstance(issue(connection, "k0"), IssuedCode)
    assert issue(connection, "k", now=later(seconds=59)) == Limited("cool_down", later(seconds=60))
    assert isinstance(issue(connection, "k1", now=later(minutes=1)), IssuedCode)
    assert isinstance(issue(connection, "k2", now=later(minutes=2), conversation="c2"), IssuedCode)
    assert issue(connection, "k", now=later(minutes=3), conversation="c3") == Limited("number", later(minutes=10))
    assert isinstance(issue(connection, "k3", now=later(hours=2)), IssuedCode)
    assert isinstance(issue(connection, "k4", now=later(hours=4)), IssuedCode)
    assert issue(connection, "k", now=later(hours=6)) == Limited("number_day", later(days=1))
    assert isinstance(issue(connection, "k5", now=later(days=1)), IssuedCode)


def test_a_chat_gets_five_an_hour_whatever_numbers_it_tries(connection: sa.Connection) -> None:
    for n in range(5):
        assert isinstance(issue(connection, f"k{n}", f"+4860070080{n}", now=later(seconds=n)), IssuedCode)
    assert issue(connection, "k", "+48600700809", now=later(seconds=9)) == Limited("chat", later(hours=1))
    assert isinstance(issue(connection, "other", "+48600700808", "c2", now=later(seconds=9)), IssuedCode)
    assert isinstance(issue(connection, "k5", "+48600700809", now=later(hours=1)), IssuedCode)


def test_the_installation_has_a_ceiling_that_mail_does_not_touch(connection: sa.Connection) -> None:
    few = replace(RECOMMENDED, per_day=3)
    for n in range(3):
        assert isinstance(
            issue(connection, f"k{n}", f"+4850{n}700800", f"c{n}", later(minutes=n), limits=few), IssuedCode
        )
    assert issue(connection, "k", "+48590700800", "c9", later(hours=1), limits=few) == Limited("ceiling", later(days=1))
    assert isinstance(issue(connection, "mail", "a@example.com", "c9", later(hours=1), limits=few), IssuedCode)
    assert isinstance(issue(connection, "k3", "+48590700800", "c9", later(days=1), limits=few), IssuedCode)


def flood(connection: sa.Connection, entered: int, times: int = 20) -> None:
    """Codes to neighbouring numbers, of which some are typed in."""
    for n in range(times):
        a(IssuedCode, issue(connection, f"k{n}", f"+4860070{n:04d}", f"c{n}", later(seconds=n)))
        if n < entered:
            assert check(connection, f"k{n}", now=later(seconds=n)) == RightCode()


def test_a_prefix_whose_codes_nobody_enters_is_stopped_for_an_hour(connection: sa.Connection) -> None:
    flood(connection, entered=5)
    neighbour = "+48600709999"
    assert issue(connection, "k", neighbour, "c", later(seconds=30)) == Limited("prefix", later(hours=1, seconds=19))
    assert isinstance(issue(connection, "elsewhere", "+393331234567", "c", later(seconds=30)), IssuedCode)
    assert isinstance(issue(connection, "probe", neighbour, "c", later(hours=1, seconds=19)), IssuedCode)
    again = issue(connection, "k", "+48600709998", "c9", later(hours=1, seconds=80))
    assert again == Limited("prefix", later(hours=2, seconds=19))


def test_a_prefix_whose_codes_are_entered_goes_on(connection: sa.Connection) -> None:
    flood(connection, entered=6)
    assert isinstance(issue(connection, "k", "+48600709999", "c", later(seconds=30)), IssuedCode)


def test_lifted_quotas_keep_tries_expiry_and_single_use(connection: sa.Connection) -> None:
    for n in range(30):
        assert isinstance(issue(connection, f"k{n}", quotas=False), IssuedCode)
    assert check(connection, "k28", quotas=False) == Expired()
    for _ in range(4):
        assert isinstance(check(connection, "k29", wrong("k29"), quotas=False), WrongCode)
    assert check(connection, "k29", wrong("k29"), quotas=False) == Exhausted()
    issue(connection, "k30", quotas=False)
    assert check(connection, "k30", now=later(minutes=10), quotas=False) == Expired()


def test_a_message_that_never_left_counts_for_nothing(connection: sa.Connection) -> None:
    issue(connection)
    codes.take_back_unsent_code(connection, "k1")
    assert check(connection) == Expired()
    assert isinstance(issue(connection, "k2", now=later(seconds=1)), IssuedCode)


def test_old_codes_are_forgotten(connection: sa.Connection) -> None:
    issue(connection)
    retention.forget_aged("codes", connection, later(days=3))
    assert connection.execute(sa.select(code)).first() is None


def test_the_send_button_pressed_at_once_sends_one(racing: sa.Engine) -> None:
    outcomes = at_once(racing, 10, lambda connection, n: issue(connection, f"k{n}", conversation=f"c{n}"))
    assert [o for o in outcomes if isinstance(o, IssuedCode)] == [IssuedCode(later(minutes=10))]
    assert Limited("cool_down", NOW + timedelta(seconds=60)) in outcomes


def test_the_right_code_typed_at_once_is_taken_once(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        issue(connection)
    outcomes = at_once(racing, 8, lambda connection, _: check(connection))
    assert sorted(type(o).__name__ for o in outcomes) == ["Expired"] * 7 + ["RightCode"]


def test_guesses_at_once_get_no_more_tries(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        issue(connection)
    outcomes = at_once(racing, 12, lambda connection, _: check(connection, typed=wrong()))
    assert sum(isinstance(o, WrongCode) for o in outcomes) == 4
    assert sum(isinstance(o, Exhausted) for o in outcomes) == 8


def test_guesses_at_once_at_several_codes_of_a_number_share_its_day(racing: sa.Engine) -> None:
    few = replace(RECOMMENDED, tries_per_day=3)
    with racing.begin() as connection:
        for n in range(8):
            issue(connection, f"k{n}", conversation=f"c{n}", quotas=False)
    outcomes = at_once(racing, 8, lambda connection, n: check(connection, f"k{n}", wrong(f"k{n}"), limits=few))
    assert sorted(type(o).__name__ for o in outcomes) == ["TooManyToday"] * 5 + ["WrongCode"] * 3


def test_a_code_proves_the_number_it_was_sent_to(connection: sa.Connection) -> None:
    issue(connection)

    def proves(number: str) -> codes.Checked:
        typed = codes.derive(KEY, "k1")
        return codes.check(connection, challenge_id="k1", target=number, typed=typed, server_key=KEY, now=NOW)

    assert proves("+48600000000") == Expired()
    assert proves(NUMBER) == RightCode()


def test_when_another_one_may_be_sent_is_known_beforehand(connection: sa.Connection) -> None:
    def free_at(now: datetime) -> datetime:
        return codes.next_code_at(connection, target=NUMBER, conversation_id="c1", server_key=KEY, now=now)

    assert free_at(NOW) == NOW
    issue(connection)
    assert free_at(NOW) == later(minutes=1)
    assert free_at(later(minutes=1)) == later(minutes=1)
    issue(connection, "k2", now=later(minutes=1))
    issue(connection, "k3", now=later(minutes=2))
    assert free_at(later(minutes=2)) == later(minutes=10), "three in ten minutes"
    assert isinstance(issue(connection, "k4", now=later(minutes=10)), IssuedCode)


# --- sMS pumping: codes per network address, country and day, and who still gets one during an attack ---


FEW = replace(
    RECOMMENDED, per_day=10, per_country=5, watched_country=4, watched_desk=4, per_network=100, per_network_day=100
)
CALM = replace(FEW, watched_country=1000, watched_desk=1000)


def issue_nth(
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
    target, talk = f"{country}{n:02d}0123", conversation or f"c{n}"
    return issue(connection, f"k{n}", target, talk, now, limits=limits, network=network, home="+48")


def test_a_network_has_five_an_hour_and_twenty_a_day(connection: sa.Connection) -> None:
    for n in range(20):
        assert isinstance(issue_nth(connection, n, now=later(hours=n // 5)), IssuedCode)
        if n == 4:
            assert issue_nth(connection, 98) == Limited("network", later(hours=1))
    assert issue_nth(connection, 98, now=later(hours=9)) == Limited("network", later(days=1))
    assert isinstance(issue_nth(connection, 98, "elsewhere", now=later(hours=9)), IssuedCode)
    assert isinstance(issue_nth(connection, 99, None, now=later(hours=9)), IssuedCode), (
        "no address, no limit of addresses"
    )
    assert isinstance(issue_nth(connection, 97, now=later(days=1)), IssuedCode)


def test_a_fifth_of_the_days_ceiling_is_kept_for_newcomers(connection: sa.Connection) -> None:
    for n in range(8):
        assert isinstance(issue_nth(connection, n, now=later(minutes=n), limits=CALM), IssuedCode)
    assert issue_nth(connection, 8, now=later(hours=1), limits=CALM) == Limited("ceiling", later(days=1))
    for n in (8, 9):
        assert isinstance(issue_nth(connection, n, f"elsewhere {n}", now=later(hours=1), limits=CALM), IssuedCode)
    found = issue_nth(connection, 10, "elsewhere 10", now=later(hours=1), limits=CALM)
    assert found == Limited("ceiling", later(days=1))


@pytest.mark.parametrize("country", ["+39333", "+1876", "+35988"])
def test_a_country_abroad_has_a_ceiling_of_its_own(connection: sa.Connection, country: str) -> None:
    for n in range(4):
        assert isinstance(issue_nth(connection, n, country=country, now=later(seconds=n), limits=FEW), IssuedCode)
    found = issue_nth(connection, 4, country=country, now=later(minutes=1), limits=FEW)
    assert found == Limited("country", later(days=1))
    assert isinstance(
        issue_nth(connection, 4, "elsewhere", country=country, now=later(minutes=1), limits=FEW), IssuedCode
    )
    assert isinstance(issue_nth(connection, 5, now=later(minutes=1), limits=FEW), IssuedCode)


@pytest.mark.parametrize("country", ["+39333", "+48600"])
def test_codes_that_nobody_types_in_hold_who_had_one_and_let_newcomers_in(
    connection: sa.Connection, country: str
) -> None:
    limits = replace(FEW, per_country=50, watched_desk=1000)
    for n in range(4):
        assert isinstance(issue_nth(connection, n, country=country, now=later(seconds=n), limits=limits), IssuedCode)
    held = issue_nth(connection, 4, country=country, now=later(minutes=4), limits=limits)
    assert held == Limited("country", later(hours=1, seconds=3))
    assert isinstance(
        issue_nth(connection, 4, "elsewhere", country=country, now=later(minutes=4), limits=limits), IssuedCode
    )
    after = later(hours=1, minutes=4)
    assert isinstance(issue_nth(connection, 5, country=country, now=after, limits=limits), IssuedCode), (
        "one more, as a probe"
    )


def test_the_whole_desk_is_held_over_countries_and_opens_when_codes_are_typed_in(connection: sa.Connection) -> None:
    for n, country in enumerate(("+39333", "+48600", "+35988", "+49171")):
        assert isinstance(issue_nth(connection, n, country=country, now=later(seconds=n), limits=FEW), IssuedCode)
    assert isinstance(issue_nth(connection, 5, limits=FEW, now=later(minutes=2)), IssuedCode), (
        "they may still be typed in"
    )
    assert issue_nth(connection, 6, limits=FEW, now=later(minutes=6)) == Limited("paused", later(hours=1, minutes=2))
    assert isinstance(issue_nth(connection, 6, "elsewhere", limits=FEW, now=later(minutes=6)), IssuedCode)
    assert check(connection, "k6", now=later(minutes=7)) == RightCode()
    assert isinstance(issue_nth(connection, 7, limits=FEW, now=later(minutes=8)), IssuedCode)


def test_where_no_address_is_known_the_conversation_is_the_newcomer(connection: sa.Connection) -> None:
    for n in range(8):
        same = "one" if n < 4 else "another"
        assert isinstance(
            issue_nth(connection, n, None, conversation=same, limits=CALM, now=later(hours=n)), IssuedCode
        )
    held = issue_nth(connection, 8, None, conversation="one", limits=CALM, now=later(hours=8))
    assert held == Limited("ceiling", later(days=1))
    assert isinstance(issue_nth(connection, 8, None, limits=CALM, now=later(hours=8)), IssuedCode)


def test_a_login_that_nobody_has_is_held_like_one_that_somebody_has(connection: sa.Connection) -> None:
    for n in range(8):
        issue_nth(connection, n, now=later(minutes=n), limits=CALM)
    where: dict[str, Any] = {"network": "there", "home": "+48", "judged_as": "+48"}
    held = issue(connection, "k", "nobody x", "c", later(hours=1), limits=CALM, purpose="login", **where)
    assert held == Limited("ceiling", later(days=1))


def test_the_recommended_figures_are_those_that_are_published() -> None:
    """docs/explanation/security.md; a seller's terms may name them."""
    assert (RECOMMENDED.lifetime, RECOMMENDED.tries_per_code) == (timedelta(minutes=10), 5)
    assert RECOMMENDED.tries_per_day == 10
    assert (RECOMMENDED.cool_down, RECOMMENDED.per_number, RECOMMENDED.per_number_day) == (timedelta(minutes=1), 3, 5)
    assert (RECOMMENDED.per_chat, RECOMMENDED.per_network, RECOMMENDED.per_network_day) == (5, 5, 20)
    assert (RECOMMENDED.per_country, RECOMMENDED.per_day, RECOMMENDED.kept_percent) == (200, 1000, 20)
    assert (RECOMMENDED.watched, RECOMMENDED.entered_percent, RECOMMENDED.pause) == (20, 30, timedelta(hours=1))
    assert (RECOMMENDED.watched_country, RECOMMENDED.watched_desk, RECOMMENDED.entered_percent_at_large) == (40, 60, 20)
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
    assert "anna" not in str(dict(connection.execute(sa.select(limit_hit)).mappings().one()))
    limits.forget_before(connection, later(seconds=1))
    assert connection.execute(sa.select(limit_hit)).first() is None


def test_at_once_they_count_each_other(racing: sa.Engine) -> None:
    assert sum(at_once(racing, 10, lambda connection, _: allow(connection))) == RULE.n
