"""PayPal (Orders v2): the payer approves at PayPal, then *we* capture. Approved is not paid.

Truth comes from the order as read and from our own capture; a notice only says when to look.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote

import httpx
import structlog
from msgspec.structs import replace
from pydantic import Field, JsonValue, SecretStr

from services.clients.http import HttpAnswer, Url
from services.clients.provider_client import Breaker, ProviderClient
from services.clients.token_session import TokenSession
from services.clock import Clock
from services.errors import Conflict, Forged, Misconfigured, ProviderRefused, ProviderUnavailable
from services.late_model import LateModel
from services.payments.listing import TakenPage
from services.payments.providers import base
from services.payments.providers.paypal import listing, models, paypal_orders, states, webhooks
from services.payments.providers.paypal.certificates import Certificates
from services.payments.providers.paypal.client import PayPalSession
from services.payments.providers.paypal.vault import PayPalVault
from values.payment import ChargeRules, StoredMethod

_log = structlog.get_logger(__name__)
# Notices that PayPal is asked about at the same moment; the others wait, and beyond so many come again.
NOTICES_AT_ONCE = 3
MOST_WAITING = 20
# So long may one of them keep the others waiting.
NOTICE_WITHIN_S = 10.0
APPROVE_LINKS = ("payer-action", "approve")
DECLINED = frozenset({"INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PAYER_CANNOT_PAY", "PAYER_ACCOUNT_RESTRICTED"})
STILL_OPEN = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})


class PayPalSettings(LateModel):
    """PayPal's settings."""

    paypal_url: Url = Field(default="https://api-m.paypal.com", description="PayPal's API host.")
    paypal_client_id: str | None = Field(default=None, description="Client id of the REST app.")
    paypal_client_secret: SecretStr | None = Field(default=None, description="Its secret.")
    paypal_webhook_id: str | None = Field(default=None, description="Id of the webhook that points at this desk.")


