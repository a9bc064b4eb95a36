"""Placed orders: placed or refused, cancelled, standing, paid after all. Reactions of the order dialog."""

from msgspec.structs import replace

from dialogs.account.letters import tell_former_address
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    Cancelled,
    Decision,
    Dialog,
    Option,
    Params,
    RestartAsked,
    Say,
    StartAgain,
    Step,
    StopAsked,
    Tell,
    Word,
    then,
)
from dialogs.messages import order
from dialogs.messages.letters import NoteFailed, SendNote
from dialogs.messages.own_data import OwnDataWanted
from dialogs.messages.payment import PaymentBooked, PaymentOpened
from dialogs.messages.zone import SetAutoRenewal
from dialogs.order.accepting import make_renewal_switch
from dialogs.order.bought import adopt_paid_order, find_end, list_renewing, service, why_unpaid
from dialogs.order.cart_lines import asked_for_trial
from dialogs.order.costs import code_of, orderer_of, renewal_shown, show_cart
from dialogs.order.in_books import find_order, is_paid, number_here, stands
from dialogs.order.terms import LENGTH
from dialogs.renewal.shown import outlooks_shown
from dialogs.state import Ctx, Order, PlacedOrder
from values.rules import NOTE_ORDER, NOTE_WELCOME, ORDER_NOTES

_CARD = tuple(
    f"order.{step}"
    for step in (
        *("auto_renewal", "method", "card", "paypal", "saved", *LENGTH, "terms", "clauses", "discount", "vat_check"),
        *("pay", "trial", "email_link", "restart"),
    )
)
"""The steps that are asked on the order's card."""
SPENT = ("discount_used_up", "discount_used_by_customer", "discount_expired")


def declare(dialog: Dialog[Order], place: Step[Order]) -> None:
    """Declare the reactions; `place` is the step that places the order."""
    place.on(order.OrderPlaced)(send_order_letters)
    dialog.always(NoteFailed)(tell_lost_letter)
    dialog.always(order.OrderRefused)(explain_refused_order)
    dialog.always(order.LapsedOrderChanged)(offer_lapsed_anew)
    dialog.always(Cancelled)(cancel_unpaid_order)
    dialog.always(StopAsked)(stop_trial)
    dialog.asked("cancel_subscription")(leave_service)
    dialog.always(order.OrderCancelled)(return_to_paid_order)
    dialog.always(order.OrderStands)(keep_paid_order)
    dialog.always(PaymentOpened)(tell_renewal_by_method)
    dialog.always(PaymentBooked)(restore_cancelled_order)


def declare_restart(dialog: Dialog[Order]) -> None:
    """Declare the question whether an unpaid order is to be cancelled when the customer starts again."""
    asked = dialog.choose(
        "restart",
        lambda s, _c: (
            # The way that loses nothing comes first, as the likely one.
            Option("restart:no", "option.order.to_payment" if s.id is not None else "option.order.to_card"),
            Option("restart:yes", "option.order.cancel" if s.id is not None else "option.order.drop", loses=True),
        ),
        when=lambda s, c: s.leaving and (_unpaid(s, c) or _filled(s)),
        done=lambda _s, _c: False,
        params=lambda _s, c: {"number": number_here(c)},
        intents={"affirm": "restart:yes", "back": "restart:no", "deny": "restart:no"},
        counted=False,
    )
    asked.on(Answered)(settle_leaving)
    dialog.always(RestartAsked)(ask_before_restart)


def _unpaid(s: Order, ctx: Ctx) -> bool:
    return s.id is not None and not is_paid(ctx)


def _filled(s: Order) -> bool:
    """Return whether the card of an order that isn't placed has what the desk never fills in by itself."""
    return s.id is None and any(one is not None for one in (s.terms, s.clauses, s.discount))


