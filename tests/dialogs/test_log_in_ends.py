"""A log-in ends by its age; after a silence the password is asked for again where it matters. What was asked for then
is heard after the next log-in, unless it would bind the customer.

A log-in ends, and nothing else: what is known is out of sight until the same account is logged in to again.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.messages import payment
from dialogs.messages.account import LoggedIn
from dialogs.messages.own_data import EndLogIns, LogInOver
from dialogs.messages.renewal import StopReminders, SubscriptionEnding
from dialogs.order.in_books import find_order
from dialogs.state import Account, ConversationState, LogIn
from dialogs.versions import dump, load
from tests.dialogs import driver
from tests.kit.rows import all_rows
from values.meaning import Faq
from values.payment import StoredWay
from values.renewal import Program

MONTH, HALF_AN_HOUR, SECOND = timedelta(days=30), timedelta(minutes=30), timedelta(seconds=1)
VISA = StoredWay("way-1", "card", "Visa 4242")


def logs_in(customer: driver.Driver, account_id: str = "account-1", einvoice_status: str = "active") -> driver.Driver:
    assert customer.at == "account.secure_page"
    left, customer.came_at = customer.case.own_data.left, customer.now
    own = None if left is None else left.company.of
    company = None if own is None else replace(driver.known_company(), id=own)
    mine = find_order(customer.books, left.order.id) if left is not None else None
    if mine is None or mine.status != "paid":
        return customer.happen(LoggedIn(replace(driver.known_account(id=account_id, company=company), ways=(VISA,))))
    known = {"company": company, "orders": (driver.known_order("paid", "paid"), mine), "ways": (VISA,)}
    known |= {"einvoice_status": einvoice_status}
    return customer.happen(LoggedIn(driver.known_account(id=account_id, **known)))


def asked_again(customer: driver.Driver) -> list[str]:
    return [act.why for act in customer.acts if isinstance(act, EndLogIns)]


def test_a_log_in_lasts_thirty_days() -> None:
    customer = driver.contact_proven().silent(MONTH - SECOND).write("1234563218")

    assert (asked_again(customer), customer.at) == ([], "company.confirm")


def test_what_was_typed_at_its_end_counts_after_the_next_log_in() -> None:
    customer = driver.contact_proven().silent(MONTH).write("1234563218")

    assert (customer.heard[-1], customer.firm.tax_number) == ("own_data.log_in_over", None)
    logs_in(customer)
    assert (asked_again(customer), customer.at) == (["age"], "company.confirm")


def test_what_was_asked_for_at_its_end_is_heard_after_the_next_log_in() -> None:
    assert logs_in(driver.activated().silent(MONTH).press("zone:settings")).case.zone.page == "settings"
    assert "zone.term" in logs_in(driver.activated().silent(MONTH).want("ask_end")).heard


def test_what_was_said_of_the_holder_counts_until_there_is_an_account_and_no_page_is_carried_on() -> None:
    said = ConversationState(account=Account(name="Jan", page="page-1"))
    mine = replace(said, account=replace(said.account, login=LogIn("account-9")))
    assert [case.find_name(driver.known_account(person_name="Anna")) for case in (said, mine)] == ["Jan", "Anna"]
    assert mine.drafts.account == replace(mine.account, page=None)


def test_another_account_hears_nothing_of_it() -> None:
    customer = logs_in(driver.activated().silent(MONTH).press("zone:settings"), "another")

    assert customer.case.own_data.wish is None
    assert customer.case.zone.page is None


def test_a_wish_of_another_time_is_not_heard() -> None:
    customer = driver.activated().silent(MONTH).press("zone:settings")
    customer.now += HALF_AN_HOUR

    assert logs_in(customer).case.zone.page is None


def test_an_order_is_never_placed_by_a_button_of_before() -> None:
    customer = driver.card_filled()
    assert customer.at == "order.pay"

    logs_in(customer.silent(MONTH).press("pay:now"))

    assert customer.case.order.id is None


def test_nobody_is_logged_out_while_a_payment_is_under_way() -> None:
    customer = driver.card_filled(
        replace(driver.SELLER, manners=replace(driver.SELLER.manners, payment_ttl=MONTH + SECOND))
    )
    customer.press("pay:now").silent(MONTH).press("payment:check")
    assert (asked_again(customer), customer.at) == ([], "payment.payment")

    customer.silent(SECOND).press("payment:check")

    assert asked_again(customer) == ["age"]


def test_a_person_and_the_questions_of_anybody_need_no_log_in() -> None:
    customer = driver.activated().silent(MONTH).command("agent")
    assert customer.case.handoff.wished

    customer = driver.activated().silent(MONTH).say(Faq("anything", 1.0))
    assert customer.heard == ["own_data.log_in_over", "faq.anything"]


def reminded() -> driver.Driver:
    customer = driver.activated()
    ends = customer.now + MONTH + timedelta(days=7)
    reminding = ("reminder", *customer.seller.dialogs)
    seller = replace(customer.seller, dialogs=reminding, programs=(Program("standard", "standard"),))
    customer = driver.Driver(seller, customer.case, customer.now, stand_in=customer.stand_in)
    return customer.silent(MONTH).happen(SubscriptionEnding("standard", None, ends, 7))


def test_no_more_reminders_needs_no_log_in() -> None:
    customer = reminded().press("renew:stop")

    assert (asked_again(customer), customer.done(StopReminders)) == ([], 1)


def test_the_button_of_a_reminder_leads_where_it_pointed() -> None:
    customer = reminded().press("renew:now")
    assert asked_again(customer) == ["age"]

    logs_in(customer)

    assert customer.case.reminder.answer == "now"


@all_rows
def test_after_half_an_hour_of_silence_own_data_asks_for_the_password(page: str, shown: str) -> None:
    customer = driver.activated().silent(HALF_AN_HOUR).press("zone:home")
    assert (asked_again(customer), customer.at) == ([], "zone.zone")

    # The silence counts until the password is given.
    customer.silent(SECOND).press(f"zone:{page}")

    assert (asked_again(customer), customer.heard) == (["idle"], ["own_data.log_in_over"])
    assert shown in (logs_in(customer).at, *customer.heard)
    assert asked_again(customer) == ["idle"]


def test_what_was_given_is_not_told_after_a_silence_either() -> None:
    customer = driver.activated().silent(HALF_AN_HOUR).press("zone:home").silent(SECOND)
    assert "kit.answer" in driver.activated().want("ask_my_phone").heard
    assert (asked_again(customer.want("ask_my_phone")), customer.heard) == (["idle"], ["own_data.log_in_over"])
    assert "kit.answer" not in driver.Driver().want("ask_my_phone").heard


def test_the_page_of_an_export_asks_for_the_password_itself() -> None:
    customer = driver.activated().silent(HALF_AN_HOUR).press("zone:export")

    assert (asked_again(customer), customer.at) == ([], "own_data.secure_page")


def test_nobody_goes_on_with_a_private_page_after_a_silence() -> None:
    customer = driver.activated()
    customer.read_books(replace(customer.books, ways=(VISA,)))
    customer.press("zone:methods").silent(HALF_AN_HOUR).press("forget:way-1")
    assert (asked_again(customer), customer.heard) == (["idle"], ["own_data.log_in_over"])

    logs_in(customer)

    assert (customer.at, customer.done(payment.ForgetMethod)) == ("zone.method", 0)


def test_before_the_half_hour_nothing_is_asked_and_a_messenger_has_a_lock_of_its_own() -> None:
    assert asked_again(driver.activated().silent(HALF_AN_HOUR - SECOND).press("zone:my_data")) == []
    customer = driver.activated().silent(HALF_AN_HOUR, "telegram").press("zone:my_data")
    assert asked_again(customer) == []
    assert asked_again(customer.silent(MONTH, "telegram").press("zone:my_data")) == ["age"]


def choosing_a_method() -> driver.Driver:
    customer = driver.contact_proven().write("1234563218").press("confirm:yes", "auto_renewal:yes")
    customer.read_books(replace(customer.books, ways=(VISA,)))
    assert customer.at == "order.method"
    return customer


def test_stored_ways_are_not_offered_after_a_silence() -> None:
    customer = choosing_a_method().silent(HALF_AN_HOUR).press("method:card")
    assert asked_again(customer) == ["idle"]

    assert logs_in(customer).at == "company.confirm", "before a first order that is asked anew"
    assert customer.copied().silent(HALF_AN_HOUR).press("confirm:yes").at == "order.method"
    assert customer.press("confirm:yes").at == "order.card"
    customer.press("card:saved")

    assert (asked_again(customer), customer.at) == (["idle"], "order.terms")


def test_an_order_with_a_stored_way_waits_for_the_password() -> None:
    customer = choosing_a_method().press("method:card", "card:saved").silent(HALF_AN_HOUR)
    assert customer.at == "order.terms"

    customer.press("terms:accept")
    assert (asked_again(customer), customer.heard) == (["idle"], ["own_data.log_in_over"])
    logs_in(customer)

    assert (customer.case.order.method, customer.case.order.auto_renewal) == ("card", True)


def test_an_order_with_any_other_way_goes_on_and_is_changed_as_ever() -> None:
    customer = choosing_a_method().silent(HALF_AN_HOUR).press("method:blik", "terms:accept")
    assert (asked_again(customer), customer.at) == ([], "order.clauses")

    customer = driver.card_filled().silent(HALF_AN_HOUR).press("edit:method")
    assert (asked_again(customer), customer.at) == ([], "order.method")


def test_what_was_put_off_is_not_offered_again() -> None:
    customer = driver.paid().press("einvoice:later").silent(MONTH).press("zone:home")
    logs_in(customer, einvoice_status="off")

    assert (customer.at, customer.case.einvoice.choice) == ("zone.zone", "later")


def test_data_on_file_are_not_changed_after_a_silence_even_by_an_old_button() -> None:
    customer = driver.activated().silent(HALF_AN_HOUR).press("edit:invoice_email")
    assert (asked_again(customer), customer.heard) == (["idle"], ["own_data.log_in_over"])
    logs_in(customer)
    assert customer.at == "einvoice.invoice_email"

    assert asked_again(driver.activated().silent(HALF_AN_HOUR).correct("phone", "512 000 111")) == ["idle"]


# --- on a device of one's own ---


def staying() -> driver.Driver:
    """A customer with a paid order who has logged in and wants to stay so."""
    bought = driver.known_order("paid", "paid")
    view = driver.known_account(company=driver.known_company(), orders=(bought,), einvoice_status="active")
    return driver.Driver().press("start:log_in").happen(LoggedIn(view, stays=True))


def test_who_stays_logged_in_is_not_asked_again_for_thirty_days() -> None:
    customer = staying().silent(HALF_AN_HOUR).press("zone:my_data")
    assert (asked_again(customer), customer.heard) == ([], ["zone.company_data"])

    customer.silent(MONTH).press("zone:my_data")
    assert asked_again(customer) == ["age"]


def test_who_stays_logged_in_is_greeted_by_name_and_place_at_the_next_visit() -> None:
    customer = staying().silent(timedelta(hours=12)).press("zone:my_data")
    assert customer.heard[0] == "account.back"
    assert customer.reply[0].params == {"name": "owner@example.com", "place": "other", "number": "FS/2026/000009"}
    assert "account.back" not in customer.silent(timedelta(hours=1)).press("zone:my_data").heard, "once a visit"

    left = staying().press("start:buy").silent(timedelta(hours=12)).press("method:blik")
    assert (left.reply[0].key, left.reply[0].params["place"]) == ("account.back", "card")


def test_nobody_else_is_greeted_by_name() -> None:
    assert "account.back" not in driver.activated().silent(timedelta(hours=12)).press("zone:my_account").heard


def test_what_is_known_is_out_of_sight() -> None:
    customer = driver.ordered().happen(LogInOver("password"))

    assert (customer.heard, customer.at) == (["own_data.log_in_over"], "account.start")
    assert (customer.case.account.id, customer.firm.name, customer.case.order.id) == (None, None, None)
    customer.press("zone:export")
    assert customer.heard[-1] == "own_data.log_in_first"


def test_the_same_account_goes_on_where_it_stood() -> None:
    before = driver.contact_proven().write("1234563218")
    stood, company, account_id = before.at, before.firm.name, before.case.account.id
    assert company is not None
    customer = driver.Driver(before.seller, load(dump(before.happen(LogInOver("password")).case)))

    customer.press("start:log_in").happen(LoggedIn(driver.known_account(id=account_id)))

    assert (customer.at, customer.firm.name) == (stood, company)
    assert customer.case.own_data.left is None


def test_another_account_gets_nothing_of_it() -> None:
    customer = driver.ordered().happen(LogInOver("password"))

    customer.press("start:log_in").happen(LoggedIn(driver.known_account(id="another")))

    assert customer.case.own_data.left is None
    assert customer.firm.name is None


def test_told_twice_it_is_said_once() -> None:
    customer = driver.ordered().happen(LogInOver("password"))
    left = customer.case.own_data.left

    customer.happen(LogInOver())

    assert (customer.heard, customer.case.own_data.left) == ([], left)


def test_logged_out_everywhere() -> None:
    customer = driver.activated().given(EndLogIns, LogInOver("everywhere")).press("zone:settings")
    assert "zone:log_out_everywhere" in customer.buttons

    customer.press("zone:log_out_everywhere")

    assert [act.everywhere for act in customer.acts if isinstance(act, EndLogIns)] == [True]
    assert (customer.heard, customer.at) == (["own_data.log_in_over"], "account.start")
