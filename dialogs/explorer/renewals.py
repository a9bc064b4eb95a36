"""Samples of subscriptions that end, for the walk."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import timedelta

from dialogs.explorer.explore import Sample
from dialogs.explorer.samples import MOMENT, NUMBER, WAYS
from dialogs.kit import Event, Said
from dialogs.messages import payment, renewal
from dialogs.state import ConversationState
from values.account_view import Line
from values.meaning import NavigationCommand, Press
from values.order import Bill
from values.seller import Seller

END = MOMENT + timedelta(days=30)


def endings(case: ConversationState, seller: Seller) -> Iterator[Sample]:
    """Yield reminders, where nothing else is going on."""
    idle = case.zone.page is None and not case.renewal.begun and case.account.entry in (None, "log_in")
    if "reminder" in seller.dialogs and case.reminder.offer is None and idle:
        program = seller.programs[0].product
        yield Sample("SubscriptionEnding", renewal.SubscriptionEnding(program, "R-0001", END, 30))


def anywhere(seller: Seller) -> Iterator[tuple[Event, ...]]:
    """Yield subscriptions that run out anywhere, and renewals that wait for their money."""
    if seller.renewal is None:
        return
    plan = seller.plans[0].id
    lines = _lines(seller)
    for grace in (MOMENT, None):
        yield (renewal.SubscriptionLapsed(plan, MOMENT, grace, lines),)
    told = _to_pay(seller, plan, "account-1", again=False)
    yield (told, renewal.SubscriptionLapsed(plan, MOMENT, None, lines, told.order_id, told.number))
    bill = _bill(seller)
    for documents in (("terms",), ("clauses",), ("auto_renewal",)):
        if all(seller.accepts(name) for name in documents):
            waits = renewal.RenewalWaits("account-1", documents, MOMENT, bill)
            yield (waits,)
            yield (waits, Said(Press("changed_terms:later")))
            yield (waits, renewal.DocumentAccepted(documents[0], (), told=True))
    for account_id in ("account-1", "account-2", "another account"):
        for again in (False, True):
            yield (_to_pay(seller, plan, account_id, again=again),)
    yield from _charges(seller, plan)
    yield (payment.StoredWayGone(WAYS[0].label),)
    plans = tuple(one.id for one in seller.plans)
    for sold, whole in ((plans, True), ((), True), (plans, False)):
        yield (renewal.NoLongerSold("former", END, 30, (("former", 1),), sold, whole),)
    if seller.programs:
        ending = renewal.SubscriptionEnding(seller.programs[0].product, None, END, 30)
        yield (ending, ending, Said(Press("renew:later")))
        yield (ending, renewal.SubscriptionLapsed(plan, END, None, lines))
        yield (ending, Said(NavigationCommand("stop")), Said(Press("zone:reminders")))
        yield (
            Said(NavigationCommand("stop", "reminders")),
            Said(NavigationCommand("stop")),
            renewal.RemindersSwitched(on=False, told=True),
        )


def _lines(seller: Seller) -> tuple[Line, ...]:
    """Return a plan, and some of each add-on."""
    return ((seller.plans[0].id, 1), *((addon.id, 2) for addon in seller.addons))


def _bill(seller: Seller) -> Bill:
    return Bill(_lines(seller), 2, 36777, seller.currency, 29422, "START20")


def shape(case: ConversationState) -> Hashable:
    """Return the renewal's slots that make a difference, none with sellers who renew nothing.

    The cart's contents are the order's once that is placed.
    """
    offered, r, w = case.reminder, case.renewal, case.orderer
    open_ = (offered.offer is not None, offered.answer, r.begun)
    if case.order.id is not None or not r.begun:
        return open_
    given = (r.cart, w.invoice_email, w.name, w.phone, w.email)
    return (*open_, r.service, case.company.reporting, *(value is not None for value in given))


def _charges(seller: Seller, plan: str) -> Iterator[tuple[Event, ...]]:
    """Yield announced and made charges, with sellers who charge."""
    if not seller.chargeable:
        return
    label, gross = WAYS[0].label, (36777, seller.currency)
    yield (renewal.ChargeComing(plan, MOMENT, MOMENT, label, *gross, _bill(seller)),)
    yield (_charged(seller, plan, "account-1"),)
    told = _to_pay(seller, plan, "account-1", again=False)
    for refusal in ("declined", "needs_payer", "gone", "expired", "unanswered"):
        passing = refusal in ("declined", "unanswered")
        yield (replace(told, refusal=refusal, label=label, retry_at=MOMENT if passing else None),)
    yield (replace(told, refusal="declined", label=label),)


def _charged(seller: Seller, plan: str, account_id: str) -> renewal.RenewalCharged:
    money, bill = (36777, seller.currency), _bill(seller)
    return renewal.RenewalCharged(plan, account_id, "order-1", NUMBER, "payment-1", WAYS[0].label, *money, MOMENT, bill)


def _to_pay(seller: Seller, plan: str, account_id: str, *, again: bool) -> renewal.RenewalToPay:
    return renewal.RenewalToPay(
        plan=plan,
        ends_at=MOMENT,
        days=7,
        again=again,
        account_id=account_id,
        order_id="order-3",
        number=NUMBER,
        method=seller.methods[0],
        net=29900,
        vat=6877,
        gross=36777,
        currency=seller.currency,
        payment_id="payment-3",
        expires_at=MOMENT,
        bill=replace(_bill(seller), company="Znana sp. z o.o.") if again else _bill(seller),
    )
