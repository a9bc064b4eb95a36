"""Orders, payments and terms of the stand-in: what `services/orders`, `payments` and `subscriptions` keep in rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from values.account_view import AccountView, OrdererDetails, OrderView, PaymentStatus
from values.order import CartLine
from values.renewal import Owned
from values.seller import Seller
from values.term import days_after, end_after


class OpenedPayment(Struct, frozen=True):
    """A payment of an order, and its attempts that are over: failed, with money, with another sum than is owed."""

    id: str
    method: str
    status: PaymentStatus
    expires_at: datetime
    stored: str | None = None
    failed: tuple[int, ...] = ()
    came: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    came_at: datetime | None = None  # the money, last


class Sale(Struct, frozen=True):
    """An order without its payments, which stand beside it, the oldest first."""

    order: OrderView
    company_id: str
    lines: tuple[CartLine, ...]
    payments: tuple[OpenedPayment, ...] = ()
    code: str | None = None
    orderer: OrdererDetails | None = None

    @property
    def view(self) -> OrderView:
        """The order with the payment that counts: a live one before dead ones, else the last."""
        live = [one for one in self.payments if one.status in ("pending", "paid")] or self.payments
        if not live:
            return self.order
        of = live[-1]
        told = {"payment_method": of.method, "payment_status": of.status, "payment_expires_at": of.expires_at}
        return replace(self.order, payment_id=of.id, **told)

    def with_payment(self, changed: OpenedPayment) -> "Sale":
        return replace(self, payments=tuple(changed if one.id == changed.id else one for one in self.payments))

    def closed(self) -> "Sale":
        """Return it with none of its payments open."""
        over = (replace(p, status="cancelled") if p.status in ("pending", "failed") else p for p in self.payments)
        return replace(self, payments=tuple(over))

    def cancelled(self) -> "Sale":
        return replace(self.closed(), order=replace(self.order, status="cancelled"))

    @property
    def awaits(self) -> bool:
        """Return whether it gives something once it is paid."""
        return self.order.status == "placed" and bool(self.begins)

    @property
    def begins(self) -> frozenset[str]:
        """The products whose terms it begins."""
        return frozenset(line.plan for line in self.lines if not (line.renews or line.adds or line.once))

    @property
    def stands(self) -> bool:
        """Return whether it takes a use of its discount code: paid, or still payable."""
        states = {one.status for one in self.payments}
        run_out = "expired" in states and not states & {"pending", "failed", "paid"}
        return self.order.status == "paid" or (self.order.status == "placed" and not run_out)

    def is_payable(self, now: datetime, *statuses: PaymentStatus) -> bool:
        return any(one.status in statuses and one.expires_at > now for one in self.payments)


def sale_of(order: OrderView, of: AccountView) -> Sale:
    """Return the sale that an order in an account's view tells of, with its latest payment."""
    runs = {one.product: one.id for one in reversed(of.owned)} if order.renewal else dict[str, str]()
    lines = tuple(CartLine(plan, order.term, n, runs.get(plan), once=plan in order.once) for plan, n in order.items)
    company_id, orderer = order.buyer or (of.company.id if of.company is not None else ""), of.orderer
    if order.payment_id is None:
        return Sale(order, company_id, lines, orderer=orderer)
    method, until = (
        order.payment_method or order.method,
        order.payment_expires_at or order.placed_at + timedelta(days=7),
    )
    payment = OpenedPayment(order.payment_id, method, order.payment_status or "pending", until)
    return Sale(order, company_id, lines, (payment,), orderer=orderer)


def begin_terms(terms: tuple[Owned, ...], sale: Sale, seller: Seller, now: datetime) -> tuple[Owned, ...]:
    """Return the terms once the order is paid: those that it renews put off, those that it gives begun."""
    of, addons = sale.order, {addon.id for addon in seller.addons}
    for line in sale.lines:
        terms = tuple(_changed(o, line) if o.id == line.adds else o for o in terms)
        terms = tuple(_put_off(o, terms, sale, line, seller, now) if o.id == line.renews else o for o in terms)
    plan = next((line.plan for line in sale.lines if line.plan not in addons), None)
    new = list[Owned]()
    for n, line in enumerate(sale.lines):
        if line.renews is not None or line.adds is not None or line.once:
            continue
        behind = plan if line.plan in addons and plan is not None else line.plan
        starts = _runs_until(terms, sale, (behind, *seller.instead_of(behind)), now)
        ends = days_after(starts, line.trial, seller.zone) if line.trial else end_after(starts, line.term, seller.zone)
        undone = "trial" if line.trial else None
        gives = Owned(f"{of.id}-{n}", line.plan, None, ends, line.quantity, line.term, undone=undone)
        renewing = of.auto_renewal and line.plan not in seller.never_renewed
        new.append(replace(gives, auto_renewal=renewing, starts_at=starts, order_id=of.id, company_id=sale.company_id))
    return (*terms, *new)


def _changed(of: Owned, line: CartLine) -> Owned:
    if line.plan != of.product:
        return replace(of, product=line.plan, quantity=line.quantity)
    return replace(of, quantity=of.quantity + line.quantity)


def _put_off(of: Owned, terms: tuple[Owned, ...], sale: Sale, line: CartLine, seller: Seller, now: datetime) -> Owned:
    ended, order = of.status == "ended", sale.order
    start = _runs_until(terms, sale, (of.product,), now) if ended else of.ends_at
    renewing = order.auto_renewal and line.plan not in seller.never_renewed
    term = {"ends_at": end_after(start, line.term, seller.zone), "term": line.term, "quantity": line.quantity}
    by = {"order_id": order.id, "company_id": sale.company_id, "renewed": True, "undone": None}
    return replace(of, status="active", auto_renewal=renewing, **term, **by)


def _runs_until(terms: Iterable[Owned], sale: Sale, products: tuple[str, ...], now: datetime) -> datetime:
    of_company = (one for one in terms if one.company_id in (None, sale.company_id) and one.status != "ended")
    return max((now, *(one.ends_at for one in of_company if one.product in products)))


def takes_place(other: Sale, of: Sale) -> bool:
    """Return whether the other was paid in the place of this one, which isn't wanted twice."""
    if other.order.status != "paid" or other.order.placed_at <= of.order.placed_at:
        return False
    if of.order.status == "cancelled":
        return True
    if other.company_id != of.company_id:
        return False
    renews = any(line.renews is not None for line in (*other.lines, *of.lines))
    return not renews or bool({line.plan for line in other.lines} & {line.plan for line in of.lines})


def running_terms(terms: Iterable[Owned]) -> tuple[Owned, ...]:
    """Return what runs, the one that ends first in front."""
    return tuple(sorted((one for one in terms if one.status != "ended"), key=lambda o: (o.ends_at, o.id)))


def lapsed_terms(terms: Iterable[Owned]) -> tuple[Owned, ...]:
    """Return what ran last of each product of which nothing runs, the one that ended last in front."""
    known = tuple(terms)
    runs = {(one.product, one.serial) for one in known if one.status != "ended"}
    over = sorted((one for one in known if one.status == "ended"), key=lambda o: (o.ends_at, o.id))
    last = {(one.product, one.serial): one for one in over if (one.product, one.serial) not in runs}
    bare = (replace(one, order_id=None, company_id=None, renewed=False) for one in last.values())
    return tuple(sorted(bare, key=lambda o: (o.ends_at, o.id), reverse=True))
