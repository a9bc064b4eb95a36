"""One's own data: asked for at any step, told plainly, two steps to the end; and the talk goes on elsewhere."""

from datetime import timedelta

from msgspec import structs

from dialogs.elsewhere import EXPIRY, LIFETIME, carry_state_over
from dialogs.kit import Context
from dialogs.messages import account, elsewhere, own_data, payment
from dialogs.messages.handoff import HumanRequested, MailSupport, RequestHuman
from dialogs.payment import EXPIRY as PAYMENT_EXPIRY
from dialogs.payment import POLL
from dialogs.state import ConversationState
from tests.dialogs.driver import NOW, Driver, activated, contact_proven, known_account, known_order, ordered
from values.rules import GIVE_UP


class There(Driver):
    """A driver with other channels to go to."""

    def context(self, case: ConversationState) -> Context[ConversationState]:
        return structs.replace(super().context(case), reach=("telegram", "web"))


def there(customer: Driver) -> There:
    return There(customer.seller, customer.case, stand_in=customer.stand_in)


def test_the_zone_leads_to_export_and_back() -> None:
    customer = activated().press("zone:export")

    assert (customer.at, customer.step.expects) == ("own_data.secure_page", "secure_page")
    assert [act.purpose for act in customer.acts if isinstance(act, own_data.OpenOwnPage)] == ["export"]
    assert customer.press("zone:home").at == "zone.zone"


def test_deleting_is_two_steps_and_says_first_what_stays() -> None:
    customer = activated()
    waits = known_order("placed", "pending", number="FS/2026/000001")
    customer.read_books(structs.replace(customer.books, orders=(waits,))).press("zone:erase")

    assert customer.at == "own_data.erase"
    assert (customer.shown["unpaid"], customer.shown["years"]) == ("FS/2026/000001", 5)
    assert customer.done(own_data.OpenOwnPage) == 0, "no page before the first yes"
    assert customer.press("erase:yes").at == "own_data.secure_page"


def test_cancelling_the_deletion_cancels_nothing_else() -> None:
    assert ordered().press("zone:erase").command("cancel").at == "payment.payment"


def test_whoever_isnt_logged_in_is_told_to_log_in_first() -> None:
    for wish in ("zone:export", "zone:erase"):
        assert Driver().press(wish).heard[-1] == "own_data.log_in_first"
    customer = Driver().want("delete_my_data")
    assert customer.heard[-1] == "own_data.log_in_first"
    assert "/agent" in customer.buttons, "whoever can't log in has a right to it, too"


def test_a_person_asked_for_deletion_knows_the_term_and_support_is_told_once() -> None:
    customer = Driver().want("delete_my_data").command("agent").write("jan@example.com")
    assert customer.acts == [RequestHuman(None, "erasure")]
    assert customer.calls == [MailSupport("jan@example.com", "erasure")]
    assert customer.timers[GIVE_UP] - NOW >= timedelta(days=31), "it isn't given up before the term is over"


def test_a_person_asked_for_before_is_told_of_the_deletion_once() -> None:
    customer = contact_proven().command("agent").want("delete_my_data")
    customer.given(RequestHuman, HumanRequested(NOW, first=False)).command("agent").command("agent")
    assert customer.calls[-2:] == [MailSupport("jan@example.com"), MailSupport("jan@example.com", "erasure")]
    assert customer.heard == ["handoff.already"]


def test_who_stays_after_all_has_no_such_wish() -> None:
    customer = contact_proven().want("delete_my_data").command("back").command("agent")
    assert RequestHuman("jan@example.com", "asked") in customer.acts


def test_after_the_deletion_nothing_is_known() -> None:
    customer = activated().press("zone:erase", "erase:yes")
    customer.happen(own_data.AccountErased("here", ordered=True))

    assert (customer.heard, customer.at) == (["own_data.erased.here"], "account.start")
    assert customer.case == structs.replace(ConversationState(), talk=customer.case.talk)


def test_a_hand_out_is_told_to_the_account_it_was_of() -> None:
    customer = activated().press("zone:export").happen(own_data.DataHandedOut("account-1"))
    assert (customer.heard, customer.at) == (["own_data.handed_out"], "zone.zone")

    assert activated().happen(own_data.DataHandedOut("another")).heard == []


def test_a_page_dies_with_the_account_it_was_of() -> None:
    assert activated().press("zone:export").happen(account.LoggedIn(known_account())).case.own_data.page is None


def test_a_link_is_shown_until_it_is_over() -> None:
    customer = there(contact_proven()).command("elsewhere")
    assert customer.at == "elsewhere.go_on"
    assert customer.timers[EXPIRY] == NOW + LIFETIME

    assert customer.timer(EXPIRY).at == "company.tax_number"
    assert customer.heard == ["elsewhere.expired"]


def test_without_an_account_or_another_channel_there_is_no_link() -> None:
    assert there(Driver()).command("elsewhere").heard[-1] == "own_data.log_in_first"
    assert contact_proven().command("elsewhere").heard == ["elsewhere.nowhere"]


def test_the_other_conversation_stands_where_the_first_one_did() -> None:
    first = ordered()
    second = there(Driver(stand_in=first.stand_in).command("agent").press("agent_email:skip"))
    second.given(account.TakeStartLink, elsewhere.CarriedOver(carry_state_over(first.case), "web"))
    second.command("start", "token")

    assert second.at == first.at == "payment.payment"
    assert (second.heard[-1], second.case.order) == ("elsewhere.here", first.case.order)
    assert second.case.handoff.mode == "waiting", "a person who was asked for here still comes"
    assert second.case.talk.answered == first.case.talk.answered


def test_money_that_comes_is_awaited_there_too() -> None:
    second = there(Driver(stand_in=ordered().stand_in))
    second.given(account.TakeStartLink, elsewhere.CarriedOver(carry_state_over(ordered().case), "web"))
    second.command("start", "token")
    second.happen(payment.PaymentNoticed(second.placed.payment_id or "", 1, {}))

    assert second.at == "einvoice.einvoice"
    assert {POLL, PAYMENT_EXPIRY} & set(second.timers) == set()


def test_somebody_elses_account_is_left_alone() -> None:
    customer = activated().given(account.TakeStartLink, elsewhere.NotCarriedOver()).command("start", "token")

    assert (customer.heard[-1], customer.case.account.id) == ("elsewhere.another_account", "account-1")


def test_what_is_open_on_one_side_isnt_carried_over() -> None:
    case = ordered().press("zone:erase").case
    assert carry_state_over(case).own_data.page is None
    assert (
        carry_state_over(structs.replace(case, account=structs.replace(case.account, login=None))).account.email is None
    )
    assert timedelta(minutes=5) <= LIFETIME <= timedelta(minutes=30)
