"""Agents on both databases."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.agents import agent_accounts
from services.agents.agent_accounts import Agent, Role
from services.store.database import Store
from tests.kit.narrow import present
from tests.services.databases import NOW

KEY = b"k" * 32


class Moved:
    """A clock that shows one moment until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock() -> Moved:
    return Moved()


class Plain:
    """Hashing that takes no time: what is tested here isn't Argon2."""

    def __init__(self) -> None:
        self.burnt = 0
        self.verified = 0

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password_hash: str, password: str) -> bool:
        self.verified += 1
        return password_hash.removeprefix("weak ") == f"hash of {password}"

    async def burn(self, password: str) -> None:
        self.burnt += 1

    def outdated(self, password_hash: str) -> bool:
        return password_hash.startswith("weak ")


def put(
    connection: sa.Connection, login: str = "ola", role: Role = "agent", *, email: str | None = None, **given: str
) -> Agent:
    """An agent whose password is "right"."""
    password_hash = given.get("password_hash", "hash of right")
    made = agent_accounts.add(
        connection,
        agent_id=f"id of {login}",
        login=login,
        name=login.title(),
        role=role,
        now=NOW,
        email=email,
        password_hash=password_hash,
    )
    assert made
    return present(agent_accounts.get(connection, f"id of {login}"))


async def ola(store: Store) -> Agent:
    return await store.write(put)
