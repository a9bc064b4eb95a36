"""Reminder: the desk writes first that a subscription ends, and asks whether it is to be renewed."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.company.data import buyer, read_company
from dialogs.kit import Answered, Decision, Dialog, Option, Params, Say, Skipped, StopAsked, then
from dialogs.messages import renewal
from dialogs.messages.account import AccountLeft, LoggedIn, StartLinkTaken
from dialogs.messages.zone import PageWanted
from dialogs.order.in_books import is_paid
from dialogs.order.products import program_word
from dialogs.renewal.shown import term_price
from dialogs.state import Ctx, Offer, Reminder
from values.account_view import AccountView
from values.renewal import Owned, days_left


def _closed(s: Reminder) -> Reminder:
    """Close the offer; the customer's choice about reminders stays."""
    return replace(s, offer=None, answer=None, past=s.offer.ends_at if s.offer is not None else s.past)


dialog = Dialog("reminder", Reminder, shown_as="renewal", outlives=_closed)


def _shown(s: Reminder, ctx: Ctx) -> Params:
    offer = s.offer
    if offer is None:
        return {}
    return {
        "program": program_word(offer.product, ctx.seller),
        "serial": offer.serial,
        "days": days_left(offer.ends_at, ctx.now, ctx.seller.zone),
        "ends": offer.ends_at,
        **term_price(offer.product, buyer(read_company(ctx), ctx), ctx.seller),
    }


renew = dialog.choose(
    "renew",
    lambda _s, _c: tuple(
        Option(f"renew:{way}", f"option.renew.{way}", loses=way == "stop") for way in ("now", "later", "stop")
    ),
    when=lambda s, c: s.offer is not None and c.now < s.offer.ends_at,
    done=lambda s, _c: s.answer is not None,
    params=_shown,
    intents={
        "renew_subscription": "renew:now",
        "renewal_on": "renew:now",
        "affirm": "renew:now",
        "deny": "renew:later",
        "renewal_off": "renew:later",
        "stop": "renew:stop",
    },
    counted=False,
    patient=True,
)


@renew.on(Answered)
def answer_reminder(s: Reminder, e: Answered, ctx: Ctx) -> Decision[Reminder]:
    """Begin the order now, after a log-in if needed; leave it for later in the zone; or stop reminders."""
    if e.value == "stop":
        return then(s, renewal.StopReminders(ctx.case.account.id))
    if e.value == "later":
        return then(_closed(s), Say("reminder.later"))
    said = () if ctx.case.account.id is not None else (Say("reminder.log_in_first"),)
    return then(replace(s, answer="now"), *said)


@renew.on(Skipped)
def close_skipped_offer(s: Reminder, _e: Skipped, _ctx: Ctx) -> Decision[Reminder]:
    """Close the offer: the customer does something else."""
    return then(_closed(s))


@dialog.always(renewal.SubscriptionEnding)
def ask_to_renew(s: Reminder, e: renewal.SubscriptionEnding, ctx: Ctx) -> Decision[Reminder]:
    """Ask at once, at any step, unless the customer is renewing just now."""
    if ctx.case.renewal.begun and not is_paid(ctx):
        return then(s)
    offered = replace(s, offer=Offer(e.product, e.ends_at, e.serial), answer=None, reminded=True)
    open_already = s.offer is not None and s.answer is None
    return then(offered, *((Say("reminder.one_more"),) if open_already else ()))


@dialog.always(renewal.RenewalToPay, renewal.RenewalCharged)
def close_offer_ordered_by_desk(
    s: Reminder, e: renewal.RenewalToPay | renewal.RenewalCharged, ctx: Ctx
) -> Decision[Reminder]:
    """Close the offer: the desk has ordered the renewal by itself."""
    offered = ctx.seller.program(s.offer.product) if s.offer is not None else None
    return then(_closed(s) if offered is not None and offered.subscription == e.plan else s)


