"""PayPal's API with its access token."""

import httpx
from msgspec import Struct

from services.clients.http import HttpAnswer
from services.clients.token_session import TokenSession


class PayPalSession(Struct, frozen=True):
    """Sends requests to PayPal's API at `url`, which ends without a slash."""

    client: httpx.AsyncClient
    session: TokenSession
    url: str

    async def send(self, method: str, path: str, *, body: bytes | None = None, key: str | None = None) -> HttpAnswer:
        """Send a request (JSON `body`) and give the answer, whose 4xx beside 401, 403 and 429 are the caller's.

        `key` goes as PayPal-Request-Id, so everything sent here is a read or carries a key, and may be repeated.
        """
        headers = {"Content-Type": "application/json", "Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        request = self.client.build_request(method, f"{self.url}{path}", content=body, headers=headers)
        return await self.session.send(request, repeatable=True)
