"""Commands about orders, discount codes and purchases."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from msgspec.structs import replace

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.einvoices.commands import former_email
from bot.usecases.renewals.quotes import OF_AN_ORDER
from dialogs.kit import Event
from dialogs.messages import order as messages
from dialogs.state import PlacedOrder
from dialogs.versions import load
from services.accounts import consents
from services.companies import companies
from services.einvoicing import einvoices
from services.orders import discounts, order_record, orders, trials
from services.orders.pricing import Item, PricingDiscount, price
from services.payments import methods
from services.store import conversations
from services.subscriptions import subscription_record
from values.consent import Acceptance
from values.money import Buyer, Vat
from values.offer import DiscountCode, NotGood, judge_discount, net_for
from values.order import CartLine, Price
from values.payment import NO_METHOD
from values.seller import Seller

_log = structlog.get_logger(__name__)
OURS = ("price_changed", "words_changed", "words_unknown")
"""Reasons that the customer clears by agreeing anew: refused for one again, under the same sum, the fault is here."""


@handles(messages.PlaceOrder)
def place_order(deps: CommandDeps, command: messages.PlaceOrder, context: CommandContext) -> Event:
    """Place the order under the terms that were accepted, unless those aren't the profile's any more."""
    placed = _placed(deps, command, context)
    if isinstance(placed, messages.OrderRefused) and placed.reason in OURS:
        before = load(context.conversation.state).order
        if before.price == command.price and before.id is None:  # agreed to, and refused, before
            _log.error("order_refused_again", alarm=True, conversation=context.conversation.id, reason=placed.reason)
    return placed


def _placed(
    deps: CommandDeps, command: messages.PlaceOrder, context: CommandContext
) -> messages.OrderPlaced | messages.OrderRefused:
    given = {one.id: one for one in command.accepted if one.given}
    if unknown := tuple(name for name in command.documents if name not in given):
        return messages.OrderRefused("words_unknown", unknown)  # given before this was kept
    agreed = tuple(given[name] for name in command.documents)
    if reworded := tuple(one.id for one in agreed if not deps.still(one)):
        return messages.OrderRefused("words_changed", reworded)
    judged = _judged(deps, command.discount, (line.plan for line in command.lines), context)
    code = judged if isinstance(judged, DiscountCode) else None
    tax = _tax(deps, command.company_id, context)
    if not _claim_trial(deps, command, [line.plan for line in command.lines if line.trial], context):
        return messages.OrderRefused("trial_taken")
    placed = orders.place(
        context.connection,
        orders.WantedOrder(
            id=context.id,
            account_id=command.account_id,
            company_id=command.company_id,
            items=tuple(
                replace(one, names=deps.quotes.names(one.id)) for one in items(deps.seller, command.lines, code, tax)
            ),
            tax=tax,
            discount=discount_of(code),
            limits=_limits(code),
            price=command.price,
            method=command.method,
            auto_renewal=command.auto_renewal,
            time_zone=deps.seller.time_zone,
            conversation_id=context.conversation.id,
            series=f"{deps.seller.order_prefix}/{context.now.year}",
        ),
        context.now,
    )
    match placed:
        case orders.Placed(stored, first):
            deps.documents(context, command.account_id, _recorded(deps, command))
            former = _note_orderer(command, stored.id, context)
            return messages.OrderPlaced(
                stored.id, stored.number, first, former, _begin_trial(deps, command, stored, context)
            )
        case orders.AccountNotActive():
            return messages.OrderRefused("account_pending")
        case orders.CompanyNotConfirmed():
            return messages.OrderRefused("company_unconfirmed")
        case orders.PaymentPending():
            return messages.OrderRefused("order_open", open=PlacedOrder(placed.order_id))
        case orders.PriceChanged():
            return messages.OrderRefused("discount_expired" if judged == "expired" else "price_changed")
        case orders.DiscountUsedUp(why):
            return messages.OrderRefused(f"discount_{why}")


def _claim_trial(
    deps: CommandDeps, by: messages.PlaceOrder | order_record.OrderRecord, tried: Sequence[str], context: CommandContext
) -> bool:
    """Return whether whoever orders may have the trial that was shown, and hold it for the order."""
    products = [plan for plan in tried if deps.seller.is_service(plan)]
    return not tried or trials.claim(
        context.connection,
        deps.server_key,
        order_id=by.id if isinstance(by, order_record.OrderRecord) else context.id,
        account_id=by.account_id,
        company_id=by.company_id,
        products=[*products, *(other for plan in products for other in deps.seller.instead_of(plan))],
        now=context.now,
    )


def _begin_trial(
    deps: CommandDeps, command: messages.PlaceOrder, order: order_record.OrderRecord, context: CommandContext
) -> datetime | None:
    """Begin the order's trial and return its end; None where it has none, or a way to pay is to be kept first."""
    kept = methods.get(context.connection, command.way) if command.way is not None else None
    if not order.trial or order.status != "placed":
        return None
    if order.method != NO_METHOD:
        if kept is None or kept.account_id != order.account_id or not kept.is_good(context.now.date()):
            return None
        methods.set_default(context.connection, account_id=order.account_id, method_id=kept.id)
    trials.begin(context.connection, order, context.now)
    begun = subscription_record.of_order(context.connection, order.id)
    return max((of.trial_ends_at for of in begun if of.trial_ends_at is not None), default=None)


