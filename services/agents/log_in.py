"""An agent's password and code, tried: the try is counted first, then compared.

Every try takes as long, whoever it is for, also for somebody whom nobody knows.

Wrong passwords are limited for each login and each network address; from a browser in which the agent has once logged
in, for that browser alone, so that strangers' tries keep it from nothing. Wrong codes are limited for each agent, who
has shown the password by then. Nobody is locked out for good.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from services import limits
from services.accounts.credentials import PasswordHasher
from services.agents import agent_accounts, audit, second_factor, sessions
from services.agents.agent_accounts import Agent
from services.agents.sessions import AgentSession, Stage
from services.clock import Clock
from services.keyed_hash import all_keys
from services.keyed_hash import token as keyed_token
from services.limits import Counted, Held
from services.refusals import End, Note, note_nothing
from services.store.database import Store
from services.store.tables.agents import agent as table
from values.private import Private, PrivateStruct, Secret

DEVICE_LIFETIME = timedelta(days=180)
"""From the last log-in on: each brings a new token."""
_DEVICE_FORM = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")


def issue_device(server_key: bytes, agent: Agent, now: datetime) -> str | None:
    """Return a token for the browser in which this agent has just shown who they are.

    None for one without a password, who never has to try any.
    """
    if agent.password_hash is None:
        return None
    since, name = str(int(now.timestamp())), secrets.token_urlsafe(16)
    return f"{since}.{name}.{_signed(server_key, agent, since, name)}"


def known_device(server_key: bytes, agent: Agent | None, given: str | None, now: datetime) -> str | None:
    """Return the device's name, for counting its tries, if the token is one of this agent's; else None.

    A token of our form is compared in the same time whether there is such an agent or not.
    """
    parts = None if given is None else _DEVICE_FORM.fullmatch(given)
    if parts is None:
        return None
    since, name, signature = parts.groups()
    signed = [hmac.compare_digest(_signed(key, agent, since, name), signature) for key in all_keys(server_key)]
    holds = any(signed) and now - datetime.fromtimestamp(int(since), now.tzinfo) < DEVICE_LIFETIME
    if agent is None or agent.password_hash is None or agent.disabled_at is not None or not holds:
        return None
    return f"{agent.id} {name}"


def _signed(server_key: bytes, agent: Agent | None, since: str, name: str) -> str:
    """Return the signature, bound to the password's hash and to how often the account was disabled."""
    whose = ("", "", "") if agent is None else (agent.id, agent.password_hash or "", str(agent.times_disabled or 0))
    return keyed_token(server_key, "agent device", *whose, since, name)


PER_LOGIN = limits.Rule("agent login wrong", 10, timedelta(minutes=15))
PER_ADDRESS = limits.Rule("agent login address", 30, timedelta(minutes=15))
PER_DEVICE = limits.Rule("agent login device", 10, timedelta(minutes=15))
CODES = limits.Rule("agent code wrong", 5, timedelta(minutes=15))
CODES_A_DAY = limits.Rule("agent code wrong a day", 20, timedelta(days=1))