def ask_before_restart(s: Order, e: RestartAsked, ctx: Ctx) -> Decision[Order]:
    """Ask first: the order's payment may be open in another window, and a filled card is more than an answer.

    Whoever cancels a placed order says what they mean.
    """
    if _unpaid(s, ctx) and not e.cancels:
        return then(replace(s, leaving=True), Say("order.unpaid", {"number": number_here(ctx)}))
    if _filled(s) and ctx.asked in _CARD:
        return then(replace(s, leaving=True), Say("order.unplaced"))
    return then(s)


def settle_leaving(s: Order, e: Answered, _ctx: Ctx) -> Decision[Order]:
    """Start again, which cancels the order, or keep it."""
    return then(replace(s, leaving=False), *((StartAgain(),) if e.value == "yes" else ()))


def send_order_letters(s: Order, e: order.OrderPlaced, ctx: Ctx) -> Decision[Order]:
    """Send the seller's letters: the confirmation of the order, and with the first one the user name.

    The payment is opened next, by its own dialog.
    """
    said = "order.placed" if e.free is None else "order.trial_begun"
    due = (NOTE_ORDER, *((NOTE_WELCOME,) if e.first else ()))
    letters = tuple(SendNote(note, e.order_id) for note in due if note in ctx.seller.notes)
    copy = orderer_of(ctx.case.orderer, ctx).invoice_email
    if copy and copy != ctx.case.find_email(ctx.books) and NOTE_ORDER in ctx.seller.notes:
        letters = (*letters, SendNote(NOTE_ORDER, e.order_id, copy))
    told = tell_former_address(e.former, ctx)
    code = code_of(s, ctx)
    placed = replace(s, leaving=False, discount=code.code if code else None, placed=PlacedOrder(e.order_id))
    coming = [outlook for outlook in ctx.books.outlooks if outlook.renews] if e.free is not None else []
    known: Params = {"number": e.number, "letters": bool(letters), "until": e.free}
    return then(placed, Say(said, {**known, "outlooks": outlooks_shown(coming, ctx.seller)}), *letters, *told, Tell(e))


def tell_lost_letter(s: Order, e: NoteFailed, _ctx: Ctx) -> Decision[Order]:
    """Tell that the letter failed and offer a person."""
    if e.note not in ORDER_NOTES:
        return then(s)
    return then(s, Say(f"order.letter_failed.{e.reason}", options=(HUMAN,)))


def explain_refused_order(s: Order, e: order.OrderRefused, ctx: Ctx) -> Decision[Order]:
    """Take the press back and tell what is missing, or show the changed price to be confirmed anew.

    A code that can't be used any more is dropped, and so are answers to words that the profile has changed.
    """
    back = _asked_anew(s, e, ctx)
    ways = () if e.documents or e.reason in SPENT else (HUMAN,)
    reworded = tuple(Word(f"label.{document}") for document in e.documents)
    before = None if s.price is None else s.price.gross
    params: Params = {"code": s.discount, **show_cart(back, ctx), "documents": reworded, "before": before}
    return then(back, Say(f"order.refused.{e.reason}", params, options=ways))


def _asked_anew(s: Order, e: order.OrderRefused | order.LapsedOrderChanged, ctx: Ctx) -> Order:
    """Return the order without its press, and what has to be answered again."""
    code = None if e.reason in SPENT else s.discount
    refused = asked_for_trial(ctx) if e.reason == "trial_taken" else s.trial_refused
    return replace(s, pay=None, trial=None, trial_refused=refused, discount=code, **dict.fromkeys(e.documents))


def offer_lapsed_anew(s: Order, e: order.LapsedOrderChanged, ctx: Ctx) -> Decision[Order]:
    """Show a lapsed order at today's price, to be ordered as a new one; the lapsed one is cancelled.

    One that was to add to a term isn't: the days that it counted are over.
    """
    if e.reason == "change_over":
        cancels = (order.CancelOrder(s.id),) if s.id is not None else ()
        return then(replace(s.behind or Order(), cancelled=number_here(ctx)), Say("order.change_over"), *cancels)
    back = replace(_asked_anew(s, e, ctx), placed=None, price=None, tax=None, cancelled=number_here(ctx))
    reworded = tuple(Word(f"label.{document}") for document in e.documents)
    said = Say(f"order.refused.{e.reason}", {"code": s.discount, **show_cart(back, ctx), "documents": reworded})
    return then(back, said, *((order.CancelOrder(s.id),) if s.id is not None else ()))