def _recorded(deps: CommandDeps, command: messages.PlaceOrder) -> tuple[Acceptance, ...]:
    """Return what was agreed to and taken back before the order, in words that the profile still has.

    Of what isn't agreed to with the order, only what was taken back: a consent that stood before isn't given anew.
    """
    stands = {one.id: one.given for one in command.accepted}
    told = (one for one in command.accepted if one.id in command.documents or not stands[one.id])
    return tuple(one for one in told if deps.still(one))


def _judged(
    deps: CommandDeps, code: str | None, plans: Iterable[str], context: CommandContext
) -> DiscountCode | NotGood | None:
    """Return an order's code if it lowers its price, else why it doesn't; None where there is none."""
    return None if code is None else judge_discount(deps.seller.discounts, code, plans, context.now)


def explain_changed_order(
    deps: CommandDeps, order_id: str, context: CommandContext
) -> messages.LapsedOrderChanged | None:
    """Return why a lapsed order can't be ordered anew as it was; None if it can, or if the order stands."""
    order = order_record.get(context.connection, order_id)
    if order is None or not discounts.has_lapsed(context.connection, order.id):
        return None
    if (why := _offered_otherwise(deps, order, context)) is not None:
        return messages.LapsedOrderChanged(why)
    asked = [document for document in deps.seller.documents if document.id in OF_AN_ORDER]
    reworded = consents.list_outdated_consents(context.connection, account_id=order.account_id, today=asked)
    return messages.LapsedOrderChanged("words_changed", reworded) if reworded else None


def _offered_otherwise(deps: CommandDeps, order: order_record.OrderRecord, context: CommandContext) -> str | None:
    sold = {one.id for one in (*deps.seller.plans, *deps.seller.addons)}
    if any(item.adds is not None for item in order.items):
        return "change_over"
    if any(item.renews is None and item.id not in sold for item in order.items):
        return "unsold"
    if not _claim_trial(deps, order, [item.id for item in order.items if item.trial], context):
        return "trial_taken"
    if order.discount is not None and order.discount.term == 1:
        code = deps.seller.discount(order.discount.code)
        if code is not None and not code.good_at(context.now):
            return "discount_expired"
        if (why := orders.claim_again(context.connection, order, _limits(code), context.now)) is not None:
            return f"discount_{why}"
    return "repriced" if _todays_price(deps, order, context) not in {None, order.price} else None


