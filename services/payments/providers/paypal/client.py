"""PayPal's API with its access token."""

from collections.abc import Mapping

import httpx

from services.clients.access_token import AccessTokens
from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
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
        self._line = line
        self._url = url.rstrip("/")
        self._tokens = AccessTokens(
            client,
            line,
            provider="paypal",
            url=f"{self._url}/v1/oauth2/token",
            client_id=client_id,
            client_secret=client_secret,
            clock=clock,
        )

    async def send(self, method: str, path: str, *, body: bytes | None = None, key: str | None = None) -> HttpAnswer:
        """Send a request (JSON `body`) and give the answer, whose 4xx beside 401, 403 and 429 are the caller's.

        `key` goes as PayPal-Request-Id, so everything sent here is a read or carries a key, and may be repeated.
        """
        token = await self._tokens.current()
        answer = await self._send(token, method, path, body, key)
        if answer.status == 401:
            answer = await self._send(await self._tokens.current(refused=token), method, path, body, key)
        return answer.checked()

    async def _send(self, token: str, method: str, path: str, body: bytes | None, key: str | None) -> HttpAnswer:
        headers: Mapping[str, str] = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Prefer": "return=representation",
            **({"PayPal-Request-Id": key} if key else {}),
        }
        request = self._client.build_request(method, f"{self._url}{path}", content=body, headers=headers)
        return await self._line.send(request, _but_401, repeatable=True)


def _but_401(answer: HttpAnswer) -> HttpAnswer:
    """Check all but a refused token, which is fetched anew, and an answer without a body (204)."""
    return answer if answer.status in (204, 401) else answer.checked_json()
