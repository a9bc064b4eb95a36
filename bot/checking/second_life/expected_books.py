"""The stand-in's books of one account as second lives need them: priced as the desk prices, renewed as it renews."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.usecases.orders.commands import discount_of
from bot.usecases.orders.commands import items as ordered_items
from bot.usecases.renewals.bills import bill_of
from bot.usecases.renewals.quotes import Quotes
from dialogs.explorer.samples import sample_view
from dialogs.kit import Command
from dialogs.messages.order import OrderRefused, PlaceOrder
from dialogs.messages.payment import OpenPayment
from dialogs.testing.sales import Sale
from dialogs.testing.stand_in import Books, Done
from services.orders.pricing import Item, price
from services.subscriptions.subscription_record import Subscription
from values.offer import DiscountCode
from values.order import Bill, CartLine, Price
from values.renewal import Owned, TermRules
from values.seller import Seller
from values.term import longest

ACCOUNT = "account-1"
YEAR = timedelta(days=365)
_SAME = ("id", "order_id", "product", "serial", "term", "starts_at", "ends_at", "auto_renewal", "quantity")


class LifeBooks(Books, frozen=True):
    """`refused` says why the last order wasn't placed."""

    refused: str | None = None

    def done(self, command: Command, key: str) -> Done | None:
        done = super().done(command, key)
        if done is None or not isinstance(command, PlaceOrder):
            return done
        after, outcome = done
        return replace(after, refused=outcome.reason if isinstance(outcome, OrderRefused) else None), outcome

    @property
    def last(self) -> Sale:
        """The order placed last."""
        return self.sales[-1]

    @property
    def ends_at(self) -> datetime:
        """The end of what was bought."""
        return max(o.ends_at for o in self.terms)

    @property
    def rules(self) -> TermRules:
        """The rules of what was bought."""
        return self.seller.renewal_rules.of_term(longest(of.term for of in self.terms))

    @property
    def renewing(self) -> tuple[Owned, ...]:
        """Return the subscriptions that are renewed at that end."""
        never = self.seller.never_renewed
        return tuple(o for o in self.terms if o.auto_renewal and o.ends_at == self.ends_at and o.product not in never)

    @property
    def paid(self) -> bool:
        """Return whether the last order is paid."""
        return bool(self.sales) and self.last.order.status == "paid"

    @property
    def next_term(self) -> Price:
        """Return what of the last order its next term costs as well, today and without a code."""
        lines = [line for line in self.last.lines if not line.once]
        return price(ordered_items(self.seller, lines, None, self.tax), None, self.seller.currency)

    def bill(self) -> tuple[Bill, tuple[Item, ...], Price]:
        """Return the price of the renewal today."""
        tax, before = self.tax, self.last if self.sales else None
        quotes = Quotes(self.seller, lambda _method: "", lambda _method: True)
        found = quotes.items(tuple(_subscription(o) for o in self.renewing), self.rules, tax)
        total = price(found, None, self.seller.currency)
        unlike = before is not None and (before.order.once or before.order.trial)
        changed = before is not None and not unlike and before.order.gross != total.gross.minor
        was = before.order.gross if before is not None and changed else None
        code = before.code if before is not None and was is not None else None
        return bill_of(found, total, tax, was, code), found, total

    def renewal_ordered(self, method: str) -> "LifeBooks":
        """Place the desk's own order for a renewal, to be paid until its last day."""
        _bill, found, total = self.bill()
        lines = tuple(CartLine(item.id, item.term, item.quantity, item.renews) for item in found)
        company, key = self.account.company, f"renewal-{len(self.sales)}"
        wanted = PlaceOrder(ACCOUNT, company.id if company else "", lines, method, True, None, total, ())
        return self.ordered(wanted, key, by_desk=True).open_payment(OpenPayment(key, method), f"{key}-money")[0]

    def charged(self) -> "LifeBooks":
        """Take the money of the last order."""
        return self.money_came(self.last.order.id, self.last.payments[-1].id)


def life_books(seller: Seller, now: datetime) -> LifeBooks:
    """Return the books of somebody who has signed up, and nothing else."""
    proven = replace(sample_view(None), id=ACCOUNT, email_verified=True, phone_verified=True)
    return LifeBooks(seller, now, proven, cost=price_by_desk)


def price_by_desk(of: Books, wanted: PlaceOrder, code: DiscountCode | None) -> Price:
    """Return the price of an order today, as the desk finds it."""
    return price(ordered_items(of.seller, wanted.lines, code, of.tax), discount_of(code), of.seller.currency)


def _subscription(of: Owned) -> Subscription:
    same: dict[str, Any] = {name: getattr(of, name) for name in _SAME}
    return Subscription(**same, account_id=ACCOUNT, status="active", created_at=of.ends_at - YEAR)
