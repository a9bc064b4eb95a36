"""Browsers that an agent has logged in with: strangers' tries don't hold them up, their own do, and nobody else's."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.agents import agent_accounts, audit, log_in
from services.agents.agent_accounts import Agent
from services.agents.log_in import PER_ADDRESS, PER_DEVICE, PER_LOGIN, AgentLogIns, Held
from services.store.database import Store
from services.store.tables.accounts import limit_hit
from services.store.tables.agents import agent as table
from tests.kit.narrow import present
from tests.services.agents.conftest import KEY, Moved, Plain, ola, put
from tests.services.databases import NOW
from values.private import Secret

RIGHT, WRONG = Secret("right"), Secret("wrong")
HERE = "203.0.113.7"


def token_of(agent: Agent, key: bytes = KEY) -> str:
    return present(log_in.issue_device(key, agent, NOW))


def log_ins(store: Store, clock: Moved) -> AgentLogIns:
    return AgentLogIns(store, clock, Plain(), KEY, quotas=True)


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
            connection.execute(sa.update(table).values(disabled_at=NOW))
        else:
            agent_accounts.disable(connection, agent.id, NOW)
            agent_accounts.disable(connection, agent.id, NOW)
        assert not is_known()
        agent_accounts.enable(connection, agent.id)
        assert is_known() is (how == "an earlier release")
        found = present(agent_accounts.get(connection, agent.id))
        assert found.times_disabled == (None if how == "an earlier release" else time)
