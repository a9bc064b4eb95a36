"""What PayPal says (Orders v2, Payments v2, Webhooks v1), as far as the desk reads it; and its money."""

from decimal import Decimal, InvalidOperation

from pydantic import BaseModel, Field

from services.errors import Refused

#: Currencies with two decimals, at PayPal and everywhere else; those it writes differently are not offered.
TWO_DECIMALS = frozenset("AUD BRL CAD CHF CZK DKK EUR GBP ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD".split())


class Money(BaseModel):
    """An amount as PayPal writes it: a decimal string."""

    currency_code: str
    value: str

    @property
    def minor(self) -> int | None:
        """In minor units; None when it isn't a whole number of them."""
        try:
            cents = Decimal(self.value) * 100
        except InvalidOperation:
            return None
        return int(cents) if cents.is_finite() and cents == cents.to_integral_value() else None


def decimal_string(amount: int, currency: str) -> str:
    """Minor units as PayPal wants them. Raises Refused("currency_unsupported")."""
    if currency not in TWO_DECIMALS:
        raise Refused("currency_unsupported", origin="paypal")
    return f"{amount // 100}.{amount % 100:02d}"


class Link(BaseModel):
    """A link of an order."""

    rel: str
    href: str


class RefundDone(BaseModel):
    """A refund as PayPal answers it or lists it under an order."""

    id: str
    status: str = ""
    amount: Money | None = None


class Capture(BaseModel):
    """Money taken, or being taken."""

    id: str
    status: str
    amount: Money


class Payments(BaseModel):
    """What moved under a purchase unit."""

    captures: list[Capture] = []
    refunds: list[RefundDone] = []


class PurchaseUnit(BaseModel):
    """The one thing ordered; `custom_id` is our payment reference."""

    custom_id: str | None = None
    amount: Money | None = None
    payments: Payments = Field(default_factory=Payments)


class Order(BaseModel):
    """An order, whole or in short."""

    id: str
    status: str
    links: list[Link] = []
    purchase_units: list[PurchaseUnit] = []


class Token(BaseModel):
    """An access token; `expires_in` in seconds."""

    access_token: str = Field(repr=False)
    expires_in: int = 300


class Issue(BaseModel):
    """One reason of a refusal."""

    issue: str = ""


class Failure(BaseModel):
    """A refusal."""

    name: str = ""
    details: list[Issue] = []

    @property
    def issues(self) -> frozenset[str]:
        """All codes that say why."""
        return frozenset({self.name, *(detail.issue for detail in self.details)})


class Verification(BaseModel):
    """Answer to the question whether a notice is PayPal's."""

    verification_status: str


class RelatedIds(BaseModel):
    """What a capture belongs to."""

    order_id: str | None = None


class Supplement(BaseModel):
    """Around the related ids."""

    related_ids: RelatedIds = Field(default_factory=RelatedIds)


class Resource(BaseModel):
    """What a notice is about: an order, a capture or a refund."""

    id: str = ""
    custom_id: str | None = None
    amount: Money | None = None
    purchase_units: list[PurchaseUnit] = []
    supplementary_data: Supplement = Field(default_factory=Supplement)


class Event(BaseModel):
    """A notice."""

    id: str
    event_type: str
    resource: Resource
