"""Refunds of Stripe's: made, listed, and what of a payment came back by them and by disputes."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from services.errors import Misconfigured, ProviderRefused
from services.payments.listing import MOST_A_PAGE, TakenPage
from services.payments.providers import base
from services.payments.providers.stripe import models
from services.payments.providers.stripe.client import StripeApi
from services.payments.providers.stripe.form import Value
from services.payments.providers.stripe.listing import RefundPage

MOST = 100
#: A bank's question: no money is claimed yet.
INQUIRY = "warning_"
CLAIMS: Mapping[str, base.Dispute] = {"won": "won", "lost": "lost", "prevented": "won"}
#: Codes of a refusal that no other request would change.
FINAL = frozenset({"charge_already_refunded", "charge_disputed", "charge_not_refundable", "insufficient_funds"})


class StripeRefunds:
    """Gives money back, over an account's `api`."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def give_back(
        self, intent: models.PaymentIntent, attempt: base.Attempt, *, amount: int, key: str, reason: str
    ) -> base.Refund:
        """Ask for it, unless it was asked for: Stripe keeps keys for a day, refunds for ever."""
        name = hashlib.sha256(key.encode()).hexdigest()
        earlier = await self._api.get("refunds", payment_intent=intent.id, limit=MOST)
        for known in earlier.read_as(models.KnownRefunds).data if earlier.status == 200 else ():
            if known.metadata.get("key") == name:
                return _refund(known)
        form: dict[str, Value] = {
            "payment_intent": intent.id,
            "amount": amount,
            "metadata": {"payment_ref": attempt.payment_ref, "key": name, "reason": reason[:500]},
        }
        answer = await self._api.post("refunds", form, key=f"refund:{name}")
        if answer.status == 200:
            return _refund(answer.read_as(models.Refunded))
        error = answer.read_as(models.StripeFailure).error
        if error.code in FINAL or error.param == "amount":
            raise ProviderRefused("refund_refused", origin=f"stripe {error.code or 'amount'}")
        raise Misconfigured("refund_request", origin=f"stripe {answer.status}")

    async def read_page(self, since: datetime, until: datetime, after: str | None) -> TakenPage:
        """Read a page of all refunds, by the payment intents that they are of: there our name stands."""
        created: Value = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        expand: Value = ("data.payment_intent",)
        answer = await self._api.get("refunds", created=created, limit=MOST_A_PAGE, starting_after=after, expand=expand)
        return answer.read_as(RefundPage).returned

    async def came_back(self, intent: models.PaymentIntent) -> base.Returned:
        """Return what the charge says of refunds, and what its disputes have come to."""
        charge = intent.latest_charge
        if charge is None:
            return base.Returned()
        if not charge.disputed:
            return base.Returned(charge.amount_refunded)
        try:
            asked = await self._api.get("disputes", payment_intent=intent.id, limit=MOST)
        except Misconfigured:  # a restricted key without leave to read them: that there is one stands on the charge
            return base.Returned(charge.amount_refunded, "open", intent.id, intent.amount)
        claims = [c for c in asked.read_as(models.DisputeList).data if not c.status.startswith(INQUIRY)]
        if not claims:
            return base.Returned(charge.amount_refunded)
        lost = sum(claim.amount for claim in claims if claim.status == "lost")
        last = max(claims, key=lambda claim: (claim.created, claim.id))
        state = CLAIMS.get(last.status, "open")
        return base.Returned(charge.amount_refunded + lost, state, last.id, last.amount)


def _refund(done: models.Refunded) -> base.Refund:
    if done.status == "succeeded":
        return base.Refund("completed", done.id)
    if done.status in ("pending", "requires_action"):
        return base.Refund("pending", done.id)
    raise ProviderRefused("refund_refused", origin="stripe refund")
