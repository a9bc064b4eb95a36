"""The dependencies of every stand-in: ledger, people, clock, timetable, outgoing connections."""

from collections.abc import Callable, Mapping
from typing import Literal

import httpx
from msgspec import Struct
from starlette.responses import Response
from starlette.types import ASGIApp

from sandbox.attempts import PaymentBook, Vault
from sandbox.clock import SandboxClock, Sleep, Timetable
from sandbox.faults import SLOW_S, FaultGate, Faults, too_many_requests
from sandbox.ledger import Ledger
from sandbox.people import People, PeopleCompany

PATIENCE_S = 10.0
MediaType = Literal["application/json", "application/x-www-form-urlencoded"]


class Courier:
    """Outgoing HTTP: notices to the desk, and the payer's way back. Errors are noted in the ledger, never raised."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger, clock: SandboxClock) -> None:
        self._client = client
        self._ledger = ledger
        self._clock = clock

    async def post(
        self,
        provider: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        media_type: MediaType = "application/json",
        answer: str | None = None,
    ) -> bool:
        """Send a notice. True if it was taken: with a 2xx, and in just the words of `answer` where that is given."""
        response = await self._call(provider, "POST", url, body, {"Content-Type": media_type, **(headers or {})})
        return response is not None and response.is_success and answer in (None, response.text)

    async def bring_back(self, provider: str, url: str) -> None:
        """Open the desk's return address as the payer's browser would, without following where it leads."""
        await self._call(provider, "GET", url, b"", {})

    async def _call(
        self, provider: str, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response | None:
        try:
            response = await self._client.request(
                method, url, content=body, headers=headers, timeout=PATIENCE_S, follow_redirects=False
            )
        except Exception as error:
            # Whatever befalls the desk, also one in the same process, whose exceptions come through the transport:
            # to a provider it is a notice not taken.
            self._note(provider, f"{method} {url}", type(error).__name__)
            return None
        self._note(provider, f"{method} {response.request.url.path}", str(response.status_code))
        return response

    def _note(self, provider: str, what: str, outcome: str) -> None:
        self._ledger.note_call(provider, "out", what, outcome, self._clock.now())


class World(Struct, frozen=True):
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
