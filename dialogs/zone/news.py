"""News for account holders: payments, ends of subscriptions, a free version."""

from msgspec.structs import replace

from dialogs.kit import HUMAN, Decision, Dialog, Event, Say, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.elsewhere import GoOnHere
from dialogs.messages.payment import ForgetStored, PaymentBooked
from dialogs.messages.renewal import SubscriptionLapsed
from dialogs.messages.zone import FreeVersionOpen, FreeVersionRefused
from dialogs.renewal import notices
from dialogs.state import Ctx, Zone


def declare(dialog: Dialog[Zone]) -> None:
    """Declare the reactions, which work at any step."""
    dialog.always(LoggedIn)(came_to_go_on)
    dialog.always(PaymentBooked)(money_came)
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
    if not (e.news and e.status == "paid"):
        return then(s, *old)
    ends = {o.ends_at for o in ctx.books.owned if o.renewed and o.order_id == e.order_id}
    return then(s, *old, *(Say("zone.renewed", {"ends": end}) for end in ends if len(ends) == 1))


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
