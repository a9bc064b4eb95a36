"""What a walk (`dialogs/explorer/seller.py`) needs to know of what is possible anywhere: one's own data, and going on
elsewhere."""

from collections.abc import Hashable, Iterator

from dialogs.elsewhere import EXPIRY
from dialogs.explorer.explore import Sample
from dialogs.kit import Event, Said, TimerDue
from dialogs.messages import elsewhere, own_data
from dialogs.state import ConversationState
from values.channel import Channel
from values.meaning import NavigationCommand, Press

REACH = ("telegram", "web")


def happenings(case: ConversationState) -> Iterator[Sample]:
    """What comes of the pages."""
    if case.own_data.link is None or case.account.id is None:
        return
    if case.own_data.page == "export":
        yield Sample("DataHandedOut", own_data.DataHandedOut(case.account.id))
    else:
        yield Sample("AccountErased", own_data.AccountErased("here", ordered=True))


def anywhere(case: ConversationState) -> Iterator[tuple[Event, ...]]:
    """Wishes at any step that words lead to, and what other conversations, the seller and the clock bring."""
    for payload in ("zone:export", "zone:erase", "contact:no_access", "einvoice:withdraw", "zone:einvoice_off"):
        yield (Said(Press(payload)),)
    for argument in (None, "close"):
        yield (Said(NavigationCommand("elsewhere", argument)),)
    yield (TimerDue(EXPIRY),)
    if case.account.id is None:
        return
    yield (own_data.DataHandedOut(case.account.id),)
    for by in ("elsewhere", "seller"):
        yield (own_data.AccountErased(by, on_file=True),)
    yield (own_data.SessionEnded(),)
    for why in ("password", "age"):
        yield (own_data.LogInOver(why),)
    for channel in Channel:
        yield (elsewhere.OpenedElsewhere(channel),)


def away(case: ConversationState) -> Hashable:
    """Where the customer is led out of the journey: then it makes no difference what is known in it."""
    own, link = case.own_data, case.elsewhere.link
    if own.page is None and link is None:
        return None
    return own.page, own.stays is not None, own.sure, own.link is not None, link is not None
