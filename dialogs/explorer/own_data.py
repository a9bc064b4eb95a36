"""Samples of events at any step, for the walk: own data, and going on elsewhere."""

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
    """Yield the results of the pages."""
    if case.own_data.link is None or case.account.id is None:
        return
    if case.own_data.page == "export":
        yield Sample("DataHandedOut", own_data.DataHandedOut(case.account.id))
    else:
        yield Sample("AccountErased", own_data.AccountErased("here", ordered=True))


def anywhere(case: ConversationState) -> Iterator[tuple[Event, ...]]:
    """Yield wishes that words express at any step, and events of other conversations, the seller and the clock."""
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
    """Return the place outside of the journey to which the customer is led, where its slots make no difference."""
    own, link = case.own_data, case.elsewhere.link
    if own.page is None and link is None:
        return None
    return own.page, own.stays is not None, own.sure, own.link is not None, link is not None
