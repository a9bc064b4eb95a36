"""Przelewy24's notices to `urlStatus`: sent for money that came, never for a failure, and repeated until verified.

How a BLIK code ended, `urlCardPaymentNotification` is told, once.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from sandbox.attempts import ProviderAttempt
from sandbox.payments.przelewy24 import P24_CRC, P24_MERCHANT_ID, P24_POS_ID
from sandbox.world import World

REPEATED_AFTER_MIN: Final = (3, 5, 15, 30, 60, 150, 450)
"""Minutes after the first notice, as the provider states them."""
METHOD_IDS: Final = {"blik": 154, "card": 242, "przelewy24": 178}
PROVIDER: Final = "przelewy24"
CODE_ERRORS: Final = {"limit": "60"}
DECLINED: Final = "65"
"""BLIK's numbers, as its notices name them."""


class P24Notices:
    """Makes, signs, sends and repeats the notices."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.timetable.register(PROVIDER, self._fire)

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Send the notice now and repeat it until it is verified; who is killed while sending repeats it, too."""
        if "code" in attempt.details:
            await self._tell_of_code(attempt)
        self._start_repeating(attempt)
        await self._send(attempt, self.body(attempt))

    async def _tell_of_code(self, attempt: ProviderAttempt) -> None:
        url = attempt.details.get("urlCardPaymentNotification")
        error = "0" if attempt.status == "paid" else CODE_ERRORS.get(str(attempt.details["code"]), DECLINED)
        fields = {
            "orderId": int(attempt.order_id),
            "sessionId": attempt.reference,
            "method": METHOD_IDS["blik"],
            "result": {"error": error, "message": "", "status": attempt.status, "trxRef": attempt.token[:12]},
        }
        if url:
            signed = {**fields, "sign": sign(fields, CODE_NOTICE, P24_CRC)}
            await self._world.courier.post(PROVIDER, url, _json({"data": signed}))

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send a notice signed with another key."""
        body = self.body(attempt)
        await self._send(attempt, {**body, "sign": sign(body, NOTICE, "not-the-crc-key")}, force=True)

    async def tell_altered(self, attempt: ProviderAttempt, **altered: Any) -> None:
        """Send a notice with other contents and a right signature."""
        body = {**self.body(attempt), **altered}
        await self._send(attempt, {**body, "sign": sign(body, NOTICE, P24_CRC)}, force=True)

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the first notice go so much later, verified or not."""
        self._world.timetable.schedule(PROVIDER, f"late:{attempt.id}", {"do": "notice", "attempt": attempt.id}, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open `urlReturn`; Przelewy24 adds nothing to it. Whoever typed a code at the seller's never left."""
        if "code" in attempt.details:
            return
        await self._world.courier.bring_back(PROVIDER, attempt.details["urlReturn"])

    def stop_repeating(self, attempt: ProviderAttempt) -> None:
        """Stop repeating the notice of a verified payment."""
        self._world.timetable.call_off(PROVIDER, f"repeat:{attempt.id}")

    def refund_later(
        self,
        attempt: ProviderAttempt,
        amount: int,
        url: str | None,
        details: dict[str, Any],
        after: timedelta = timedelta(0),
    ) -> None:
        """Let the result of a refund go as soon as the timetable is looked at, or `after` so long."""
        fields = {
            "orderId": int(attempt.order_id),
            "sessionId": attempt.reference,
            "merchantId": P24_MERCHANT_ID,
            "requestId": details["requestId"],
            "refundsUuid": details["refundsUuid"],
            "amount": amount,
            "currency": attempt.currency,
            "timestamp": int(self._world.clock.now().timestamp()),
            "status": 1 if details.get("failed") else 0,
        }
        if url:
            body = {**fields, "sign": sign(fields, REFUND_NOTICE, P24_CRC)}
            row = {"do": "refund", "url": url, "body": body}
            self._world.timetable.schedule(PROVIDER, f"refund:{attempt.id}", row, after)

    def body(self, attempt: ProviderAttempt) -> dict[str, Any]:
        """Return the notice, signed; the same however often it is sent."""
        fields = {
            "merchantId": P24_MERCHANT_ID,
            "posId": P24_POS_ID,
            "sessionId": attempt.reference,
            "amount": attempt.amount,
            "originAmount": attempt.amount,
            "currency": attempt.currency,
            "orderId": int(attempt.order_id),
            "methodId": self.method_id(attempt),
            "statement": self.statement(attempt),
        }
        return {**fields, "sign": sign(fields, NOTICE, P24_CRC)}

    def method_id(self, attempt: ProviderAttempt) -> int:
        """By what the payer paid."""
        return int(attempt.details.get("methodId") or METHOD_IDS[attempt.method])

    def statement(self, attempt: ProviderAttempt) -> str:
        """Return the title at the bank; a slash and a Polish letter in it, which a careless signature gets wrong."""
        return f"p24-{attempt.token[:3]}-{attempt.order_id[-4:]}/ż"

    def _start_repeating(self, attempt: ProviderAttempt) -> None:
        """One chain of repeats a payment, however often its notice is sent."""
        now = self._world.book.by_id(attempt.id)
        subject = f"repeat:{attempt.id}"
        if now is None or now.settled or now.status != "paid" or self._world.ledger.is_scheduled(PROVIDER, subject):
            return
        self._repeat(attempt.id, 0)

    def _repeat(self, attempt_id: int, step: int) -> None:
        gaps = [after - before for before, after in pairwise((0, *REPEATED_AFTER_MIN))]
        if step < len(gaps):
            row = {"do": "notice", "attempt": attempt_id, "repeat": step}
            self._world.timetable.schedule(PROVIDER, f"repeat:{attempt_id}", row, timedelta(minutes=gaps[step]))

    async def _fire(self, row: dict[str, Any]) -> None:
        if row["do"] == "refund":
            await self._world.courier.post(PROVIDER, row["url"], _json(row["body"]))
            return
        attempt = self._world.book.by_id(row["attempt"])
        if attempt is None:
            return
        if "repeat" not in row:
            await self.tell(attempt)
        elif not attempt.settled:
            await self._send(attempt, self.body(attempt))
            # The desk may have verified while it took the notice.
            now = self._world.book.by_id(attempt.id)
            if now is not None and not now.settled:
                self._repeat(attempt.id, row["repeat"] + 1)

    async def _send(self, attempt: ProviderAttempt, body: dict[str, Any], *, force: bool = False) -> None:
        url = attempt.details.get("urlStatus")
        if url and (force or attempt.status in ("paid", "refunded")):
            await self._world.courier.post(PROVIDER, url, _json(body))


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


REGISTER: Final = ("sessionId", "merchantId", "amount", "currency")
NOTICE: Final = tuple("merchantId posId sessionId amount originAmount currency orderId methodId statement".split())
VERIFY: Final = ("sessionId", "orderId", "amount", "currency")
CODE_NOTICE: Final = ("orderId", "sessionId", "method", "result")
REFUND_NOTICE: Final = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")


def sign(fields: Mapping[str, Any], order: tuple[str, ...], crc: str) -> str:
    """Return the signature over those fields in that order; letters and slashes stay as they are."""
    signed = {**{name: fields.get(name) for name in order}, "crc": crc}
    text = json.dumps(signed, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha384(text.encode()).hexdigest()
