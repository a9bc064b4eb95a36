"""Stripe's webhooks: signed afresh each time they are sent, repeated while they are not taken, in no order to rely on.

Events about charges without a payer, and about kept cards, go to where the card was kept for.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sandbox.attempts import ProviderAttempt
from sandbox.credentials import STRIPE_OLD_WEBHOOK_SECRET
from sandbox.payments.stripe import STRIPE_WEBHOOK_SECRET, shapes
from sandbox.simulator import RepeatedEvents
from sandbox.world import World

VERSION: Final = "2026-06-24.dahlia"
DELAYED_BY: Final = timedelta(hours=1)


class StripeNotices(RepeatedEvents):
    """Makes and signs the events."""

    provider = "stripe"
    most_tries = 16
    longest_gap = timedelta(hours=12)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._settle: Callable[[ProviderAttempt], ProviderAttempt] = lambda attempt: attempt

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Tell all that happened, in one order the first time and in the other the next, as Stripe promises none."""
        now = self._newest(attempt)
        events = _what_happened(now)
        told = int(now.details.get("told", 0))
        self._world.book.save(now.with_details(told=told + 1))
        for event in reversed(events) if told % 2 else events:
            await self.send(now, event)

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send an event as if the session were paid, signed with another secret."""
        await self._send_paid(attempt, secret="whsec_forged")

    async def tell_other_mode(self, attempt: ProviderAttempt) -> None:
        """Send a rightly signed event of the other mode."""
        await self._send_paid(attempt, livemode=True)

    async def tell_stale(self, attempt: ProviderAttempt) -> None:
        """Send an event that was rightly signed an hour ago."""
        await self._send_paid(attempt, age_s=3600)

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the events go so much later."""
        self._schedule({"do": "tell", "attempt": attempt.id}, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open the address that Stripe leads the payer to."""
        await self._world.courier.bring_back(self.provider, return_address(attempt))

    def expire_at_the_end(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the session expire by itself."""
        self._schedule({"do": "end", "attempt": attempt.id}, after)

    def settle_later(self, attempt: ProviderAttempt, after: timedelta = DELAYED_BY) -> None:
        """Let delayed money come, or fail to, when its time is over."""
        row = {"do": "settle", "attempt": attempt.id}
        self._world.timetable.schedule(self.provider, f"settle:{attempt.id}", row, after)

    def settle_no_more(self, attempt: ProviderAttempt) -> None:
        """Let what was delayed be: it is over."""
        self._world.timetable.call_off(self.provider, f"settle:{attempt.id}")

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

    async def _send_paid(self, attempt: ProviderAttempt, *, livemode: bool = False, **signed: Any) -> None:
        now = self._world.clock.now()
        paid = shapes.session_resource(attempt, now, self._world.public_url)
        paid |= {"payment_status": "paid", "status": "complete"}
        body = self.write("checkout.session.completed", paid, livemode=livemode).encode()
        await self._world.courier.post(self.provider, self.listener(attempt), body, self.headers(body, **signed))

    def subject(self, attempt: ProviderAttempt, event: str) -> Mapping[str, Any]:
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

    def listener(self, attempt: ProviderAttempt) -> str:
        return str(attempt.details["listener"])

    def write(self, event: str, resource: Mapping[str, Any], *, livemode: bool = False) -> str:
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

    async def do(self, what: str, attempt: ProviderAttempt) -> None:
        match what:
            case "tell":
                await self.tell(attempt)
            case "settle":
                await self.tell(self._settle(attempt))
            case _:
                await self._end(attempt)

    async def _end(self, attempt: ProviderAttempt) -> None:
        over = shapes.is_paid(attempt) or attempt.details.get("delayed") or attempt.details.get("expired")
        if not over:
            await self.send(attempt, "checkout.session.expired")


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


def return_address(attempt: ProviderAttempt) -> str:
    """Return the payer's return address: `success_url` after a payment, also a delayed one, else `cancel_url`."""
    done = shapes.is_paid(attempt) or attempt.details.get("delayed") == "under_way"
    url = str(attempt.details["success_url"] if done else attempt.details["cancel_url"])
    return url.replace("{CHECKOUT_SESSION_ID}", attempt.order_id)
