"""Reminder: the desk writes first that a subscription ends, and asks whether it is to be renewed."""

from dataclasses import replace

from dialogs.case import Ctx, Offer, Reminder
from dialogs.kit import Answered, Decision, Dialog, Option, Params, Say, Skipped, Word, then
from dialogs.words.account import StartLinkTaken
from dialogs.words.renewal import RenewalBegun, RenewalNotBegun, SubscriptionEnding

dialog = Dialog("reminder", Reminder, shown_as="renewal")


def _shown(s: Reminder, _ctx: Ctx) -> Params:
    offer = s.offer
    if offer is None:
        return {}
    return {
        "program": Word(f"program.{offer.product}"),
        "serial": offer.serial,
        "days": offer.days,
        "ends": offer.ends_at,
    }


renew = dialog.choose(
    "renew",
    lambda _s, _c: (Option("renew:now", "option.renew.now"), Option("renew:later", "option.renew.later")),
    when=lambda s, _c: s.offer is not None,
    done=lambda s, _c: s.answer is not None,
    params=_shown,
    intents={
        "renew_subscription": "renew:now",
        "renewal_on": "renew:now",
        "affirm": "renew:now",
        "deny": "renew:later",
        "renewal_off": "renew:later",
    },
    counted=False,
    patient=True,
)


@renew.on(Answered)
def answered(s: Reminder, e: Answered, ctx: Ctx) -> Decision[Reminder]:
    """Now: the order begins, after a log-in where that is missing. Later: it waits in the customer zone."""
    if e.value == "later":
        return then(Reminder(), Say("reminder.later"))
    said = () if ctx.case.account.id is not None else (Say("reminder.log_in_first"),)
    return then(replace(s, answer="now"), *said)


@renew.on(Skipped)
def put_off(_s: Reminder, _e: Skipped, _ctx: Ctx) -> Decision[Reminder]:
    """The customer does something else."""
    return then(Reminder())


@dialog.always(SubscriptionEnding)
def ending(s: Reminder, e: SubscriptionEnding, ctx: Ctx) -> Decision[Reminder]:
    """Asked at once, whatever stood open; who is renewing just now isn't asked."""
    if ctx.case.renewal.begun and ctx.case.payment.status != "paid":
        return then(s)
    offered = Reminder(Offer(e.product, e.ends_at, e.days, e.serial))
    open_already = s.offer is not None and s.answer is None
    return then(offered, *((Say("reminder.one_more"),) if open_already else ()))


@dialog.always(StartLinkTaken)
def came_for_it(s: Reminder, e: StartLinkTaken, _ctx: Ctx) -> Decision[Reminder]:
    """The link of the letter that stood for the reminder: after the log-in the order begins."""
    return then(replace(s, answer="now") if e.wish == "renewal" else s)


@dialog.always(RenewalBegun)
@dialog.always(RenewalNotBegun)
def taken_up(_s: Reminder, _e: object, _ctx: Ctx) -> Decision[Reminder]:
    """It has served."""
    return then(Reminder())
