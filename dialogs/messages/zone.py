"""Commands and events of the customer zone: renewal, consents, a new password, leaving, a free version."""

from datetime import datetime
from typing import Literal

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event, News
from dialogs.state import ChangeOffer
from values.consent import Acceptance


class SetAutoRenewal(Command):
    """Switch auto-renewal of the account's subscriptions, or of those of one `company` alone.

    `seen`: it was on when this conversation last read it.
    """

    account_id: str
    on: bool
    accepted: tuple[Acceptance, ...] = ()  # the words agreed to, where the profile has any
    how: str = "button"
    seen: bool = False
    company: str = ""


class AutoRenewalSet(Event):
    """The new setting; `changed` False if there is no subscription.

    `meanwhile`: somebody else has switched it off since it was read, and so it stays. `until`: what ends then was ended
    with its term; `several`: the days by product, where they differ. `ended`: the subscriptions, where their letter is
    sent from. `company`: the one whose it is alone.
    """

    on: bool
    changed: bool
    meanwhile: bool = False
    until: datetime | None = None
    several: tuple[tuple[str, datetime], ...] = ()
    ended: tuple[str, ...] = ()
    company: str = ""


class EndContract(Command):
    """End with its term all that the account has renewed."""

    account_id: str
    how: str = "button"


class ChangeQuoted(Event):
    """The offer of another number."""

    offer: ChangeOffer


class QuoteChange(Command):
    """Ask what it costs to have so many of a subscription, or another plan in its place."""

    account_id: str
    subscription_id: str
    number: int | None
    plan: str | None = None


class MakeChange(Command):
    """Change how many there are, and of which plan, from then on, at the gross sum that was shown, in minor units.

    `way`: the id of the kept method that is charged for it; None: it is paid by its link.
    """

    account_id: str
    subscription_id: str
    number: int | None
    start: Literal["now", "next_term"]
    gross: int
    plan: str | None = None
    way: str | None = None


class ChangeNotMade(Event):
    """Nothing was changed: a reason of `bot/usecases/renewals/changes.py`."""

    reason: str


class QuantitySet(News):
    """There are so many of a product: from now on, or where `starts` isn't None from then on.

    `instead`: of another plan than this one, which ran before.
    """

    subscription_id: str
    product: str
    number: int
    starts: datetime | None = None
    instead: str | None = None


class OpenFreeVersion(Command):
    """Switch on the seller's free version."""

    account_id: str
    company_id: str


class FreeVersionOpen(Event):
    """A running free version; `new` False if it ran before."""

    new: bool


class FreeVersionRefused(Event):
    """The account isn't active, or has no confirmed company."""


class PageWanted(Event):
    """The zone's way to contacts, consents, documents, password, log_ins, log_out(_everywhere), reminders or report."""

    page: str


class SetConsents(Command):
    """Give and withdraw these voluntary consents; the others stay. `how` says how the change was made."""

    account_id: str
    given: tuple[Acceptance, ...]
    withdrawn: tuple[str, ...]
    how: str


class ConsentsSet(Event):
    """The number of consents that changed, each on record."""

    changed: int


class TakeBackConsents(Command):
    """Take back these voluntary consents, as far as they stand."""

    account_id: str
    ids: tuple[str, ...]
    how: str


class ConsentsTakenBack(Event):
    """The consents that have just ended, of those `asked` for."""

    asked: tuple[str, ...]
    ended: tuple[str, ...]


class LoggedOut(Event):
    """The conversation has no account any more."""


class LogOut(Command):
    """Log this conversation out."""

    outcome = LoggedOut
