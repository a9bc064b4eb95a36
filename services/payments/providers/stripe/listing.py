"""Stripe's lists of all payment intents and of all refunds, as the desk reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from services.late_model import LateModel
from services.payments.listing import TakenPage, TakenPayment
from services.payments.providers.stripe.models import PaymentIntent, Refunded, drop_unexpanded_id


class ListedIntent(PaymentIntent):
    """A payment intent in the list of all; `created` in seconds since 1970."""

    created: int

    @property
    def taken(self) -> TakenPayment | None:
        """Its money under our name for it; None where nothing was taken, or it isn't ours."""
        name = self.metadata.get("payment_ref") if self.status == "succeeded" else None
        at = datetime.fromtimestamp(self.created, UTC)
        return TakenPayment(name, self.id, self.amount_received, (self.currency or "").upper(), at) if name else None


class IntentPage(LateModel):
    """A page of that list, the newest first."""

    data: list[ListedIntent] = Field(default_factory=list[ListedIntent])
    has_more: bool = False

    @property
    def taken(self) -> TakenPage:
        return _page(self, (one.taken for one in self.data))


class ListedRefund(Refunded):
    """A refund in the list of all, with the payment intent that it is of; others than ours are charges alone."""

    amount: int
    currency: str
    created: int
    payment_intent: Annotated[PaymentIntent | None, BeforeValidator(drop_unexpanded_id)] = None

    @property
    def returned(self) -> TakenPayment | None:
        """Its money under our name of the payment; None where it has failed, or isn't ours."""
        of = self.payment_intent
        name = of.metadata.get("payment_ref") if of is not None and self.status not in ("failed", "canceled") else None
        if of is None or name is None:
            return None
        return TakenPayment(name, of.id, self.amount, self.currency.upper(), datetime.fromtimestamp(self.created, UTC))


class RefundPage(LateModel):
    """A page of that list, the newest first."""

    data: list[ListedRefund] = Field(default_factory=list[ListedRefund])
    has_more: bool = False

    @property
    def returned(self) -> TakenPage:
        return _page(self, (one.returned for one in self.data))


def _page(listed: IntentPage | RefundPage, ours: Iterable[TakenPayment | None]) -> TakenPage:
    following = listed.data[-1].id if listed.has_more and listed.data else None
    return TakenPage(tuple(one for one in ours if one is not None), following)
