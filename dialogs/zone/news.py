"""News for account holders: payments, ends of subscriptions, a free version."""

from msgspec.structs import replace

from dialogs.kit import HUMAN, Decision, Dialog, Event, Say, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.elsewhere import GoOnHere
from dialogs.messages.payment import ForgetStored, PaymentBooked
from dialogs.messages.renewal import (
    RenewalCharged,
    Renewed,
    SeeRenewed,
    SubscriptionLapsed,
)
from dialogs.messages.zone import FreeVersionOpen, FreeVersionRefused
from dialogs.renewal import notices
from dialogs.renewal.renewing import products
from dialogs.state import Ctx, Zone


def declare(dialog: Dialog[Zone]) -> None:
    """Declare the reactions, which work at any step."""
    dialog.always(LoggedIn)(came_to_go_on)
    dialog.always(PaymentBooked)(money_came)
    dialog.always(RenewalCharged)(charged_by_itself)
    dialog.always(Renewed)(renewal_done)
    dialog.always(SubscriptionLapsed)(lapsed)
    dialog.always(*(row.facts for row in notices.SPOKEN))(notice_given)
    dialog.always(FreeVersionOpen)(free_version_told)
    dialog.always(FreeVersionRefused)(free_version_refused)


def came_to_go_on(s: Zone, e: LoggedIn, ctx: Ctx) -> Decision[Zone]:
    """Continue what was left elsewhere: the last reaction of all dialogs to the log-in."""
    return then(s, *((GoOnHere(e.view.id),) if ctx.case.elsewhere.coming else ()))


def money_came(s: Zone, e: PaymentBooked, ctx: Ctx) -> Decision[Zone]:
    """Tell the new end of a renewal; forget a stored way that another has replaced."""
    old = (ForgetStored(e.replaced),) if e.replaced is not None else ()
    account_id = ctx.case.account.id
    if not (e.news and e.status == "paid") or account_id is None or ctx.seller.renewal is None:
        return then(s, *old)
    return then(s, *old, SeeRenewed(account_id, e.order_id, products(ctx)))


def charged_by_itself(s: Zone, _e: RenewalCharged, ctx: Ctx) -> Decision[Zone]:
    """Read the account anew, without a word: the receipt says it all."""
    if ctx.case.account.id is None:
        return then(s)
    return then(s, SeeRenewed(ctx.case.account.id, "", products(ctx)))


def renewal_done(s: Zone, e: Renewed, _ctx: Ctx) -> Decision[Zone]:
    """Tell the new end."""
    return then(s, *((Say("zone.renewed", {"ends": e.until}),) if e.until is not None else ()))


def lapsed(s: Zone, e: SubscriptionLapsed, ctx: Ctx) -> Decision[Zone]:
    """Tell that it has run out, and the last day to renew it without a gap."""
    return then(replace(s, lapsed_at=ctx.now), notices.say(e, ctx))


def notice_given(s: Zone, e: Event, ctx: Ctx) -> Decision[Zone]:
    """Say a notice that changes nothing here."""
    return then(s, notices.say(e, ctx))


def free_version_told(s: Zone, e: FreeVersionOpen, _ctx: Ctx) -> Decision[Zone]:
    """Tell that the free version runs, once."""
    return then(s, Say("zone.free_version_on" if e.new else "zone.free_version_before"))


def free_version_refused(s: Zone, _e: FreeVersionRefused, _ctx: Ctx) -> Decision[Zone]:
    """Tell that the account isn't ready for the free version."""
    return then(s, Say("zone.free_version_refused", options=(HUMAN,)))
