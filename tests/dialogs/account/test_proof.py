"""The site's customer: what is neither secret nor binds is answered, all else asks for the password first."""

from datetime import timedelta
from itertools import takewhile
from random import Random
from typing import Any

import pytest

from dialogs.account import proof
from dialogs.account.log_ins import is_proven
from dialogs.kit import Command, Declared
from dialogs.messages import account, company, contact, einvoice, order, own_data, payment, withdrawal, zone
from dialogs.messages.account import LoggedIn
from tests.dialogs import driver
from tests.dialogs.driver import NOW
from values.account_view import OrdererDetails
from values.payment import StoredWay
from values.renewal import Owned

VISA = StoredWay("way-1", "card", "Visa 4242")

FREE = frozenset(
    """AcceptDocument BeginRenewal BookPayment BookRefund CancelOrder CheckCode CheckCodes CheckDiscount CheckLetterCode
    CheckLogInDigits CheckLoginCode CreateAccount DecideWithdrawal DropNote EndHeldLogIn EndWait ExpirePayment
    FindOnFile FindUndecided GiveUpNote GiveVoiceConsent KeepAnswers KeepFeedback KeepReason KeepWithdrawal LeaveAccount
    LogOut LookAtWait LookAtWriting MatchContact MoveTalk OpenFreeVersion OpenPage PutBack QuoteChange RegisterCustomer
    RemindByEmail ReopenPayment ReportCompany RequestHuman ResendConfirmation ResumeByEmail ResumeReminders
    SendInvoiceAgain SetCheck SetConsents StandBehindWithdrawal StartProof StartResetOf StopReminders TakeBackConsents
    TakeMoved TakeStartLink TellUserName WithdrawEInvoice""".split()
)
"""Commands that never ask: a new one is to be put here, or among those that do."""


def known(**more: Any) -> driver.Driver:
    """The site's customer, who has bought something and comes by a page of the site."""
    usual: dict[str, Any] = {
        "company": driver.known_company(),
        "orders": (driver.known_order("paid", "paid"),),
        "einvoice_status": "active",
        "einvoice_email": "owner@example.com",
        "ways": (VISA,),
    }
    return driver.Driver().happen(LoggedIn(driver.known_account(**(usual | more)), told_by="shop"))


def done_as_told(customer: driver.Driver, since: int = 0) -> list[Command]:
    """Return all that was done until the password was asked for; nothing of it asks for that."""
    acts = list(takewhile(lambda act: not isinstance(act, own_data.EndLogIns), customer.acts[since:]))
    held = [act for act in acts if proof.hold_back(act, customer.context(known().case)) is not None]
    assert not held
    return acts


def asked(customer: driver.Driver) -> bool:
    """Tell whether the password was asked for, and nothing done that asks for it."""
    ended = len(done_as_told(customer)) < len(customer.acts)
    assert not ended or (customer.case.account.id, customer.at) == (None, "account.secure_page")
    return ended


def test_each_command_is_decided_on() -> None:
    def below(of: type[Command]) -> set[type[Command]]:
        return {of, *(deeper for one in of.__subclasses__() for deeper in below(one))}

    every = {one.__name__ for one in below(Command) if one.__module__.startswith("dialogs.messages")}
    assert every == {one.__name__ for one in proof.ASKS} | FREE
    assert not FREE & {one.__name__ for one in proof.ASKS}


def test_it_is_greeted_by_name_at_the_zone_and_nothing_is_asked_of_it() -> None:
    customer = known()
    assert (customer.heard, customer.at) == (["account.told"], "zone.zone")
    assert customer.case.talk.greeted


@pytest.mark.parametrize("page", ["home", "my_account", "invoices", "einvoice", "settings", "renewal", "consents"])
def test_what_is_not_secret_is_shown(page: str) -> None:
    assert not asked(known().press(f"zone:{page}")), page


@pytest.mark.parametrize(
    "page",
    ["my_data", "methods", "contacts", "log_ins", "password", "export", "erase", "log_out_everywhere"],
)
def test_what_is_secret_or_ends_something_asks_for_the_password(page: str) -> None:
    assert asked(known().press(f"zone:{page}")), page


@pytest.mark.parametrize("wish", ["delete_my_data", "log_ins", "log_out_everywhere", "log_out_others", "ask_my_phone"])
def test_so_it_does_in_words(wish: str) -> None:
    assert asked(known().want(wish)), wish


@pytest.mark.parametrize(
    ("what", "value"), [("phone", "512 000 111"), ("email", "x@evil.example"), ("street", "Zła 1")]
)
def test_contacts_and_the_invoice_s_address_are_not_changed(what: str, value: str) -> None:
    customer = known().correct(what, value)
    if not asked(customer):  # asked for first, then held back
        customer.write(value)
    assert not {type(act) for act in customer.acts} & {*proof.ASKS} - {own_data.EndLogIns}


def test_after_the_password_it_goes_on_with_what_was_asked_for() -> None:
    view = driver.known_account(company=driver.known_company(), orders=(driver.known_order("paid", "paid"),))
    customer = known().press("zone:my_data").happen(LoggedIn(view))
    assert "zone.company_data" in customer.heard


