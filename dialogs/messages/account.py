"""Commands, jobs and events of the account dialog, and events of its pages and letters."""

from datetime import datetime

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event
from values.account_view import AccountView, CompanyView
from values.consent import Acceptance
from values.private import Private


class OpenPage(Command):
    """Issue a one-time page: set_password or log_in."""

    purpose: str


class PageOpened(Event):
    """A page's link, whose token is derived from the id when it is shown."""

    link_id: str


class CreateAccount(Command):
    """Make the account with its consents. An e-mail that is taken gets a shadow that looks the same from here."""

    email: Private[str]
    credential: str
    consents: tuple[Acceptance, ...]
    name: Private[str | None] = None


class AccountCreated(Event):
    """The account waits for its contacts to be proven; `letter` is the link that its confirmation mail carries."""

    account_id: str
    letter: str


class ChangeEmail(Command):
    """Another address for an account: at once while its e-mail isn't proven, else by way of the new mailbox."""

    account_id: str
    email: Private[str]


class EmailChanged(Event):
    """The account has the new address in place of `old`; `letter` is the link of the new confirmation mail."""

    email: Private[str]
    letter: str
    old: Private[str] = ""


class EmailChangeStarted(Event):
    """The account is active: the new address takes its own one's place when its holder follows the link of `letter`."""

    email: Private[str]
    letter: str


class EmailReplaced(Event):
    """The account has another proven address. `old` is to be told of it, by one conversation of the account's."""

    email: Private[str]
    at: datetime
    old: Private[str] = ""


class WayBegun(Event):
    """On the log-in page that is open, the customer chose another entry: a forgotten password or user name."""

    link_id: str
    entry: str


class StartReset(Command):
    """Begin a forgotten password: the answer is the same whether the e-mail is known or not; the letter tells."""

    email: Private[str]


class ResetStarted(Event):
    """A letter to send: to the address typed, or to the one of the user name; to nobody if that is unknown."""

    letter: str
    to: Private[str] = ""


class TellUserName(Command):
    """Find the account of this e-mail, so that its user name can be mailed there."""

    email: Private[str]


class UserNameSought(Event):
    """The account with that e-mail, "" without one; `held_back`: no letter may go there now."""

    account_id: str = ""
    held_back: bool = False


class LeaveAccount(Command):
    """Leave the account; `entry` is the way to another one."""

    entry: str


class AccountLeft(Event):
    """The conversation has no account any more."""

    entry: str


class TakeStartLink(Command):
    """Use a start link of the seller's site."""

    token: Private[str]


class StartLinkTaken(Event):
    """A used start link: its entry, and its wish ("renewal", or "go_on" with another conversation).

    `over`: it leads nowhere any more.
    """

    entry: str | None
    wish: str | None = None
    over: bool = False


class PasswordSet(Event):
    """The page was filled in; the password's hash is kept under `credential`."""

    link_id: str
    credential: str


class PasswordReplaced(Event):
    """A forgotten password was replaced on the letter's page.

    `dropped`: by that the mailbox was proven for the first time, and what an unproven sign-up had left is gone.
    """

    dropped: bool = False


class LogInHeld(Event):
    """On the page `link_id` the password was right; its digits are to be typed here before anybody is logged in."""

    link_id: str
    held: str
    until: datetime


class CheckLogInDigits(Command):
    """Compare the digits of a held log-in: the one answer."""

    held: str
    typed: Private[str]


class DigitsRefused(Event):
    """A held log-in that came to nothing: `wrong` digits, or it was `over` already."""

    reason: str


class EndHeldLogIn(Command):
    """End what is held in this conversation."""


class HeldLogInEnded(Event):
    """The end of what was held; `ended`: there was something."""

    ended: bool


class LoggedIn(Event):
    """The customer proved to be the holder of this account; `stays`: and wants to stay logged in on this device.

    `typed`: the company that they gave here for the account that they leave, where this one has none. `told_by`: they
    haven't proved it, the seller's site has said so; what is secret or binds asks for the password still.
    """

    view: Private[AccountView]
    stays: bool = False
    typed: Private[CompanyView | None] = None
    told_by: str | None = None
