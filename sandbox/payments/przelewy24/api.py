"""Przelewy24 REST v1: register, verify, read, refund; signed as the provider signs."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from msgspec.structs import replace
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import play_of
from sandbox.payments.przelewy24 import P24_API_KEY, P24_CRC, P24_MERCHANT_ID, P24_POS_ID
from sandbox.payments.przelewy24.webhooks import METHOD_IDS, REGISTER, VERIFY, P24Notices, sign
from sandbox.requests import BadRequest, has_basic, read_object
from sandbox.world import World

FIRST_ORDER: Final = 3_000_000_000
"""Past 2^31, as the provider's own numbers are."""
LANGUAGES: Final = frozenset("bg cs de en es fr hr hu it nl pl pt se sk ro".split())
CURRENCIES: Final = frozenset("PLN EUR GBP CZK USD BGN DKK HUF NOK SEK CHF RON HRK".split())
LONGEST: Final = {"sessionId": 100, "description": 1024, "email": 50, "urlReturn": 250, "urlStatus": 250}
CARD_CHANNELS: Final = 1 | 4096
BLIK_CHANNEL: Final = 8192
AT_ONCE: Final = {"wrong": 28, "expired": 30}
"""BLIK's numbers for codes that are refused before the bank asks anybody."""
Confirm = Callable[[ProviderAttempt, str], Awaitable[None]]


class P24Refused(Exception):
    """The API says no with 400, and a number: BLIK's own where a code is refused."""

    def __init__(self, words: str, number: int = 400) -> None:
        super().__init__(words)
        self.number = number


