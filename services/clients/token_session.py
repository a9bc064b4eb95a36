"""Requests under an OAuth 2 access token, given for a client's credentials (RFC 6749, section 4.4)."""

import asyncio
import base64
from collections.abc import Container
from datetime import datetime, timedelta

import httpx
from pydantic import Field

from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
from services.clock import Clock
from services.errors import Misconfigured
from services.late_model import LateModel

#: A token is given up this long before its end.
MARGIN = timedelta(minutes=1)


class AccessToken(LateModel):
    """An access token; `expires_in` in seconds."""

    access_token: str = Field(repr=False)
    expires_in: int = 300


class TokenSession:
    """Sends one client's requests under its current token: fetched when needed, fetched anew when refused.

    The credentials go by Basic authentication, with `in_form` as fields of the form. `answers` are statuses beside the
    2xx that the API answers with, such as PayU's 302, whose body has the payer's page.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        line: ProviderClient,
        *,
        provider: str,
        token_url: str,
        client_id: str,
        client_secret: str,
        clock: Clock,
        in_form: bool = False,
        answers: Container[int] = (),
    ) -> None:
        self._client = client
        self._line = line
        self._provider = provider
        self._token_url = token_url
        self._credentials = (client_id, client_secret)
        self._clock = clock
        self._in_form = in_form
        self._answers = answers
        self._token: tuple[str, datetime, datetime] | None = None
        self._lock = asyncio.Lock()

    async def send(self, request: httpx.Request, *, repeatable: bool) -> HttpAnswer:
        """Send a request and return the answer in JSON, or without a body (204).

        Its 4xx beside 401, 403 and 429 are the caller's. Raises Misconfigured("credentials_refused").
        """
        token = await self._current()
        answer = await self._send(request, token, repeatable)
        if answer.status == 401:
            answer = await self._send(request, await self._current(refused=token), repeatable)
        return answer.checked(self._answers)

    async def _send(self, request: httpx.Request, token: str, repeatable: bool) -> HttpAnswer:
        request.headers["Authorization"] = f"Bearer {token}"
        return await self._line.send(request, self._but_401, repeatable=repeatable)

    async def _current(self, *, refused: str | None = None) -> str:
        """Return a token other than the `refused` one."""
        async with self._lock:
            now = self._clock.now()
            if self._token is not None:
                token, since, until = self._token
                if token != refused and since <= now < until:
                    return token
            fresh = await self._line.send(self._token_request(), self._read, repeatable=True)
            self._token = (fresh.access_token, now, now + timedelta(seconds=fresh.expires_in) - MARGIN)
            return fresh.access_token

    def _token_request(self) -> httpx.Request:
        form, headers = {"grant_type": "client_credentials"}, dict[str, str]()
        client_id, client_secret = self._credentials
        if self._in_form:
            form |= {"client_id": client_id, "client_secret": client_secret}
        else:
            basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
            headers["Authorization"] = f"Basic {basic}"
        return self._client.build_request("POST", self._token_url, data=form, headers=headers)

    def _read(self, answer: HttpAnswer) -> AccessToken:
        if answer.checked().status != 200:
            raise Misconfigured("credentials_refused", origin=f"{self._provider} {answer.status}")
        return answer.read_as(AccessToken)

    def _but_401(self, answer: HttpAnswer) -> HttpAnswer:
        """Check all but a refused token, which is fetched anew, and an answer without a body (204)."""
        return answer if answer.status in (204, 401) else answer.checked_json(self._answers)
