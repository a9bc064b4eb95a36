"""Samples of customers who order again, for the walk."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from dialogs.explorer import outcomes
from dialogs.explorer.samples import MOMENT, WAYS, company_view, sample_view
from dialogs.kit import Command, Context, Event, Job
from dialogs.messages.order import AccountSeen, OrderBegun
from dialogs.order.bought import ended
from dialogs.state import ConversationState
from values.account_view import AccountView
from values.seller import Seller


def views(seller: Seller) -> Iterator[tuple[str, AccountView]]:
    """Yield accounts whose paid term is over, with one company or several."""
    if seller.sells:
        runs = _named(sample_view(company_view(), "paid"), seller)
        over = tuple(replace(o, ends_at=MOMENT, status="ended") for o in runs.owned)
        second = replace(company_view(), id="company-3", tax_number="5260250274", name="Znana sp. z o.o.")
        yield "ended", replace(runs, owned=(), lapsed=over, companies=(company_view(), second), einvoice_status="off")


def outcomes_of(effect: Command | Job, seller: Seller) -> Sequence[Event]:
    """Return the outcomes of an act or call, with this seller's products."""
    return [_of_seller(event, seller) for event in outcomes.outcomes(effect)]


def shape(case: ConversationState, seller: Seller) -> Hashable:
    """Return the slots that make a difference for the next order."""
    if not seller.sells or case.account.id is None:
        return ()
    known = case.purchases
    over = case.payment.status == "paid" and ended(Context(case, MOMENT, "rest", seller))
    return (known.unpaid is not None, over, bool(case.company.choices))


def _of_seller(event: Event, seller: Seller) -> Event:
    match event:
        case AccountSeen(view) | OrderBegun(view):
            return replace(event, view=_named(view, seller))
        case _:
            return event


def _named(view: AccountView, seller: Seller) -> AccountView:
    named = [*(program.product for program in seller.programs), *(plan.id for plan in seller.plans)][:1]
    owned, lapsed = (
        tuple(replace(o, product=product) for o in of for product in named) for of in (view.owned, view.lapsed)
    )
    ways = tuple(way for way in WAYS if way.method in seller.chargeable)
    return replace(view, owned=owned, lapsed=lapsed, ways=ways)