def cancel_unpaid_order(s: Order, e: Cancelled, ctx: Ctx) -> Decision[Order]:
    """Cancel an unpaid order; leave a paid one alone, and unmentioned while other data are filled in."""
    if s.id is None:
        return then(s)
    if not is_paid(ctx):
        return then(s, order.CancelOrder(s.id))
    if _on_another_page(ctx) or not e.meant:
        return then(s)
    return then(s, *(_trial_left(ctx) or (stands(number_here(ctx)),)))


def stop_trial(s: Order, e: StopAsked, ctx: Ctx) -> Decision[Order]:
    """Stop a trial by the bare word, where nothing else is being filled in that it may mean."""
    return then(s, *(() if e.sure or s.id is None or _on_another_page(ctx) else _trial_left(ctx)))


def leave_service(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Stop a trial, ask about the end of what renews; with all else a person helps."""
    if list_renewing(ctx) and not _trial_left(ctx):
        return then(s, Tell(OwnDataWanted("end")))
    helps = "kit.community" if ctx.seller.community else "kit.for_a_person"
    return then(s, *(_trial_left(ctx) or (Say(helps, options=(HUMAN,)),)))


def _trial_left(ctx: Ctx) -> tuple[Say | SetAutoRenewal, ...]:
    """Return what leaving a trial comes to; nothing where the account renews, or has, anything else."""
    if why_unpaid(ctx) != "trial" or service(ctx) != "running":
        return ()
    renewed = {of.undone for of in ctx.books.owned if of.auto_renewal}
    return (make_renewal_switch(ctx, on=False),) if renewed == {"trial"} else () if renewed else (tell_trial(ctx),)


def tell_trial(ctx: Ctx) -> Say:
    """Return until when the trial runs, and what follows it."""
    return Say(
        "order.trial_begun",
        {"until": find_end(ctx), "outlooks": outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books)},
    )


def _on_another_page(ctx: Ctx) -> bool:
    """Return whether the cancel is meant for a changed answer or an open page of the zone."""
    case = ctx.case
    return case.talk.revising is not None or case.zone.page is not None or case.personal.page is not None


def return_to_paid_order(s: Order, e: order.OrderCancelled, ctx: Ctx) -> Decision[Order]:
    """Return to the paid order before this one, if it stands."""
    here = number_here(ctx) == e.number
    said = (Say("order.cancelled", {"number": e.number}),) if e.told is False or (here and not e.told) else ()
    if not here:
        return then(s, *said)
    before = find_order(ctx.books, s.behind.id) if s.behind is not None else None
    stands = s.behind if before is not None and before.status == "paid" else None
    return then(replace(stands or Order(), cancelled=e.number), *said)


def keep_paid_order(s: Order, e: order.OrderStands, _ctx: Ctx) -> Decision[Order]:
    """Keep the order: the money came first."""
    return then(s, stands(e.number))


def tell_renewal_by_method(s: Order, e: PaymentOpened, ctx: Ctx) -> Decision[Order]:
    """Tell how the order renews with another method chosen for its payment."""
    return then(s, *(() if e.renews is None else (Say("outlook.with_method", renewal_shown(s, ctx)),)))


def restore_cancelled_order(s: Order, e: PaymentBooked, ctx: Ctx) -> Decision[Order]:
    """Restore a cancelled order that was paid, unless another has taken its place."""
    if e.status != "paid" or s.id is not None or s.cancelled != e.number:
        return adopt_paid_order(s, e, ctx) if e.status == "paid" else then(s)
    return then(replace(s, placed=PlacedOrder(e.order_id)))
