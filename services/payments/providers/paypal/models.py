"""PayPal's messages (Orders v2, Payments v2, Webhooks v1), as far as the desk reads them; and its money."""

from pydantic import Field, model_validator

from services.errors import ProviderRefused
from services.late_model import LateModel
from values.money import Money, minor_units
from values.payment import StoredMethod

#: Currencies with two decimals, at PayPal and everywhere else; those it writes differently are not offered.
TWO_DECIMALS = frozenset("AUD BRL CAD CHF CZK DKK EUR GBP ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD".split())


class PayPalMoney(LateModel):
    """An amount as PayPal writes it: a decimal string."""

    currency_code: str
    value: str

    @property
    def minor(self) -> int | None:
        """In minor units; None when it isn't a whole number of them."""
        return minor_units(self.value, self.currency_code)


def decimal_string(amount: int, currency: str) -> str:
    """Minor units as PayPal wants them. Raises ProviderRefused("currency_unsupported")."""
    if currency not in TWO_DECIMALS:
        raise ProviderRefused("currency_unsupported", origin="paypal")
    return str(Money(amount, currency).decimal)


class PayPalLink(LateModel):
    """A link of an order."""

    rel: str
    href: str


class RefundDone(LateModel):
    """A refund as PayPal answers it."""

    id: str
    status: str = ""


class Capture(LateModel):
    """Money taken, or being taken."""

    id: str
    status: str
    amount: PayPalMoney


class CaptureRefund(LateModel):
    """Money given back, by the seller or by PayPal for a dispute."""

    id: str = ""
    status: str = ""
    amount: PayPalMoney
    invoice_id: str | None = None


class Payments(LateModel):
    """The money movements of a purchase unit."""

    captures: list[Capture] = Field(default_factory=list[Capture])
    refunds: list[CaptureRefund] = Field(default_factory=list[CaptureRefund])


class PurchaseUnit(LateModel):
    """The one thing ordered; `custom_id` is our payment reference."""

    custom_id: str | None = None
    amount: PayPalMoney | None = None
    payments: Payments = Field(default_factory=Payments)


class VaultCustomer(LateModel):
    """PayPal's number for a payer of ours, and the attempt of zero by which he came."""

    id: str = ""
    merchant_customer_id: str | None = None


class Vaulted(LateModel):
    """A wallet that PayPal keeps; `id` is missing while PayPal is still storing it (status APPROVED)."""

    id: str | None = Field(default=None, repr=False)
    customer: VaultCustomer = Field(default_factory=VaultCustomer)


class WalletAttributes(LateModel):
    """Around what is kept."""

    vault: Vaulted | None = None


class Wallet(LateModel):
    """The payer's PayPal wallet."""

    email_address: str | None = Field(default=None, repr=False)
    attributes: WalletAttributes = Field(default_factory=WalletAttributes)

    @property
    def label(self) -> str:
        """As its owner knows it, and nobody else: "PayPal a…@example.com"."""
        name, at, host = (self.email_address or "").partition("@")
        return f"PayPal {name[0]}…@{host}" if name and at and host else "PayPal"


class PaymentSource(LateModel):
    """With what an order was paid."""

    paypal: Wallet | None = None

    @property
    def stored(self) -> StoredMethod | None:
        vault = self.paypal.attributes.vault if self.paypal is not None else None
        if self.paypal is None or vault is None or not vault.id:
            return None
        return StoredMethod(vault.id, vault.customer.id, self.paypal.label)


class PaymentToken(LateModel):
    """A kept wallet by itself."""

    id: str = Field(repr=False)
    customer: VaultCustomer = Field(default_factory=VaultCustomer)
    payment_source: PaymentSource = Field(default_factory=PaymentSource)

    @property
    def stored(self) -> StoredMethod:
        return StoredMethod(self.id, self.customer.id, (self.payment_source.paypal or Wallet()).label)


class PayPalOrder(LateModel):
    """An order, whole or in short; or a setup token, by which a wallet is kept without one."""

    id: str
    status: str
    links: list[PayPalLink] = Field(default_factory=list[PayPalLink])
    purchase_units: list[PurchaseUnit] = Field(default_factory=list[PurchaseUnit])
    payment_source: PaymentSource = Field(default_factory=PaymentSource)


class Issue(LateModel):
    """One reason of a refusal."""

    issue: str = ""


class PayPalFailure(LateModel):
    """A refusal."""

    name: str = ""
    details: list[Issue] = Field(default_factory=list[Issue])

    @property
    def issues(self) -> frozenset[str]:
        """All codes that say why."""
        return frozenset({self.name, *(detail.issue for detail in self.details)})


class Verification(LateModel):
    """Answer to the question whether a notice is PayPal's."""

    verification_status: str


class RelatedIds(LateModel):
    """The order that a capture belongs to."""

    order_id: str | None = None


class Supplement(LateModel):
    """Around the related ids."""

    related_ids: RelatedIds = Field(default_factory=RelatedIds)


class TokenMetadata(LateModel):
    """The order that a wallet was kept by."""

    order_id: str | None = None


class Disputed(LateModel):
    """A payment that is disputed; `custom` is our payment reference, `seller_transaction_id` the capture."""

    custom: str | None = None
    seller_transaction_id: str = ""


class DisputeOutcome(LateModel):
    """The end of a dispute."""

    outcome_code: str = ""


class PayPalDispute(LateModel):
    """A payer's claim; while it isn't resolved PayPal holds the money."""

    dispute_id: str
    create_time: str = ""
    status: str = ""
    dispute_state: str = ""
    dispute_amount: PayPalMoney | None = None
    dispute_outcome: DisputeOutcome | None = None


class PayPalDisputes(LateModel):
    """The disputes about a capture."""

    items: list[PayPalDispute] = Field(default_factory=list[PayPalDispute])


class DisputeNotice(LateModel):
    """A notice's subject as far as it is a dispute."""

    dispute_id: str = ""
    dispute_amount: PayPalMoney | None = None
    disputed_transactions: list[Disputed] = Field(default_factory=list[Disputed])


class Resource(DisputeNotice):
    """The subject of a notice: an order, a capture, a refund, a kept wallet or a dispute."""

    id: str = ""
    links: list[PayPalLink] = Field(default_factory=list[PayPalLink])
    custom_id: str | None = None
    amount: PayPalMoney | None = None
    purchase_units: list[PurchaseUnit] = Field(default_factory=list[PurchaseUnit])
    supplementary_data: Supplement = Field(default_factory=Supplement)
    customer: VaultCustomer = Field(default_factory=VaultCustomer)
    payment_source: PaymentSource = Field(default_factory=PaymentSource)
    metadata: TokenMetadata = Field(default_factory=TokenMetadata)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, told: object) -> object:
        """Return a subject in which a null is as good as nothing."""
        return {name: v for name, v in told.items() if v is not None} if isinstance(told, dict) else told


class PayPalEvent(LateModel):
    """A notice."""

    id: str = Field(pattern="^[!-~]+$")
    event_type: str
    resource: Resource