class PayPal:
    """Talks to PayPal's API at `url` (https://api-m.paypal.com); `webhook_id` is that of our registered listener."""

    name: ClassVar = "paypal"
    methods: ClassVar[frozenset[base.Method]] = frozenset({"paypal", "card"})
    storable: ClassVar[Mapping[base.Method, ChargeRules]] = {"paypal": ChargeRules(without_charge=True)}

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        client_id: str = "",
        client_secret: str,
        webhook_id: str = "",
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = 10.0,
    ) -> None:
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)
        self._url = url.rstrip("/")
        session = TokenSession(
            client,
            self._line,
            provider=self.name,
            token_url=f"{self._url}/v1/oauth2/token",
            client_id=client_id,
            client_secret=client_secret,
            clock=clock,
        )
        self._api = PayPalSession(client, session, self._url)
        self._vault = PayPalVault(self._api)
        self._webhook_id = webhook_id
        self._clock = clock
        self._certificates = Certificates(client, clock, api=self._url)
        self._at_once = asyncio.Semaphore(NOTICES_AT_ONCE)
        self._waiting = 0

    async def register(self, request: base.PaymentRequest) -> base.RegisteredAttempt:
        """Create the order; a repeat under the same reference gives the same order. Raises as PaymentProvider."""
        kept = {method for method, rules in self.storable.items() if rules.without_charge}
        if request.method not in (self.methods if request.amount else kept):
            raise ProviderRefused("method_unsupported", origin=self.name)
        async with self._line.operation():
            answer = await self._create(request, request.payment_ref)
            refused = answer.status in (400, 404, 422) and not paypal_orders.is_key_spent(answer)
            if request.stored is not None and refused:
                # Perhaps PayPal knows him no more, whose wallet it kept: as if nothing had been kept.
                answer = await self._create(replace(request, stored=None), f"{request.payment_ref}-anew")
            if answer.status not in (200, 201):
                raise paypal_orders.not_created(answer)
            order = answer.read_as(models.PayPalOrder)
            # A repeat may be answered with how things stood at first.
            now = await self._read(order.id, paypal_orders.place_of(request)) if answer.status == 200 else order
        if now is None or now.status == "VOIDED":
            raise Conflict("attempt_used", origin="paypal gone")
        if now.status in ("APPROVED", "COMPLETED", "VAULTED"):
            raise Conflict("already_paid", origin=f"paypal {now.status}")
        for rel in APPROVE_LINKS:
            for link in order.links:
                if link.rel == rel:
                    return base.RegisteredAttempt(order.id, link.href)
        raise Conflict("attempt_used", origin="paypal without a link")

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> base.Notice:
        """Read a notice that proves itself; ask PayPal about any other, in a line of their own."""
        proven = await self.proven_notice(headers, body)
        return proven if proven is not None else await self._vouched_for(self._transmission(headers, body), body)

    async def proven_notice(self, headers: Mapping[str, str], body: bytes) -> base.Notice | None:
        """Read a notice sent just now under PayPal's signature; None for one that PayPal must be asked about.

        PayPal itself isn't asked here. Raises Forged, Unreadable.
        """
        sent = self._transmission(headers, body)
        at = sent.at()
        if at is None or abs(self._clock.now() - at) > webhooks.FRESH:
            return None
        key = await self._certificates.key(sent.cert_url)
        if key is None or not sent.is_signed_by(key, body, self._webhook_id):
            return None
        return webhooks.read_notice(body)

    def _transmission(self, headers: Mapping[str, str], body: bytes) -> webhooks.Transmission:
        return webhooks.transmission(headers, body, named=self._certificates.may_be_named, now=self._clock.now())

    async def _vouched_for(self, sent: webhooks.Transmission, body: bytes) -> base.Notice:
        """Ask PayPal whether a notice is its own. Raises ProviderUnavailable at once where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise ProviderUnavailable("notices_waiting", origin=self.name)
        asked = webhooks.question(sent, body, self._webhook_id)
        self._waiting += 1
        try:
            # A stranger's odd notices must neither open the breaker (one subject for all) nor take up all connections.
            async with self._at_once, self._line.operation(subject="notice", within_s=NOTICE_WITHIN_S):
                answer = await self._api.send("POST", "/v1/notifications/verify-webhook-signature", body=asked)
        finally:
            self._waiting -= 1
        if answer.status != 200 or answer.read_as(models.Verification).verification_status != "SUCCESS":
            raise Forged("notice")
        return webhooks.read_notice(body)

    async def confirm(self, attempt: base.Attempt, facts: Mapping[str, JsonValue]) -> base.State:
        """Read the order and capture it when approved. An order known from the notice only is taken from there."""
        told = facts.get("order_id")
        state = await self._settle(attempt, attempt.provider_ref or (told if isinstance(told, str) else None))
        if state.status == "paid" and state.stored is None:
            # PayPal may keep the wallet only after it has answered; then the notice alone says under which name.
            return replace(state, stored=webhooks.find_kept_wallet(facts))
        return state

    async def ask(self, attempt: base.Attempt, *, take: bool = True) -> base.State:
        """Read the order and capture it when approved; expired when PayPal has dropped or voided it."""
        return await self._settle(attempt, attempt.provider_ref, take=take)

    async def returned(self, attempt: base.Attempt) -> base.Returned:
        """Read the order's refunds, and the disputes about its capture."""
        if not attempt.provider_ref:
            return base.Returned()
        async with self._line.operation():
            order = await self._read(attempt.provider_ref)
            unit = states.unit_of(order, attempt) if order is not None else None
            capture = states.main_capture(unit) if unit is not None else None
            if unit is None or capture is None or states.CAPTURED.get(capture.status) not in ("paid", "refunded"):
                return base.Returned()
            base.demand_registered_amount(attempt, capture.amount.minor, capture.amount.currency_code)
            claims = await self._claims(capture.id)
        return states.came_back(attempt, unit, capture, claims)

    async def _claims(self, capture_id: str) -> list[models.PayPalDispute]:
        """Read the disputes about a capture; how they ended stands in each alone. Without leave to read them: none."""
        where = "/v1/customer/disputes"
        try:
            found = await self._api.send("GET", f"{where}?disputed_transaction_id={quote(capture_id, safe='')}")
            if found.status != 200:
                return []
            short = found.read_as(models.PayPalDisputes).items
            read = [await self._api.send("GET", f"{where}/{quote(one.dispute_id, safe='')}") for one in short]
        except Misconfigured as error:
            _log.warning("disputes_not_readable", provider=self.name, reason=error.reason)
            return []
        return [answer.read_as(models.PayPalDispute) for answer in read if answer.status == 200]

    async def refund(
        self, attempt: base.Attempt, *, amount: int, key: str, reason: str, notify_url: str
    ) -> base.Refund:
        """Give money of the order's capture back, or say how that stands if it was asked for before.

        `notify_url` is not used, notices go to the registered listener.
        """
        name = hashlib.sha256(key.encode()).hexdigest()
        body: dict[str, JsonValue] = {
            "amount": {"currency_code": attempt.currency, "value": models.decimal_string(amount, attempt.currency)},
            "note_to_payer": reason[:255],
            "invoice_id": name,
        }
        async with self._line.operation():
            order = await self._read(attempt.provider_ref) if attempt.provider_ref else None
            unit = states.unit_of(order, attempt) if order is not None else None
            capture = states.main_capture(unit) if unit is not None else None
            if unit is None or capture is None:
                raise ProviderRefused("refund_refused", origin="paypal nothing paid")
            for known in unit.payments.refunds:
                if known.invoice_id == name:
                    return states.refund_told(known)
            where = f"/v2/payments/captures/{capture.id}/refund"
            answer = await self._api.send("POST", where, body=json.dumps(body).encode(), key=name)
        return states.refund_of(answer)

    async def list_taken(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the transactions of the account that its payers paid."""
        async with self._line.operation():
            return await listing.read_page(self._api, since, until, after, refunds=False)

    async def list_returned(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the transactions of the account that are refunds."""
        async with self._line.operation():
            return await listing.read_page(self._api, since, until, after, refunds=True)

    async def charge(self, charge: base.Charge) -> base.Charged:
        """Take the money from a kept wallet. Raises Conflict("already_paid"), see `PayPalVault.charge`."""
        async with self._line.operation():
            return await self._vault.charge(charge)

    async def keeps(self, stored: StoredMethod) -> bool:
        """Read whether the wallet's token is there."""
        async with self._line.operation():
            return await self._vault.keeps(stored)

    async def forget(self, stored: StoredMethod) -> None:
        """Delete the wallet's token."""
        async with self._line.operation():
            await self._vault.forget(stored)

    async def forget_payer(self, account: str) -> None:
        """Do nothing: beside the wallet PayPal keeps a number of its own for the payer, and no word of ours."""

    async def _create(self, request: base.PaymentRequest, key: str) -> HttpAnswer:
        body = json.dumps(paypal_orders.for_payer(request)).encode()
        return await self._api.send("POST", paypal_orders.place_of(request), body=body, key=key)

    async def _settle(self, attempt: base.Attempt, order_id: str | None, *, take: bool = True) -> base.State:
        if not order_id:
            return _waits(attempt)
        async with self._line.operation():
            order = await self._read(order_id, paypal_orders.place_of(attempt))
            if order is None:
                return base.State("expired", attempt.amount, attempt.currency)
            if not attempt.amount:
                return await self._vault.keep(attempt, order) if take else _waits(attempt)
            unit = states.unit_of(order, attempt)
            if order.status != "APPROVED":
                return states.state_of(attempt, order, unit)
            base.demand_registered_amount(attempt, *states.money_of(unit))
            if not take:
                return _waits(attempt)
            return await self._capture(attempt, order)

    async def _capture(self, attempt: base.Attempt, order: models.PayPalOrder) -> base.State:
        answer = await self._api.send(
            "POST", f"{paypal_orders.ORDERS}/{order.id}/capture", body=b"{}", key=f"{attempt.payment_ref}-capture"
        )
        if answer.status in (200, 201):
            captured = answer.read_as(models.PayPalOrder)
            if captured.purchase_units and states.main_capture(captured.purchase_units[0]) is not None:
                return states.state_of(attempt, captured, captured.purchase_units[0])
        elif (issues := answer.read_as(models.PayPalFailure).issues) & DECLINED:
            return base.State("failed", attempt.amount, attempt.currency, refusal="declined")
        elif issues & STILL_OPEN:
            return _waits(attempt)
        elif "ORDER_ALREADY_CAPTURED" not in issues:
            raise ProviderUnavailable("capture_failed", origin=f"paypal {answer.status}", uncertain=True)
        # Captured, by an earlier try of ours perhaps: the order itself says how it ended.
        now = await self._read(order.id)
        if now is None or now.status == "APPROVED":
            raise ProviderUnavailable("capture_unclear", origin="paypal", uncertain=True)
        return states.state_of(attempt, now, states.unit_of(now, attempt))

    async def _read(self, order_id: str, where: str = paypal_orders.ORDERS) -> models.PayPalOrder | None:
        if not re.fullmatch(r"[\w-]+", order_id, re.ASCII):
            raise ProviderRefused("other_payment", origin=self.name)
        answer = await self._api.send("GET", f"{where}/{order_id}")
        return None if answer.status == 404 else answer.read_as(models.PayPalOrder)


def _waits(attempt: base.Attempt) -> base.State:
    return base.State("pending", attempt.amount, attempt.currency)
