"""Standard Webhooks 1.0.0: how an event is signed, and how it is brought to an address.

The signature is HMAC-SHA256 over `id.timestamp.body`, once for each secret while one makes way for another. The id is
the same at every try, the timestamp is the try's. 2xx is "taken" and nothing else is; redirects aren't followed.
Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime

import httpx

from services.clients.http import fetch
from services.clients.provider_client import Breaker
from services.clock import Clock
from services.errors import ProviderRefused

PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes of a secret, by the standard."""

PATIENCE_S = 15.0
"""For one try; the standard recommends 15 to 30 seconds."""


def read_secret(text: str) -> bytes:
    """Return the key that a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw` stands for.

    Errors: ValueError, without the secret.
    """
    try:
        key = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook secret is whsec_ and base64") from None
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError(f"a webhook secret holds {SHORTEST_KEY} to {LONGEST_KEY} bytes")
    return key


def signature(keys: Sequence[bytes], event_id: str, sent_at: datetime, body: bytes) -> str:
    """Return the value of `webhook-signature`: one `v1,…` a key, parted by blanks."""
    signed = f"{event_id}.{int(sent_at.timestamp())}.".encode() + body
    macs = (hmac.digest(key, signed, "sha256") for key in keys)
    return " ".join("v1," + base64.b64encode(mac).decode() for mac in macs)


class WebhookSender:
    """Brings events to one address. `keys`: the new one and, while the receiver changes over, the old."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        keys: Sequence[bytes],
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._url = url
        self._keys = tuple(keys)
        self._clock = clock
        self._breaker = breaker
        self._timeout_s = timeout_s

    async def send(self, event_id: str, body: bytes) -> None:
        """Send once.

        Raises ProviderRefused("gone") if the receiver wants no more, ProviderRefused("not_taken") for another answer
        that isn't 2xx,
        ProviderUnavailable, Misconfigured (a redirect, a refused signature).
        """
        now = self._clock.now()
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature(self._keys, event_id, now, body),
        }
        request = self._client.build_request(
            "POST", self._url, content=body, headers=headers, timeout=httpx.Timeout(self._timeout_s, connect=3.0)
        )
        async with self._breaker.guard(event_id):
            answer = (await fetch(self._client, request, timeout_s=self._timeout_s)).checked()
            if answer.status == 410:
                raise ProviderRefused("gone", origin="http 410")
            if not 200 <= answer.status < 300:
                raise ProviderRefused("not_taken", origin=f"http {answer.status}")
