"""Przelewy24 (REST v1): transfers, BLIK and cards in Poland.

A notice comes for correct payments only; the money is ours after our own `verify`, in which *we* name amount and
currency. A payment that failed or was left shows only as a read with status 0.
"""

import base64
import hashlib
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, get_args
from urllib.parse import quote

import httpx
from msgspec.structs import replace
from pydantic import Field, JsonValue, SecretStr

from services.clients.http import HttpAnswer, Url
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.late_model import LateModel
from services.payments.providers import base
from services.payments.providers.przelewy24 import models, webhooks
from services.payments.providers.przelewy24.webhooks import REGISTER, VERIFY, sign
from values.private import Secret

NO_PAYMENT, UNVERIFIED, VERIFIED, RETURNED = range(4)
#: A refund's status where refunds are read; in the notice of one it is 0.
COMPLETED, REJECTED = 1, 4
#: Bits of `channel` that narrow the payer's choice to the method chosen in the chat.
CHANNELS: Mapping[base.Method, int] = {"card": 1, "blik": 8192}
LANGUAGES = frozenset("bg cs de en es fr hr hu it nl pl pt se sk ro".split())
LONGEST_EMAIL = 50
LONGEST_TIME_LIMIT_MIN = 99
LONGEST_BROWSER = 255
#: An answer to a code that may say in its body why it wasn't taken.
ANSWERS_TO_CODES = (500,)
CODE_REFUSALS: Mapping[object, base.CodeRefusal] = {one: one for one in get_args(base.CodeRefusal)}


class Przelewy24Settings(LateModel):
    """Przelewy24's settings."""

    przelewy24_url: Url = Field(default="https://secure.przelewy24.pl", description="Przelewy24's host.")
    przelewy24_merchant_id: int | None = Field(default=None, description="Merchant's number.")
    przelewy24_pos_id: int | None = Field(default=None, description="Shop's number; default: the merchant's.")
    przelewy24_api_key: SecretStr | None = Field(default=None, description="Key for reports (REST API).")
    przelewy24_crc: SecretStr | None = Field(default=None, description="CRC key, signs requests and notices.")


