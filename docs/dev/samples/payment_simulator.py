"""Sparrow's simulator: API, notices, and the payer's page at `/pay/{token}`.

Played: tokens and signatures, payments, their end, refunds, idempotency keys, notices repeated until they are taken.
Not played: a key that is used for another request.

Copy it to `sandbox/payments/`, with the provider's own name.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace
from pydantic import BaseModel, Field, StrictInt, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.ledger import LedgerAnswer
from sandbox.payer import Notify, Outcome, Payer
from sandbox.requests import BadRequest, Handler, TokenEndpoint, answer_mistakes
from sandbox.simulator import NOTIFY, PaymentSimulator, SimulatorEntry
from sandbox.world import World

PROVIDER: Final = "sparrow"
SPARROW_CLIENT_ID: Final = "sandbox-sparrow-client"
SPARROW_CLIENT_SECRET: Final = "sandbox-sparrow-secret"
SPARROW_SIGNING_KEY: Final = "sandbox-sparrow-key"
SIMULATOR = SimulatorEntry(
    f"{__name__}:SparrowSimulator",
    {"client_id": SPARROW_CLIENT_ID, "client_secret": SPARROW_CLIENT_SECRET, "signing_key": SPARROW_SIGNING_KEY},
)
SIGNATURE: Final = "Sparrow-Signature"
STATUS: Final = {"paid": "paid", "failed": "refused", "refunded": "returned"}
REPEATED_AFTER: Final = timedelta(minutes=5)
ANSWER: Final = "TAKEN"
REGISTERED = 201  # or 302, with a body all the same, as PayU answers
"""The answer to a notice that Sparrow accepts."""


class SparrowOrder(BaseModel):
    """A payment to be opened."""

    reference: str = Field(min_length=1, max_length=100)
    amount: StrictInt = Field(gt=0)
    currency: str = Field(pattern="^[A-Z]{3}$")
    method: str
    description: str = Field(max_length=200)
    email: str
    locale: str
    valid_s: int
    return_url: str
    notify_url: str


class SparrowReturn(BaseModel):
    """Money to be given back."""

    amount: StrictInt = Field(gt=0)


class SparrowNotices:
    """Makes, signs, sends and repeats the notices: `PaymentStandIn`."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.timetable.register(PROVIDER, self._fire)

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Send how the payment stands, again and again until it is taken."""
        if not await self._send(attempt, STATUS.get(attempt.status, "open"), SPARROW_SIGNING_KEY):
            self.tell_later(attempt, REPEATED_AFTER)

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send a notice as if it were paid, signed with another key."""
        await self._send(attempt, "paid", "another-key")

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the notice go so much later."""
        self._world.timetable.schedule(PROVIDER, f"notice:{attempt.id}", {"attempt": attempt.id}, after)

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open the return address as the payer's browser would."""
        await self._world.courier.bring_back(PROVIDER, attempt.details["return_url"])

    async def _send(self, attempt: ProviderAttempt, status: str, key: str) -> bool:
        body = json.dumps({"id": attempt.order_id, "reference": attempt.reference, "status": status}).encode()
        url, headers = attempt.details["notify_url"], {SIGNATURE: sign(body, key)}
        return await self._world.courier.post(PROVIDER, url, body, headers, answer=ANSWER)

    async def _fire(self, row: dict[str, Any]) -> None:
        if (attempt := self._world.book.by_id(row["attempt"])) is not None:  # none after a reset
            await self.tell(attempt)


