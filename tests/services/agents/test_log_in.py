"""Agents' accounts: passwords and codes tried, counted over processes, the same for who is known and who isn't.

One account per login, disabled at once, never a password in two places; how long a log-in holds. Codes of an app: taken
once, for a minute and a half at most; the secret isn't to be read in the store."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from pyotp.totp import TOTP

from services.agents import agent_accounts, audit, log_in, password_links, second_factor, sessions
from services.agents.log_in import CODES, CODES_A_DAY, PER_ADDRESS, PER_DEVICE, PER_LOGIN, AgentLogIns, Held, NewSession
from services.agents.second_factor import Enrolment, seal, unseal
from services.store.database import Store
from services.store.tables.accounts import limit_hit
from services.store.tables.agents import agent as agents_table
from services.store.tables.agents import agent_recovery_code, agent_session
from tests.kit.narrow import a, present
from tests.services.agents.conftest import KEY, Moved, Plain, ola, put
from tests.services.databases import NOW
from tests.table import table
from values.private import Secret

RIGHT, WRONG = Secret("right"), Secret("wrong")
HERE = "203.0.113.7"


def log_ins(store: Store, clock: Moved, hasher: Plain | None = None) -> AgentLogIns:
    return AgentLogIns(store, clock, hasher or Plain(), KEY, quotas=True)


async def half_session(store: Store) -> sessions.AgentSession:
    return present(await store.read(lambda c: sessions.find(c, "t", NOW, "half")))


async def test_a_right_password_counts_for_nothing(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    for _ in range(PER_LOGIN.n + PER_ADDRESS.n):
        assert await tries.password("OLA", RIGHT, HERE) == agent


async def test_ten_wrong_ones_and_the_right_one_waits_a_quarter_of_an_hour(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    for _ in range(PER_LOGIN.n):
        assert await tries.password("ola", WRONG, None) is None
    assert await tries.password(" Ola", RIGHT, None) == Held(900)
    clock.move(timedelta(minutes=15))
    assert await tries.password("ola", RIGHT, None) == agent, "nobody is locked out for good"


async def test_an_address_that_tries_many_logins_is_held_for_all(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    for n in range(PER_ADDRESS.n):
        assert await tries.password(f"somebody{n}", WRONG, HERE) is None
    assert isinstance(await tries.password("ola", RIGHT, HERE), Held)
    assert await tries.password("ola", RIGHT, "203.0.113.8") == agent


@pytest.mark.parametrize("who", ["nobody", "jan", "out"])
async def test_whoever_isnt_there_is_told_and_takes_the_same(store: Store, clock: Moved, who: str) -> None:
    """`jan` has no password yet, `out` is disabled."""
    await ola(store)
    await store.write(lambda c: put(c, "out"))
    await store.write(lambda c: agent_accounts.disable(c, "id of out", NOW))
    await store.write(lambda c: agent_accounts.add(c, agent_id="j", login="jan", name="Jan", role="agent", now=NOW))
    hasher = Plain()
    tries = log_ins(store, clock, hasher)
    outcomes = [await tries.password(who, RIGHT, None) for _ in range(PER_LOGIN.n + 1)]
    assert outcomes == [None] * PER_LOGIN.n + [Held(900)]
    assert (hasher.burnt, hasher.verified) == (PER_LOGIN.n, 0), "each was as much work as a comparison"


async def test_many_at_once_find_room_for_ten(store: Store, clock: Moved) -> None:
    await ola(store)
    hasher = Plain()
    tries = [log_ins(store, clock, hasher) for _ in range(3)]
    outcomes = await asyncio.gather(*(tries[n % 3].password("ola", WRONG, None) for n in range(60)))
    assert Counter(type(outcome) for outcome in outcomes) == {type(None): PER_LOGIN.n, Held: 60 - PER_LOGIN.n}
    assert hasher.verified == PER_LOGIN.n


async def test_two_processes_count_together(postgres_pair: tuple[Store, Store], clock: Moved) -> None:
    await ola(postgres_pair[0])
    tries = [log_ins(one, clock) for one in postgres_pair]
    outcomes = await asyncio.gather(*(tries[n % 2].password("ola", WRONG, None) for n in range(40)))
    assert sum(outcome is None for outcome in outcomes) == PER_LOGIN.n


async def test_codes_are_guessed_five_times_and_twenty_a_day(store: Store, clock: Moved) -> None:
    agent, tries, offered = await ola(store), log_ins(store, clock), second_factor.offer_secret(KEY, "t")
    app = TOTP(offered.secret)
    await store.write(
        lambda c: second_factor.enrol(
            c, agent_id=agent.id, enrolment=offered, code=app.at(NOW), server_key=KEY, now=NOW
        )
    )
    looked_at = 0
    for _ in range(10):
        outcomes = [await tries.code(agent.id, "no code") for _ in range(CODES.n + 1)]
        looked_at += outcomes.count(False)
        assert isinstance(outcomes[-1], Held)
        assert isinstance(await tries.code(agent.id, app.at(clock.now())), Held), "the right one waits, too"
        clock.move(CODES.per)
    assert looked_at == CODES_A_DAY.n
    clock.move(timedelta(days=1))
    assert await tries.code(agent.id, app.at(clock.now())) is True
    assert await tries.code(agent.id, app.at(clock.now())) is False, "a second time"


async def test_of_two_processes_one_takes_a_code(postgres_pair: tuple[Store, Store], clock: Moved) -> None:
    agent, offered = await ola(postgres_pair[0]), second_factor.offer_secret(KEY, "t")
    app = TOTP(offered.secret)
    await postgres_pair[0].write(
        lambda c: second_factor.enrol(
            c, agent_id=agent.id, enrolment=offered, code=app.at(NOW), server_key=KEY, now=NOW
        )
    )
    tries = [log_ins(one, clock) for one in postgres_pair]
    for _ in range(10):
        clock.move(timedelta(minutes=16))
        outcomes = await asyncio.gather(*(one.code(agent.id, app.at(clock.now())) for one in tries))
        assert Counter(outcomes) == {True: 1, False: 1}
        clock.move(timedelta(hours=3))


async def test_what_was_refused_is_in_the_trail_without_the_login(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    await tries.password("ola", WRONG, None)
    await tries.password("no such login", WRONG, None)
    await tries.code(agent.id, "1")
    found = await store.read(audit.page)
    assert [(entry.agent_id, entry.what, entry.details) for entry in found] == [
        (agent.id, "log_in_refused", {"why": "code"}),
        (None, "log_in_refused", {"why": "password"}),
        (agent.id, "log_in_refused", {"why": "password"}),
    ]


async def test_a_password_that_was_changed_meanwhile_opens_nothing(store: Store, clock: Moved) -> None:
    agent = await ola(store)
    assert await log_ins(store, clock).password("ola", RIGHT, None) == agent
    await store.write(lambda c: agent_accounts.set_password(c, agent.id, "hash of another"))
    made = NewSession("s", "t")
    assert not await store.write(lambda c: log_in.begin_session(c, agent, made, now=NOW, how="password"))
    await store.write(lambda c: agent_accounts.set_password(c, agent.id, "hash of right"))
    assert await store.write(lambda c: log_in.begin_session(c, agent, made, now=NOW, how="password", stage="half"))
    half = await half_session(store)
    await store.write(lambda c: agent_accounts.disable(c, agent.id, NOW))
    late = NewSession("s2", "t2")
    assert not await store.write(lambda c: log_in.complete_session(c, half, late, now=NOW, how="code"))


async def test_half_a_session_becomes_one_whole_one(store: Store, clock: Moved) -> None:
    agent, made = await ola(store), NewSession("half", "t")
    await store.write(lambda c: log_in.begin_session(c, agent, made, now=NOW, how="password", stage="half"))
    half = await half_session(store)
    outcomes = await asyncio.gather(
        *(
            store.write(
                lambda c, n=n: log_in.complete_session(c, half, NewSession(f"s{n}", f"t{n}"), now=NOW, how="code")
            )
            for n in range(5)
        )
    )
    assert sorted(outcomes) == [False] * 4 + [True]


async def test_a_password_is_hashed_anew_once_the_figures_were_raised_and_nobody_is_logged_out(
    store: Store, clock: Moved
) -> None:
    agent = await store.write(lambda c: put(c, password_hash="weak hash of right"))
    opened = NewSession("session", "t")
    await store.write(lambda c: log_in.begin_session(c, agent, opened, now=NOW, how="password"))
    tries = log_ins(store, clock)
    assert await tries.password("ola", WRONG, HERE) is None
    changed = a(agent_accounts.Agent, await tries.password("ola", RIGHT, HERE))
    assert changed.password_hash == "hash of right", "what known browsers are bound to from now on"
    assert await store.read(lambda c: agent_accounts.get(c, agent.id)) == changed
    assert await store.read(lambda c: sessions.find(c, "t", NOW, "full")) is not None


# --- browsers that an agent has logged in with: only their own tries hold them up ---


def token_of(agent: agent_accounts.Agent, key: bytes = KEY) -> str:
    return present(log_in.issue_device(key, agent, NOW))


async def test_strangers_hold_up_strangers_and_a_device_itself(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    mine, other = token_of(agent), token_of(agent)
    for n in range(PER_LOGIN.n):
        assert await tries.password("ola", WRONG, f"198.51.100.{n}") is None
    for n in range(PER_ADDRESS.n):
        await tries.password(f"somebody{n}", WRONG, HERE)
    assert isinstance(await tries.password("ola", RIGHT, None), Held)
    assert await tries.password("Ola ", RIGHT, HERE, mine) == agent, "not even beside a stranger in one network"
    for _ in range(PER_DEVICE.n):
        assert await tries.password("ola", WRONG, HERE, mine) is None
    assert await tries.password("ola", RIGHT, HERE, mine) == Held(900)
    assert await tries.password("ola", RIGHT, HERE, other) == agent, "the other browser goes on"
    clock.move(timedelta(minutes=15))
    assert await tries.password("ola", RIGHT, HERE, mine) == agent
    told = [line.details for line in await store.read(audit.page) if line.agent_id == agent.id]
    assert told.count({"why": "password", "device": "known"}) == PER_DEVICE.n
    assert told.count({"why": "password"}) == PER_LOGIN.n
    kept = await store.read(lambda c: [row[0] for row in c.execute(sa.select(limit_hit.c.subject_hash))])
    assert not any(mine.split(".")[1] in row or agent.id in row for row in kept)


async def test_a_device_uses_up_no_stranger_s_tries(store: Store, clock: Moved) -> None:
    agent, tries = await ola(store), log_ins(store, clock)
    mine = token_of(agent)
    for _ in range(PER_DEVICE.n + 1):
        await tries.password("ola", WRONG, HERE, mine)
    assert await tries.password("ola", RIGHT, HERE) == agent


async def test_what_is_no_token_of_this_agent_counts_as_a_stranger_s(store: Store) -> None:
    agent, jan = await ola(store), await store.write(lambda c: put(c, "jan"))
    good = token_of(agent)
    since, name, signed = good.split(".")
    later = str(int(since) + 60)
    flipped = ("A" if signed[0] != "A" else "B") + signed[1:]
    no = [
        *(
            None,
            "",
            ".",
            "..",
            "x" * 9999,
            f"{since}.{name}",
            f"{good}.x",
            f"{good}\n",
            f" {good}",
            f"{since}..{signed}",
        ),
        *(
            f"{since}.{name}.{flipped}",
            f"{later}.{name}.{signed}",
            f"{since}.{'a' * 22}.{signed}",
            f"-1.{name}.{signed}",
        ),
        *(f"{'9' * 12}.{name}.{signed}", f"٣.{name}.{signed}", f"{since}.{name}.\udc80" + signed[1:]),
        *(
            token_of(jan),
            token_of(agent, b"another key" * 3),
            token_of(replace(agent, password_hash="hash of another")),
        ),
    ]
    for given in no:
        assert log_in.known_device(KEY, agent, given, NOW) is None, given
    assert log_in.known_device(KEY, None, good, NOW) is None
    assert log_in.known_device(KEY, agent, good, NOW + log_in.DEVICE_LIFETIME - timedelta(seconds=1))
    assert log_in.known_device(KEY, agent, good, NOW + log_in.DEVICE_LIFETIME) is None
    assert log_in.issue_device(KEY, replace(agent, password_hash=None), NOW) is None, "nothing to be tried"


@pytest.mark.parametrize("how", ["password", "disabled", "an earlier release"])
def test_a_token_dies_with_the_password_and_when_the_account_is_disabled(connection: sa.Connection, how: str) -> None:
    agent = put(connection)
    token = token_of(agent)

    def is_known() -> bool:
        return log_in.known_device(KEY, agent_accounts.get(connection, agent.id), token, NOW) is not None

    assert is_known()
    if how == "password":
        agent_accounts.set_password(connection, agent.id, "hash of another")
        assert not is_known()
        return
    for time in (1, 2):
        if how == "an earlier release":  # it doesn't count
            connection.execute(sa.update(agents_table).values(disabled_at=NOW))
        else:
            agent_accounts.disable(connection, agent.id, NOW)
            agent_accounts.disable(connection, agent.id, NOW)
        assert not is_known()
        agent_accounts.enable(connection, agent.id)
        assert is_known() is (how == "an earlier release")
        found = present(agent_accounts.get(connection, agent.id))
        assert found.times_disabled == (None if how == "an earlier release" else time)


STEP = timedelta(seconds=30)
OFFERED = second_factor.offer_secret(KEY, "token of a session")
APP = TOTP(OFFERED.secret)


def enrolled(connection: sa.Connection) -> str:
    agent_id, code = put(connection).id, APP.at(NOW)
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
    other = second_factor.offer_secret(KEY, "another session")
    assert other != OFFERED
    assert not enrol(other, TOTP(other.secret).at(NOW)), "who has the password only must not put their app there"


def test_the_store_holds_no_secret_and_another_key_opens_none(connection: sa.Connection) -> None:
    agent_id, now = enrolled(connection), NOW + 10 * STEP
    sealed = connection.execute(sa.select(agents_table.c.totp_secret)).scalar_one()
    assert OFFERED.secret not in sealed
    assert not right(connection, agent_id, APP.at(now), now, key=b"another key of the desk, as long")
    other = put(connection, "jan")
    connection.execute(
        sa.update(agents_table).where(agents_table.c.id == other.id).values(totp_secret=sealed, totp_since=NOW)
    )
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
    assert all(31 ** len(code.replace("-", "")) >= 2**112 for code in codes), "fewer bits need a slow hash"
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


def test_a_login_is_one_however_it_is_spelled(connection: sa.Connection) -> None:
    put(connection, "Ola")
    assert not agent_accounts.add(connection, agent_id="other", login=" OLA ", name="Other", role="admin", now=NOW)
    found = present(agent_accounts.by_login(connection, "oLa"))
    assert (found.login, found.role) == ("Ola", "agent")


def test_an_e_mail_is_one_too_and_is_found_before_a_login(connection: sa.Connection) -> None:
    put(connection, "ola", email="Boss@Example.com")
    put(connection, "jan@example.com")
    assert not agent_accounts.add(
        connection, agent_id="x", login="x", name="X", role="agent", now=NOW, email="boss@example.com"
    )
    for email, login in (("BOSS@example.com", "ola"), ("jan@example.com", "jan@example.com"), ("a@b.pl", None)):
        found = agent_accounts.by_email(connection, email)
        assert (found.login if found else None) == login


@table(
    ("has", "may"), [("agent", ("agent",)), ("supervisor", ("agent", "supervisor")), ("admin", agent_accounts.ROLES)]
)
def test_a_role_covers_those_below_it(has: agent_accounts.Role, may: tuple[agent_accounts.Role, ...]) -> None:
    assert tuple(role for role in agent_accounts.ROLES if agent_accounts.role_covers(has, role)) == may
    assert not agent_accounts.role_covers("nobody", "agent")


def test_one_whose_password_everybody_knows_is_let_in_by_the_sandbox_only(connection: sa.Connection) -> None:
    agent_id = "s1"
    agent_accounts.add(connection, agent_id=agent_id, login="zoe", name="Zoe", role="agent", now=NOW, sandbox=True)
    assert agent_accounts.disable(connection, agent_id, NOW)
    assert not agent_accounts.enable(connection, agent_id)
    assert agent_accounts.is_disabled(connection, agent_id)
    assert agent_accounts.enable(connection, agent_id, sandbox=True)
    assert not agent_accounts.is_disabled(connection, agent_id)
    assert not agent_accounts.is_disabled(connection, "chatwoot:7")


def test_whoever_is_disabled_is_out_at_once_and_stays_out(connection: sa.Connection) -> None:
    agent = put(connection)
    sessions.begin(connection, session_id="s", token="t", agent_id=agent.id, now=NOW)
    password_links.issue(connection, token="link", agent_id=agent.id, now=NOW)
    assert agent_accounts.disable(connection, agent.id, NOW)
    assert not agent_accounts.disable(connection, agent.id, NOW)
    assert sessions.find(connection, "t", NOW) is None
    assert password_links.find_link_agent(connection, "link", NOW) is None
    assert agent_accounts.enable(connection, agent.id)
    assert not agent_accounts.enable(connection, agent.id)
    assert sessions.find(connection, "t", NOW) is None, "what has ended doesn't begin again"


@pytest.mark.parametrize("change", ["password", "role"])
def test_a_new_password_or_role_ends_all_sessions(connection: sa.Connection, change: str) -> None:
    agent, other = put(connection), put(connection, "jan")
    for n, stage in enumerate(("full", "half", "full")):
        sessions.begin(connection, session_id=f"{n}", token=f"{n}", agent_id=agent.id, now=NOW, stage=stage)
    sessions.begin(connection, session_id="j", token="j", agent_id=other.id, now=NOW)
    if change == "password":
        agent_accounts.set_password(connection, agent.id, "hash of another")
    else:
        assert agent_accounts.set_role(connection, agent.id, "agent") is None
        assert sessions.find(connection, "0", NOW) is not None, "the same role is no change"
        assert agent_accounts.set_role(connection, agent.id, "supervisor") == "agent"
        assert agent_accounts.set_role(connection, "nobody", "supervisor") is None
    assert [sessions.find(connection, f"{n}", NOW) for n in range(3)] == [None] * 3
    assert sessions.find(connection, "1", NOW, "half") is None
    assert sessions.find(connection, "j", NOW) is not None


def test_a_link_sets_one_password_within_a_day_and_the_newest_is_the_one(connection: sa.Connection) -> None:
    agent = put(connection)
    password_links.issue(connection, token="first", agent_id=agent.id, now=NOW)
    password_links.issue(connection, token="second", agent_id=agent.id, now=NOW)
    day, moment = password_links.LIFETIME, password_links.LIFETIME / 86400
    assert password_links.find_link_agent(connection, "first", NOW) is None
    assert password_links.find_link_agent(connection, "second", NOW + day - moment) == agent.id
    assert password_links.use(connection, "second", NOW + day) is None
    assert password_links.use(connection, "second", NOW) == agent.id
    assert password_links.use(connection, "second", NOW) is None


SECOND = timedelta(seconds=1)


def test_it_ends_half_an_hour_after_the_last_act(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW)
    later = NOW + timedelta(minutes=29)
    assert sessions.find(connection, "t", later) is not None
    sessions.touch(connection, "s", later)
    assert sessions.find(connection, "t", later + sessions.IDLE - SECOND) is not None
    assert sessions.alive(connection, "s", later + sessions.IDLE - SECOND)
    assert sessions.find(connection, "t", later + sessions.IDLE) is None
    assert not sessions.alive(connection, "s", later + sessions.IDLE)


def test_it_ends_after_twelve_hours_whatever_is_done(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW)
    end = NOW + sessions.OVERALL
    sessions.touch(connection, "s", end - SECOND)
    assert sessions.find(connection, "t", end - SECOND) is not None
    assert sessions.find(connection, "t", end) is None


def test_half_a_session_is_none_and_lasts_ten_minutes(connection: sa.Connection) -> None:
    sessions.begin(connection, session_id="s", token="t", agent_id=put(connection).id, now=NOW, stage="half")
    assert sessions.find(connection, "t", NOW) is None
    assert not sessions.alive(connection, "s", NOW)
    assert sessions.find(connection, "t", NOW + sessions.HALF - SECOND, "half") is not None
    assert sessions.find(connection, "t", NOW + sessions.HALF, "half") is None


def test_the_store_has_no_token(connection: sa.Connection) -> None:
    token = "a-token-of-the-browser"
    sessions.begin(connection, session_id="s", token=token, agent_id=put(connection).id, now=NOW)
    row = connection.execute(sa.select(agent_session)).one()
    assert token not in str(row)
    assert sessions.find(connection, row.token_hash, NOW) is None, "who reads the table isn't logged in by it"


def test_what_is_over_is_swept_and_nothing_else(connection: sa.Connection) -> None:
    agent_id = put(connection).id
    sessions.begin(connection, session_id="old", token="o", agent_id=agent_id, now=NOW - sessions.OVERALL)
    sessions.touch(connection, "old", NOW)
    sessions.begin(connection, session_id="quiet", token="q", agent_id=agent_id, now=NOW - sessions.IDLE * 2)
    sessions.begin(connection, session_id="new", token="n", agent_id=agent_id, now=NOW)
    sessions.forget_before(connection, NOW + SECOND)
    assert connection.execute(sa.select(agent_session.c.id)).scalars().all() == ["new"]


# --- the trail: ids and counts, page by page, nothing of what people are called ---


def test_it_is_read_page_by_page_newest_first(connection: sa.Connection) -> None:
    for n in range(5):
        audit.note(
            connection,
            agent_id=f"agent {n % 2}",
            what="seen",
            at=NOW + timedelta(seconds=n),
            conversation_id=f"c{n}",
            details={"n": n},
        )
    first = audit.page(connection, most=2)
    assert [entry.details["n"] for entry in first] == [4, 3]
    audit.note(connection, agent_id=None, what="new", at=NOW)
    second = audit.page(connection, before=first[-1].id, most=2)
    assert [entry.details["n"] for entry in second] == [2, 1], "what comes meanwhile shifts nothing"
    audit.forget_before(connection, NOW + timedelta(seconds=4))
    assert [entry.conversation_id for entry in audit.page(connection)] == ["c4"]


@pytest.mark.parametrize("details", [{"email": "a@b.pl"}, {"name": "Anna"}, {"why": "x" * 101}])
async def test_what_is_personal_is_refused(store: Store, details: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="trail"):
        await store.write(lambda c: audit.note(c, agent_id="a", what="seen", at=NOW, details=details))


def test_an_answer_put_right_is_known_until_its_person_is_erased(connection: sa.Connection) -> None:
    for talk in ("c1", "c2"):
        audit.note(connection, agent_id="a", what="corrected", at=NOW, conversation_id=talk, before="old", after="new")
    assert [(one.before, one.after) for one in audit.page(connection)] == [("old", "new")] * 2
    audit.forget_answers(connection, ["c1"])
    left = {one.conversation_id: (one.before, one.after) for one in audit.page(connection)}
    assert left == {"c1": (None, None), "c2": ("old", "new")}
