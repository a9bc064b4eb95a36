"""Stripe's webhooks: signed afresh each time they are sent, repeated while they are not taken, in no order to rely on.

The seller's endpoint is taken to be `/webhooks/payments/stripe` at the origin of the session's return address: the one
address that the desk publishes for it, so that several desks may share a sandbox. Charges without a payer, and kept
cards, go to where the card was kept for.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.attempts import ProviderAttempt
from sandbox.credentials import STRIPE_OLD_WEBHOOK_SECRET
from sandbox.payer import Sending
from sandbox.payments.stripe import STRIPE_WEBHOOK_SECRET, shapes
from sandbox.world import World

PROVIDER: Final = "stripe"
LISTENER: Final = "/webhooks/payments/stripe"
VERSION: Final = "2026-06-24.dahlia"
MOST_TRIES: Final = 16
LONGEST_GAP: Final = timedelta(hours=12)
DELAYED_BY: Final = timedelta(hours=1)


class StripeNotices:
    """Makes, signs, sends and repeats the events."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settle: Callable[[ProviderAttempt], ProviderAttempt] = lambda attempt: attempt
        world.timetable.register(PROVIDER, self._fire)

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Tell all that happened, in one order the first time and in the other the next, as Stripe promises none."""
        now = self._world.book.by_id(attempt.id) or attempt
        events = _what_happened(now)
        told = int(now.details.get("told", 0))
        self._world.book.save(now.with_details(told=told + 1))
        for event in reversed(events) if told % 2 else events:
            await self._send_kept(now, event, 1)

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send an event as if the session were paid, signed with another secret."""
        body = self._forged(attempt, livemode=False)
        await self._world.courier.post(PROVIDER, listener(attempt), body, self.headers(body, secret="whsec_forged"))

    async def tell_other_mode(self, attempt: ProviderAttempt) -> None:
        """Send a rightly signed event of the other mode."""
        body = self._forged(attempt, livemode=True)
        await self._world.courier.post(PROVIDER, listener(attempt), body, self.headers(body))

    async def tell_stale(self, attempt: ProviderAttempt) -> None:
        """Send an event that was rightly signed an hour ago."""
        body = self._forged(attempt, livemode=False)
        await self._world.courier.post(PROVIDER, listener(attempt), body, self.headers(body, age_s=3600))

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the events go so much later."""
        self._world.timetable.schedule(PROVIDER, f"late:{attempt.id}", {"do": "tell", "attempt": attempt.id}, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open the address that Stripe leads the payer to."""
        await self._world.courier.bring_back(PROVIDER, return_address(attempt))

    def soon(self, attempt: ProviderAttempt, event: str) -> None:
        """Let an event go as soon as the timetable is looked at, as it is now."""
        self._keep(attempt, event)
        row = {"do": "event", "attempt": attempt.id, "event": event, "tries": 1}
        self._world.timetable.schedule(PROVIDER, f"event:{attempt.id}", row)

    def about_method(self, url: str, event: str, resource: Mapping[str, Any]) -> None:
        """Let an event about a kept card go."""
        row = {"do": "raw", "url": url, "body": self._event(event, resource), "tries": 1}
        self._world.timetable.schedule(PROVIDER, "method", row)

    def about_money(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any], sending: Sending) -> None:
        """Let an event about money that has come go, each time the same bytes."""
        row = {"do": "raw", "url": listener(attempt), "body": self._event(event, resource), "tries": 1}
        for _ in range(sending.times):
            self._world.timetable.schedule(PROVIDER, f"money:{attempt.id}", row, sending.after)

    def expire_at_the_end(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the session expire by itself."""
        self._world.timetable.schedule(PROVIDER, f"end:{attempt.id}", {"do": "end", "attempt": attempt.id}, after)

    def settle_later(self, attempt: ProviderAttempt, after: timedelta = DELAYED_BY) -> None:
        """Let delayed money come, or fail to, when its time is over."""
        row = {"do": "settle", "attempt": attempt.id}
        self._world.timetable.schedule(PROVIDER, f"settle:{attempt.id}", row, after)

    def settle_no_more(self, attempt: ProviderAttempt) -> None:
        """Let what was delayed be: it is over."""
        self._world.timetable.call_off(PROVIDER, f"settle:{attempt.id}")

    def on_settle(self, settle: Callable[[ProviderAttempt], ProviderAttempt]) -> None:
        """Say who knows what delayed money comes to."""
        self._settle = settle

    def headers(self, body: bytes, *, secret: str = STRIPE_WEBHOOK_SECRET, age_s: int = 0) -> dict[str, str]:
        """Return the signatures.

        One by the secret that was replaced, one by this, and noise, as Stripe sends in tests.
        """
        moment = int(self._world.clock.now().timestamp()) - age_s
        signed = f"{moment}.".encode() + body
        right, old = (hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in (secret, _OLD))
        return {"Stripe-Signature": f"t={moment},v1={old},v1={right},v0={right[::-1]}"}

    def _forged(self, attempt: ProviderAttempt, *, livemode: bool) -> bytes:
        now = self._world.clock.now()
        paid = shapes.session_resource(attempt, now, self._world.public_url) | {
            "payment_status": "paid",
            "status": "complete",
        }
        return self._event("checkout.session.completed", paid, livemode=livemode).encode()

    async def _send_kept(self, attempt: ProviderAttempt, event: str, tries: int) -> None:
        body = self._kept(attempt, event) or self._keep(attempt, event)
        if not await self._post(listener(attempt), body) and tries < MOST_TRIES:
            row = {"do": "event", "attempt": attempt.id, "event": event, "tries": tries + 1}
            self._world.timetable.schedule(PROVIDER, f"event:{attempt.id}", row, _gap(tries))

    async def _post(self, url: str, body: str) -> bool:
        raw = body.encode()
        return await self._world.courier.post(PROVIDER, url, raw, self.headers(raw))

    def _kept(self, attempt: ProviderAttempt, event: str) -> str | None:
        now = self._world.book.by_id(attempt.id) or attempt
        return now.details.get("events", {}).get(event)

    def _keep(self, attempt: ProviderAttempt, event: str) -> str:
        """Return the event's body, made once: a repeat bears the same id and the same bytes."""
        now = self._world.book.by_id(attempt.id) or attempt
        body = self._event(event, self._subject(now, event))
        self._world.book.save(now.with_details(events={**now.details.get("events", {}), event: body}))
        return body

    def _subject(self, attempt: ProviderAttempt, event: str) -> Mapping[str, Any]:
        now = self._world.clock.now()
        match event.partition(".")[0]:
            case "checkout":
                return shapes.session_resource(attempt, now, self._world.public_url)
            case "payment_intent" | "setup_intent":
                return shapes.intent_resource(attempt, now)
            case "charge":
                return shapes.charge_resource(attempt)
            case _:
                return shapes.refund_resource(attempt, self._world.book.refunds_of(attempt)[-1])

    def _event(self, event: str, resource: Mapping[str, Any], *, livemode: bool = False) -> str:
        """Indented JSON, as Stripe sends it: written anew with other spaces, it no longer matches its signature."""
        body = {
            "id": f"evt_{self._world.ledger.fresh_id('stripe_event', 24)}",
            "object": "event",
            "api_version": VERSION,
            "created": int(self._world.clock.now().timestamp()),
            "data": {"object": resource},
            "livemode": livemode,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": event,
        }
        return json.dumps(body, indent=2, ensure_ascii=False)

    async def _fire(self, row: dict[str, Any]) -> None:
        if row["do"] == "raw":
            if not await self._post(row["url"], row["body"]) and row["tries"] < MOST_TRIES:
                again = {**row, "tries": row["tries"] + 1}
                self._world.timetable.schedule(PROVIDER, "method", again, _gap(row["tries"]))
            return
        attempt = self._world.book.by_id(row["attempt"])
        if attempt is None:
            return
        match row["do"]:
            case "tell":
                await self.tell(attempt)
            case "event":
                await self._send_kept(attempt, row["event"], row["tries"])
            case "settle":
                await self.tell(self._settle(attempt))
            case _:
                await self._end(attempt)

    async def _end(self, attempt: ProviderAttempt) -> None:
        over = shapes.is_paid(attempt) or attempt.details.get("delayed") or attempt.details.get("expired")
        if not over:
            await self._send_kept(attempt, "checkout.session.expired", 1)


_OLD: Final = STRIPE_OLD_WEBHOOK_SECRET


def _what_happened(attempt: ProviderAttempt) -> list[str]:
    """Return the events of what the payer did, as they happened."""
    if attempt.details.get("delayed") == "under_way":
        return ["checkout.session.completed"]
    if attempt.details.get("delayed") == "failed":
        return ["payment_intent.payment_failed", "checkout.session.async_payment_failed"]
    if not attempt.amount and not shapes.is_paid(attempt):
        return ["setup_intent.setup_failed"]
    if not attempt.amount:
        return ["setup_intent.succeeded", "checkout.session.completed"]
    if not shapes.is_paid(attempt):
        return ["payment_intent.payment_failed"]
    if not shapes.is_checkout(attempt):
        return ["payment_intent.succeeded", "charge.succeeded"]
    done = "async_payment_succeeded" if attempt.details.get("delayed") else "completed"
    return ["payment_intent.succeeded", "charge.succeeded", f"checkout.session.{done}"]


def _gap(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_GAP)


def return_address(attempt: ProviderAttempt) -> str:
    """Return the payer's return address: `success_url` after a payment, also a delayed one, else `cancel_url`."""
    done = shapes.is_paid(attempt) or attempt.details.get("delayed") == "under_way"
    url = str(attempt.details["success_url"] if done else attempt.details["cancel_url"])
    return url.replace("{CHECKOUT_SESSION_ID}", attempt.order_id)


def listener(attempt: ProviderAttempt) -> str:
    """Return where events about this attempt go."""
    return str(attempt.details["listener"])


def listener_at(url: str) -> str:
    """Return the endpoint of the seller who gave this return address."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}{LISTENER}"
