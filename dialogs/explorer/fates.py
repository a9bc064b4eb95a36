"""All that may come of a command or a job, with the books as they are after it: for walks, diagrams and tests.

A command about an account's books is done on the stand-in: as they are, and as another conversation, the seller or the
bank may have left them a moment before. Of all others there are samples (`outcomes.py`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from msgspec.structs import replace

from dialogs.explorer.outcomes import COMMANDS, outcomes
from dialogs.kit import Command, Event, Job
from dialogs.messages import company, einvoice, order, payment, renewal, zone
from dialogs.testing.happenings import update_books
from dialogs.testing.stand_in import Books
from values.money import Money
from values.offer import DiscountCode
from values.order import CartLine, Price
from values.term import A_YEAR

B = TypeVar("B", bound=Books)
OTHER_ATTEMPT = 9  # at a payment, made in another conversation


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
    return next(fates(of, command))


def fates(of: B, command: Command) -> Iterator[tuple[B, Event]]:
    """Yield all that may come of a command, the ordinary first."""
    name = name_made(of, command)
    if (done := of.done(command, name)) is None:
        yield from ((update_books(of, outcome, command), outcome) for outcome in outcomes(command))
        return
    yield done
    found = {done[1]}
    for after, outcome in _otherwise(of, command, name):
        if outcome not in found:
            found.add(outcome)
            yield after, outcome


def _otherwise(of: B, command: Command, name: str) -> Iterator[tuple[B, Event]]:
    for other in (meanwhile(of) for meanwhile in MEANWHILE.get(type(command), ())):
        after, outcome = other.done(command, name)
        yield replace(after, seller=of.seller, cost=of.cost, now=of.now), outcome
    yield from ((of, unlike(of).done(command, name)[1]) for unlike in UNLIKE.get(type(command), ()))
    yield from ((of, outcome) for outcome in COMMANDS.get(type(command), lambda _command: ())(command))


def results(of: Books, job: Job) -> Sequence[Event]:
    """Return what may come of a job, the ordinary first; the money that came is what is owed."""
    owed = {one.id: sale.order for sale in of.sales for one in sale.payments}
    return tuple(
        replace(event, amount=owed[event.payment_id].gross, currency=owed[event.payment_id].currency)
        if isinstance(event, payment.PaymentChecked) and event.payment_id in owed
        else event
        for event in outcomes(job)
    )


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
    one = order.PlaceOrder(
        "", "", (CartLine(plan, A_YEAR),), of.seller.methods[0], False, None, Price(money, money, money), ()
    )
    anew = name_made(of, one)
    return of.ordered(one, anew).open_payment(payment.OpenPayment(anew, one.method), f"payment of {anew}")[0]


def _more(_of: Books, act: order.PlaceOrder, _code: DiscountCode | None) -> Price:
    return replace(act.price, net=act.price.net + Money(1, act.price.net.currency))


def _reworded(of: B) -> B:
    other = tuple((locale, "Other words.") for locale in of.seller.locales)
    documents = tuple(replace(one, words=other) for one in of.seller.documents)
    return _selling(of, documents=documents)


def _with_codes(of: B, **changed: Any) -> B:
    return _selling(of, discounts=tuple(replace(code, **changed) for code in of.seller.discounts))


def _selling(of: B, **changed: Any) -> B:
    return replace(of, seller=replace(of.seller, **changed))


def _moved(of: B) -> B:
    """Return them with another street of each company."""
    moved = tuple(replace(one, street="ul. Nowa 77") for one in of.account.companies)
    latest = of.account.company
    return of.told(companies=moved, company=latest and replace(latest, street="ul. Nowa 77"))


MEANWHILE: Mapping[type[Command], Sequence[Callable[[Any], Any]]] = {
    order.PlaceOrder: (_waits,),
    order.CancelOrder: (pay_orders,),
    payment.OpenPayment: (pay_orders, cancel_orders),
    payment.ReopenPayment: (pay_orders, cancel_orders, _late),
    payment.ExpirePayment: (_late, pay_orders),
    payment.BookPayment: (pay_orders,),
    payment.ForgetMethod: (lambda of: of.told(ways=()),),
    company.SaveCompany: (_moved, _reworded),
    einvoice.ActivateEInvoice: (
        lambda of: _selling(of, einvoice_confirm="seller"),
        lambda of: of.told(einvoice_email="elsewhere@example.com"),
    ),
    einvoice.ChangeInvoiceEmail: (lambda of: of.told(einvoice_email="elsewhere@example.com"),),
    renewal.BeginRenewal: (_waits,),
    zone.SetAutoRenewal: (lambda of: replace(of, terms=tuple(replace(one, auto_renewal=False) for one in of.terms)),),
}
"""Changes that another conversation, the bank or the seller may have made a moment before a command."""
UNLIKE: Mapping[type[Command], Sequence[Callable[[Any], Any]]] = {
    order.PlaceOrder: (
        lambda of: of.told(status="pending"),
        lambda of: of.told(companies=(), company=None),
        lambda of: replace(of, cost=_more),
        _reworded,
        lambda of: _with_codes(of, expires_at=of.now),
        lambda of: _with_codes(of, uses=0),
    ),
    einvoice.ActivateEInvoice: (
        lambda of: of.told(companies=(), company=None),
        lambda of: replace(of, terms=(), sales=()),
    ),
    renewal.BeginRenewal: (lambda of: replace(of, terms=(), sales=()),),
    zone.SetAutoRenewal: (lambda of: replace(of, terms=(), sales=()),),
}
"""Books that would refuse a command: dialogs are ready for each refusal, however it came about. Theirs stay."""
