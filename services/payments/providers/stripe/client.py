"""Stripe's API: forms out, JSON in, every POST under a key that makes its repeat harmless."""

from collections.abc import Mapping
from datetime import timedelta

import httpx

from services.clients.http import HttpAnswer
from services.clients.provider_client import ProviderClient
from services.errors import ProviderUnavailable
from services.payments.providers.stripe.form import Value, encode, pairs

#: The answers' form is of this day, whatever the account's own version is.
VERSION = "2026-06-24.dahlia"
#: Of one intent, that of a day from which on Stripe says why a BLIK code was declined. It takes no
#: `payment_method_types` any more, by which an intent or a session is opened.
OF_ONE_INTENT = ("/payment_intents/pi_", "2026-09-30.endive")
REPLAYED = "idempotent-replayed"


class StripeApi:
    """Sends requests to Stripe's API at `url` with an account's `secret_key`."""

    def __init__(self, client: httpx.AsyncClient, line: ProviderClient, *, url: str, secret_key: str) -> None:
        self._client = client
        self._line = line
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret_key}"}

    async def get(self, path: str, **params: Value) -> HttpAnswer:
        """Read; 4xx beside 401, 403, 409 and 429 are the caller's."""
        return await self._send(self._client.build_request("GET", self._at(path), params=tuple(pairs(params))))

    async def post(self, path: str, form: Mapping[str, Value], *, key: str, repeatable: bool = True) -> HttpAnswer:
        """Do, once per `key` (Stripe keeps keys for a day at least)."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": f"okienko:{key}"}
        request = self._client.build_request("POST", self._at(path), content=encode(form), headers=headers)
        return await self._send(request, repeatable=repeatable)

    async def delete(self, path: str) -> HttpAnswer:
        """Delete; a repeat finds nothing (404)."""
        return await self._send(self._client.build_request("DELETE", self._at(path)))

    def _at(self, path: str) -> str:
        return f"{self._url}/v1/{path}"

    async def _send(self, request: httpx.Request, *, repeatable: bool = True) -> HttpAnswer:
        path, version = OF_ONE_INTENT
        request.headers.update(self._headers)
        request.headers["Stripe-Version"] = version if path in request.url.path else VERSION
        return await self._line.send(request, _read, repeatable=repeatable)


def was_replayed(answer: HttpAnswer) -> bool:
    """Return whether this is what was answered to the key's first use, which may be long past."""
    return answer.headers.get(REPLAYED, "").lower() == "true"


def _read(answer: HttpAnswer) -> HttpAnswer:
    if answer.status == 409:  # a twin under the same key is being served
        raise ProviderUnavailable("in_progress", origin="stripe 409", retry_after=timedelta(seconds=5))
    return answer.checked_json()
