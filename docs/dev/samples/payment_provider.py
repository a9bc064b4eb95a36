"""A whole payment provider in one file: Sparrow, a made-up one with signed JSON, a payer's page and notices.

Copy it to `services/payments/providers/` and replace what is Sparrow's; `docs/dev/add-a-payment-provider.md` says
what else a provider needs. Its simulator is `payment_simulator.py` beside it; the shared tests run both.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import ClassVar, Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, JsonValue, SecretStr, StrictInt, ValidationError

from services.clients.http import HttpAnswer, Url
from services.clients.provider_client import Breaker, ProviderClient
from services.clients.token_session import TokenSession
from services.clock import Clock
from services.errors import Conflict, Forged, Misconfigured, ProviderRefused
from services.payments.providers.base import (
    Attempt,
    Method,
    Notice,
    NoticeKind,
    PaymentRequest,
    Refund,
    RegisteredAttempt,
    Returned,
    State,
    Status,
    demand_registered_amount,
)

SIGNATURE = "Sparrow-Signature"
ANSWERS: frozenset[int] = frozenset()  # statuses with a body beside the 2xx; `{302}` where a redirect is an answer
SparrowStatus = Literal["open", "paid", "refused", "lapsed", "returned"]
STATES: Mapping[SparrowStatus, Status] = {
    "open": "pending",
    "paid": "paid",
    "refused": "failed",
    "lapsed": "expired",
    "returned": "refunded",
}
# What the desk acts on is `paid` (and `approved`: the money waits for our capture), `refunded`, `disputed` and
# `settling` (it asks `returned`), and `detached`. Any other notice is stored, and nothing follows.
KINDS: Mapping[str, NoticeKind] = {"paid": "paid", "refused": "failed"}


class SparrowSettings(BaseModel):
    """Sparrow's settings, each behind the provider's name: `OKIENKO_SPARROW_URL` and so on."""

    sparrow_url: Url = Field(default="https://api.sparrow.example", description="Sparrow's API host.")
    sparrow_client_id: str | None = Field(default=None, description="The shop's id.")
    sparrow_client_secret: SecretStr | None = Field(default=None, description="Its secret.")
    sparrow_signing_key: SecretStr | None = Field(default=None, description="Key that signs requests and notices.")


class SparrowOpened(BaseModel):
    """The answer to an order, new or repeated."""

    id: str
    status: SparrowStatus
    page: Url


class SparrowPayment(BaseModel):
    """A payment as read."""

    id: str
    reference: str
    status: SparrowStatus
    amount: StrictInt
    currency: str


class SparrowNotice(BaseModel):
    """A notice. A status that we don't know must not make Sparrow repeat it for ever, so it is any text."""

    id: str
    reference: str = Field(min_length=1, max_length=100)
    status: str


class SparrowRefund(BaseModel):
    """The answer to a refund."""

    id: str


