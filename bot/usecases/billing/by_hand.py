"""What somebody needs who carries the money to a bank or a post office: shown behind our payment link, and mailed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from babel.numbers import format_decimal

from services.messaging import qr_codes
from services.orders.order_record import OrderRecord
from services.payments.record import PaymentRecord
from values import payment_qr
from values.money import Money
from values.payment_qr import QrText, Transfer


@dataclass(frozen=True, slots=True)
class FormLine:
    """A field of a bank's form: its name (`line_KEY` of the page's words), the value in the groups in which it is read,
    and the unit that isn't copied with it."""

    key: str
    parts: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Money that somebody carries to a bank or a post office. `qr` is the code as SVG, where there is one."""

    method: Literal["transfer", "postal_slip"]
    lines: tuple[FormLine, ...]
    expires_at: datetime
    locale: str
    chat: str | None = None
    qr: str | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """The account that a postal slip is made out to."""

    payee: str
    account: str


@dataclass(frozen=True, slots=True)
class PayTo:
    """Where a seller's customers send money by themselves."""

    transfer: Transfer | None = None
    slip: Slip | None = None

    def code(self, order: OrderRecord) -> QrText | None:
        """The code for the order's transfer; None where it is paid another way, or no code would be right."""
        if self.transfer is None or order.method != "transfer":
            return None
        return payment_qr.text(self.transfer, order.price.gross, order.number)

    def page(self, number: str, payment: PaymentRecord, locale: str, chat: str | None) -> ByHand | None:
        """All that is to be copied for the order of this number; None for a way that the profile no longer has."""
        amount = Money(payment.amount, payment.currency)
        owed = FormLine("amount", (format_decimal(amount.decimal, format="0.00", locale=locale),), payment.currency)
        title = FormLine("title", (number,))
        to = self.transfer
        if payment.method == "transfer" and to is not None:
            account = FormLine("account", tuple(to.iban[at : at + 4] for at in range(0, len(to.iban), 4)))
            more = (
                *((FormLine("bic", (to.bic,)),) if to.bic else ()),
                *((FormLine("bank", (to.bank,)),) if to.bank else ()),
            )
            code = payment_qr.text(to, amount, number)
            drawn = qr_codes.svg(code.text, code.level) if code is not None else None
            lines = (FormLine("payee", (to.payee,)), account, owed, title, *more)
            return ByHand("transfer", lines, payment.expires_at, locale, chat, drawn)
        if payment.method == "postal_slip" and self.slip is not None:
            lines = (FormLine("payee", (self.slip.payee,)), FormLine("slip_account", (self.slip.account,)), owed, title)
            return ByHand("postal_slip", lines, payment.expires_at, locale, chat)
        return None
