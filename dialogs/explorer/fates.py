"""All that may come of a command or a job, with the books as they are after it: for walks, diagrams and tests.

A command about an account's books is done on the stand-in: as they are, and as another conversation, the seller or the
bank may have left them a moment before. Of all others there are samples (`outcomes.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from msgspec.structs import replace

from dialogs.explorer.outcomes import COMMANDS, outcomes
from dialogs.kit import Command, Event, Job
from dialogs.messages import company, einvoice, order, payment, renewal, zone
from dialogs.testing.happenings import hear
from dialogs.testing.stand_in import Books
from values.money import Money
from values.order import CartLine, Price

B = TypeVar("B", bound=Books)
OTHER_ATTEMPT = 9
"""The attempt at a payment that another conversation has made."""


def name_made(of: Books, command: Command) -> str:
    """Return the id of what a command makes, as tests call it."""
    match command:
        case order.PlaceOrder():
            return _unused("order", {sale.order.id for sale in of.sales})
        case payment.OpenPayment(method=method):
            return _unused("payment", {one.id for sale in of.sales for one in sale.payments}, f"payment-{method}")
        case company.SaveCompany():
            return _unused("company", {one.id for one in of.account.companies})
        case _:
            return "made"


def _unused(kind: str, known: set[str], *first: str) -> str:
    names = (*first, *(f"{kind}-{n}" for n in range(1, len(known) + 2)))
    return next(name for name in names if name not in known)


def usual(of: B, command: Command) -> tuple[B, Event]:
    """Return what ordinarily comes of it."""
    done = of.done(command, name_made(of, command))
    outcome = outcomes(command)[0] if done is None else done[1]
    return (hear(of, outcome, command) if done is None else done[0]), outcome


def fates(of: B, command: Command) -> Sequence[tuple[B, Event]]:
    """Return what may come of a command, the ordinary first."""
    name = name_made(of, command)
    if (done := of.done(command, name)) is None:
        return tuple((hear(of, outcome, command), outcome) for outcome in outcomes(command))
    found: dict[Event, B] = {done[1]: done[0]}
    for other in (meanwhile(of) for meanwhile in MEANWHILE.get(type(command), ())):
        after, outcome = other.done(command, name) or (other, done[1])
        found.setdefault(outcome, replace(after, seller=of.seller, cost=of.cost, used_up=of.used_up, now=of.now))
    for other in (unlike(of) for unlike in UNLIKE.get(type(command), ())):
        found.setdefault((other.done(command, name) or done)[1], of)
    for outcome in outcomes(command) if type(command) in COMMANDS else ():
        found.setdefault(outcome, of)
    return tuple((after, outcome) for outcome, after in found.items())


def results(of: Books, job: Job) -> Sequence[Event]:
    """Return what may come of a job, the ordinary first; the money that came is what is owed."""
    return tuple(_owed(of, event) if isinstance(event, payment.PaymentChecked) else event for event in outcomes(job))


def _owed(of: Books, event: payment.PaymentChecked) -> Event:
    paid = (s.order for s in of.sales if any(one.id == event.payment_id for one in s.payments))
    sold = next(paid, None)
    return event if sold is None else replace(event, amount=sold.gross, currency=sold.currency)


# --- a moment before ---


def pay_orders(of: B) -> B:
    """Return the books once another conversation has paid whatever is placed."""
    for sale in (one for one in of.sales if one.order.status == "placed"):
        wanted = payment.OpenPayment(sale.order.id, sale.order.method)
        of = of if sale.payments else of.open_payment(wanted, f"payment of {sale.order.id}")[0]
        opened = (of.find_sale(sale.order.id) or sale).payments
        of = of.money_came(sale.order.id, opened[-1].id, OTHER_ATTEMPT)
    return of


def cancel_orders(of: B) -> B:
    """Return the books once another conversation has cancelled whatever is placed."""
    for sale in of.sales:
        of = of.put_sale(sale.cancelled()) if sale.order.status == "placed" else of
    return of


def _late(of: B) -> B:
    """Return the books long after the deadlines of all payments."""
    return replace(of, now=of.now + timedelta(days=60))


def _waits(of: B) -> B:
    """Return them with another order, which waits for its money."""
    money, plan = Money(100, of.seller.currency), of.seller.plans[0].id
    anew = _unused("order", {sale.order.id for sale in of.sales})
    one = order.PlaceOrder(
        "", "", (CartLine(plan, 1),), of.seller.methods[0], False, None, Price(money, money, money), ()
    )
    return of.ordered(one, anew).open_payment(payment.OpenPayment(anew, one.method), f"payment of {anew}")[0]


def _pending(of: B) -> B:
    return of.told(status="pending")


def _without_company(of: B) -> B:
    return of.told(companies=(), company=None)


def _dearer(of: B) -> B:
    more = Money(1, of.seller.currency)
    return replace(of, cost=lambda _of, act, _code: replace(act.price, net=act.price.net + more))


def _reworded(of: B) -> B:
    other = tuple((locale, "Other words.") for locale in of.seller.locales)
    documents = tuple(replace(one, words=other) for one in of.seller.documents)
    return replace(of, seller=replace(of.seller, documents=documents))


def _over(of: B) -> B:
    """Return them after the last day of every discount code."""
    codes = tuple(replace(code, expires_at=of.now) for code in of.seller.discounts)
    return replace(of, seller=replace(of.seller, discounts=codes))


def _used_up(of: B) -> B:
    return replace(of, used_up=frozenset(code.code for code in of.seller.discounts))


def _moved(of: B) -> B:
    """Return them with another street of each company."""
    moved = tuple(replace(one, street="ul. Nowa 77") for one in of.account.companies)
    latest = of.account.company
    return of.told(companies=moved, company=latest and replace(latest, street="ul. Nowa 77"))


def _invoiced_elsewhere(of: B) -> B:
    return of.told(einvoice_email="elsewhere@example.com")


def _by_seller(of: B) -> B:
    return replace(of, seller=replace(of.seller, einvoice_confirm="seller"))


def _renewed_no_more(of: B) -> B:
    return replace(of, terms=tuple(replace(one, auto_renewal=False) for one in of.terms))


def _without_terms(of: B) -> B:
    return replace(of, terms=(), sales=())


MEANWHILE: Mapping[type[Command], Sequence[Callable[[Any], Any]]] = {
    order.PlaceOrder: (_waits,),
    order.CancelOrder: (pay_orders,),
    payment.OpenPayment: (pay_orders, cancel_orders),
    payment.ReopenPayment: (pay_orders, cancel_orders, _late),
    payment.ExpirePayment: (_late, pay_orders),
    payment.BookPayment: (pay_orders,),
    payment.ForgetMethod: (lambda of: of.told(ways=()),),
    company.SaveCompany: (_moved, _reworded),
    einvoice.ActivateEInvoice: (_by_seller, _invoiced_elsewhere),
    einvoice.ChangeInvoiceEmail: (_invoiced_elsewhere,),
    renewal.BeginRenewal: (_waits,),
    zone.SetAutoRenewal: (_renewed_no_more,),
}
"""What may have happened a moment before a command."""
UNLIKE: Mapping[type[Command], Sequence[Callable[[Any], Any]]] = {
    order.PlaceOrder: (_pending, _without_company, _dearer, _reworded, _over, _used_up),
    einvoice.ActivateEInvoice: (_without_company, _without_terms),
    renewal.BeginRenewal: (_without_terms,),
    zone.SetAutoRenewal: (_without_terms,),
}
"""Books that would refuse a command: dialogs are ready for each refusal, however it came about. Theirs stay."""