def _todays_price(deps: CommandDeps, order: order_record.OrderRecord, context: CommandContext) -> Price | None:
    """Return what would be asked today for what was ordered; None for what isn't sold any more, or is a renewal."""
    sold = {one.id for one in (*deps.seller.plans, *deps.seller.addons)}
    if any(item.id not in sold or item.renews is not None for item in order.items):
        return None
    given = order.discount.code if order.discount is not None else None
    judged = _judged(deps, given, (item.id for item in order.items), context)
    code = judged if isinstance(judged, DiscountCode) else None
    tax = _tax(deps, order.company_id, context)
    lines = [CartLine(item.id, item.term, item.quantity, trial=item.trial) for item in order.items]
    return price(items(deps.seller, lines, code, tax), discount_of(code), deps.seller.currency)


def _tax(deps: CommandDeps, company_id: str, context: CommandContext) -> Vat:
    buyer = companies.get(context.connection, company_id)
    return deps.seller.tax(buyer.buyer if buyer is not None else Buyer(deps.seller.country))


def discount_of(code: DiscountCode | None) -> PricingDiscount | None:
    """Return the discount of an order with this code."""
    return PricingDiscount(code.code, code.percent, code.amount, code.terms) if code else None


def items(seller: Seller, lines: Sequence[CartLine], code: DiscountCode | None, tax: Vat) -> list[Item]:
    """Return the lines as they are sold; add-ons begin with the plan that they were bought with."""
    sold = [_item(seller, line, code, tax) for line in lines]
    addons = {addon.id for addon in seller.addons}
    plan = next((item.id for item in sold if item.id not in addons), None)
    return [replace(item, of=plan) if item.id in addons else item for item in sold]


def _item(seller: Seller, line: CartLine, code: DiscountCode | None, tax: Vat) -> Item:
    """Return a plan, or so many packs of an add-on."""
    sold = seller.sold(line.plan) or seller.plan(line.plan)
    lowered = code is None or code.lowers(line.plan)
    then = "once" if sold.once else "ends" if line.plan in seller.never_renewed else "renews"
    net = 0 if line.trial else net_for(sold, line.term)
    return Item(
        *(line.plan, line.quantity, line.term, net, tax.percent, line.renews, lowered, then),
        instead=seller.instead_of(line.plan),
        trial=line.trial,
    )


def _note_orderer(command: messages.PlaceOrder, order_id: str, context: CommandContext) -> str:
    """Store the person to call about the order, and the address of this account's invoices if it is another one.

    Return where they went until now, if that was elsewhere.
    """
    if command.orderer is None:
        return ""
    order_record.keep_orderer(context.connection, order_id=order_id, orderer=command.orderer)
    if command.orderer.invoice_email == command.invoices_seen:
        return ""
    former = former_email(context.connection, command.account_id, command.orderer.invoice_email)
    einvoices.set_email(context.connection, account_id=command.account_id, email=command.orderer.invoice_email)
    return former


@handles(messages.CancelOrder)
def cancel_order(deps: CommandDeps, command: messages.CancelOrder, context: CommandContext) -> Event:
    """Withdrawn, unless the money came first."""
    cancelled = orders.cancel(context.connection, order_id=command.order_id, now=context.now)
    if isinstance(cancelled, orders.AlreadyPaid):
        return messages.OrderStands(cancelled.order_number)
    gone = messages.OrderCancelled(cancelled.order.number)
    for other in conversations.of_account(context.connection, cancelled.order.account_id):
        if other.id != context.conversation.id:
            context.tell(other.id, gone)
    return gone


@handles(messages.CheckDiscount)
def check_discount(deps: CommandDeps, command: messages.CheckDiscount, context: CommandContext) -> Event:
    """Check whether the code can be used once more just now."""
    allowed = _limits(deps.seller.discount(command.code))
    why = discounts.find_spent(context.connection, command.code, allowed, command.account_id)
    return messages.DiscountGood(command.code) if why is None else messages.DiscountSpent(command.code, why)


def _limits(code: DiscountCode | None) -> discounts.Limits:
    """Return the profile's limits on the uses of a code; unlimited for a code that it doesn't have."""
    return discounts.UNLIMITED if code is None else discounts.Limits(code.uses, code.uses_per_customer)
