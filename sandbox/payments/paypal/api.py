"""PayPal: OAuth, Orders v2 (create, read, capture), refunds, and the check of webhook signatures.

The payer's page is in `simulator.py`, the webhooks in `webhooks.py`.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.ledger import LedgerAnswer
from sandbox.payer import Sending
from sandbox.payments.paypal import PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, shapes
from sandbox.payments.paypal.vault import VaultSimulator, vault_routes
from sandbox.payments.paypal.webhooks import PayPalNotices
from sandbox.requests import BadRequest, read_object
from sandbox.simulator import TokenEndpoint
from sandbox.world import World

TOKEN_LASTS: Final = timedelta(seconds=32400)
TOKEN_FACTS: Final = {"scope": "https://uri.paypal.com/services/payments", "app_id": "APP-SANDBOX", "nonce": "sandbox"}
KEYS_LAST: Final = timedelta(hours=6)
LONGEST_LIST: Final = timedelta(days=31)
MOST_LISTED: Final = 500
CARD_PAGES: Final = ("GUEST_CHECKOUT", "BILLING")
"""Landing pages on which the payer gives a card."""
WEBHOOK_EVENT: Final = re.compile(r'"webhook_event"\s*:\s*')

Serve = Callable[[Request], Awaitable[Response]]


class PayPalEndpoints:
    def __init__(self, world: World, notices: PayPalNotices, vault: VaultSimulator) -> None:
        self._world = world
        self._notices = notices
        self._vault = vault
        self.tokens = TokenEndpoint(
            world, "paypal", PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, TOKEN_LASTS, prefix="A21", more=TOKEN_FACTS
        )

    async def create(self, request: Request) -> Response:
        """`POST /v2/checkout/orders`."""
        asked = await _read(request)
        source = (asked.get("payment_source") or {}).get("paypal")
        if source is not None and not request.headers.get("paypal-request-id"):
            raise shapes.invalid("PAYPAL_REQUEST_ID_REQUIRED")
        do = self._vault.charge if source is not None and "vault_id" in source else self._create
        whole = "return=representation" in request.headers.get("prefer", "")
        with self._world.ledger.write():
            return self._once(request, "create", asked, lambda: do(asked, source or {}, whole=whole))

    def _create(self, asked: dict[str, Any], source: dict[str, Any], *, whole: bool) -> tuple[int, dict[str, Any]]:
        unit, context = shapes.checked_unit(asked), shapes.checked_context(asked, source)
        order_id = self._world.ledger.fresh_id("paypal_order")
        attempt = self._world.book.open(
            ProviderAttempt(
                provider="paypal",
                reference=str(unit.get("custom_id") or order_id),
                order_id=order_id,
                token=order_id,
                method="card" if context.get("landing_page") in CARD_PAGES else "paypal",
                amount=shapes.minor_units(unit["amount"]["value"]),
                currency=unit["amount"]["currency_code"],
                at=stamp(self._world.clock.now()),
                details={
                    "opened_as": "PAYER_ACTION_REQUIRED" if source else "CREATED",
                    **self._vault.asked(source),
                    "reference_id": unit.get("reference_id"),
                    "invoice_id": unit.get("invoice_id"),
                    "description": unit.get("description"),
                    "return_url": context["return_url"],
                    "cancel_url": context["cancel_url"],
                    "locale": context.get("locale"),
                },
            )
        )
        links = shapes.order_links(attempt, self._world.public_url)
        body = {"id": order_id, "status": shapes.order_status(attempt), "links": links}
        if whole:
            body = shapes.order_resource(attempt, self._world.public_url)
        return 201, {**body, "payment_source": {"paypal": {}}} if source else body

    async def read(self, request: Request) -> Response:
        """`GET /v2/checkout/orders/{id}`."""
        return JSONResponse(shapes.order_resource(self._order(request), self._world.public_url))

    async def capture(self, request: Request) -> Response:
        """`POST /v2/checkout/orders/{id}/capture`: here the money moves, or the payer's bank declines."""
        with self._world.ledger.write():
            attempt = self._order(request)
            return self._once(request, f"capture:{attempt.order_id}", {}, lambda: self._capture(attempt))

    def _capture(self, attempt: ProviderAttempt) -> tuple[int, dict[str, Any]]:
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

    async def read_capture(self, request: Request) -> Response:
        """`GET /v2/payments/captures/{id}`."""
        return JSONResponse(shapes.capture_resource(self._captured(request), self._world.public_url))

    async def refund(self, request: Request) -> Response:
        """`POST /v2/payments/captures/{id}/refund`; without an amount, all that is left."""
        asked = await _read(request)
        with self._world.ledger.write():
            attempt = self._captured(request)
            return self._once(request, f"refund:{attempt.order_id}", asked, lambda: self._refund(attempt, asked))

    def _refund(self, attempt: ProviderAttempt, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        left = attempt.amount - attempt.refunded
        wanted = asked.get("amount")
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

    async def transactions(self, request: Request) -> Response:
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
        return JSONResponse({**body, "total_items": len(known), "total_pages": -(-len(known) // size), "links": []})

    async def disputes(self, request: Request) -> Response:
        """`GET /v1/customer/disputes?disputed_transaction_id=`: in short, without how they ended."""
        capture_id = request.query_params.get("disputed_transaction_id")
        found = [a for a in self._world.book.all() if a.claims and a.details.get("capture_id") == capture_id]
        short = [shapes.dispute_resource(attempt, claim) for attempt in found for claim in attempt.claims]
        return JSONResponse({"items": [{**one, "dispute_outcome": None} for one in short], "links": []})

    async def dispute(self, request: Request) -> Response:
        """`GET /v1/customer/disputes/{id}`."""
        for attempt in self._world.book.all():
            for claim in attempt.claims if attempt.provider == "paypal" else ():
                resource = shapes.dispute_resource(attempt, claim)
                if resource["dispute_id"] == request.path_params["dispute"]:
                    return JSONResponse(resource)
        raise shapes.PayPalApiError(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    async def verify_signature(self, request: Request) -> Response:
        """`POST /v1/notifications/verify-webhook-signature`: over the event's bytes as they stand in the request."""
        raw = await request.body()
        claimed = await _read(request)
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
            raise shapes.PayPalApiError(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        return attempt

    def _captured(self, request: Request) -> ProviderAttempt:
        capture_id = request.path_params["capture"]
        for attempt in self._world.book.all():
            if attempt.details.get("capture_id") == capture_id:
                return attempt
        raise shapes.PayPalApiError(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    def _once(
        self, request: Request, operation: str, asked: dict[str, Any], do: Callable[[], tuple[int, dict[str, Any]]]
    ) -> Response:
        """Answer a repeated `PayPal-Request-Id` with the same body for six hours; with 422 if the request differs."""
        request_id = request.headers.get("paypal-request-id")
        if request_id is None:
            status, body = do()
            return JSONResponse(body, status)
        if not 1 <= len(request_id) <= 108:
            raise shapes.invalid("INVALID_STRING_LENGTH", "PayPal-Request-Id")
        now = self._world.clock.now()
        self._world.ledger.forget_keys("paypal", now - KEYS_LAST)
        key, wish = f"{operation}:{request_id}", hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        if (given := self._world.ledger.answered("paypal", key)) is not None:
            if given.request != wish:
                raise shapes.unprocessable("DUPLICATE_REQUEST_ID")
            return Response(given.body, 200, media_type="application/json")
        status, body = do()
        self._world.ledger.remember(
            "paypal", key, now, LedgerAnswer(status, json.dumps(body, ensure_ascii=False), wish)
        )
        return JSONResponse(body, status)

    def posting(self, operation: str, do: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]) -> Serve:
        """Return a POST: once for each request id."""

        async def serve(request: Request) -> Response:
            asked = await _read(request)
            with self._world.ledger.write():
                return self._once(request, operation, asked, lambda: do(asked))

        return self.guarded(serve)

    def guarded(self, serve: Serve) -> Serve:
        """Ask for a living access token and turn errors into PayPal's answers."""

        async def serve_guarded(request: Request) -> Response:
            if (refusal := self.tokens.refusal(request)) is not None:
                return refusal
            try:
                return await serve(request)
            except shapes.PayPalApiError as error:
                return error.response()

        return serve_guarded


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


def paypal_api(world: World, provider: PayPalEndpoints, vault: VaultSimulator) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
    """Return the API's three parts, to be mounted at `/v1`, `/v2` and `/v3`."""
    guarded = provider.guarded
    first = Router(
        [
            Route("/oauth2/token", provider.tokens.issue, methods=["POST"]),
            Route("/notifications/verify-webhook-signature", guarded(provider.verify_signature), methods=["POST"]),
            Route("/reporting/transactions", guarded(provider.transactions)),
            Route("/customer/disputes", guarded(provider.disputes)),
            Route("/customer/disputes/{dispute}", guarded(provider.dispute)),
        ]
    )
    second = Router(
        [
            Route("/checkout/orders", guarded(provider.create), methods=["POST"]),
            Route("/checkout/orders/{order}", guarded(provider.read)),
            Route("/checkout/orders/{order}/capture", guarded(provider.capture), methods=["POST"]),
            Route("/payments/captures/{capture}", guarded(provider.read_capture)),
            Route("/payments/captures/{capture}/refund", guarded(provider.refund), methods=["POST"]),
        ]
    )
    third = Router(vault_routes(vault, guarded, provider.posting))
    broken = shapes.PayPalApiError(500, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR").response
    one, two, three = (world.gate("paypal", part, broken) for part in (first, second, third))
    return one, two, three


async def _read(request: Request) -> dict[str, Any]:
    if not (await request.body()).strip():
        return {}
    try:
        return await read_object(request)
    except BadRequest:
        raise shapes.invalid("MALFORMED_REQUEST_JSON") from None
