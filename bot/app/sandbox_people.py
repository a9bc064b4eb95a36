"""The sandbox's people at a desk: its agents, and the invented customers of the profile.

With the sandbox on, the customers are on file, as if the seller had imported them: once for a database, at the desk's
first start on it; their subscriptions end so many days after that. With the sandbox off nobody logs in to their
accounts: everybody may read their passwords.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.identity import derived_id
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.passwords import end_log_ins
from bot.usecases.agents.acts import release_all_of
from sandbox.people import PersonOnFile, load_people
from services import keyed_hash
from services.accounts import accounts, credentials
from services.agents import agent_accounts, audit
from services.clock import Clock
from services.directory import directory, directory_accounts
from services.directory.directory import DirectoryRecord, ProgramRecord
from services.store import installation_rows
from services.store.database import Store
from values.rules import LegalForm
from values.seller import Seller

_MARK = "sandbox people "
PASSWORD = "sandbox"
AGENTS: tuple[tuple[str, str, agent_accounts.Role], ...] = (("anna", "Anna", "agent"), ("marek", "Marek", "supervisor"))
"""Login, shown name, role."""
_FORMS: dict[str, LegalForm] = {"natural_person": "natural_person", "sole_trader": "sole_trader", "company": "company"}


class SandboxPeople(Struct, frozen=True):
    """The import for one seller."""

    store: Store
    clock: Clock
    hasher: credentials.PasswordHasher
    seller: Seller
    server_key: bytes

    async def move_in(self) -> None:
        """Put the profile's customers on file, and make the accounts of those who have one."""
        people = _people_of(self.seller.id)
        if (
            not people
            or await self.store.read(lambda connection: installation_rows.read_value(connection, self._mark))
            is not None
        ):
            return
        hashes = {customer.ref: await self.hasher.hash(customer.password) for customer in people if customer.password}
        await self.store.write(lambda connection: self._move_in(connection, people, hashes))

    @property
    def _mark(self) -> str:
        """The row of the table `installation` by which a later start knows that they are there."""
        return _MARK + self.seller.id

    def _move_in(self, connection: sa.Connection, people: list[PersonOnFile], hashes: dict[str, str]) -> None:
        now = self.clock.now()
        if installation_rows.agree(connection, self._mark, now.isoformat()) != now.isoformat():
            return  # another process of this desk was first
        for customer in people:
            known = directory.import_customer(connection, _record(customer, self.seller, now), now)
            if customer.registered or customer.password:
                self._open(connection, known, hashes.get(customer.ref), now)

    def _open(
        self, connection: sa.Connection, known: directory.CustomerOnFile, password_hash: str | None, now: datetime
    ) -> None:
        credential = None
        if password_hash is not None:
            credential = derived_id(self.server_key, f"{self._mark} {known.ref} password {now.isoformat()}")
            credentials.store(connection, credential, password_hash, now)
        directory_accounts.open_account(
            connection,
            known,
            account_id=derived_id(self.server_key, f"{self._mark} {known.ref} account"),
            credential_id=credential,
            locale=self.seller.locales[0],
            proven=("email", "phone"),
            now=now,
        )
        if known.account_id is not None and credential is not None:  # back from a time with the sandbox off
            accounts.set_password(connection, account_id=known.account_id, credential_id=credential)


def move_out(tx: UnitOfWork) -> None:
    """Log the customers whom a sandbox has put on file here out, whichever profile it had, and drop their passwords.

    What is on file stays; where the sandbox comes back, so do they.
    """
    for profile in installation_rows.drop(tx.connection, _MARK):
        for customer in _people_of(profile):
            known = directory.by_ref(tx.connection, customer.ref)
            if known is not None and known.account_id is not None:
                accounts.drop_password(tx.connection, account_id=known.account_id)
                end_log_ins(tx, known.account_id)


def _people_of(profile: str) -> list[PersonOnFile]:
    return [customer for customer in load_people().customers if customer.profile == profile]


def _record(customer: PersonOnFile, seller: Seller, now: datetime) -> DirectoryRecord:
    return DirectoryRecord(
        ref=customer.ref,
        customer_number=customer.customer_number or None,
        user_name=customer.username or None,
        email=customer.email or None,
        phone=customer.phone or None,
        country=seller.country if customer.nip else None,
        tax_number=customer.nip or None,
        legal_form=_FORMS.get(customer.legal_form),
        programs=tuple(
            ProgramRecord(program.product, program.serial, now + timedelta(days=program.subscription_ends_in_days))
            for program in customer.programs
        ),
    )


class SandboxAgents(Struct, frozen=True):
    """The sandbox's agents: there while it is on, never let in while it is off, as everybody knows their password."""

    store: Store
    clock: Clock

    async def move_in(self, hasher: credentials.PasswordHasher) -> None:
        """Add them and let them in, whatever they were before."""
        agents = {agent.login: agent for agent in await self.store.read(agent_accounts.list_agents)}
        if all(login in agents and agents[login].disabled_at is None for login, _, _ in AGENTS):
            return
        hashed = await hasher.hash(PASSWORD)
        await self.store.write(lambda c: self._move_in(c, hashed))

    async def move_out(self) -> None:
        """Disable the agents that the sandbox made."""
        await self.store.write(self._move_out)

    def _move_in(self, connection: sa.Connection, hashed: str) -> None:
        now = self.clock.now()
        for login, name, role in AGENTS:
            agent_id = keyed_hash.derived_id("sandbox agent", login)
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
        for agent in agent_accounts.list_agents(connection):
            if agent.sandbox and agent_accounts.disable(connection, agent.id, now):
                release_all_of(connection, agent.id, now)
                details = {"why": "sandbox off"}
                audit.note(connection, agent_id=agent.id, what="agent_disabled", at=now, details=details)
