"""Codes of an app: taken once, for a minute and a half at most; the secret isn't to be read in the store."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from pyotp.totp import TOTP

from services.agents import second_factor
from services.agents.second_factor import Enrolment, seal, unseal
from services.store.tables.agents import agent as table
from services.store.tables.agents import agent_recovery_code
from tests.services.agents.conftest import KEY, put
from tests.services.databases import NOW

STEP = timedelta(seconds=30)
OFFERED = second_factor.offered(KEY, "token of a session")
APP = TOTP(OFFERED.secret)


def enrolled(connection: sa.Connection) -> str:
    agent_id = put(connection).id
    code = APP.at(NOW)
    assert second_factor.enrol(connection, agent_id=agent_id, enrolment=OFFERED, code=code, server_key=KEY, now=NOW)
    return agent_id


def right(connection: sa.Connection, agent_id: str, code: str, now: datetime = NOW, key: bytes = KEY) -> bool:
    return second_factor.check(connection, agent_id=agent_id, code=code, server_key=key, now=now)


def test_a_code_is_taken_once_and_no_older_one_after_it(connection: sa.Connection) -> None:
    agent_id = enrolled(connection)
    assert not right(connection, agent_id, APP.at(NOW)), "the one of the enrolment is used up"
    later = NOW + 4 * STEP
    assert right(connection, agent_id, APP.at(later), later)
    assert not right(connection, agent_id, APP.at(later), later)
    assert not right(connection, agent_id, APP.at(later - STEP), later), "read over a shoulder before"
    assert right(connection, agent_id, APP.at(later + STEP), later), "a clock that is fast"


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(connection: sa.Connection, off: int, good: bool) -> None:
    agent_id, now = enrolled(connection), NOW + 10 * STEP
    assert right(connection, agent_id, APP.at(now + off * STEP), now) is good


@pytest.mark.parametrize("typed", ["{0}{1}{2} {3}{4}{5}", " {0}{1}{2}-{3}{4}{5} ", "wide"])
def test_a_code_is_read_as_people_type_it(connection: sa.Connection, typed: str) -> None:
    agent_id, now = enrolled(connection), NOW + 10 * STEP
    code = APP.at(now)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert right(connection, agent_id, wide if typed == "wide" else typed.format(*code), now)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "²²²²²²", "abcdef", "000000\x00", "0" * 10_000])
def test_what_is_no_code_is_refused(connection: sa.Connection, typed: str) -> None:
    assert not right(connection, enrolled(connection), typed, NOW + 10 * STEP)


def test_nobody_enrols_over_another_factor_or_by_a_wrong_code(connection: sa.Connection) -> None:
    agent_id = put(connection).id

    def enrol(enrolment: Enrolment, code: str) -> bool:
        return second_factor.enrol(
            connection, agent_id=agent_id, enrolment=enrolment, code=code, server_key=KEY, now=NOW
        )

    assert not enrol(OFFERED, APP.at(NOW + 100 * STEP))
    assert enrol(OFFERED, APP.at(NOW))
    other = second_factor.offered(KEY, "another session")
    assert other != OFFERED
    assert not enrol(other, TOTP(other.secret).at(NOW)), "who has the password only must not put their app there"


def test_the_store_holds_no_secret_and_another_key_opens_none(connection: sa.Connection) -> None:
    agent_id, now = enrolled(connection), NOW + 10 * STEP
    sealed = connection.execute(sa.select(table.c.totp_secret)).scalar_one()
    assert OFFERED.secret not in sealed
    assert not right(connection, agent_id, APP.at(now), now, key=b"another key of the desk, as long")
    other = put(connection, "jan")
    connection.execute(sa.update(table).where(table.c.id == other.id).values(totp_secret=sealed, totp_since=NOW))
    assert not right(connection, other.id, APP.at(now), now), "a row moved to somebody else's account"


def test_what_was_changed_doesnt_open() -> None:
    sealed = seal(KEY, "purpose", "owner", "plain")
    assert sealed != seal(KEY, "purpose", "owner", "plain")
    assert unseal(KEY, "purpose", "owner", sealed) == "plain"
    for broken in (
        sealed[:-8],
        "",
        "1:",
        "1:%%%",
        "2:" + sealed[2:],
        sealed[:10] + ("A" if sealed[10] != "A" else "B") + sealed[11:],
    ):
        assert unseal(KEY, "purpose", "owner", broken) is None
    assert unseal(KEY, "another", "owner", sealed) is None
    assert unseal(KEY, "purpose", "another", sealed) is None


def test_recovery_codes_open_once_each_and_only_their_owner(connection: sa.Connection) -> None:
    agent_id, other = enrolled(connection), put(connection, "jan").id
    codes = second_factor.new_codes()
    assert len(set(codes)) == second_factor.HOW_MANY == 8
    second_factor.replace_recovery_codes(connection, agent_id=agent_id, codes=codes, server_key=KEY)
    stored = str(connection.execute(sa.select(agent_recovery_code)).all())
    assert not any(code in stored for code in codes)
    assert not second_factor.use_recovery_code(connection, agent_id=other, code=codes[0], server_key=KEY)
    assert right(connection, agent_id, codes[0].upper().replace("-", " "))
    assert not right(connection, agent_id, codes[0])
    assert second_factor.recovery_codes_left(connection, agent_id) == 7
    second_factor.replace_recovery_codes(connection, agent_id=agent_id, codes=second_factor.new_codes(), server_key=KEY)
    assert not right(connection, agent_id, codes[1]), "new ones end the old"
    second_factor.remove(connection, agent_id)
    assert second_factor.recovery_codes_left(connection, agent_id) == 0
    assert not right(connection, agent_id, APP.at(NOW + 20 * STEP), NOW + 20 * STEP)
