"""Wallets that PayPal keeps (Payment Method Tokens v3): charged while their payer is away, and forgotten."""

import json
from collections.abc import Mapping

from services.clients.http import HttpAnswer
from services.errors import Conflict, Misconfigured, ProviderUnavailable
from services.payments.providers.base import Attempt, Charge, Charged, Refusal, State
from services.payments.providers.paypal import paypal_orders
from services.payments.providers.paypal.client import PayPalSession
from services.payments.providers.paypal.models import PaymentToken, PayPalFailure, PayPalOrder
from services.payments.providers.paypal.states import main_capture, state_of, unit_of
from values.payment import StoredMethod

PAYMENT_TOKENS = "/v3/vault/payment-tokens"
REFUSALS: Mapping[str, Refusal] = {
    "AGREEMENT_ALREADY_CANCELLED": "gone",
    "BILLING_AGREEMENT_NOT_FOUND": "gone",
    "MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE": "gone",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": "gone",
    "TOKEN_EXPIRED": "gone",
    "TOKEN_ID_NOT_FOUND": "gone",
    "INVALID_RESOURCE_ID": "gone",
    "PAYER_ACTION_REQUIRED": "needs_payer",
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": "needs_payer",
    "INSTRUMENT_DECLINED": "declined",
    "TRANSACTION_REFUSED": "declined",
    "PAYER_ACCOUNT_RESTRICTED": "declined",
    "PAYER_CANNOT_PAY": "declined",
    "PAYMENT_DENIED": "declined",
    "COMPLIANCE_VIOLATION": "declined",
}


class PayPalVault:
    """Charges and removals of kept wallets, over an account's `api`."""

    def __init__(self, api: PayPalSession) -> None:
        self._api = api

    async def charge(self, charge: Charge) -> Charged:
        """Create an order that is paid at once.

        Raises Conflict("already_paid") when there is money under this reference, of a try so old that PayPal no longer
        says which order took it: its notice does.
        """
        attempt = charge.attempt
        body = json.dumps(paypal_orders.for_kept(charge)).encode()
        answer = await self._api.send("POST", "/v2/checkout/orders", body=body, key=f"{attempt.payment_ref}-charge")
        if answer.status not in (200, 201):
            return _refused(attempt, answer)
        order = answer.read_as(PayPalOrder)
        if answer.status == 200 or not order.purchase_units:  # a repeat, or in short: see how it stands
            order = await self._read(order.id)
        if order.status in ("CREATED", "APPROVED") and main_capture(unit_of(order, attempt)) is None:
            return await self._captured(attempt, order)
        return _charged(attempt, order)

    async def keep(self, attempt: Attempt, setup: PayPalOrder) -> State:
        """Keep the wallet whose payer has approved the setup token; paid, with nothing, once it is kept."""
        if setup.status not in ("APPROVED", "VAULTED"):
            return State("pending", 0, attempt.currency)
        body = json.dumps({"payment_source": {"token": {"id": setup.id, "type": "SETUP_TOKEN"}}}).encode()
        answer = await self._api.send("POST", PAYMENT_TOKENS, body=body, key=f"{attempt.payment_ref}-keep")
        if answer.status not in (200, 201) and setup.status == "APPROVED":
            raise ProviderUnavailable("keep_failed", origin=f"paypal {answer.status}", uncertain=True)
        # Kept by a try so old that PayPal doesn't repeat the answer, it says only in a notice under which name.
        kept = answer.read_as(PaymentToken).stored if answer.status in (200, 201) else None
        return State("paid", 0, attempt.currency, stored=kept)

    async def keeps(self, stored: StoredMethod) -> bool:
        """Return whether PayPal knows the token; raise ProviderUnavailable where it says neither."""
        answer = await self._api.send("GET", f"{PAYMENT_TOKENS}/{stored.token}")
        if answer.status not in (200, 404):
            raise ProviderUnavailable("wallet_unclear", origin=f"paypal {answer.status}")
        return answer.status == 200

    async def forget(self, stored: StoredMethod) -> None:
        """Delete the token; one that PayPal knows no more is forgotten already."""
        path = f"{PAYMENT_TOKENS}/{stored.token}"
        answer = await self._api.send("DELETE", path)
        if answer.status not in (200, 204, 404) and (await self._api.send("GET", path)).status != 404:
            raise Misconfigured("forget_refused", origin=f"paypal {answer.status}")

    async def _captured(self, attempt: Attempt, order: PayPalOrder) -> Charged:
        """Accounts for which PayPal doesn't complete such an order by itself."""
        path = f"/v2/checkout/orders/{order.id}/capture"
        answer = await self._api.send("POST", path, body=b"{}", key=f"{attempt.payment_ref}-capture")
        if answer.status not in (200, 201) and "ORDER_ALREADY_CAPTURED" not in answer.read_as(PayPalFailure).issues:
            return _refused(attempt, answer, order.id)
        return _charged(attempt, await self._read(order.id))

    async def _read(self, order_id: str) -> PayPalOrder:
        answer = await self._api.send("GET", f"/v2/checkout/orders/{order_id}")
        if answer.status != 200:
            raise ProviderUnavailable("charge_unclear", origin=f"paypal {answer.status}", uncertain=True)
        return answer.read_as(PayPalOrder)


def _charged(attempt: Attempt, order: PayPalOrder) -> Charged:
    if order.status == "PAYER_ACTION_REQUIRED":
        return Charged(order.id, _failed(attempt, "needs_payer"))
    return Charged(order.id, state_of(attempt, order, unit_of(order, attempt)))


def _refused(attempt: Attempt, answer: HttpAnswer, order_id: str = "") -> Charged:
    issues = answer.read_as(PayPalFailure).issues
    if "DUPLICATE_INVOICE_ID" in issues:
        raise Conflict("already_paid", origin="paypal DUPLICATE_INVOICE_ID")
    for issue, refusal in REFUSALS.items():
        if issue in issues:
            return Charged(order_id, _failed(attempt, refusal))
    raise paypal_orders.not_created(answer)


def _failed(attempt: Attempt, refusal: Refusal) -> State:
    return State("failed", attempt.amount, attempt.currency, refusal=refusal)
