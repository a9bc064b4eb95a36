"""Commands, jobs and events of the company dialog."""

from datetime import datetime
from typing import ClassVar

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event
from dialogs.state import CompanyData, CompanySeen
from values.account_view import AccountAnswers
from values.consent import Acceptance
from values.private import Private


class LookUpCompany(Job):
    """Ask the registers, within the time a customer waits.

    `trade`: whether the number is good for trade within the Union, which VIES alone can say.
    """

    looks_up: ClassVar[bool] = True

    country: str
    tax_number: Private[str]
    trade: bool = False


class LookUpCompanyLater(BackgroundJob):
    """Ask the registers once more, in the background and patiently."""

    country: str
    tax_number: Private[str]
    trade: bool = False


class CompanyFound(Event):
    """A register's answer. `checked_at`: when it was asked; `check_id`: its own number for that.

    `struck_off`: what the company is struck off, if it is ("vat", "business"), and `since` which day (a moment of
    it), if known.
    """

    data: Private[CompanyData]
    source: str
    checked_at: datetime | None = None
    check_id: Private[str | None] = None
    struck_off: str | None = None
    since: datetime | None = None


class CompanyUnknown(Event):
    """Every register answered, none knows the number."""


class RegisterSilent(Event):
    """No register answered in time."""


class SaveCompany(Command):
    """Store the confirmed company with the account. `seen`: as it was before what is changed here, if it was there."""

    account_id: str
    country: str
    tax_number: Private[str]
    data: Private[CompanyData]
    source: str
    check: str
    email: Private[str | None] = None
    delivery: Private[str | None] = None
    answers: AccountAnswers = AccountAnswers()  # of the holder, kept with the account
    vat_checked_at: datetime | None = None
    vat_check_id: Private[str | None] = None
    accepted: tuple[Acceptance, ...] = ()  # the statement
    declares: bool = False  # it is asked for, and there must be one
    seen: Private[CompanySeen | None] = None


class WordsChanged(Event):
    """Refused: the statement that was accepted isn't the profile's any more."""


class CompanySaved(Event):
    """The saved company; the books have it with what others have changed of it."""

    company_id: str


class CompanyChangedMeanwhile(Event):
    """Refused: somebody else has changed the same."""


class CheckSet(Event):
    """The company carries the register's verdict."""


class SetCheck(Command):
    """Record a late verdict of the registers on a company that was typed in."""

    company_id: str
    check: str
    vat_checked_at: datetime | None = None
    vat_check_id: Private[str | None] = None
    data: Private[CompanyData | None] = None  # those that were judged; None: the number was
    outcome = CheckSet


class AnotherCompany(Event):
    """The customer adds one more company."""


class CompanyPicked(Event):
    """The company that the customer goes on with."""

    company_id: str


class CompanyChosen(Event):
    """The one of the account's companies that an order is for."""

    company_id: str
