"""Feedback: whether an answer, or the whole journey, helped. Two buttons beside the open step, which stays.

A "no" asks why. The customer's next words are the reason unless they answer the open step; otherwise the talk goes on.
"""

from msgspec.structs import replace

from dialogs.kit import (
    HUMAN,
    AsidePressed,
    AwaitRemark,
    Decision,
    Dialog,
    FaqAnswered,
    Option,
    Remarked,
    Say,
    WayEnded,
    need_slot,
    then,
)
from dialogs.messages.feedback import CameToNothing, FeedbackKept, KeepFeedback, KeepReason, ReasonKept
from dialogs.messages.order import OrderCancelled
from dialogs.messages.renewal import RenewalCharged
from dialogs.order.in_books import is_paid, number_here, order_here
from dialogs.state import Ctx, Feedback
from dialogs.to_pay import is_paid_offline

ASK = tuple(Option(f"helpful:{way}", f"option.helpful.{way}", aside=True) for way in ("yes", "no"))
PERSON = replace(HUMAN, aside=True)
SKIP = Option("helpful:skip", "option.helpful.skip", aside=True)


def _open(s: Feedback, _ctx: Ctx) -> tuple[Option, ...]:
    return (*(ASK if s.about is not None else ()), *((SKIP,) if s.kept is not None else ()))


# What was asked of is asked of once in a conversation, whatever is given up or begun anew in it.
dialog = Dialog("feedback", Feedback, outlives=lambda s: Feedback(asked=s.asked), shown_as="handoff", asides=_open)


@dialog.always(FaqAnswered)
def ask_after_answer(s: Feedback, e: FaqAnswered, ctx: Ctx) -> Decision[Feedback]:
    """Ask with the answer; the open question is asked again beneath it."""
    return _ask(s, f"faq:{e.entry}", "", ctx)


@dialog.always(WayEnded)
def ask_at_journey_end(s: Feedback, e: WayEnded, ctx: Ctx) -> Decision[Feedback]:
    """Ask at a journey's end that the customer has reached, where the seller wants it.

    Not at one left, refused, or done by the desk.
    """
    order = order_here(ctx)
    if s.unasked is not None and s.unasked in (e.dialog, order.payment_id if order is not None else None):
        return then(replace(s, unasked=None))
    asks = ctx.seller.manners.ask_at_end and _reached(e.dialog, ctx)
    return _ask(s, f"end:{e.dialog}", "feedback.end", ctx) if asks else then(s)


@dialog.always(RenewalCharged)
def skip_feedback_after_charge(s: Feedback, e: RenewalCharged, _ctx: Ctx) -> Decision[Feedback]:
    """No step was completed, so don't ask for feedback."""
    return then(replace(s, unasked=e.payment_id))


@dialog.always(OrderCancelled)
def skip_feedback_after_cancellation(s: Feedback, e: OrderCancelled, ctx: Ctx) -> Decision[Feedback]:
    """Don't ask: the paid order before counts again, and nothing was completed."""
    order = ctx.case.order
    return then(replace(s, unasked="payment") if number_here(ctx) == e.number and order.behind is not None else s)


@dialog.always(CameToNothing)
def skip_feedback_after_failure(s: Feedback, e: CameToNothing, _ctx: Ctx) -> Decision[Feedback]:
    """Don't ask: a person is offered instead."""
    return then(replace(s, unasked=e.dialog))


def _reached(name: str, ctx: Ctx) -> bool:
    case = ctx.case
    paid = is_paid(ctx) or is_paid_offline(ctx)
    match name:
        case "order" | "payment":
            return paid
        case "einvoice":
            return paid or ctx.books.einvoice_status != "off"
        case "company":
            return case.company.id is not None and not ctx.seller.sells
        case _:
            return False


def _ask(s: Feedback, about: str, key: str, ctx: Ctx) -> Decision[Feedback]:
    """Ask once about the same, and never while a person has the conversation."""
    if about in s.asked or ctx.case.handoff.mode == "agent":
        return then(replace(s, about=None, kept=None))
    return then(Feedback(about, (*s.asked, about), unasked=s.unasked), Say(key, options=ASK, last=True))


@dialog.always(AsidePressed)
def keep_pressed_feedback(s: Feedback, e: AsidePressed, _ctx: Ctx) -> Decision[Feedback]:
    """Store the answer at once: the reason may never come."""
    if not e.payload.startswith("helpful:"):
        return then(s)
    if e.payload == SKIP.payload:
        return then(replace(s, kept=None), Say("feedback.no_reason", options=(PERSON,)))
    return then(replace(s, about=None, kept=None), KeepFeedback(need_slot(s.about), e.payload == ASK[0].payload))


@dialog.always(FeedbackKept)
def thank_for_feedback(s: Feedback, e: FeedbackKept, _ctx: Ctx) -> Decision[Feedback]:
    """Thank; after a "no" ask why."""
    if e.helpful:
        return then(s, Say("feedback.thanks"))
    return then(replace(s, kept=e.id), AwaitRemark(), Say("feedback.why", options=(SKIP,), alone=True))


@dialog.always(Remarked)
def store_reason(s: Feedback, e: Remarked, _ctx: Ctx) -> Decision[Feedback]:
    """Store the reason with the "no"."""
    return then(s, KeepReason(s.kept, e.words)) if s.kept is not None else then(s)


@dialog.always(ReasonKept)
def thank_for_reason(s: Feedback, _e: ReasonKept, _ctx: Ctx) -> Decision[Feedback]:
    """Thank, and offer a person: the question still needs an answer."""
    return then(replace(s, kept=None), Say("feedback.reason_kept", options=(PERSON,)))
