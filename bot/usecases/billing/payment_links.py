"""The port behind payment links, and what a link leads to: a provider's page, a bank's form, or an end."""

from datetime import datetime
from typing import Literal, Protocol

from babel.numbers import format_decimal
from msgspec import Struct

from services.messaging import qr_codes
from services.orders.order_record import OrderRecord
from services.payments.record import PaymentRecord
from values.money import Money
from values.payment import QrText, Transfer, transfer_qr

ClosedState = Literal["paid", "kept", "cancelled", "expired", "checking"]
Status = Literal["checking", "paid", "kept", "failed", "cancelled", "expired"]


class Redirect(Struct, frozen=True):
    """A redirect to the provider's page."""

    url: str


class PaymentClosed(Struct, frozen=True):
    """A payment that no longer takes money."""

    state: ClosedState
    locale: str
    chat: str | None = None


class PaymentUnavailable(Struct, frozen=True):
    """The provider doesn't answer now; the link stays valid."""

    locale: str
    chat: str | None = None


class UnknownPayment(Struct, frozen=True):
    """A token that belongs to no payment."""


class PaymentView(Struct, frozen=True):
    """The payment's status after the provider was asked."""

    status: Status
    locale: str
    chat: str | None = None


class FormLine(Struct, frozen=True):
    """A field of a bank's form: its name (`line_KEY` of the page's words), its value in groups, its unit."""

    key: str
    parts: tuple[str, ...]
    unit: str = ""


class ByHand(Struct, frozen=True):
    """The instructions of an offline payment. `qr` is the payment code as SVG."""

    method: Literal["transfer", "postal_slip"]
    lines: tuple[FormLine, ...]
    expires_at: datetime
    locale: str
    chat: str | None = None
    qr: str | None = None


Opened = Redirect | PaymentClosed | PaymentUnavailable | ByHand | UnknownPayment


class PaymentLinks(Protocol):
    """The use case behind the link. Raises `StoreUnavailable` while nothing can be committed."""

    async def open(self, token: str) -> Opened:
        """Reuse the open attempt at the provider or register the next one; offline, return the instructions."""
        ...

    async def returned(self, token: str) -> PaymentView | UnknownPayment:
        """Ask the provider after the payer returned, which itself proves nothing."""
        ...


class Slip(Struct, frozen=True):
    """The payee of postal slips."""

    payee: str
    account: str


class PayTo(Struct, frozen=True):
    """A seller's accounts for offline payments."""

    transfer: Transfer | None = None
    slip: Slip | None = None

    def code(self, order: OrderRecord) -> QrText | None:
        """Return the QR code of the order's transfer; None for other methods, or where no code fits."""
        if self.transfer is None or order.method != "transfer":
            return None
        return transfer_qr(self.transfer, order.price.gross, order.number)

    def page(self, number: str, payment: PaymentRecord, locale: str, chat: str | None) -> ByHand | None:
        """Return the instructions for the order of this number; None for a method that the profile no longer has."""
        amount = Money(payment.amount, payment.currency)
        owed = FormLine("amount", (format_decimal(amount.decimal, format="0.00", locale=locale),), payment.currency)
        title = FormLine("title", (number,))
        to = self.transfer
        if payment.method == "transfer" and to is not None:
            account = FormLine("account", tuple(to.iban[at : at + 4] for at in range(0, len(to.iban), 4)))
            more = (FormLine(name, (said,)) for name, said in (("bic", to.bic), ("bank", to.bank)) if said)
            code = transfer_qr(to, amount, number)
            drawn = qr_codes.svg(code.text, code.level) if code is not None else None
            lines = (FormLine("payee", (to.payee,)), account, owed, title, *more)
            return ByHand("transfer", lines, payment.expires_at, locale, chat, drawn)
        if payment.method == "postal_slip" and self.slip is not None:
            lines = (FormLine("payee", (self.slip.payee,)), FormLine("slip_account", (self.slip.account,)), owed, title)
            return ByHand("postal_slip", lines, payment.expires_at, locale, chat)
        return None
