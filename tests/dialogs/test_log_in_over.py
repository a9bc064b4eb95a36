"""A log-in ends, and nothing else: what is known is out of sight until the same account is logged in to again."""

from dialogs.messages.account import LoggedIn
from dialogs.messages.own_data import EndLogIns, LogInOver
from dialogs.versions import dump, load
from tests.dialogs.driver import Driver, activated, contact_proven, known_account, ordered


def test_what_is_known_is_out_of_sight() -> None:
    customer = ordered().happen(LogInOver("password"))

    assert (customer.heard, customer.at) == (["own_data.log_in_over"], "account.start")
    assert (customer.case.account.id, customer.case.company.name, customer.case.order.number) == (None, None, None)
    customer.press("zone:export")
    assert customer.heard[-1] == "own_data.log_in_first"


def test_the_same_account_goes_on_where_it_stood() -> None:
    before = contact_proven().write("1234563218")
    stood, company, account_id = before.at, before.case.company.name, before.case.account.id
    assert company is not None
    customer = Driver(before.seller, load(dump(before.happen(LogInOver("password")).case)))

    customer.press("start:log_in").happen(LoggedIn(known_account(id=account_id)))

    assert (customer.at, customer.case.company.name) == (stood, company)
    assert customer.case.own_data.left is None


def test_another_account_gets_nothing_of_it() -> None:
    customer = ordered().happen(LogInOver("password"))

    customer.press("start:log_in").happen(LoggedIn(known_account(id="another")))

    assert customer.case.own_data.left is None
    assert customer.case.company.name is None


def test_told_twice_it_is_said_once() -> None:
    customer = ordered().happen(LogInOver("password"))
    left = customer.case.own_data.left

    customer.happen(LogInOver())

    assert customer.heard == []
    assert customer.case.own_data.left == left


def test_logged_out_everywhere() -> None:
    customer = activated().given(EndLogIns, LogInOver("everywhere")).press("zone:settings")
    assert "zone:log_out_everywhere" in customer.buttons

    customer.press("zone:log_out_everywhere")

    assert [act.everywhere for act in customer.acts if isinstance(act, EndLogIns)] == [True]
    assert (customer.heard, customer.at) == (["own_data.log_in_over"], "account.start")
