"""PayPal's API with its access token."""

import httpx

from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
from services.clients.token_session import TokenSession
from services.clock import Clock


class PayPalSession:
    """Sends requests to PayPal's API at `url` in the name of the client `client_id`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        line: ProviderClient,
        *,
        url: str,
        client_id: str,
        client_secret: str,
        clock: Clock,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._session = TokenSession(
            client,
            line,
            provider="paypal",
            token_url=f"{self._url}/v1/oauth2/token",
            client_id=client_id,
            client_secret=client_secret,
            clock=clock,
        )

    async def send(self, method: str, path: str, *, body: bytes | None = None, key: str | None = None) -> HttpAnswer:
        """Send a request (JSON `body`) and give the answer, whose 4xx beside 401, 403 and 429 are the caller's.

        `key` goes as PayPal-Request-Id, so everything sent here is a read or carries a key, and may be repeated.
        """
        headers = {"Content-Type": "application/json", "Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        request = self._client.build_request(method, f"{self._url}{path}", content=body, headers=headers)
        return await self._session.send(request, repeatable=True)
