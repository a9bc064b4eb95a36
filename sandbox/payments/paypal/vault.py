"""PayPal's vault: wallets kept by a payment, orders paid by a kept wallet, tokens read and deleted.

Who pays with a late notice has his wallet kept late, too: PayPal then answers APPROVED at the capture, and tells the
token's name by a webhook.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from sandbox.attempts import KeptMethod, ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import LATE
from sandbox.payments.paypal import shapes
from sandbox.payments.paypal.webhooks import PayPalNotices
from sandbox.world import World

PATTERNS: Final = frozenset(
    "IMMEDIATE DEFERRED RECURRING_PREPAID RECURRING_POSTPAID THRESHOLD_PREPAID THRESHOLD_POSTPAID".split()
)
ISSUES: Final = {
    "declined": "INSTRUMENT_DECLINED",
    "needs_payer": "PAYER_ACTION_REQUIRED",
    "gone": "AGREEMENT_ALREADY_CANCELLED",
}
FREE: Final = {"amount": {"value": "0", "currency_code": ""}}
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
            raise shapes.invalid("INVALID_PARAMETER_VALUE", "store_in_vault ON_SUCCESS with usage_type MERCHANT")
        if vault is not None and vault.get("usage_pattern", "IMMEDIATE") not in PATTERNS:
            raise shapes.invalid("INVALID_PARAMETER_VALUE", "usage_pattern")
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
        unit, method = shapes.checked_unit(asked), self._payable(source)
        if unit.get("invoice_id") and self._is_paid_already(unit["invoice_id"]):
            raise shapes.unprocessable("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.")
        if method.next != "works":
            # Noted in the ledger alone: PayPal keeps no order of a refused charge.
            what = f"charge {unit.get('custom_id')}"
            self._world.ledger.note_call("paypal", "in", what, method.next, self._world.clock.now())
            raise shapes.unprocessable(ISSUES[method.next])
        attempt = self.open(
            unit, method.details["return_url"], capture_id=self._world.ledger.fresh_id("paypal_capture")
        )
        self._notices.about_capture(
            attempt, "PAYMENT.CAPTURE.COMPLETED", shapes.capture_resource(attempt, self._world.public_url)
        )
        order = shapes.order_resource(attempt, self._world.public_url)
        return 201, order if whole else {name: order[name] for name in ("id", "status", "links")}

    def open_setup(self, request: Request, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """`POST /v3/vault/setup-tokens`: for a wallet alone."""
        wallet = (asked.get("payment_source") or {}).get("paypal") or {}
        self.asked({"attributes": {"vault": {**wallet, "store_in_vault": "ON_SUCCESS"}}})
        context, named = (
            shapes.checked_context(asked, wallet),
            (asked.get("customer") or {}).get("merchant_customer_id"),
        )
        unit = {**FREE, "custom_id": named, "description": context.get("brand_name")}
        customer = self._world.ledger.fresh_id("paypal_customer", 10)
        more = {"opened_as": "PAYER_ACTION_REQUIRED", "customer": customer, "locale": context.get("locale")}
        return 201, shapes.setup_resource(
            self.open(unit, context["return_url"], "pending", **more), self._world.public_url
        )

    def read_setup(self, request: Request) -> Any:
        """`GET /v3/vault/setup-tokens/{id}`."""
        return shapes.setup_resource(self._setup(request.path_params["token"]), self._world.public_url)

    def keep_setup(self, request: Request, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """`POST /v3/vault/payment-tokens`, from a setup token that its payer has approved."""
        token = (asked.get("payment_source") or {}).get("token") or {}
        attempt = self._setup(str(token.get("id")))
        if token.get("type") != "SETUP_TOKEN" or attempt.status != "paid" or attempt.settled:
            raise shapes.unprocessable("PAYER_ACTION_REQUIRED", "Please make sure setup token is approved.")
        kept = self._keep_now(replace(attempt, settled=True)).details
        return 201, shapes.token_resource(kept["vault_token"], kept["customer"], attempt.reference)

    def _setup(self, token: str) -> ProviderAttempt:
        attempt = self._world.book.by_order("paypal", token)
        if attempt is None or attempt.amount:
            raise shapes.refuse_unknown()
        return attempt

    def read(self, request: Request) -> Any:
        """`GET /v3/vault/payment-tokens/{id}`."""
        method = self._kept(request)
        if method is None or method.next == "gone":
            raise shapes.refuse_unknown("TOKEN_NOT_FOUND")
        return shapes.token_resource(method.token, method.customer)

    async def delete(self, request: Request) -> Response:
        """`DELETE /v3/vault/payment-tokens/{id}`: 204, known or not."""
        method = self._kept(request)
        if method is not None:
            with self._world.ledger.write():
                self._world.vault.forget(method)
                token = shapes.token_resource(method.token, method.customer)
                self._notices.about_method(method.details["listener"], DELETED, token)
        return Response(status_code=204)

    def _kept(self, request: Request) -> KeptMethod | None:
        method = self._world.vault.get("paypal", request.path_params["token"])
        return method if method is not None and method.kept else None

    def _keep_now(self, attempt: ProviderAttempt) -> ProviderAttempt:
        token = self._world.ledger.fresh_id("paypal_vault").lower()
        customer = attempt.details.get("customer") or self._world.ledger.fresh_id("paypal_customer", 10)
        details = {"listener": self._notices.listener(attempt), "return_url": attempt.details["return_url"]}
        label = f"PayPal {shapes.PAYER_EMAIL}"
        now = stamp(self._world.clock.now())
        self._world.vault.keep(KeptMethod("paypal", token, customer, label, now, details=details))
        kept = self._world.book.save(attempt.with_details(vault="kept", vault_token=token, customer=customer))
        order = {"order_id": attempt.order_id} if attempt.amount else {}
        resource = {**shapes.token_resource(token, customer, None if order else attempt.reference), "metadata": order}
        self._notices.about_method(self._notices.listener(attempt), CREATED, resource)
        return kept

    def _payable(self, source: dict[str, Any]) -> KeptMethod:
        credential = source.get("stored_credential") or {}
        if credential.get("payment_initiator") != "MERCHANT" or credential.get("usage") != "SUBSEQUENT":
            raise shapes.invalid(
                "INVALID_PARAMETER_VALUE", "stored_credential: only the seller's own charges are played"
            )
        method = self._world.vault.get("paypal", str(source.get("vault_id")))
        if method is None or not method.kept:
            raise shapes.unprocessable("TOKEN_ID_NOT_FOUND", "Specified token was not found.")
        return method

    def _is_paid_already(self, invoice_id: str) -> bool:
        return any(
            attempt.provider == "paypal" and attempt.settled and attempt.details.get("invoice_id") == invoice_id
            for attempt in self._world.book.all()
        )

    def open(
        self, unit: dict[str, Any], return_url: str, status: Any = "paid", *, method: Any = "paypal", **details: Any
    ) -> ProviderAttempt:
        """Open an order; `details` go beyond what each has."""
        now, order_id = self._world.clock.now(), self._world.ledger.fresh_id("paypal_order")
        common = {name: unit.get(name) for name in ("invoice_id", "description")}
        return self._world.book.open(
            ProviderAttempt(
                provider="paypal",
                reference=str(unit.get("custom_id") or order_id),
                order_id=order_id,
                token=order_id,
                method=method,
                amount=shapes.minor_units(unit["amount"]["value"]),
                currency=unit["amount"]["currency_code"],
                at=stamp(now),
                status=status,
                settled=status == "paid",
                details={
                    **common,
                    "opened_as": "CREATED",
                    "return_url": return_url,
                    "cancel_url": return_url,
                    "captured_at": shapes.zulu(now),
                    **details,
                },
            )
        )