def test_the_site_s_next_word_takes_it_back_without_the_wish() -> None:
    customer = known().press("zone:my_data")
    customer.happen(LoggedIn(driver.known_account(), told_by="shop"))
    assert (customer.case.account.id, customer.case.talk.wish) == ("account-9", None)
    assert customer.at != "account.secure_page"
    assert "zone.company_data" not in customer.heard


def test_an_agent_is_not_told_that_it_is_proven() -> None:

    customer = known()
    assert not is_proven(customer.case, customer.now)
    customer.happen(LoggedIn(driver.known_account()))
    assert is_proven(customer.case, customer.now)


def test_a_withdrawal_is_kept_as_nobody_s_until_the_password() -> None:
    customer = known().hear(Declared("Odstępuję od umowy FS/2026/000009"))
    kept = [act for act in customer.acts if isinstance(act, withdrawal.KeepWithdrawal)]
    assert [act.account_id for act in kept] == [None]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_it_presses_and_says_nothing_is_done_that_asks(seed: int) -> None:
    by = Random(seed)
    customer = known(owned=(RUNS,))
    for _ in range(12):
        if customer.case.account.id is None:
            customer.happen(LoggedIn(VIEW, told_by="shop"))
        before = len(customer.acts)
        by.choice(
            (
                lambda: customer.press(by.choice([*customer.buttons, *PRESSES])),
                lambda: customer.write(by.choice(WORDS)),
                lambda: customer.want(by.choice(WISHES)),
            )
        )()
        done_as_told(customer, before)


RUNS = Owned("subscription-1", "standard", None, NOW + timedelta(days=200), auto_renewal=True)
PAGES = ("end", "withdraw", "renewal", "methods", "my_data", "einvoice", "change", "contacts")
PRESSES = (
    *(f"zone:{page}" for page in PAGES),
    *("end:term_end", "withdraw:confirm", "auto_renewal:no", "auto_renewal:yes", "edit:phone", "edit:email"),
    *("start:buy", "method:card", "card:saved", "pay:now", "terms:accept", "clauses:accept", "confirm:yes"),
    "edit:invoice_email",
)
WORDS = ("x@evil.example", "512 000 111", "1234563218", "tak", "654321", "Zła 1")
WISHES = ("ask_end", "delete_my_data", "log_ins", "forgot_password", "affirm", "cancel_renewal", "choose_plan")


def test_the_end_of_the_contract_asks_for_the_password() -> None:
    customer = known(owned=(RUNS,)).press("zone:end")
    assert asked(customer.press("end:term_end"))
    assert not customer.done(zone.EndContract)


VIEW = driver.known_account(company=driver.known_company(), ways=(VISA,), einvoice_email="invoices@example.com")
BARE: dict[str, Any] = {"account_id": "account-9"}
WHO = ("Anna Nowak", "+48512000111", "a@firma.pl")
PLACED: dict[str, Any] = dict.fromkeys(
    ("company_id", "lines", "method", "auto_renewal", "discount", "price", "documents")
)


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        (order.PlaceOrder(**BARE, **PLACED), False),
        (order.PlaceOrder(**BARE, **PLACED, way="way-1"), True),
        (
            order.PlaceOrder(
                **BARE, **PLACED, orderer=OrdererDetails("A", "+48512000111", "a@firma.pl", "invoices@example.com")
            ),
            False,
        ),
        (
            order.PlaceOrder(
                **BARE, **PLACED, orderer=OrdererDetails("A", "+48512000111", "a@firma.pl", "x@evil.example")
            ),
            True,
        ),
        (payment.OpenPayment("order-9", "card"), False),
        (payment.OpenPayment("order-9", "card", "way-1"), True),
        (einvoice.ActivateEInvoice("account-9", "owner@example.com"), False),
        (einvoice.ActivateEInvoice("account-9", "x@evil.example"), True),
        (zone.EndContract("account-9"), True),
        (zone.SetAutoRenewal("account-9", on=False), True),
        (zone.MakeChange("account-9", "subscription-1", 2, "now", 100), False),
        (zone.MakeChange("account-9", "subscription-1", 2, "now", 100, way="way-1"), True),
        (zone.MakeChange("account-9", "subscription-1", 2, "now", 0), True),
        (zone.MakeChange("account-9", "subscription-1", 50, "next_term", 100), True),
        (account.ChangeEmail("account-9", "x@evil.example"), True),
        (contact.KeepPhone("account-9", "+48512000111"), True),
        (own_data.EndLogIns("idle"), False),
        (own_data.EndLogIns("elsewhere", everywhere=True, here=False), True),
    ],
)
def test_a_command_asks_where_it_reaches_what_is_kept(command: Command, asks: bool) -> None:
    told = driver.Driver().happen(LoggedIn(VIEW, told_by="shop"))
    logged_in = driver.Driver().press("start:log_in").happen(LoggedIn(VIEW))
    assert (proof.hold_back(command, told.context(told.case)) is not None) is asks
    assert proof.hold_back(command, logged_in.context(logged_in.case)) is None


def test_the_first_company_is_taken_another_one_asks() -> None:
    for have, asks in ((None, False), (driver.known_company(), True)):
        customer = known(company=have)
        saved = company.SaveCompany("account-9", "PL", "1234563218", driver.known_company(), "mf", "verified")  # type: ignore[arg-type]
        assert (proof.hold_back(saved, customer.context(customer.case)) is not None) is asks
