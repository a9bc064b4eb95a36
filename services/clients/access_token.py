"""OAuth 2 access tokens by client credentials, as PayPal gives them."""

import asyncio
import base64
from datetime import datetime, timedelta

import httpx
from pydantic import BaseModel, Field

from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
from services.clock import Clock
from services.errors import Misconfigured

#: A token is given up this long before its end.
MARGIN = timedelta(minutes=1)


class AccessToken(BaseModel):
    """An access token; `expires_in` in seconds."""

    access_token: str = Field(repr=False)
    expires_in: int = 300


class AccessTokens:
    """The current token of one client: fetched when needed, shared, fetched anew when refused."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        line: ProviderClient,
        *,
        provider: str,
        url: str,
        client_id: str,
        client_secret: str,
        clock: Clock,
    ) -> None:
        self._client = client
        self._line = line
        self._provider = provider
        self._url = url
        self._basic = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._clock = clock
        self._token: tuple[str, datetime, datetime] | None = None
        self._lock = asyncio.Lock()

    async def current(self, *, refused: str | None = None) -> str:
        """Return a token other than the `refused` one; raise Misconfigured("credentials_refused")."""
        async with self._lock:
            now = self._clock.now()
            if self._token is not None:
                token, since, until = self._token
                if token != refused and since <= now < until:
                    return token
            request = self._client.build_request(
                "POST", self._url, data={"grant_type": "client_credentials"}, headers={"Authorization": self._basic}
            )
            fresh = await self._line.send(request, self._read, repeatable=True)
            self._token = (fresh.access_token, now, now + timedelta(seconds=fresh.expires_in) - MARGIN)
            return fresh.access_token

    def _read(self, answer: HttpAnswer) -> AccessToken:
        if answer.checked().status != 200:
            raise Misconfigured("credentials_refused", origin=f"{self._provider} {answer.status}")
        return answer.read_as(AccessToken)
