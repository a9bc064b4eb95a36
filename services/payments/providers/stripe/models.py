"""Stripe's objects (API version 2026-06-24.dahlia), as far as the desk reads them. Amounts are in minor units."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, JsonValue

from services.late_model import LateModel
from services.payments.providers.base import CodeRefusal, Refusal
from values.payment import StoredMethod

BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
NEEDS_PAYER = frozenset(
    "authentication_required authentication_not_handled payment_intent_authentication_failure"
    " offline_pin_required online_or_offline_pin_required confirm_card_data payment_limit_exceeded".split()
)
GONE = frozenset(
    "do_not_try_again expired_card expired_payment_information incorrect_number invalid_account invalid_authorization"
    " invalid_billing_agreement invalid_number lost_card new_account_information_available pickup_card"
    " recurring_not_supported_by_bank restricted_card revocation_of_all_authorizations revocation_of_authorization"
    " stolen_card stop_payment_order".split()
)

#: What an error of a code comes to by its code, more exactly by its decline code.
OF_CODES: Mapping[str | None, CodeRefusal] = {
    "payment_method_invalid_parameter": "wrong",
    "payment_method_provider_decline": "declined",
    "payment_method_provider_timeout": "unconfirmed",
}
DECLINED: Mapping[str | None, CodeRefusal] = {
    "code_expired": "expired",
    "insufficient_funds": "limit",
    "payment_limit_exceeded": "limit",
    "recurring_not_supported_by_bank": "unkept",
}


def drop_unexpanded_id(value: object) -> object:
    """Return where an object was not expanded its id stands, which says nothing of it."""
    return None if isinstance(value, str) else value


ObjectName = Annotated[str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)]


class StripeCustomer(LateModel):
    """The customer for whom Stripe keeps cards; `metadata.account` is our name for them."""

    id: str
    metadata: dict[str, str] = Field(default_factory=dict[str, str])


class CustomerList(LateModel):
    """The result of a search for customers."""

    data: list[StripeCustomer] = Field(default_factory=list[StripeCustomer])


class StripeCard(LateModel):
    """The details of a card that the desk may know."""

    brand: str = ""
    last4: str = ""
    exp_month: int = Field(default=0, ge=0, le=12)
    exp_year: int = Field(default=0, ge=0, le=9999)

    @property
    def label(self) -> str:
        """As people know it: "Visa …4242"."""
        return f"{BRANDS.get(self.brand, self.brand.replace('_', ' ').title())} …{self.last4}".strip()

    @property
    def expires(self) -> date | None:
        """The last day on which it is good."""
        if not (self.exp_month and self.exp_year):
            return None
        return date(self.exp_year, self.exp_month, calendar.monthrange(self.exp_year, self.exp_month)[1])


class PaymentMethod(LateModel):
    """A way to pay; `customer` is None for one that isn't kept."""

    id: str = Field(repr=False)
    customer: str | None = Field(default=None, repr=False)
    type: str = ""
    card: StripeCard | None = None

    @property
    def stored(self) -> StoredMethod | None:
        """The method for later charges; None unless Stripe keeps it. BLIK has no end of which no notice tells."""
        if self.customer is None or (self.card is None and self.type != "blik"):
            return None
        label, expires = (self.card.label, self.card.expires) if self.card is not None else ("BLIK", None)
        return StoredMethod(self.id, self.customer, label, expires)


class StripeCharge(LateModel):
    """Money that moved."""

    amount_refunded: int = 0
    disputed: bool = False


class StripeDispute(LateModel):
    """A payer's claim through the bank; `amount` is what is claimed."""

    id: str
    status: str = ""
    amount: int = 0
    created: int = 0


class DisputeList(LateModel):
    """The disputes of a payment."""

    data: list[StripeDispute] = Field(default_factory=list[StripeDispute])