class SparrowSimulator(PaymentSimulator):
    """Sparrow: API, notices and payer's page."""

    title = "Sparrow"
    path = "/pay/{token}"
    more = ("late", "twice", "none", "forged")

    def __init__(self, world: World, payer: Payer) -> None:
        super().__init__(world, payer, SparrowNotices(world))
        lasts, who = timedelta(hours=1), (SPARROW_CLIENT_ID, SPARROW_CLIENT_SECRET)
        self._tokens = TokenEndpoint(world, PROVIDER, *who, lasts, in_form=True)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes below `/sandbox/sparrow`; the gate plays the faults."""
        api = Router(
            [
                Route("/oauth/token", self._tokens.issue, methods=["POST"]),
                Route("/v1/payments", self._guarded(self._open), methods=["POST"]),
                Route("/v1/payments", self._guarded(self._read)),
                Route("/v1/payments/{id}/refunds", self._guarded(self._refund), methods=["POST"]),
            ]
        )
        broken = JSONResponse({"error": "internal"}, 500)
        return [*super().routes(), Mount("/", app=self._world.gate(PROVIDER, api, lambda: broken))]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands."""
        return await self._payer.act(self._standin, attempt, outcome, notify, settle=self._settle)

    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        """Return the attempt that a page's address names."""
        return self._world.book.by_token(PROVIDER, request.path_params["token"])

    def closed(self, attempt: ProviderAttempt) -> str | None:
        """Return the key of what a page that is over says; None while it can be paid on."""
        return {"open": None, "lapsed": "expired"}.get(self._status(attempt), "closed")

    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        """Do what a button of the page says."""
        if closed := self.closed(attempt):
            return self.note(attempt, closed, 410)
        match action:
            case "leave":
                return self.note(attempt, "left")
            case "forged":
                await self._standin.tell_forged(attempt)
                return self.note(attempt, "done")
            case _ if action not in NOTIFY:
                return self.page(attempt).response(422)
            case _:
                outcome = "failed" if action == "refuse" else "paid"
                await self._payer.act(
                    self._standin, attempt, outcome, NOTIFY[action], by_browser=True, settle=self._settle
                )
        return self.note(attempt, "done") if action == "none" else RedirectResponse(attempt.details["return_url"], 303)

    def _settle(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Take a paid payment's money for the seller; where that waits for a capture, the API's capture does it."""
        return self._world.book.save(replace(attempt, settled=attempt.settled or attempt.status == "paid"))

    def _status(self, attempt: ProviderAttempt) -> str:
        until = datetime.fromisoformat(attempt.at) + timedelta(seconds=attempt.details["valid_s"])
        return STATUS.get(attempt.status) or ("open" if self._world.clock.now() < until else "lapsed")

    async def _open(self, request: Request) -> Response:
        """`POST /payments`; under a known key the payment as it now stands."""
        order = SparrowOrder.model_validate_json(await request.body())
        with self._world.ledger.write():
            known = self._world.book.by_reference(PROVIDER, order.reference)
            attempt = known or self._world.book.open(
                ProviderAttempt(
                    provider=PROVIDER,
                    reference=order.reference,
                    order_id=self._world.ledger.fresh_id("sparrow_payment"),
                    token=self._world.ledger.fresh_id("sparrow_token", 35),
                    method=order.method,
                    amount=order.amount,
                    currency=order.currency,
                    at=stamp(self._world.clock.now()),
                    details=order.model_dump(include={"description", "locale", "valid_s", "return_url", "notify_url"}),
                )
            )
        page = f"{self._world.public_url}/sandbox/{PROVIDER}/pay/{attempt.token}"
        answer = {"id": attempt.order_id, "status": self._status(attempt), "page": page}
        return JSONResponse(answer, 200 if known else REGISTERED, {"Location": page})

    async def _read(self, request: Request) -> Response:
        """`GET /payments?reference=`."""
        attempt = self._world.book.by_reference(PROVIDER, request.query_params.get("reference", ""))
        if attempt is None:
            raise BadRequest("no such payment", 404)
        shown = {"id": attempt.order_id, "reference": attempt.reference, "status": self._status(attempt)}
        return JSONResponse({**shown, "amount": attempt.amount, "currency": attempt.currency})

    async def _refund(self, request: Request) -> Response:
        """`POST /payments/{id}/refunds`: the money goes at once, and no notice tells of it."""
        amount = SparrowReturn.model_validate_json(await request.body()).amount
        key = request.headers.get("idempotency-key", "")
        with self._world.ledger.write():
            if known := self._world.ledger.answered(PROVIDER, key):
                return JSONResponse({"id": known.body})
            attempt = self._world.book.by_order(PROVIDER, request.path_params["id"])
            if attempt is None:
                raise BadRequest("no such payment", 404)
            if attempt.status != "paid" or amount > attempt.amount - attempt.refunded:
                raise BadRequest("not paid, or more than is left", 409)
            refund, now = self._world.ledger.fresh_id("sparrow_refund"), self._world.clock.now()
            self._world.book.add_refund(attempt, refund, amount, now, {})
            self._world.ledger.remember(PROVIDER, key, now, LedgerAnswer(201, refund))
        return JSONResponse({"id": refund}, 201)

    def _guarded(self, serve: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            if (refusal := self._tokens.refusal(request)) is not None:
                return refusal
            signature = sign(await request.body(), SPARROW_SIGNING_KEY).encode()
            if not hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), signature):
                raise BadRequest("wrong signature", 401)
            try:
                return await serve(request)
            except ValidationError:
                raise BadRequest("wrong form") from None

        return answer_mistakes(guarded)


def sign(content: bytes, key: str) -> str:
    """Return Sparrow's signature. Not the adapter's function: its mistakes would be shared."""
    return hmac.digest(key.encode(), content, "sha256").hex()