class Przelewy24Endpoints:
    def __init__(self, world: World, notices: P24Notices, confirm: Confirm) -> None:
        self._world = world
        self._notices = notices
        self._confirm = confirm

    async def register(self, request: Request) -> Response:
        """`POST /transaction/register`."""
        asked = await _read(request)
        _check_register(asked)
        with self._world.ledger.write():
            if self._world.book.by_reference("przelewy24", asked["sessionId"]) is not None:
                raise P24Refused("Transaction with this sessionId already exists")
            attempt = self._open(asked)
        return _data({"token": attempt.token})

    def _open(self, asked: dict[str, Any]) -> ProviderAttempt:
        kept = ("description", "email", "country", "language", "urlReturn", "urlStatus", "timeLimit", "channel")
        details = {name: asked.get(name) for name in (*kept, "urlCardPaymentNotification")}
        details["psu"] = bool((asked.get("additional") or {}).get("PSU")) and asked.get("regulationAccept") is True
        return self._world.book.open(
            ProviderAttempt(
                provider="przelewy24",
                reference=asked["sessionId"],
                order_id=str(FIRST_ORDER + self._world.ledger.count("p24_order")),
                token=self._world.ledger.fresh_id("p24_token", 35),
                method=_method(asked),
                amount=asked["amount"],
                currency=asked["currency"],
                at=stamp(self._world.clock.now()),
                details=details,
            )
        )

    async def charge_by_code(self, request: Request) -> Response:
        """`POST /paymentMethod/blik/chargeByCode`: 201 once the bank asks its customer; of the code nothing is kept."""
        asked = await _read(request)
        code = str(asked.get("blikCode") or "")
        with self._world.ledger.write():
            attempt = self._world.book.by_token("przelewy24", str(asked.get("token") or ""))
            if attempt is None or not attempt.details.get("psu"):
                raise P24Refused("Incorrect token")
            if "code" in attempt.details:
                raise P24Refused("The transaction was charged before", 6)
            played = play_of(code)
            self._world.book.save(attempt.with_details(code=played))
        if played in AT_ONCE:
            raise P24Refused("BLIK code refused", AT_ONCE[played])
        body = {"data": {"orderId": int(attempt.order_id), "message": "success"}, "responseCode": 0}
        return JSONResponse(body, 201, background=BackgroundTask(self._confirm, attempt, played))

    async def verify(self, request: Request) -> Response:
        """`PUT /transaction/verify`: without it the money stays an advance payment."""
        asked = await _read(request)
        _check_seller(asked)
        if asked.get("sign") != sign(asked, VERIFY, P24_CRC):
            raise P24Refused("Incorrect CRC value")
        with self._world.ledger.write():
            attempt = self._world.book.by_order("przelewy24", str(asked.get("orderId")))
            if attempt is None or attempt.reference != asked.get("sessionId"):
                raise P24Refused("Transaction not found")
            if (attempt.amount, attempt.currency) != (asked.get("amount"), asked.get("currency")):
                raise P24Refused("Incorrect amount or currency")
            if attempt.status not in ("paid", "refunded"):
                raise P24Refused("Transaction has not been paid")
            self._world.book.save(replace(attempt, settled=True))
            self._notices.stop_repeating(attempt)
        return _data({"status": "success"})

    async def by_session(self, request: Request) -> Response:
        """`GET /transaction/by/sessionId/{sessionId}`."""
        attempt = self._world.book.by_reference("przelewy24", request.path_params["session"])
        if attempt is None:
            return JSONResponse({"error": "Transaction not found", "code": 404}, 404)
        paid = attempt.status in ("paid", "refunded")
        return _data(
            {
                "orderId": int(attempt.order_id),
                "sessionId": attempt.reference,
                "status": _status(attempt),
                "amount": attempt.amount,
                "currency": attempt.currency,
                "date": attempt.at[:16].replace("-", "").replace(":", "").replace("T", ""),
                "dateOfTransaction": attempt.at[:19].replace("T", " ") if paid else None,
                "clientEmail": attempt.details.get("email"),
                "description": attempt.details.get("description"),
                "paymentMethod": self._notices.method_id(attempt) if paid else 0,
                "statement": self._notices.statement(attempt) if paid else "",
                "batchId": 0,
                "fee": "0",
            }
        )

    async def refund(self, request: Request) -> Response:
        """`POST /transaction/refund`: the money goes at once, the signed result follows as a notice."""
        asked = await _read(request)
        request_id = str(asked.get("requestId") or "")
        items = asked.get("refunds")
        if not request_id or len(request_id) > 45 or not isinstance(items, list):
            raise P24Refused("requestId and refunds are required")
        if not items or not all(isinstance(item, dict) for item in items):
            raise P24Refused("refunds is a list of objects")
        with self._world.ledger.write():
            if self._world.ledger.answered("przelewy24", request_id) is not None:
                raise P24Refused("Request already exists")
            results = [self._refundable(item) for item in items]
            body = [result for _, result in results]
            if not all(result["status"] for result in body):
                return JSONResponse({"error": body, "code": 409}, 409)
            self._world.ledger.remember("przelewy24", request_id, self._world.clock.now())
            for attempt, result in results:
                if attempt is not None:
                    self._give_back(attempt, result["amount"], asked)
        return JSONResponse({"data": body, "responseCode": 0}, 201)

    def _refundable(self, item: dict[str, Any]) -> tuple[ProviderAttempt | None, dict[str, Any]]:
        attempt = self._world.book.by_order("przelewy24", str(item.get("orderId")))
        amount = item.get("amount")
        message = "success"
        if attempt is None or attempt.reference != item.get("sessionId"):
            message = "Transaction not found"
        elif not attempt.settled:
            message = "Incorrect transaction status"
        elif not _is_amount(amount) or int(amount or 0) > attempt.amount - attempt.refunded:
            message = "Amount exceeds what is available for refund"
        kept = {name: item.get(name) for name in ("orderId", "sessionId", "amount", "description")}
        return attempt, {**kept, "status": message == "success", "message": message}

    def _give_back(self, attempt: ProviderAttempt, amount: int, asked: dict[str, Any]) -> None:
        details = {"requestId": asked["requestId"], "refundsUuid": str(asked.get("refundsUuid") or "")}
        refund_id = self._world.ledger.fresh_id("p24_refund")
        self._world.book.add_refund(attempt, refund_id, amount, self._world.clock.now(), details)
        self._notices.refund_later(attempt, amount, asked.get("urlStatus"), details)

    async def refunds(self, request: Request) -> Response:
        """`GET /refund/by/orderId/{orderId}`."""
        attempt = self._world.book.by_order("przelewy24", request.path_params["order"])
        given = [] if attempt is None else self._world.book.refunds_of(attempt)
        if attempt is None or not given:
            return JSONResponse({"error": "Refund not found", "code": 404}, 404)
        entries = [{**g["details"], "amount": g["amount"], "status": 1, "date": g["at"]} for g in given]
        order = {"orderId": int(attempt.order_id), "sessionId": attempt.reference, "amount": attempt.amount}
        return _data({**order, "currency": attempt.currency, "refunds": entries})

    async def methods(self, request: Request) -> Response:
        """`GET /payment/methods/{lang}`: what this merchant has."""
        names = {"blik": "BLIK", "card": "Karta / Card", "przelewy24": "Przelew / Transfer"}
        return _data([{"name": names[key], "id": number, "status": True} for key, number in METHOD_IDS.items()])

    async def test_access(self, request: Request) -> Response:
        """`GET /testAccess`."""
        return JSONResponse({"data": True, "error": ""})


