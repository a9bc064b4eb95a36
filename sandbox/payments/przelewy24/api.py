"""Przelewy24 REST v1: register, verify, read, refund; signed as the provider signs."""

import re
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, Final

from msgspec.structs import replace
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import play_of
from sandbox.payments.przelewy24 import P24_API_KEY, P24_CRC, P24_MERCHANT_ID, P24_POS_ID
from sandbox.payments.przelewy24.webhooks import METHOD_IDS, REGISTER, VERIFY, P24Notices, sign
from sandbox.requests import BadRequest, ProviderApi, ProviderRefusal, has_basic, read_object
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


class P24Refused(ProviderRefusal):
    """The API says no, mostly with 400, and a number: BLIK's own where a code is refused."""

    def __init__(self, words: Any, number: int = 400, status: int = 400) -> None:
        super().__init__(status, {"error": words, "code": number})


class Przelewy24Endpoints(ProviderApi):
    """Transactions and refunds; no header bears a key here."""

    provider = "przelewy24"

    def __init__(self, world: World, notices: P24Notices, confirm: Confirm) -> None:
        super().__init__(world)
        self._notices = notices
        self._confirm = confirm

    def refusal(self, request: Request) -> Response | None:
        proven = has_basic(request, str(P24_POS_ID), P24_API_KEY)
        return None if proven else P24Refused("Incorrect authentication", 401, 401).response()

    def refuse(self, why: str) -> P24Refused:
        return P24Refused("Internal error", 500, 500)

    async def read(self, request: Request, known: Collection[str] = ()) -> dict[str, Any]:
        try:
            return await read_object(request)
        except BadRequest:
            raise P24Refused("Invalid JSON") from None

    def parts(self) -> ASGIApp:
        """Return the API, to be mounted where `/transaction/register` is to be."""
        return self.gated(
            self.get("/testAccess", lambda _: {"data": True, "error": ""}),
            self.post("/transaction/register", self.register),
            self.route("/paymentMethod/blik/chargeByCode", self.charge_by_code, "POST"),
            self.post("/transaction/verify", self.verify, method="PUT"),
            self.get("/transaction/by/sessionId/{session:path}", self.by_session),
            self.post("/transaction/refund", self.refund),
            self.get("/refund/by/orderId/{order}", self.refunds),
            self.get("/payment/methods/{lang}", self.methods),
        )

    def register(self, request: Request, asked: dict[str, Any]) -> tuple[int, Any]:
        """`POST /transaction/register`."""
        _check_register(asked)
        if self._world.book.by_reference("przelewy24", asked["sessionId"]) is not None:
            raise P24Refused("Transaction with this sessionId already exists")
        return 200, _data({"token": self._open(asked).token})

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
        asked = await self.read(request)
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

    def verify(self, request: Request, asked: dict[str, Any]) -> tuple[int, Any]:
        """`PUT /transaction/verify`: without it the money stays an advance payment."""
        _check_seller(asked)
        if asked.get("sign") != sign(asked, VERIFY, P24_CRC):
            raise P24Refused("Incorrect CRC value")
        attempt = self._world.book.by_order("przelewy24", str(asked.get("orderId")))
        if attempt is None or attempt.reference != asked.get("sessionId"):
            raise P24Refused("Transaction not found")
        if (attempt.amount, attempt.currency) != (asked.get("amount"), asked.get("currency")):
            raise P24Refused("Incorrect amount or currency")
        if attempt.status not in ("paid", "refunded"):
            raise P24Refused("Transaction has not been paid")
        self._world.book.save(replace(attempt, settled=True))
        self._notices.stop_repeating(attempt)
        return 200, _data({"status": "success"})

    def by_session(self, request: Request) -> Any:
        """`GET /transaction/by/sessionId/{sessionId}`."""
        attempt = self._world.book.by_reference("przelewy24", request.path_params["session"])
        if attempt is None:
            raise P24Refused("Transaction not found", 404, 404)
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

    def refund(self, request: Request, asked: dict[str, Any]) -> tuple[int, Any]:
        """`POST /transaction/refund`: the money goes at once, the signed result follows as a notice."""
        request_id, items = str(asked.get("requestId") or ""), asked.get("refunds")
        if not request_id or len(request_id) > 45 or not isinstance(items, list):
            raise P24Refused("requestId and refunds are required")
        if not items or not all(isinstance(item, dict) for item in items):
            raise P24Refused("refunds is a list of objects")
        if self._world.ledger.answered("przelewy24", request_id) is not None:
            raise P24Refused("Request already exists")
        results = [self._refundable(item) for item in items]
        body = [result for _, result in results]
        if not all(result["status"] for result in body):
            raise P24Refused(body, 409, 409)
        self._world.ledger.remember("przelewy24", request_id, self._world.clock.now())
        for attempt, result in results:
            if attempt is not None:
                self._give_back(attempt, result["amount"], asked)
        return 201, _data(body)

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

    def refunds(self, request: Request) -> Any:
        """`GET /refund/by/orderId/{orderId}`."""
        attempt = self._world.book.by_order("przelewy24", request.path_params["order"])
        given = [] if attempt is None else self._world.book.refunds_of(attempt)
        if attempt is None or not given:
            raise P24Refused("Refund not found", 404, 404)
        entries = [
            {name: g["details"][name] for name in ("requestId", "refundsUuid")}
            | {"amount": g["amount"], "status": 4 if g["details"].get("failed") else 1, "date": g["at"]}
            for g in given
        ]
        order = {"orderId": int(attempt.order_id), "sessionId": attempt.reference, "amount": attempt.amount}
        return _data({**order, "currency": attempt.currency, "refunds": entries})

    def methods(self, request: Request) -> Any:
        """`GET /payment/methods/{lang}`: what this merchant has."""
        names = {"blik": "BLIK", "card": "Karta / Card", "przelewy24": "Przelew / Transfer"}
        return _data([{"name": names[key], "id": number, "status": True} for key, number in METHOD_IDS.items()])


def token_has_run_out(attempt: ProviderAttempt, seconds: float) -> bool:
    """Return whether the page's `timeLimit` (minutes, 0 = none) is over, so many seconds after it was opened."""
    limit = int(attempt.details.get("timeLimit") or 0)
    return limit > 0 and seconds > timedelta(minutes=limit).total_seconds()


def _data(data: Any) -> dict[str, Any]:
    return {"data": data, "responseCode": 0}


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
