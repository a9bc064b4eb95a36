"""PayPal's vault: wallets kept by a payment, orders paid by a kept wallet, tokens read and deleted.

Who pays with a late notice has his wallet kept late, too: PayPal then answers APPROVED at the capture, and tells the
token's name by a webhook.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import LATE
from sandbox.payments.paypal.shapes import (
    PAYER_EMAIL,
    PayPalApiError,
    capture_resource,
    checked_unit,
    invalid,
    minor_units,
    order_resource,
    token_resource,
    unprocessable,
    zulu,
)
from sandbox.payments.paypal.webhooks import PayPalNotices, listener
from sandbox.vault import KeptMethod
from sandbox.world import World

PATTERNS: Final = frozenset(
    "IMMEDIATE DEFERRED RECURRING_PREPAID RECURRING_POSTPAID THRESHOLD_PREPAID THRESHOLD_POSTPAID".split()
)
ISSUES: Final = {
    "declined": "INSTRUMENT_DECLINED",
    "needs_payer": "PAYER_ACTION_REQUIRED",
    "gone": "AGREEMENT_ALREADY_CANCELLED",
}
CREATED: Final = "VAULT.PAYMENT-TOKEN.CREATED"
DELETED: Final = "VAULT.PAYMENT-TOKEN.DELETED"


class VaultSimulator:
    """Keeps wallets."""

    def __init__(self, world: World, notices: PayPalNotices) -> None:
        self._world = world
        self._notices = notices
        notices.on_late_token(self._keep_now)

    def asked(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is to be kept by an order, or whose wallet it is, to be noted with it. Raises ApiError."""
        attributes = source.get("attributes") or {}
        customer, vault = attributes.get("customer"), attributes.get("vault")
        if vault is not None and (vault.get("store_in_vault") != "ON_SUCCESS" or vault.get("usage_type") != "MERCHANT"):
            raise invalid("INVALID_PARAMETER_VALUE", "store_in_vault ON_SUCCESS with usage_type MERCHANT")
        if vault is not None and vault.get("usage_pattern", "IMMEDIATE") not in PATTERNS:
            raise invalid("INVALID_PARAMETER_VALUE", "usage_pattern")
        return {"vault": "asked" if vault is not None else None, "customer": (customer or {}).get("id")}

    def keep(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Keep the wallet of a captured order if that was asked for, now or an hour later."""
        if not attempt.settled or attempt.details.get("vault") != "asked":
            return attempt
        if attempt.details.get("notify") == "late":
            self._notices.token_later(attempt, LATE)
            return self._world.book.save(attempt.with_details(vault="approved"))
        return self._keep_now(attempt)

    def charge(self, asked: dict[str, Any], source: dict[str, Any], *, whole: bool) -> tuple[int, dict[str, Any]]:
        """Return an order paid by a kept wallet: done at once, or refused."""
        unit, method = checked_unit(asked), self._payable(source)
        if unit.get("invoice_id") and self._is_paid_already(unit["invoice_id"]):
            raise unprocessable("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.")
        if method.next != "works":
            self._note_refused(unit, method)
            raise unprocessable(ISSUES[method.next])
        attempt = self._open(unit, method, "paid", capture_id=self._world.ledger.fresh_id("paypal_capture"))
        self._notices.about_capture(
            attempt, "PAYMENT.CAPTURE.COMPLETED", capture_resource(attempt, self._world.public_url)
        )
        order = order_resource(attempt, self._world.public_url)
        return 201, order if whole else {name: order[name] for name in ("id", "status", "links")}

    async def read(self, request: Request) -> Response:
        """`GET /v3/vault/payment-tokens/{id}`."""
        method = self._kept(request)
        if method is None:
            raise PayPalApiError(404, "RESOURCE_NOT_FOUND", "TOKEN_NOT_FOUND")
        return JSONResponse(token_resource(method.token, method.customer))

    async def delete(self, request: Request) -> Response:
        """`DELETE /v3/vault/payment-tokens/{id}`: 204, known or not."""
        method = self._kept(request)
        if method is not None:
            with self._world.ledger.write():
                self._world.vault.forget(method)
                token = token_resource(method.token, method.customer)
                self._notices.about_token(method.details["listener"], DELETED, token)
        return Response(status_code=204)

    def _kept(self, request: Request) -> KeptMethod | None:
        method = self._world.vault.get("paypal", request.path_params["token"])
        return method if method is not None and method.kept else None

    def _keep_now(self, attempt: ProviderAttempt) -> ProviderAttempt:
        token = self._world.ledger.fresh_id("paypal_vault").lower()
        customer = attempt.details.get("customer") or self._world.ledger.fresh_id("paypal_customer", 10)
        details = {"listener": listener(attempt), "return_url": attempt.details["return_url"]}
        label = f"PayPal {PAYER_EMAIL}"
        now = stamp(self._world.clock.now())
        self._world.vault.keep(KeptMethod("paypal", token, customer, label, now, details=details))
        kept = self._world.book.save(attempt.with_details(vault="kept", vault_token=token, customer=customer))
        resource = {**token_resource(token, customer), "metadata": {"order_id": attempt.order_id}}
        self._notices.about_token(listener(attempt), CREATED, resource)
        return kept

    def _payable(self, source: dict[str, Any]) -> KeptMethod:
        credential = source.get("stored_credential") or {}
        if credential.get("payment_initiator") != "MERCHANT" or credential.get("usage") != "SUBSEQUENT":
            raise invalid("INVALID_PARAMETER_VALUE", "stored_credential: only the seller's own charges are played")
        method = self._world.vault.get("paypal", str(source.get("vault_id")))
        if method is None or not method.kept:
            raise unprocessable("TOKEN_ID_NOT_FOUND", "Specified token was not found.")
        return method

    def _is_paid_already(self, invoice_id: str) -> bool:
        return any(
            attempt.provider == "paypal" and attempt.settled and attempt.details.get("invoice_id") == invoice_id
            for attempt in self._world.book.all()
        )

    def _note_refused(self, unit: dict[str, Any], method: KeptMethod) -> None:
        """Note a refused charge in the ledger; PayPal keeps no order of it."""
        what = f"charge {unit.get('custom_id')}"
        self._world.ledger.note_call("paypal", "in", what, method.next, self._world.clock.now())

    def _open(self, unit: dict[str, Any], method: KeptMethod, status: Any, **details: Any) -> ProviderAttempt:
        now = self._world.clock.now()
        order_id = self._world.ledger.fresh_id("paypal_order")
        return self._world.book.open(
            ProviderAttempt(
                provider="paypal",
                reference=str(unit.get("custom_id") or order_id),
                order_id=order_id,
                token=order_id,
                method="paypal",
                amount=minor_units(unit["amount"]["value"]),
                currency=unit["amount"]["currency_code"],
                at=stamp(now),
                status=status,
                settled=True,
                details={
                    "opened_as": "CREATED",
                    "invoice_id": unit.get("invoice_id"),
                    "description": unit.get("description"),
                    "return_url": method.details["return_url"],
                    "cancel_url": method.details["return_url"],
                    "captured_at": zulu(now),
                    **details,
                },
            )
        )
