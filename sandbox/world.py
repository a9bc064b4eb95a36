"""The dependencies of every stand-in: ledger, people, clock, outgoing connections."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp

from sandbox.attempts import PaymentBook
from sandbox.clock import SandboxClock, Sleep
from sandbox.courier import Courier
from sandbox.faults import SLOW_S, Faults
from sandbox.gate import FaultGate, too_many_requests
from sandbox.ledger import Ledger
from sandbox.people import People, PeopleCompany
from sandbox.timetable import Timetable
from sandbox.vault import Vault


@dataclass(frozen=True, slots=True)
class World:
    """`public_url` is the address under which `/sandbox` is reached, without a slash at the end."""

    ledger: Ledger
    book: PaymentBook
    people: People
    faults: Faults
    courier: Courier
    timetable: Timetable
    clock: SandboxClock
    sleep: Sleep
    public_url: str
    vault: Vault

    def gate(
        self,
        provider: str,
        api: ASGIApp,
        server_error: Callable[[], Response],
        too_many: Callable[[], Response] = too_many_requests,
    ) -> FaultGate:
        """Put the fault gate before a provider's API."""
        return FaultGate(
            api,
            provider,
            server_error,
            faults=self.faults,
            ledger=self.ledger,
            clock=self.clock,
            sleep=self.sleep,
            too_many=too_many,
        )

    async def is_down_for(self, company: PeopleCompany | None) -> bool:
        """Play a company's behaviour in a register: waits if it is a slow one; True if the register is down for it."""
        if company is not None and company.behaviour == "slow":
            await self.sleep(SLOW_S)
        return company is not None and company.behaviour == "down"