@dialog.always(renewal.SubscriptionLapsed)
def close_lapsed_offer(s: Reminder, e: renewal.SubscriptionLapsed, _ctx: Ctx) -> Decision[Reminder]:
    """Close the offer: the end has come, and is told."""
    return then(_closed(s) if s.offer is not None and s.offer.ends_at <= e.ends_at else s)


@dialog.always(StartLinkTaken)
def begin_reminded_order(s: Reminder, e: StartLinkTaken, _ctx: Ctx) -> Decision[Reminder]:
    """Begin the order after the log-in, by the link of the reminder's letter.

    A customer without an account sets a password first.
    """
    if e.wish != "renewal":
        return then(s)
    first = (Say("reminder.first_password"),) if e.entry == "forgot_password" else ()
    return then(replace(s, answer="now"), *first)


@dialog.always(renewal.RenewalBegun, renewal.RenewalNotBegun)
def close_used_offer(s: Reminder, _e: object, _ctx: Ctx) -> Decision[Reminder]:
    """Close the offer, which has served."""
    return then(_closed(s))


@dialog.always(StopAsked)
def stop_reminders(s: Reminder, e: StopAsked, ctx: Ctx) -> Decision[Reminder]:
    """Stop reminders on a bare "stop" after one, but not in the middle of what the customer has begun."""
    meant = e.sure or (s.reminded and not ctx.books.reminders_stopped and not ctx.case.renewal.begun)
    return then(s, *((renewal.StopReminders(ctx.case.account.id),) if meant else ()))


@dialog.always(renewal.RemindersSwitched)
def tell_reminder_setting(s: Reminder, e: renewal.RemindersSwitched, _ctx: Ctx) -> Decision[Reminder]:
    """Tell the new setting; switched off, close the open reminder."""
    if not e.known:
        return then(s, Say("reminder.stop_whose"))
    now = s if e.on else replace(_closed(s), reminded=False)
    return then(now, *(() if e.told else (Say("reminder.resumed" if e.on else "reminder.stopped"),)))


@dialog.always(PageWanted)
def switch_reminders_on(s: Reminder, e: PageWanted, ctx: Ctx) -> Decision[Reminder]:
    """Switch reminders on from the zone."""
    account_id = ctx.case.account.id
    return then(
        s, *((renewal.ResumeReminders(account_id),) if e.page == "reminders" and account_id is not None else ())
    )


@dialog.always(LoggedIn)
def offer_ending_subscription(s: Reminder, e: LoggedIn, ctx: Ctx) -> Decision[Reminder]:
    """Ask about what ends soon, unless the customer has stopped reminders."""
    ending = _ends_soon(e.view, ctx)
    open_ = s.offer is not None or s.answer is not None or ctx.case.renewal.begun
    if ending is None or e.view.reminders_stopped or open_ or s.past == ending.ends_at:
        return then(s)
    offer = Offer(ending.product, ending.ends_at, ending.serial)
    return then(replace(s, offer=offer, answer=None, reminded=True))


def _ends_soon(view: AccountView, ctx: Ctx) -> Owned | None:
    """Return the program that ends first within the days of the reminder, unless its renewal is paid or on its way."""
    last = ctx.now + timedelta(days=ctx.seller.renewal_rules.remind_days)
    ordered = view.order is not None and view.order.status == "placed"
    asked = {id for o in view.outlooks if o.kind == "ends" or (o.kind == "link" and o.on is not None) for id in o.ids}
    soon = (o for o in view.owned if o.id in asked and o.status == "active" and ctx.now < o.ends_at <= last)
    return next((o for o in soon if _is_sold(o.product, ctx) and not ordered), None)


def _is_sold(product: str, ctx: Ctx) -> bool:
    known = ctx.seller.program(product)
    return known is not None and ctx.seller.sold(known.subscription) is not None


@dialog.always(AccountLeft)
def clear_reminded_mark(s: Reminder, _e: AccountLeft, _ctx: Ctx) -> Decision[Reminder]:
    """Clear account data on log-out."""
    return then(replace(s, reminded=False))