class Przelewy24:
    """Talks to Przelewy24 at `url` (https://secure.przelewy24.pl). `api_key` opens the API, `crc` signs."""

    name: ClassVar = "przelewy24"
    methods: ClassVar[frozenset[base.Method]] = frozenset({"card", "blik", "przelewy24"})
    by_code: ClassVar[frozenset[base.Method]] = frozenset({"blik"})

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        merchant_id: int = 0,
        pos_id: int | None = None,
        api_key: str,
        crc: str,
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = 10.0,
    ) -> None:
        del clock  # all adapters are made alike; this one needs no time
        pos_id = pos_id or merchant_id
        self._client = client
        self._url = url.rstrip("/")
        self._shop = {"merchantId": merchant_id, "posId": pos_id}
        self._crc = crc
        self._authorization = "Basic " + base64.b64encode(f"{pos_id}:{api_key}".encode()).decode()
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)

    async def register(self, request: base.PaymentRequest) -> base.RegisteredAttempt:
        """Open a transaction under `sessionId` = the payment reference. Raises as PaymentProvider.register.

        ProviderRefused("email_unfit"): Przelewy24 demands one, of 50 characters at most.
        """
        async with self._line.operation():
            token = await self._token(request, self._registration(request))
        return base.RegisteredAttempt(token, f"{self._url}/trnRequest/{quote(token, safe='')}")

    async def open_for_code(self, request: base.PaymentRequest) -> str:
        """Register a transaction of its own, whose payer has accepted Przelewy24's terms."""
        form: dict[str, JsonValue] = {
            **self._registration(request),
            "regulationAccept": True,
            "urlCardPaymentNotification": request.notify_url,
            "additional": {"PSU": {"IP": request.payer.address, "userAgent": request.payer.browser[:LONGEST_BROWSER]}},
        }
        async with self._line.operation():
            return await self._token(request, form)

    async def pay_by_code(
        self, request: base.PaymentRequest, provider_ref: str, code: Secret
    ) -> base.CodeRefusal | None:
        """Charge the transaction by the code.

        Przelewy24 answers 201 before the bank has asked its customer, 401 where the account may not take codes.
        """
        form: dict[str, JsonValue] = {"token": provider_ref, "blikCode": code.reveal()}
        async with self._line.operation():
            charge = self._built("POST", "paymentMethod/blik/chargeByCode", form)
            answer = await self._line.send(charge, lambda a: a.checked_json(ANSWERS_TO_CODES), repeatable=False)
            if answer.status < 300:
                return None
            refusal = answer.read_as(models.P24Failure).code_refusal
            if refusal is None and answer.status == 500:
                raise ProviderUnavailable(origin="p24 500", uncertain=True)
            return refusal or "declined"

    async def _token(self, request: base.PaymentRequest, form: dict[str, JsonValue]) -> str:
        answer = await self._send("POST", "transaction/register", form)
        if answer.status == 400:
            raise await self._why_not_registered(answer, request.payment_ref)
        return answer.read_as(models.RegisterReply).data.token

    def _registration(self, request: base.PaymentRequest) -> dict[str, JsonValue]:
        if request.method not in self.methods or not request.amount:
            raise ProviderRefused("method_unsupported", origin=self.name)
        if not 0 < len(request.email) <= LONGEST_EMAIL:
            raise ProviderRefused("email_unfit", origin=self.name)
        signed: dict[str, int | str] = {
            "sessionId": request.payment_ref,
            "merchantId": self._shop["merchantId"],
            "amount": request.amount,
            "currency": request.currency,
        }
        language = request.locale[:2].lower()
        channel = CHANNELS.get(request.method)
        return {
            **signed,
            "posId": self._shop["posId"],
            "description": request.description[:1024],
            "email": request.email,
            "country": request.country.upper(),
            "language": language if language in LANGUAGES else "en",
            "urlReturn": request.return_url,
            "urlStatus": request.notify_url,
            "timeLimit": min(max(math.ceil(request.expires_in / timedelta(minutes=1)), 1), LONGEST_TIME_LIMIT_MIN),
            **({"channel": channel} if channel is not None else {}),
            "sign": sign(REGISTER, signed, self._crc),
        }

    async def _why_not_registered(self, answer: HttpAnswer, payment_ref: str) -> Conflict | Misconfigured:
        """Tell our mistake from a reference that is taken, by a try of ours whose answer got lost."""
        transaction = await self._read(payment_ref)
        if transaction is not None and transaction.status != NO_PAYMENT:
            return Conflict("already_paid", origin="p24 400")
        # A transaction nobody has paid may not be readable yet; then only the words of the refusal name its cause.
        if transaction is not None or "session" in str(answer.read_as(models.P24Failure).error).lower():
            return Conflict("attempt_used", origin="p24 400")
        return Misconfigured("registration_refused", origin="p24 400")

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> base.Notice:
        """Prove a notice of a payment or of a refund by its signature and by our own numbers in it."""
        return webhooks.read_notice(
            body, crc=self._crc, merchant_id=self._shop["merchantId"], pos_id=self._shop["posId"]
        )

    async def confirm(self, attempt: base.Attempt, facts: Mapping[str, JsonValue]) -> base.State:
        """Compare the notice with what we registered, then verify. Facts of a refund lead to a plain read.

        A code that was refused is one whose transaction has no money, too.
        """
        order_id = facts.get("order_id")
        if facts.get("kind") == "code" and (refusal := CODE_REFUSALS.get(facts.get("refusal"))) is not None:
            state = await self.ask(attempt)
            return state if state.status != "pending" else replace(state, status="failed", refusal=refusal)
        if facts.get("kind") != "paid" or not isinstance(order_id, int):
            return await self.ask(attempt)
        if facts.get("session_id") != attempt.payment_ref:
            raise ProviderRefused("other_payment", origin=self.name)
        currency = facts.get("currency")
        for amount in (facts.get("amount"), facts.get("origin_amount")):
            base.demand_registered_amount(
                attempt, amount if isinstance(amount, int) else None, currency if isinstance(currency, str) else None
            )
        async with self._line.operation():
            return await self._verify(attempt, order_id)

    async def ask(self, attempt: base.Attempt, *, take: bool = True) -> base.State:
        """Read the transaction; one that is paid and not verified is verified. Unknown ones are pending."""
        async with self._line.operation():
            transaction = await self._read(attempt.payment_ref)
            if transaction is None or transaction.status == NO_PAYMENT:
                return base.State("pending", attempt.amount, attempt.currency)
            base.demand_registered_amount(attempt, transaction.amount, transaction.currency)
            if transaction.status == UNVERIFIED and not take:
                return base.State("paid", attempt.amount, attempt.currency)
            if transaction.status == UNVERIFIED and transaction.order_id is not None:
                return await self._verify(attempt, transaction.order_id)
            return _state(attempt, transaction)

    end_code = ask  # Przelewy24 calls no code back

    async def returned(self, attempt: base.Attempt) -> base.Returned:
        """Read the transaction's refunds. Of a bank's claim Przelewy24 tells nothing but the refund that ends it."""
        async with self._line.operation():
            transaction = await self._read(attempt.payment_ref)
            if transaction is None or transaction.order_id is None or transaction.status < VERIFIED:
                return base.Returned()
            base.demand_registered_amount(attempt, transaction.amount, transaction.currency)
            if transaction.status == RETURNED:
                return base.Returned(attempt.amount)
            past = await self._past_refunds(transaction.order_id)
            return base.Returned(sum(refund.amount for refund in past if refund.status == COMPLETED))

    async def refund(
        self, attempt: base.Attempt, *, amount: int, key: str, reason: str, notify_url: str
    ) -> base.Refund:
        """Ask for money back, or say how that stands if it was asked for before; it is taken on at once, done later."""
        request_id = hashlib.sha256(key.encode()).hexdigest()[:32]
        async with self._line.operation():
            transaction = await self._read(attempt.payment_ref)
            if transaction is None or transaction.order_id is None or transaction.status < VERIFIED:
                raise ProviderRefused("refund_refused", origin="p24 nothing paid")
            for known in await self._past_refunds(transaction.order_id):
                if known.request_id == request_id:
                    return _told(known)
            item: dict[str, JsonValue] = {
                "orderId": transaction.order_id,
                "sessionId": attempt.payment_ref,
                "amount": amount,
                "description": reason[:35],
            }
            form: dict[str, JsonValue] = {"requestId": request_id, "refundsUuid": request_id, "refunds": [item]}
            form["urlStatus"] = notify_url
            return _refund(await self._send("POST", "transaction/refund", form), request_id)

    async def _past_refunds(self, order_id: int) -> list[models.PastRefund]:
        answer = await self._send("GET", f"refund/by/orderId/{order_id}")
        return [] if answer.status == 404 else answer.read_as(models.PastRefundsReply).data.refunds

    async def _verify(self, attempt: base.Attempt, order_id: int) -> base.State:
        signed: dict[str, int | str] = {
            "sessionId": attempt.payment_ref,
            "orderId": order_id,
            "amount": attempt.amount,
            "currency": attempt.currency,
        }
        form: dict[str, JsonValue] = {**signed, **self._shop, "sign": sign(VERIFY, signed, self._crc)}
        answer = await self._send("PUT", "transaction/verify", form)
        if answer.status == 200 and answer.read_as(models.VerifyReply).data.status == "success":
            return base.State("paid", attempt.amount, attempt.currency)
        # Perhaps an earlier verify had been done and its answer lost: what stands there counts.
        transaction = await self._read(attempt.payment_ref)
        if transaction is None or transaction.status < VERIFIED:
            raise ProviderRefused("not_verified", origin=f"p24 {answer.status}")
        base.demand_registered_amount(attempt, transaction.amount, transaction.currency)
        return _state(attempt, transaction)

    async def _read(self, payment_ref: str) -> models.P24Transaction | None:
        answer = await self._send("GET", f"transaction/by/sessionId/{quote(payment_ref, safe='')}")
        return None if answer.status == 404 else answer.read_as(models.TransactionReply).data

    async def _send(self, method: str, path: str, form: dict[str, JsonValue] | None = None) -> HttpAnswer:
        """Send what may be repeated: a read, or a call that carries a key (sessionId, requestId)."""
        return await self._line.send(self._built(method, path, form), HttpAnswer.checked_json, repeatable=True)

    def _built(self, method: str, path: str, form: dict[str, JsonValue] | None = None) -> httpx.Request:
        headers = {"Authorization": self._authorization}
        return self._client.build_request(method, f"{self._url}/api/v1/{path}", json=form, headers=headers)