class CardError(LateModel):
    """Why a card, or by a code, was not charged: of Stripe, of the issuer, and what the issuer advises."""

    type: str = ""
    code: str | None = None
    decline_code: str | None = None
    advice_code: str | None = None
    param: str | None = None
    payment_method: Annotated[PaymentMethod | None, BeforeValidator(drop_unexpanded_id)] = None

    @property
    def refusal(self) -> Refusal | CodeRefusal:
        """The error's consequence for the next try."""
        typed = self.payment_method is None or self.payment_method.customer is None  # what is kept needs no code
        if self.code in OF_CODES and typed:
            return self.code_refusal
        said = {self.code, self.decline_code, self.advice_code}
        if said & GONE:
            return "gone"
        return "needs_payer" if said & NEEDS_PAYER else "declined"

    @property
    def code_refusal(self) -> CodeRefusal:
        """Why the code of a bank's app came to nothing."""
        return DECLINED.get(self.decline_code) or OF_CODES.get(self.code, "declined")


class PaymentIntent(LateModel):
    """A payment intent, which collects the money, or a setup intent, which only keeps a way to pay: it has no sum.

    `metadata.payment_ref` is our name for it.
    """

    id: str
    status: str
    amount: int = 0
    amount_received: int = 0
    currency: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict[str, str])
    setup_future_usage: str | None = Field(None, validation_alias=AliasChoices("setup_future_usage", "usage"))
    payment_method: Annotated[PaymentMethod | None, BeforeValidator(drop_unexpanded_id)] = None
    latest_charge: Annotated[StripeCharge | None, BeforeValidator(drop_unexpanded_id)] = None
    last_payment_error: CardError | None = None
    next_action: dict[str, JsonValue] | None = None

    @property
    def asks_bank(self) -> bool:
        """Return whether a payer's bank has still to answer; notices tell how that ends."""
        return "blik_authorize" in (self.next_action or ())


class IntentList(LateModel):
    """The result of a search for payment intents, or the newest setup intents."""

    data: list[PaymentIntent] = Field(default_factory=list[PaymentIntent])


class CheckoutSession(LateModel):
    """A Checkout Session: open, complete or expired; `url` is where the payer goes while it is open."""

    id: str
    status: str
    payment_status: str = "unpaid"
    client_reference_id: str | None = None
    amount_total: int | None = None
    currency: str | None = None
    url: str | None = Field(default=None, repr=False)
    payment_intent: Annotated[PaymentIntent | None, BeforeValidator(drop_unexpanded_id)] = None
    setup_intent: Annotated[PaymentIntent | None, BeforeValidator(drop_unexpanded_id)] = None


class Refunded(LateModel):
    """A refund; `metadata.key` is ours."""

    id: str
    status: str = ""
    metadata: dict[str, str] = Field(default_factory=dict[str, str])


class KnownRefunds(LateModel):
    """The refunds of a payment."""

    data: list[Refunded] = Field(default_factory=list[Refunded])


class IntentId(LateModel):
    """Of a payment intent in an error, nothing but its name is needed."""

    id: str = ""


class Error(CardError):
    """An error; those of a card name the payment intent that they ended."""

    payment_intent: IntentId = Field(default_factory=IntentId)


class StripeFailure(LateModel):
    """A refusal."""

    error: Error = Field(default_factory=Error)


class Subject(LateModel):
    """The subject of a notice: a session, a payment intent, a charge, a refund, a dispute, a way to pay …"""

    id: str = ""
    object: str = ""
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None
    payment_intent: ObjectName = None
    method_name: ObjectName = Field(default=None, validation_alias="payment_method")
    payment_status: str | None = None
    status: str | None = None
    amount: int | None = None
    amount_total: int | None = None
    currency: str | None = None


class Data(LateModel):
    """Around the subject."""

    object: Subject


class StripeEvent(LateModel):
    """A notice."""

    id: str = Field(pattern="^[!-~]+$")
    type: str
    livemode: bool
    data: Data
