"""The courier: carries the providers' notices to the desk and brings the payer back to it."""

import httpx

from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

PATIENCE_S = 10.0


class Courier:
    """Calls out over HTTP. What goes wrong is kept in the ledger, never raised: a provider shrugs and repeats later."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger, clock: SandboxClock) -> None:
        self._client = client
        self._ledger = ledger
        self._clock = clock

    async def post(self, provider: str, url: str, body: bytes, headers: dict[str, str] | None = None) -> bool:
        """Hand over a notice in JSON. True if it was taken (2xx)."""
        return await self._call(provider, "POST", url, body, {"Content-Type": "application/json", **(headers or {})})

    async def bring_back(self, provider: str, url: str) -> bool:
        """Open the desk's return address as the payer's browser would, without following where it leads."""
        return await self._call(provider, "GET", url, b"", {})

    async def _call(self, provider: str, method: str, url: str, body: bytes, headers: dict[str, str]) -> bool:
        try:
            response = await self._client.request(
                method, url, content=body, headers=headers, timeout=PATIENCE_S, follow_redirects=False
            )
        except Exception as error:
            # Whatever befalls the desk, also one in the same process, whose exceptions come through the transport:
            # to a provider it is a notice not taken.
            self._note(provider, f"{method} {url}", type(error).__name__)
            return False
        self._note(provider, f"{method} {response.request.url.path}", str(response.status_code))
        return response.is_success

    def _note(self, provider: str, what: str, outcome: str) -> None:
        self._ledger.note_call(provider, "out", what, outcome, self._clock.now())
