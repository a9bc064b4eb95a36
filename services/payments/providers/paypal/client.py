"""PayPal's API with its access token: fetched when needed, shared, fetched anew when refused."""

import asyncio
import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
from services.clock import Clock
from services.errors import Misconfigured
from services.payments.providers.paypal.models import AccessToken

#: A token is given up this long before its end.
MARGIN = timedelta(minutes=1)


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
        self._basic = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._clock = clock
        self._token: tuple[str, datetime, datetime] | None = None
        self._lock = asyncio.Lock()

    async def send(self, method: str, path: str, *, body: bytes | None = None, key: str | None = None) -> HttpAnswer:
        """Send a request (JSON `body`) and give the answer, whose 4xx beside 401, 403 and 429 are the caller's.

        `key` goes as PayPal-Request-Id, so everything sent here is a read or carries a key, and may be repeated.
        """
        token = await self._access(refused=None)
        answer = await self._send(token, method, path, body, key)
        if answer.status == 401:
            answer = await self._send(await self._access(refused=token), method, path, body, key)
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

    async def _access(self, refused: str | None) -> str:
        async with self._lock:
            now = self._clock.now()
            if self._token is not None:
                token, since, until = self._token
                if token != refused and since <= now < until:
                    return token
            request = self._client.build_request(
                "POST",
                f"{self._url}/v1/oauth2/token",
                data={"grant_type": "client_credentials"},
                headers={"Authorization": self._basic},
            )
            fresh = await self._line.send(request, _token, repeatable=True)
            self._token = (fresh.access_token, now, now + timedelta(seconds=fresh.expires_in) - MARGIN)
            return fresh.access_token


def _but_401(answer: HttpAnswer) -> HttpAnswer:
    """A token that is refused is fetched anew; an answer without a body (204) has nothing to be read."""
    return answer if answer.status in (204, 401) else answer.checked_json()


def _token(answer: HttpAnswer) -> AccessToken:
    if answer.checked().status != 200:
        raise Misconfigured("credentials_refused", origin=f"paypal {answer.status}")
    return answer.read_as(AccessToken)
