"""PayPal's webhooks: signed, repeated while they are not taken, and checked on request.

The seller's listener is taken to be `/webhooks/payments/paypal` at the origin of the order's return address: the one
address that the desk publishes for it, so that several desks may share a sandbox.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.attempts import ProviderAttempt
from sandbox.database import Database
from sandbox.payer import Sending
from sandbox.payments.paypal import PAYPAL_WEBHOOK_ID
from sandbox.payments.paypal.shapes import order_resource, zulu
from sandbox.world import World

ALGORITHM: Final = "SHA256withRSA"
KEPT: Final = "paypal_key"


class PayPalKey:
    """Signs transmissions and checks signatures. The key is made at the first use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, transmission_id: str, time: str, webhook_id: str, body: bytes) -> str:
        """Return the signature of a transmission, base64."""
        return _signatures().sign(self._private(), signed_text(transmission_id, time, webhook_id, body))

    def is_ours(self, signature: str, transmission_id: str, time: str, webhook_id: str, body: bytes) -> bool:
        """Return whether that signature is ours over just these bytes."""
        text = signed_text(transmission_id, time, webhook_id, body)
        return _signatures().is_signed(self._private(), signature, text)

    def certificate(self, now: datetime) -> bytes:
        """Return the certificate of the key, PEM, self-signed."""
        return _signatures().certificate(self._private(), now)

    def _private(self) -> str:
        kept = self._database.value(KEPT)
        if kept is None:
            kept = _signatures().make_key()
            self._database.set_value(KEPT, kept)
        return kept


def signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """Return what is signed: the CRC-32 stands for the raw body."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def _signatures() -> Any:
    return import_module("sandbox.payments.paypal.signatures")


PROVIDER: Final = "paypal"
LISTENER: Final = "/webhooks/payments/paypal"
MOST_TRIES: Final = 25
LONGEST_GAP: Final = timedelta(minutes=180)
APPROVED: Final = "CHECKOUT.ORDER.APPROVED"


class PayPalNotices:
    """Makes, signs, sends and repeats the events."""

    def __init__(self, world: World, key: PayPalKey) -> None:
        self._world = world
        self._key = key
        self._keep_token: Callable[[ProviderAttempt], ProviderAttempt] = lambda attempt: attempt
        world.timetable.register(PROVIDER, self._fire)

    @property
    def cert_url(self) -> str:
        """The address of the certificate of the signatures."""
        return f"{self._world.public_url}/sandbox/paypal/certs/CERT-SANDBOX-1"

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Send the approval of an order. Whether the money comes shows at the capture."""
        if attempt.amount:  # of an approved setup token PayPal tells nothing
            await self._send(attempt, APPROVED, self._event(attempt, APPROVED, "checkout-order"), 1)

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send an event as if the order were captured, with a forged signature."""
        capture = {"id": "FORGED", "status": "COMPLETED", "custom_id": attempt.reference}
        body = _event_body("WH-FORGED", "PAYMENT.CAPTURE.COMPLETED", "capture", capture, self._now())
        headers = self._headers(body.encode())
        headers["PAYPAL-TRANSMISSION-SIG"] = headers["PAYPAL-TRANSMISSION-SIG"][::-1]
        await self._world.courier.post(PROVIDER, listener(attempt), body.encode(), headers)

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the approval be told so much later."""
        row = {"attempt": attempt.id, "event": APPROVED, "tries": 1}
        if attempt.amount:
            self._world.timetable.schedule(PROVIDER, f"late:{attempt.id}", row, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open `return_url` as PayPal does, with the order's id and the payer's."""
        await self._world.courier.bring_back(PROVIDER, return_address(attempt))

    def about_capture(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any]) -> None:
        """Let an event about the money go as soon as the timetable is looked at; none where none is to be sent."""
        self._keep_event(attempt, event, "capture", resource)
        times = {"none": 0, "twice": 2}.get(str(attempt.details.get("notify") or "once"), 1)
        for _ in range(times):
            row = {"attempt": attempt.id, "event": event, "tries": 1}
            self._world.timetable.schedule(PROVIDER, f"event:{attempt.id}", row)

    def about_money(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any], sending: Sending) -> None:
        """Let an event about money that has come go, each time the same bytes."""
        event_id = f"WH-{self._world.ledger.fresh_id('paypal_event')}-{self._world.ledger.fresh_id('paypal_event')}"
        kind = "dispute" if event.startswith("CUSTOMER") else "refund"
        row = {"url": listener(attempt), "body": _event_body(event_id, event, kind, resource, self._now()), "tries": 1}
        for _ in range(sending.times):
            self._world.timetable.schedule(PROVIDER, f"money:{attempt.id}", row, sending.after)

    def about_token(self, url: str, event: str, resource: Mapping[str, Any]) -> None:
        """Let an event about a kept wallet go as soon as the timetable is looked at."""
        event_id = f"WH-{self._world.ledger.fresh_id('paypal_event')}-{self._world.ledger.fresh_id('paypal_event')}"
        body = _event_body(event_id, event, "payment_token", resource, self._now())
        self._world.timetable.schedule(PROVIDER, "token", {"url": url, "body": body, "tries": 1})

    def token_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the wallet of a captured order be kept so much later."""
        self._world.timetable.schedule(PROVIDER, f"token:{attempt.id}", {"late_token": attempt.id}, after)

    def on_late_token(self, keep: Callable[[ProviderAttempt], ProviderAttempt]) -> None:
        """Say who keeps wallets."""
        self._keep_token = keep

    def is_genuine(self, claimed: Mapping[str, Any], raw_event: bytes) -> bool:
        """Return whether that event, in just these bytes, was sent and signed by us."""
        return (
            claimed.get("auth_algo") == ALGORITHM
            and claimed.get("cert_url") == self.cert_url
            and claimed.get("webhook_id") == PAYPAL_WEBHOOK_ID
            and self._key.is_ours(
                str(claimed.get("transmission_sig")),
                str(claimed.get("transmission_id")),
                str(claimed.get("transmission_time")),
                PAYPAL_WEBHOOK_ID,
                raw_event,
            )
        )

    def _event(self, attempt: ProviderAttempt, event: str, kind: str) -> str:
        """Return the event's body, made once: a repeat bears the same id and the same bytes."""
        kept = self._kept(attempt, event)
        return kept or self._keep_event(attempt, event, kind, order_resource(attempt, self._world.public_url))

    def _kept(self, attempt: ProviderAttempt, event: str) -> str | None:
        now = self._world.book.by_id(attempt.id) or attempt
        return now.details.get("events", {}).get(event)

    def _keep_event(self, attempt: ProviderAttempt, event: str, kind: str, resource: Mapping[str, Any]) -> str:
        now = self._world.book.by_id(attempt.id) or attempt
        event_id = f"WH-{self._world.ledger.fresh_id('paypal_event')}-{self._world.ledger.fresh_id('paypal_event')}"
        body = _event_body(event_id, event, kind, resource, self._now())
        self._world.book.save(now.with_details(events={**now.details.get("events", {}), event: body}))
        return body

    async def _send(self, attempt: ProviderAttempt, event: str, body: str, tries: int) -> None:
        if not await self._post(listener(attempt), body) and tries < MOST_TRIES:
            row = {"attempt": attempt.id, "event": event, "tries": tries + 1}
            self._world.timetable.schedule(PROVIDER, f"event:{attempt.id}", row, _gap(tries))

    async def _send_token(self, row: dict[str, Any]) -> None:
        if not await self._post(row["url"], row["body"]) and row["tries"] < MOST_TRIES:
            again = {**row, "tries": row["tries"] + 1}
            self._world.timetable.schedule(PROVIDER, "token", again, _gap(row["tries"]))

    async def _post(self, url: str, body: str) -> bool:
        raw = body.encode()
        return await self._world.courier.post(PROVIDER, url, raw, self._headers(raw))

    async def _fire(self, row: dict[str, Any]) -> None:
        if "url" in row:
            await self._send_token(row)
            return
        attempt = self._world.book.by_id(row.get("late_token") or row["attempt"])
        if attempt is not None and "late_token" in row:
            self._keep_token(attempt)
            return
        if attempt is None:
            return
        body = self._event(attempt, row["event"], "checkout-order")
        await self._send(attempt, row["event"], body, row["tries"])

    def _headers(self, raw: bytes) -> dict[str, str]:
        transmission = self._world.ledger.fresh_id("paypal_transmission", 32).lower()
        time = self._now()
        return {
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-TIME": time,
            "PAYPAL-TRANSMISSION-SIG": self._key.sign(transmission, time, PAYPAL_WEBHOOK_ID, raw),
            "PAYPAL-CERT-URL": self.cert_url,
            "PAYPAL-AUTH-ALGO": ALGORITHM,
        }

    def _now(self) -> str:
        return zulu(self._world.clock.now())


def return_address(attempt: ProviderAttempt) -> str:
    """Return where the payer comes back to."""
    return _with_query(attempt.details["return_url"], token=attempt.order_id, PayerID=f"PAYER{attempt.id:08d}")


def cancel_address(attempt: ProviderAttempt) -> str:
    """Return where the payer who left comes back to."""
    return _with_query(attempt.details["cancel_url"], token=attempt.order_id)


def _with_query(url: str, **added: str) -> str:
    split = urlsplit(url)
    return urlunsplit(split._replace(query=urlencode([*parse_qsl(split.query), *added.items()])))


def _gap(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_GAP)


def listener(attempt: ProviderAttempt) -> str:
    """Return where events about this order go."""
    split = urlsplit(attempt.details["return_url"])
    return f"{split.scheme}://{split.netloc}{LISTENER}"


def _event_body(event_id: str, event: str, kind: str, resource: Mapping[str, Any], time: str) -> str:
    """Compact JSON, as PayPal sends it: written anew with other spaces, it no longer matches its signature."""
    body = {
        "id": event_id,
        "event_version": "1.0",
        "create_time": time,
        "resource_type": kind,
        "resource_version": "2.0",
        "event_type": event,
        "summary": event.replace(".", " ").capitalize(),
        "resource": resource,
        "links": [],
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
