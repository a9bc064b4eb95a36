"""The sandbox's agents: there while it is on, and never let in while it is off."""

import pytest

from bot.app.sandbox_agents import SandboxAgents
from services.accounts.passwords import Argon2Hasher
from services.agents import agent_accounts, sessions
from services.store.database import Store
from tests.services.agents.conftest import Moved, put
from tests.services.databases import NOW

pytestmark = pytest.mark.anyio


async def roles(store: Store) -> dict[str, tuple[str, bool]]:
    found = await store.read(agent_accounts.listed)
    return {agent.login: (agent.role, agent.disabled_at is None) for agent in found}


async def test_they_move_in_and_out(store: Store) -> None:
    moving, hasher = SandboxAgents(store, Moved()), Argon2Hasher()
    await store.write(lambda c: put(c, "ola"))
    for _ in range(2):
        await moving.move_in(hasher)
        assert await roles(store) == {"anna": ("agent", True), "marek": ("supervisor", True), "ola": ("agent", True)}
    anna = await store.read(lambda c: agent_accounts.by_login(c, "anna"))
    assert anna is not None
    assert await hasher.verify(anna.password_hash or "", "sandbox")
    await store.write(lambda c: sessions.begin(c, session_id="s", token="t", agent_id=anna.id, now=NOW))
    for _ in range(2):
        await moving.move_out()
        assert await roles(store) == {"anna": ("agent", False), "marek": ("supervisor", False), "ola": ("agent", True)}
    assert await store.read(lambda c: sessions.find(c, "t", NOW)) is None
    await moving.move_in(hasher)
    assert (await roles(store))["anna"] == ("agent", True)


async def test_a_real_agent_of_the_name_is_left_alone(store: Store) -> None:
    moving, hasher = SandboxAgents(store, Moved()), Argon2Hasher()
    await store.write(lambda c: put(c, "anna", "admin"))
    await moving.move_in(hasher)
    found = await store.read(lambda c: agent_accounts.by_login(c, "anna"))
    assert found is not None
    assert (found.role, found.password_hash) == ("admin", "hash of right")
    await moving.move_out()
    assert (await roles(store))["anna"] == ("admin", True)