class AgentLogIns(Struct, frozen=True):
    """Tries passwords and codes. `quotas`: network addresses are counted, too."""

    store: Store
    clock: Clock
    hasher: PasswordHasher
    server_key: bytes
    quotas: bool
    note: Note = note_nothing

    async def password(
        self, login: str, password: Secret, address: str | None, device: str | None = None
    ) -> Agent | Held | None:
        """Return the agent with this login and password; None if they don't belong together.

        `device`: the token that the browser has for this login (`issue_device`).
        """
        tried = await self._tried(login, password, address, device)
        await self.note("agent", judge_try(tried), address)
        return tried

    async def _tried(
        self, login: str, password: Secret, address: str | None, device: str | None
    ) -> Agent | Held | None:
        now = self.clock.now()
        found = await self.store.read(lambda c: agent_accounts.by_login(c, login))
        known = known_device(self.server_key, found, device, now)
        counted = self._strangers(login, address) if known is None else ((PER_DEVICE, known),)
        # Counted before anything is compared, or a hundred tries at once would all find room.
        held = await self.store.write(lambda c: limits.count_try(c, counted, server_key=self.server_key, now=now))
        if held is not None:
            return held
        right = await self._right(found, password)
        await self.store.write(lambda c: self._told(c, found, counted, right=right))
        return await self._strengthened(found, password) if right and found is not None else None

    async def _strengthened(self, found: Agent, password: Secret) -> Agent:
        """Hash the password anew where the figures were raised since.

        Cookies of known browsers are bound to the hash: the others are known again after their next log-in.
        """
        before = found.password_hash
        if before is None or not self.hasher.outdated(before):
            return found
        made = await self.hasher.hash(password.reveal())
        await self.store.write(lambda c: agent_accounts.rehash(c, found.id, before, made))
        return replace(found, password_hash=made)

    def _strangers(self, login: str, address: str | None) -> Counted:
        by_address = ((PER_ADDRESS, address),) if address is not None and self.quotas else ()
        return ((PER_LOGIN, agent_accounts.key(login)), *by_address)

    async def _right(self, found: Agent | None, password: Secret) -> bool:
        if found is None or found.password_hash is None or found.disabled_at is not None:
            await self.hasher.burn(password.reveal())
            return False
        return await self.hasher.verify(found.password_hash, password.reveal())

    def _told(self, connection: sa.Connection, found: Agent | None, counted: Counted, *, right: bool) -> None:
        """Count a wrong try only; the audit log names it."""
        if right:
            limits.take_back_try(connection, counted, server_key=self.server_key)
        else:
            known = any(rule is PER_DEVICE for rule, _ in counted)
            self._refused(connection, found.id if found is not None else None, "password", known=known)

    async def code(self, agent_id: str, code: str, address: str | None = None) -> bool | Held:
        """Return whether the code is one of the agent's app or a recovery code, and use it up."""
        tried = await self._tried_code(agent_id, code)
        await self.note("agent_code", judge_try(tried), address)
        return tried

    async def _tried_code(self, agent_id: str, code: str) -> bool | Held:
        counted: Counted = ((CODES, agent_id), (CODES_A_DAY, agent_id))

        def work(connection: sa.Connection) -> bool | Held:
            key, now = self.server_key, self.clock.now()
            held = limits.count_try(connection, counted, server_key=key, now=now)
            if held is not None:
                return held
            right = second_factor.check(connection, agent_id=agent_id, code=code, server_key=key, now=now)
            if right:
                limits.take_back_try(connection, counted, server_key=self.server_key)
            else:
                self._refused(connection, agent_id, "code")
            return right

        return await self.store.write(work)

    def _refused(self, connection: sa.Connection, agent_id: str | None, why: str, *, known: bool = False) -> None:
        at, details = self.clock.now(), {"why": why} | ({"device": "known"} if known else {})
        audit.note(connection, agent_id=agent_id, what="log_in_refused", at=at, details=details)


def judge_try(tried: object) -> End:
    """Return how a try ended: held back, right (an agent, or a true answer) or wrong."""
    return "held" if isinstance(tried, Held) else "right" if tried else "wrong"


class NewSession(PrivateStruct):
    """The id and token of a session, made before the transaction."""

    id: str
    token: Private[str]


def begin_session(
    connection: sa.Connection,
    agent: Agent,
    made: NewSession,
    *,
    now: datetime,
    how: str,
    stage: Stage = "full",
    instead_of: str | None = None,
) -> bool:
    """Begins a session of an agent who has shown a password (or a provider's word); False if it isn't so any more.

    Passwords are compared outside of transactions, so another one may have been set, or the account disabled
    meanwhile.
    `instead_of`: the token that the browser had before; it ends.
    """
    row = _locked(connection, agent.id)
    if row is None or row.disabled_at is not None or row.password_hash != agent.password_hash:
        return False
    _begin(connection, agent.id, made, now, stage, how)
    if instead_of is not None and stage == "full":
        sessions.end_by_token(connection, instead_of)
    return True


def complete_session(
    connection: sa.Connection,
    half: AgentSession,
    made: NewSession,
    *,
    now: datetime,
    how: str,
    instead_of: str | None = None,
) -> bool:
    """Make the half session a whole one after a right second factor, for exactly one caller."""
    row = _locked(connection, half.agent_id)
    if row is None or row.disabled_at is not None or not sessions.end(connection, half.id):
        return False
    _begin(connection, half.agent_id, made, now, "full", how)
    if instead_of is not None:
        sessions.end_by_token(connection, instead_of)
    return True


def _begin(connection: sa.Connection, agent_id: str, made: NewSession, now: datetime, stage: Stage, how: str) -> None:
    sessions.begin(connection, session_id=made.id, token=made.token, agent_id=agent_id, now=now, stage=stage)
    if stage == "full":
        audit.note(connection, agent_id=agent_id, what="logged_in", at=now, details={"how": how})


def _locked(connection: sa.Connection, agent_id: str) -> sa.Row[Any, Any] | None:
    wanted = sa.select(table.c.password_hash, table.c.disabled_at).where(table.c.id == agent_id).with_for_update()
    return connection.execute(wanted).first()