class Sparrow:
    """Talks to Sparrow at `url`. The settings come by their short names, as plain values."""

    name: ClassVar = "sparrow"
    methods: ClassVar[frozenset[Method]] = frozenset({"blik", "card"})

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        client_id: str = "",  # a setting that is no secret is left out while it isn't set
        client_secret: str,
        signing_key: str,
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = 10.0,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._signing_key = signing_key
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)
        # Where a fixed key takes the token's place: `self._line.send(request, HttpAnswer.checked_json, …)` in `_send`,
        # with the key in its headers, and no session. Without `in_form` the credentials go by Basic authentication.
        self._session = TokenSession(
            client,
            self._line,
            provider=self.name,
            token_url=f"{self._url}/oauth/token",
            client_id=client_id,
            client_secret=client_secret,
            clock=clock,
            in_form=True,
            answers=ANSWERS,
        )

    async def register(self, request: PaymentRequest) -> RegisteredAttempt:
        """Open a payment; a repeat under the same reference gives the same one. Raises as PaymentProvider."""
        if request.method not in self.methods:
            raise ProviderRefused("method_unsupported", origin=self.name)
        # Amounts are integers here. Written as "123.45" they are `str(Money(amount, currency).decimal)`, and read by
        # `minor_units`, both in values/money.py.
        form: dict[str, JsonValue] = {
            "reference": request.payment_ref,
            "amount": request.amount,
            "currency": request.currency,
            "method": request.method,
            "description": request.description[:200],
            "email": request.email,
            "locale": request.locale,
            "valid_s": int(request.expires_in.total_seconds()),  # else money may come after our link is over
            "return_url": request.return_url,
            # Some APIs take no address for notices, as it is set in the provider's panel: then the simulator sends
            # them to `/webhooks/payments/NAME` at the return address's origin.
            "notify_url": request.notify_url,
        }
        async with self._line.operation():
            answer = await self._send("payments", form, key=request.payment_ref)
            if answer.status not in (200, 201):
                raise Misconfigured("registration_refused", origin=f"sparrow {answer.status}")
            opened = answer.read_as(SparrowOpened)
        match STATES[opened.status]:
            case "pending":
                return RegisteredAttempt(opened.id, opened.page)
            case "paid" | "refunded":
                raise Conflict("already_paid", origin=f"sparrow {opened.status}")
            case "failed" | "expired":
                raise Conflict("attempt_used", origin=f"sparrow {opened.status}")

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Prove a notice by the signature over its bytes; nothing is asked, nothing decided."""
        given = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE.lower(), "")
        if not self._signing_key or not hmac.compare_digest(sign(body, self._signing_key).encode(), given.encode()):
            raise Forged("notice")
        try:
            notice = SparrowNotice.model_validate_json(body)
        except ValidationError:
            raise Forged("notice") from None
        return Notice(
            payment_ref=notice.reference,
            provider_ref=notice.id,
            # Sparrow's notices name no sum, as its entry says (`sum_in_notice=False`); the read does.
            amount=None,
            currency=None,
            kind=KINDS.get(notice.status, "other"),
            dedup_key=f"{notice.id}:{notice.status}",  # the same for each repeat of this notice, and for no other
            facts={},  # what `confirm` needs of it, as JSON: say, the id of a capture
        )

    async def confirm(self, attempt: Attempt, facts: Mapping[str, JsonValue]) -> State:
        """Read the payment: a paid one is ours."""
        # Where the money waits for the seller's word, say it in `confirm` and in `ask`, naming the sum that we
        # registered: `_verify` in przelewy24/adapter.py.
        del facts
        return await self.ask(attempt)

    async def ask(self, attempt: Attempt) -> State:
        """Read the payment; one that isn't known (yet) is pending."""
        async with self._line.operation():
            payment = await self._read(attempt)
        if payment is None:
            return State("pending", attempt.amount, attempt.currency)
        demand_registered_amount(attempt, payment.amount, payment.currency)
        return State(STATES[payment.status], attempt.amount, attempt.currency)

    async def returned(self, attempt: Attempt) -> Returned:
        """Read the payment: Sparrow gives back all or nothing that it tells of, and knows no disputes."""
        async with self._line.operation():
            payment = await self._read(attempt)
        # Where parts are told, give their sum; a dispute goes into `disputed` (refunds.py of stripe).
        return Returned(attempt.amount if payment is not None and STATES[payment.status] == "refunded" else 0)

    async def refund(self, attempt: Attempt, *, amount: int, key: str, reason: str, notify_url: str) -> Refund:
        """Give money back, once per key. `notify_url` is not used."""
        # Sparrow's notices tell of no refund, as its entry says (`refund_notice=False`); the read does.
        del notify_url
        async with self._line.operation():
            payment = await self._read(attempt)
            if payment is None:
                raise ProviderRefused("refund_refused", origin="sparrow unknown")
            form: dict[str, JsonValue] = {"amount": amount, "reason": reason[:100]}
            once = hashlib.sha256(key.encode()).hexdigest()[:32]  # our keys are longer than a header should be
            answer = await self._send(f"payments/{quote(payment.id, safe='')}/refunds", form, key=once)
            if answer.status == 409:  # not paid, or less than that is left
                raise ProviderRefused("refund_refused", origin="sparrow 409")
            if answer.status not in (200, 201):
                raise Misconfigured("refund_request", origin=f"sparrow {answer.status}")
            # "pending" where the provider pays it out later. To the desk both mean: taken on. It doesn't wait for the
            # end, so one that is refused at once must be raised as `refund_refused`.
            return Refund("completed", answer.read_as(SparrowRefund).id)

    async def _read(self, attempt: Attempt) -> SparrowPayment | None:
        # By our own reference, which finds a payment whose registration was never answered. Where only the provider's
        # id is read, `attempt.provider_ref` may be None: answer `pending`, for nobody has that payment's link.
        answer = await self._send(f"payments?reference={quote(attempt.payment_ref, safe='')}")
        if answer.status == 404:
            return None
        payment = answer.read_as(SparrowPayment)
        if payment.reference != attempt.payment_ref:
            raise ProviderRefused("other_payment", origin=self.name)
        return payment

    async def _send(self, path: str, form: dict[str, JsonValue] | None = None, *, key: str = "") -> HttpAnswer:
        """Send a request, again after a quick failure: each of ours reads or carries an idempotency key."""
        content = b"" if form is None else json.dumps(form).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            SIGNATURE: sign(content, self._signing_key),
        }
        method = "GET" if form is None else "POST"
        request = self._client.build_request(method, f"{self._url}/v1/{path}", content=content, headers=headers)
        return await self._session.send(request, repeatable=True)


def sign(content: bytes, secret: str) -> str:
    """Return Sparrow's signature: HMAC-SHA256 over the bytes."""
    return hmac.digest(secret.encode(), content, "sha256").hex()
