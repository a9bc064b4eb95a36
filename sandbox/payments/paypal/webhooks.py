"""PayPal's webhooks: signed, repeated while they are not taken, and checked on request."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.attempts import ProviderAttempt
from sandbox.payments.paypal import PAYPAL_WEBHOOK_ID
from sandbox.payments.paypal.shapes import order_resource, zulu
from sandbox.simulator import RepeatedEvents, listener_at
from sandbox.world import World
from values.patterns import cached_property

ALGORITHM: Final = "SHA256withRSA"
APPROVED: Final = "CHECKOUT.ORDER.APPROVED"
KINDS: Final = {"CHECKOUT": "checkout-order", "CUSTOMER": "dispute", "VAULT": "payment_token"}


class PayPalNotices(RepeatedEvents):
    """Makes and signs the events."""

    provider = "paypal"
    most_tries = 25
    longest_gap = timedelta(minutes=180)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._keep_token: Callable[[ProviderAttempt], ProviderAttempt] = lambda attempt: attempt

    @cached_property
    def key(self) -> Any:
        """The key of the signatures, whose library a desk starts without."""
        return import_module("sandbox.payments.paypal.signatures").PayPalKey(self._world.ledger)

    @property
    def cert_url(self) -> str:
        """The address of the certificate of the signatures."""
        return f"{self._world.public_url}/sandbox/paypal/certs/CERT-SANDBOX-1"

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Send the approval of an order. Whether the money comes shows at the capture."""
        if attempt.amount:  # of an approved setup token PayPal tells nothing
            await self.send(attempt, APPROVED)

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send an event as if the order were captured, with a forged signature."""
        capture = {"id": "FORGED", "status": "COMPLETED", "custom_id": attempt.reference}
        body = self.write("PAYMENT.CAPTURE.COMPLETED", capture, "WH-FORGED").encode()
        headers = self.headers(body)
        headers["PAYPAL-TRANSMISSION-SIG"] = headers["PAYPAL-TRANSMISSION-SIG"][::-1]
        await self._world.courier.post(self.provider, self.listener(attempt), body, headers)

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the approval be told so much later."""
        if attempt.amount:
            self._schedule({"attempt": attempt.id, "event": APPROVED, "tries": 1}, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open `return_url` as PayPal does, with the order's id and the payer's."""
        await self._world.courier.bring_back(self.provider, return_address(attempt))

    def about_capture(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any]) -> None:
        """Let an event about the money go as soon as the timetable is looked at; none where none is to be sent."""
        times = {"none": 0, "twice": 2}.get(str(attempt.details.get("notify") or "once"), 1)
        self.soon(attempt, event, resource, times)

    def token_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the wallet of a captured order be kept so much later."""
        self._schedule({"do": "keep", "attempt": attempt.id}, after)

    def on_late_token(self, keep: Callable[[ProviderAttempt], ProviderAttempt]) -> None:
        """Say who keeps wallets."""
        self._keep_token = keep

    def is_genuine(self, claimed: Mapping[str, Any], raw_event: bytes) -> bool:
        """Return whether that event, in just these bytes, was sent and signed by us."""
        return (
            claimed.get("auth_algo") == ALGORITHM
            and claimed.get("cert_url") == self.cert_url
            and claimed.get("webhook_id") == PAYPAL_WEBHOOK_ID
            and self.key.is_ours(
                str(claimed.get("transmission_sig")),
                str(claimed.get("transmission_id")),
                str(claimed.get("transmission_time")),
                PAYPAL_WEBHOOK_ID,
                raw_event,
            )
        )

    def subject(self, attempt: ProviderAttempt, event: str) -> Mapping[str, Any]:
        return order_resource(attempt, self._world.public_url)

    def listener(self, attempt: ProviderAttempt) -> str:
        return listener_at(self.provider, attempt.details["return_url"])

    async def do(self, what: str, attempt: ProviderAttempt) -> None:
        self._keep_token(attempt)

    def headers(self, body: bytes) -> dict[str, str]:
        transmission = self._world.ledger.fresh_id("paypal_transmission", 32).lower()
        time = zulu(self._world.clock.now())
        return {
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-TIME": time,
            "PAYPAL-TRANSMISSION-SIG": self.key.sign(transmission, time, PAYPAL_WEBHOOK_ID, body),
            "PAYPAL-CERT-URL": self.cert_url,
            "PAYPAL-AUTH-ALGO": ALGORITHM,
        }

    def write(self, event: str, resource: Mapping[str, Any], event_id: str = "") -> str:
        """Compact JSON, as PayPal sends it: written anew with other spaces, it no longer matches its signature."""
        back = event.endswith(("REFUNDED", "REVERSED", "REFUND.FAILED"))
        fresh = self._world.ledger.fresh_id
        body = {
            "id": event_id or f"WH-{fresh('paypal_event')}-{fresh('paypal_event')}",
            "event_version": "1.0",
            "create_time": zulu(self._world.clock.now()),
            "resource_type": KINDS.get(event.partition(".")[0], "refund" if back else "capture"),
            "resource_version": "2.0",
            "event_type": event,
            "summary": event.replace(".", " ").capitalize(),
            "resource": resource,
            "links": [],
        }
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def return_address(attempt: ProviderAttempt) -> str:
    """Return where the payer comes back to."""
    return _with_query(attempt.details["return_url"], token=attempt.order_id, PayerID=f"PAYER{attempt.id:08d}")


def cancel_address(attempt: ProviderAttempt) -> str:
    """Return where the payer who left comes back to."""
    return _with_query(attempt.details["cancel_url"], token=attempt.order_id)


def _with_query(url: str, **added: str) -> str:
    split = urlsplit(url)
    return urlunsplit(split._replace(query=urlencode([*parse_qsl(split.query), *added.items()])))
