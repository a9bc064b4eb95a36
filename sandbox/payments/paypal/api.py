"""PayPal: OAuth, Orders v2 (create, read, capture), refunds, and the check of webhook signatures.

The payer's page is in `simulator.py`, the webhooks in `webhooks.py`.
"""

import json
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.attempts import ProviderAttempt
from sandbox.payer import Sending
from sandbox.payments.paypal import PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, shapes
from sandbox.payments.paypal.vault import VaultSimulator
from sandbox.payments.paypal.webhooks import PayPalNotices
from sandbox.requests import BadRequest, ProviderApi, TokenEndpoint, read_object
from sandbox.world import World

TOKEN_LASTS: Final = timedelta(seconds=32400)
TOKEN_FACTS: Final = {"scope": "https://uri.paypal.com/services/payments", "app_id": "APP-SANDBOX", "nonce": "sandbox"}
LONGEST_LIST: Final = timedelta(days=31)
MOST_LISTED: Final = 500
CARD_PAGES: Final = ("GUEST_CHECKOUT", "BILLING")
"""Landing pages on which the payer gives a card."""
WEBHOOK_EVENT: Final = re.compile(r'"webhook_event"\s*:\s*')

Done = tuple[int, dict[str, Any]]


class PayPalEndpoints(ProviderApi):
    """Orders, captures, refunds, reports; a repeated `PayPal-Request-Id` is answered with the same body."""

    provider = "paypal"
    key_header = "paypal-request-id"
    longest_key = 108
    keys_last = timedelta(hours=6)

    def __init__(self, world: World, notices: PayPalNotices) -> None:
        super().__init__(world)
        self._notices = notices
        self._vault = VaultSimulator(world, notices)
        self._tokens = TokenEndpoint(
            world, "paypal", PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, TOKEN_LASTS, prefix="A21", more=TOKEN_FACTS
        )

    def parts(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        """Return the API's three parts, to be mounted at `/v1`, `/v2` and `/v3`."""
        orders, captures, vault, kept = "/checkout/orders", "/payments/captures", self._vault, "/vault/payment-tokens"
        first = self.gated(
            Route("/oauth2/token", self._tokens.issue, methods=["POST"]),
            self.route("/notifications/verify-webhook-signature", self.verify_signature, "POST"),
            self.get("/reporting/transactions", self.transactions),
            self.get("/customer/disputes", self.disputes),
            self.get("/customer/disputes/{dispute}", self.dispute),
        )
        second = self.gated(
            self.post(orders, self.create, "create"),
            self.get(f"{orders}/{{order}}", self.read_order),
            self.post(f"{orders}/{{order}}/capture", self.capture, "capture"),
            self.get(f"{captures}/{{capture}}", self.read_capture),
            self.post(f"{captures}/{{capture}}/refund", self.refund, "refund"),
        )
        third = self.gated(
            self.post("/vault/setup-tokens", vault.open_setup, "setup"),
            self.get("/vault/setup-tokens/{token}", vault.read_setup),
            self.post(kept, vault.keep_setup, "keep"),
            self.get(f"{kept}/{{token}}", vault.read),
            self.route(f"{kept}/{{token}}", vault.delete, "DELETE"),
        )
        return first, second, third

    def refusal(self, request: Request) -> Response | None:
        return self._tokens.refusal(request)

    def refuse(self, why: str) -> shapes.PayPalApiError:
        if why == "broken":
            return shapes.PayPalApiError(500, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR")
        return (
            shapes.unprocessable("DUPLICATE_REQUEST_ID")
            if why == "wish"
            else shapes.invalid("INVALID_STRING_LENGTH", "PayPal-Request-Id")
        )

    async def read(self, request: Request, known: Collection[str] = ()) -> dict[str, Any]:
        if not (await request.body()).strip():
            return {}
        try:
            return await read_object(request)
        except BadRequest:
            raise shapes.invalid("MALFORMED_REQUEST_JSON") from None

    def answer(self, status: int, text: str, *, repeated: bool) -> Response:
        return super().answer(200 if repeated else status, text, repeated=repeated)

    def create(self, request: Request, asked: dict[str, Any]) -> Done:
        """`POST /v2/checkout/orders`."""
        source = (asked.get("payment_source") or {}).get("paypal")
        if source is not None and not request.headers.get(self.key_header):
            raise shapes.invalid("PAYPAL_REQUEST_ID_REQUIRED")
        do = self._vault.charge if source is not None and "vault_id" in source else self._create
        return do(asked, source or {}, whole="return=representation" in request.headers.get("prefer", ""))

    def _create(self, asked: dict[str, Any], source: dict[str, Any], *, whole: bool) -> Done:
        unit, context = shapes.checked_unit(asked), shapes.checked_context(asked, source)
        attempt = self._vault.open(
            unit,
            context["return_url"],
            "pending",
            method="card" if context.get("landing_page") in CARD_PAGES else "paypal",
            opened_as="PAYER_ACTION_REQUIRED" if source else "CREATED",
            **self._vault.asked(source),
            reference_id=unit.get("reference_id"),
            cancel_url=context["cancel_url"],
            locale=context.get("locale"),
        )
        body = shapes.order_resource(attempt, self._world.public_url)
        body = body if whole else {name: body[name] for name in ("id", "status", "links")}
        return 201, {**body, "payment_source": {"paypal": {}}} if source else body

    def read_order(self, request: Request) -> Any:
        """`GET /v2/checkout/orders/{id}`."""
        return shapes.order_resource(self._order(request), self._world.public_url)

    def capture(self, request: Request, asked: dict[str, Any]) -> Done:
        """`POST /v2/checkout/orders/{id}/capture`: here the money moves, or the payer's bank declines."""
        attempt = self._order(request)
        if attempt.details.get("capture_id"):
            raise shapes.unprocessable("ORDER_ALREADY_CAPTURED")
        if attempt.status not in ("paid", "failed"):
            raise shapes.unprocessable("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
        works = attempt.status == "paid"
        capture_id = self._world.ledger.fresh_id("paypal_capture")
        captured_at = shapes.zulu(self._world.clock.now())
        taken = replace(attempt, settled=works).with_details(capture_id=capture_id, captured_at=captured_at)
        taken = self._vault.keep(self._world.book.save(taken))
        event = "PAYMENT.CAPTURE.COMPLETED" if works else "PAYMENT.CAPTURE.DENIED"
        self._notices.about_capture(taken, event, shapes.capture_resource(taken, self._world.public_url))
        return 201, shapes.order_resource(taken, self._world.public_url)

    def read_capture(self, request: Request) -> Any:
        """`GET /v2/payments/captures/{id}`."""
        return shapes.capture_resource(self._captured(request), self._world.public_url)

    def refund(self, request: Request, asked: dict[str, Any]) -> Done:
        """`POST /v2/payments/captures/{id}/refund`; without an amount, all that is left."""
        attempt = self._captured(request)
        left, wanted = attempt.amount - attempt.refunded, asked.get("amount")
        amount = shapes.minor_units(wanted.get("value")) if isinstance(wanted, dict) else left
        if not attempt.settled or left == 0:
            raise shapes.unprocessable("CAPTURE_FULLY_REFUNDED" if attempt.settled else "CAPTURE_NOT_COMPLETED")
        if amount > left or amount == 0:
            raise shapes.unprocessable("REFUND_AMOUNT_EXCEEDED")
        if isinstance(wanted, dict) and wanted.get("currency_code") != attempt.currency:
            raise shapes.unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH")
        refunded = give_back(self._world, attempt, amount, asked.get("invoice_id"))
        body: dict[str, Any] = refunded.details["refunds"][-1]
        self._notices.about_money(refunded, "PAYMENT.CAPTURE.REFUNDED", body, Sending.of("once"))
        return 201, body

    def transactions(self, request: Request) -> Any:
        """`GET /v1/reporting/transactions`: captured payments and their refunds, the oldest first."""
        asked = request.query_params
        try:
            since, until = (datetime.fromisoformat(asked[name]) for name in ("start_date", "end_date"))
            size, page = int(asked.get("page_size", "100")), int(asked.get("page", "1"))
        except (KeyError, ValueError):
            raise shapes.invalid("INVALID_PARAMETER_SYNTAX", "start_date, end_date, page_size, page") from None
        if not timedelta(0) <= until - since <= LONGEST_LIST or not 1 <= size <= MOST_LISTED or page < 1:
            raise shapes.invalid("INVALID_REQUEST", "at most 31 days and 500 a page")
        taken = [one for one in self._world.book.all() if one.provider == "paypal" and one.settled and one.amount]
        known = shapes.transaction_resources(taken, since, until, asked.get("transaction_type"))
        shown = known[(page - 1) * size : page * size]
        body = {"transaction_details": [{"transaction_info": one} for one in shown], "page": page}
        return {**body, "total_items": len(known), "total_pages": -(-len(known) // size), "links": []}

    def disputes(self, request: Request) -> Any:
        """`GET /v1/customer/disputes?disputed_transaction_id=`: in short, without how they ended."""
        capture_id = request.query_params.get("disputed_transaction_id")
        found = [a for a in self._world.book.all() if a.claims and a.details.get("capture_id") == capture_id]
        short = [shapes.dispute_resource(attempt, claim) for attempt in found for claim in attempt.claims]
        return {"items": [{**one, "dispute_outcome": None} for one in short], "links": []}

    def dispute(self, request: Request) -> Any:
        """`GET /v1/customer/disputes/{id}`."""
        for attempt in self._world.book.all():
            for claim in attempt.claims if attempt.provider == "paypal" else ():
                resource = shapes.dispute_resource(attempt, claim)
                if resource["dispute_id"] == request.path_params["dispute"]:
                    return resource
        raise shapes.refuse_unknown()

    async def verify_signature(self, request: Request) -> Response:
        """`POST /v1/notifications/verify-webhook-signature`: over the event's bytes as they stand in the request."""
        raw = await request.body()
        claimed = await self.read(request)
        text = raw.decode("utf-8", "replace")
        found = WEBHOOK_EVENT.search(text)
        if found is None:
            raise shapes.invalid("MISSING_REQUIRED_PARAMETER", "webhook_event")
        try:
            _, end = json.JSONDecoder().raw_decode(text, found.end())
        except ValueError as error:
            raise shapes.invalid("MALFORMED_REQUEST_JSON") from error
        genuine = self._notices.is_genuine(claimed, text[found.end() : end].encode())
        return JSONResponse({"verification_status": "SUCCESS" if genuine else "FAILURE"})

    def _order(self, request: Request) -> ProviderAttempt:
        attempt = self._world.book.by_order("paypal", request.path_params["order"])
        if attempt is None or not attempt.amount:
            raise shapes.refuse_unknown()
        return attempt

    def _captured(self, request: Request) -> ProviderAttempt:
        capture_id = request.path_params["capture"]
        for attempt in self._world.book.all():
            if attempt.details.get("capture_id") == capture_id:
                return attempt
        raise shapes.refuse_unknown()


def give_back(world: World, attempt: ProviderAttempt, amount: int, invoice_id: Any = None) -> ProviderAttempt:
    """Note a refund of the capture; return the attempt with it."""
    now = world.clock.now()
    capture = f"{world.public_url}/sandbox/paypal/v2/payments/captures/{attempt.details['capture_id']}"
    body: dict[str, Any] = {
        "id": world.ledger.fresh_id("paypal_refund"),
        "status": "COMPLETED",
        "amount": shapes.money_of(amount, attempt.currency),
        "custom_id": attempt.reference,
        "invoice_id": invoice_id,
        "create_time": shapes.zulu(now),
        "links": [{"href": capture, "rel": "up", "method": "GET"}],
    }
    refunded = world.book.add_refund(attempt, body["id"], amount, now, body)
    return world.book.save(refunded.with_details(refunds=[*refunded.details.get("refunds", ()), body]))
