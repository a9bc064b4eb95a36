"""PayPal's simulator: API, webhooks and their certificate, and the payer's page at `/checkoutnow?token=`.

Played: OAuth, orders, capture, refunds, request ids for six hours, signed webhooks and their check, wallets kept,
charged and deleted, kept by setup tokens, too; disputes, opened and decided.
"""

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.attempts import Claim, ProviderAttempt
from sandbox.payer import Payer, Sending
from sandbox.payments.paypal.api import PayPalEndpoints, give_back
from sandbox.payments.paypal.shapes import dispute_resource
from sandbox.payments.paypal.webhooks import PayPalNotices, cancel_address, return_address
from sandbox.requests import BadRequest
from sandbox.simulator import NOTIFY, PaymentSimulator
from sandbox.world import World


class PayPalSimulator(PaymentSimulator):
    """PayPal: API, webhooks and payer's page."""

    title = "PayPal"
    path = "/checkoutnow"
    more = ("late", "twice", "none", "forged")

    def __init__(self, world: World, payer: Payer) -> None:
        self._notices = PayPalNotices(world)
        super().__init__(world, payer, self._notices)

    def routes(self) -> Sequence[BaseRoute]:
        parts = PayPalEndpoints(self._world, self._notices).parts()
        return [
            *(Mount(f"/v{number}", app=part) for number, part in enumerate(parts, 1)),
            *super().routes(),
            Route("/certs/{name}", self.certificate),
        ]

    async def certificate(self, request: Request) -> Response:
        """Return the certificate of the webhooks' signatures."""
        return Response(self._notices.key.certificate(self._world.clock.now()), media_type="application/x-pem-file")

    def give_back(self, attempt: ProviderAttempt, amount: int) -> ProviderAttempt:
        if not attempt.settled:
            raise BadRequest("the seller hasn't captured this payment", 409)
        return give_back(self._world, attempt, amount)

    def tell_back(self, attempt: ProviderAttempt, sending: Sending) -> None:
        event, refunds = "PAYMENT.CAPTURE.REFUNDED", attempt.details["refunds"]
        if self._world.book.refunds_of(attempt)[-1]["details"].get("failed"):
            event, refunds = "PAYMENT.REFUND.FAILED", [*refunds[:-1], refunds[-1] | {"status": "FAILED"}]
            self._world.book.save(attempt.with_details(refunds=refunds))
        self._notices.about_money(attempt, event, refunds[-1], sending)

    def decide(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Give the payer what was claimed, where the seller lost."""
        left = attempt.amount - attempt.refunded
        claim = attempt.claims[-1]
        return give_back(self._world, attempt, min(claim.amount, left)) if claim.status == "lost" and left else attempt

    def tell_claim(self, attempt: ProviderAttempt, claim: Claim, sending: Sending) -> None:
        event = "CUSTOMER.DISPUTE.CREATED" if claim.status == "open" else "CUSTOMER.DISPUTE.RESOLVED"
        self._notices.about_money(attempt, event, dispute_resource(attempt, claim), sending)
        if claim.status == "lost" and attempt.details.get("refunds"):
            reversed_ = attempt.details["refunds"][-1]
            self._notices.about_money(attempt, "PAYMENT.CAPTURE.REVERSED", reversed_, sending)

    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        return self._world.book.by_token("paypal", request.query_params.get("token", ""))

    def closed(self, attempt: ProviderAttempt) -> str | None:
        over = attempt.status in ("paid", "refunded") or attempt.details.get("capture_id")
        return "closed" if over else None

    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        if action == "leave":
            return RedirectResponse(cancel_address(attempt), 303)
        if self.closed(attempt):
            return RedirectResponse(return_address(attempt), 303)
        if action == "forged":
            await self._notices.tell_forged(attempt)
            return self.note(attempt, "done")
        if action not in NOTIFY:
            return self.page(attempt).response(422)
        outcome = "failed" if action == "refuse" else "paid"
        await self._payer.act(self._notices, attempt, outcome, NOTIFY[action], by_browser=True)
        return self.note(attempt, "done") if action == "none" else RedirectResponse(return_address(attempt), 303)