def przelewy24_api(world: World, notices: P24Notices, confirm: Confirm) -> ASGIApp:
    """Return the API, to be mounted where `/transaction/register` is to be; `confirm` plays the bank's app."""
    provider = Przelewy24Endpoints(world, notices, confirm)
    api = Router(
        [
            Route("/testAccess", _guarded(provider.test_access)),
            Route("/transaction/register", _guarded(provider.register), methods=["POST"]),
            Route("/paymentMethod/blik/chargeByCode", _guarded(provider.charge_by_code), methods=["POST"]),
            Route("/transaction/verify", _guarded(provider.verify), methods=["PUT"]),
            Route("/transaction/by/sessionId/{session:path}", _guarded(provider.by_session)),
            Route("/transaction/refund", _guarded(provider.refund), methods=["POST"]),
            Route("/refund/by/orderId/{order}", _guarded(provider.refunds)),
            Route("/payment/methods/{lang}", _guarded(provider.methods)),
        ]
    )
    return world.gate("przelewy24", api, lambda: JSONResponse({"error": "Internal error", "code": 500}, 500))


def token_has_run_out(attempt: ProviderAttempt, seconds: float) -> bool:
    """Return whether the page's `timeLimit` (minutes, 0 = none) is over, so many seconds after it was opened."""
    limit = int(attempt.details.get("timeLimit") or 0)
    return limit > 0 and seconds > timedelta(minutes=limit).total_seconds()


def _guarded(serve: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        if not has_basic(request, str(P24_POS_ID), P24_API_KEY):
            return JSONResponse({"error": "Incorrect authentication", "code": 401}, 401)
        try:
            return await serve(request)
        except P24Refused as refusal:
            return JSONResponse({"error": str(refusal), "code": refusal.number}, 400)

    return guarded


def _data(data: Any) -> Response:
    return JSONResponse({"data": data, "responseCode": 0})


async def _read(request: Request) -> dict[str, Any]:
    try:
        return await read_object(request)
    except BadRequest:
        raise P24Refused("Invalid JSON") from None


def _check_seller(asked: dict[str, Any]) -> None:
    if (asked.get("merchantId"), asked.get("posId")) != (P24_MERCHANT_ID, P24_POS_ID):
        raise P24Refused("Incorrect merchantId or posId")


def _check_register(asked: dict[str, Any]) -> None:
    _check_seller(asked)
    texts = ("sessionId", "currency", "description", "email", "country", "language", "urlReturn")
    if missing := [name for name in texts if not isinstance(asked.get(name), str) or not asked[name]]:
        raise P24Refused(f"Missing {missing[0]}")
    if too_long := [name for name, most in LONGEST.items() if len(str(asked.get(name) or "")) > most]:
        raise P24Refused(f"{too_long[0]} is too long")
    if not _is_amount(asked.get("amount")):
        raise P24Refused("Incorrect amount")
    if asked["currency"] not in CURRENCIES or asked["language"] not in LANGUAGES:
        raise P24Refused("Incorrect currency or language")
    if re.fullmatch(r"[A-Z]{2}", asked["country"]) is None or "@" not in asked["email"]:
        raise P24Refused("Incorrect country or email")
    if asked.get("timeLimit") is not None and asked["timeLimit"] not in range(100):
        raise P24Refused("Incorrect timeLimit")
    for name in ("urlReturn", "urlStatus"):
        if asked.get(name) and not str(asked[name]).startswith(("http://", "https://")):
            raise P24Refused(f"Incorrect {name}")
    if asked.get("sign") != sign(asked, REGISTER, P24_CRC):
        raise P24Refused("Incorrect CRC value")


def _is_amount(amount: Any) -> bool:
    return type(amount) is int and amount > 0


def _method(asked: dict[str, Any]) -> str:
    """By which of the seller's methods the payer comes: told by a method id or by channels."""
    by_id = {154: "blik", 181: "blik", 241: "card", 242: "card"}
    if type(asked.get("method")) is int and asked["method"] in by_id:
        return by_id[asked["method"]]
    channel = asked.get("channel")
    if type(channel) is not int or channel <= 0:
        return "przelewy24"
    if channel == BLIK_CHANNEL:
        return "blik"
    return "card" if channel & ~CARD_CHANNELS == 0 else "przelewy24"


def _status(attempt: ProviderAttempt) -> int:
    """0 no payment, 1 paid and not verified, 2 verified, 3 returned. A failed one is a payment that never came."""
    if attempt.status == "refunded":
        return 3
    return 2 if attempt.settled else 1 if attempt.status == "paid" else 0
