"""Bills: what a renewal or an order costs, line by line, whom it is invoiced to, and that it is to be paid."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.renewals.notifications import HolderEnding, Moment
from dialogs.messages.renewal import RenewalToPay
from services.companies import companies
from services.companies.companies import CompanyRecord
from services.directory import directory
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item, PricingDiscount, price
from services.payments.record import PaymentRecord
from services.subscriptions import subscription_record
from values.money import Vat
from values.order import Bill, Price
from values.renewal import days_left
from values.term import Term, longest


class Quote(Struct, frozen=True):
    """The terms of the renewal, ordered today.

    `before`: the order by which it runs until now, if there is one, whose code may go on as its `discount`.
    """

    company: CompanyRecord
    items: tuple[Item, ...]
    price: Price
    tax: Vat
    before: OrderRecord | None
    named: str | None = None  # the company, where the account has several
    discount: PricingDiscount | None = None

    @property
    def gross(self) -> int:
        """The sum in minor units."""
        return self.price.gross.minor

    def bill(self, announced: int | None) -> Bill:
        """Return the bill. `announced`: the sum that the customer was told before, if any was."""
        was, code = (announced, None) if announced is not None else self._paid_before()
        different, kept = was is not None and was != self.gross, self.discount
        known = (was, None if kept else code) if different else (None, None)
        told = bill_of(self.items, self.price, self.tax, *known, company=self.named)
        over = self.before is not None and self.before.discount is not None and self.before.discount.terms > 1
        return replace(told, kept=kept.code if kept is not None else None, over=over and told.code is not None)

    def _paid_before(self) -> tuple[int | None, str | None]:
        """Return the last price of the same products and its discount code; None where they differ."""
        going_on = [item for item in self.before.items if not item.once] if self.before is not None else []
        if self.before is None or _counted(going_on) != _counted(self.items):
            return None, None
        whole, code = len(going_on) == len(self.before.items), self.before.discount
        was = self.before.price if whole else price(going_on, code, self.before.currency)
        return was.gross.minor, code.code if code is not None else None


def bill_of(
    items: Sequence[Item],
    price: Price,
    tax: Vat | None,
    was: int | None = None,
    code: str | None = None,
    *,
    company: str | None = None,
) -> Bill:
    """Return the bill of an order's lines."""
    lines, money = tuple((item.id, item.quantity) for item in items), price.gross
    return Bill(lines, longest(item.term for item in items), money.minor, money.currency, was, code, tax, company)


def bill_of_order(connection: sa.Connection, order: OrderRecord) -> Bill:
    known = companies.get(connection, order.company_id)
    return bill_of(order.items, order.price, order.tax, company=name_company(connection, known))


def name_company(connection: sa.Connection, company: CompanyRecord | None) -> str | None:
    """Return the company's name, where the account has several companies; else None."""
    if company is None:
        return None
    others = companies.of_account(connection, company.account_id)
    return company.billing.name if sum(other.confirmed_at is not None for other in others) > 1 else None


def find_company(connection: sa.Connection, ending: HolderEnding) -> CompanyRecord | None:
    """Return the company that what ends was bought for.

    For what was bought before the desk came the one on file, else the one confirmed last.
    """
    term = subscription_record.terms(connection, ending.account_id).get(ending.of.id)
    if term is not None:
        known = companies.get(connection, term.company_id)
        if known is not None and known.confirmed_at is not None:
            return known
    on_file = directory.of_account(connection, ending.account_id)
    if on_file is not None:
        for known in companies.of_account(connection, ending.account_id):
            if known.billing.tax_number == on_file.tax_number and known.confirmed_at is not None:
                return known
    return companies.find_latest_company(connection, ending.account_id)


def _counted(items: Sequence[Item]) -> list[tuple[str, int, Term]]:
    return sorted((item.id, item.quantity, item.term) for item in items)


def describe_to_pay(
    at: Moment, order: OrderRecord, payment: PaymentRecord, ends_at: datetime, zone: ZoneInfo
) -> RenewalToPay:
    """Return what is told of an order by the desk that waits for its money: of a renewal, or of a change."""
    line = order.items[0]
    return RenewalToPay(
        plan=line.id,
        ends_at=ends_at,
        days=days_left(ends_at, at.now, zone),
        again=False,
        account_id=order.account_id,
        order_id=order.id,
        number=order.number,
        payment_id=payment.id,
        bill=bill_of_order(at.connection, order),
        adds=line.adds is not None,
        instead=line.instead[0] if line.adds is not None and line.instead else None,
    )
