"""The sandbox's agents: there while it is on, and never let in while it is off. Their password is in the docs."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.usecases.agents.acts import release_all_of
from services.accounts.passwords import PasswordHasher
from services.agents import agent_accounts, audit
from services.agents.agent_accounts import Role
from services.clock import Clock
from services.keyed_hash import derived_id
from services.store.database import Store

PASSWORD = "sandbox"
AGENTS: tuple[tuple[str, str, Role], ...] = (("anna", "Anna", "agent"), ("marek", "Marek", "supervisor"))
"""Login, shown name, role."""


@dataclass(frozen=True)
class SandboxAgents:
    """Moves them in and out."""

    store: Store
    clock: Clock

    async def move_in(self, hasher: PasswordHasher) -> None:
        """They are there, and let in, whatever they were before."""
        known = {agent.login: agent for agent in await self.store.read(agent_accounts.listed)}
        if all(login in known and known[login].disabled_at is None for login, _, _ in AGENTS):
            return
        hashed = await hasher.hash(PASSWORD)
        await self.store.write(lambda c: self._move_in(c, hashed))

    async def move_out(self) -> None:
        """Whoever was made by the sandbox is let in no more: everybody knows the password."""
        await self.store.write(self._move_out)

    def _move_in(self, connection: sa.Connection, hashed: str) -> None:
        now = self.clock.now()
        for login, name, role in AGENTS:
            agent_id = derived_id("sandbox agent", login)
            agent_accounts.add(
                connection,
                agent_id=agent_id,
                login=login,
                name=name,
                role=role,
                now=now,
                password_hash=hashed,
                sandbox=True,
            )
            agent_accounts.enable(connection, agent_id, sandbox=True)

    def _move_out(self, connection: sa.Connection) -> None:
        now = self.clock.now()
        for agent in agent_accounts.listed(connection):
            if agent.sandbox and agent_accounts.disable(connection, agent.id, now):
                release_all_of(connection, agent.id, now)
                details = {"why": "sandbox off"}
                audit.note(connection, agent_id=agent.id, what="agent_disabled", at=now, details=details)