def _state(attempt: base.Attempt, transaction: models.P24Transaction) -> base.State:
    if transaction.status == VERIFIED:
        return base.State("paid", attempt.amount, attempt.currency)
    if transaction.status == RETURNED:
        return base.State("refunded", attempt.amount, attempt.currency)
    raise ProviderUnavailable("garbage", origin=f"p24 status {transaction.status}")


def _told(known: models.PastRefund) -> base.Refund:
    if known.status == REJECTED:
        raise ProviderRefused("refund_refused", origin="p24 rejected")
    return base.Refund("completed" if known.status == COMPLETED else "pending", known.request_id)


def _refund(answer: HttpAnswer, request_id: str) -> base.Refund:
    if answer.status == 400:
        error = str(answer.read_as(models.P24Failure).error).lower()
        if "already exists" in error:
            return base.Refund("pending", request_id)  # our own earlier try
        if "concurrent" in error:
            raise ProviderUnavailable(origin="p24 concurrent", retry_after=timedelta(seconds=30))
        raise Misconfigured("refund_request", origin="p24 400")
    if answer.status == 409:
        raise ProviderRefused("refund_refused", origin="p24 409")
    if not all(item.status for item in answer.read_as(models.RefundReply).data):
        raise ProviderRefused("refund_refused", origin="p24 item")
    return base.Refund("pending", request_id)
