"""What account holders settle about themselves: consents, a new password, leaving."""

from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.messages.account import PasswordSet, ResetStarted, StartReset
from dialogs.messages.einvoice import WithdrawEInvoice
from dialogs.messages.handoff import AgentTook
from dialogs.messages.order import CancelOrder
from dialogs.messages.own_data import EndLogIns, LogInOver, OtherLogInsEnded
from dialogs.messages.zone import ConsentsSet, LoggedOut, LogOut, SetConsents, TakeBackConsents
from nlu.understand import understand
from tests.dialogs.driver import Driver, activated, card_filled, ordered, signed_up
from values.expected import Expected
from values.meaning import Consenting, Expects


def at_the_zone() -> Driver:
    customer = activated()
    given = tuple(one.accepted("pl", customer.now, "button") for one in customer.seller.consents)
    customer.read_books(replace(customer.books, consents_given=given))
    customer.given(LogOut, LoggedOut())
    customer.given(StartReset, ResetStarted("letter-9"))
    return customer


def test_a_voluntary_consent_is_taken_back_by_its_box() -> None:
    customer = at_the_zone().given(SetConsents, ConsentsSet(1)).press("zone:my_account", "zone:consents")
    assert customer.at == "personal.consents"
    assert "consents:toggle:privacy" not in customer.buttons, "an obligatory one stands as long as the account"

    customer.press("consents:toggle:marketing")
    assert customer.at == "personal.consents"
    customer.press("consents:done")

    assert customer.acts[-1] == SetConsents("account-1", (), ("marketing",), "button")
    assert (customer.heard, customer.at) == (["personal.consents_saved"], "zone.zone")


def test_what_another_chat_changed_under_the_boxes_is_shown_before_anything_is_saved() -> None:
    customer = at_the_zone().given(SetConsents, ConsentsSet(1)).press("zone:consents")
    customer.read_books(replace(customer.books, consents_given=())).press("consents:done")
    assert (customer.heard, customer.at) == (["personal.consents_meanwhile"], "personal.consents")
    assert customer.done(SetConsents) == 0
    customer.press("consents:done")
    assert customer.acts[-1] == SetConsents("account-1", (), (), "button"), "nothing was ticked or unticked here"


def test_a_consent_without_a_box_is_taken_back_in_words_beside_one_that_has_it() -> None:
    customer = at_the_zone().press("zone:consents")
    customer.hear(Said(Consenting(refused=("marketing", "einvoice")), typed=True))
    assert TakeBackConsents("account-1", ("marketing",), "word") in customer.acts
    assert any(isinstance(act, WithdrawEInvoice) for act in customer.acts)


def test_e_invoices_refused_at_the_boxes_of_an_account_untick_the_one_beside_them() -> None:
    customer = Driver().press("start:buy", "account:new").write("jan@example.com")
    customer.happen(PasswordSet("page-set_password", "credential-1")).press("consents:toggle:marketing")
    customer.hear(Said(Consenting(refused=("marketing", "einvoice")), typed=True))
    assert (customer.at, customer.case.account.ticked) == ("account.consents", ())
    assert customer.heard[0] == "account.consents_unticked"


def test_whoever_wants_off_the_list_is_asked_off_which_where_advertising_stands() -> None:
    customer = at_the_zone()
    customer.hear(Said(understand("wypisz mnie", Expected(Expects.nothing, "zone"), locale="pl"), typed=True))
    assert customer.heard == ["personal.lists_which"]
    assert {"consents:withdraw:marketing", "/stop reminders"} <= set(customer.buttons)
    assert not customer.case.talk.unreminded, "nothing is stopped before it is said what"


def test_what_can_be_taken_back_is_what_the_books_say_is_given() -> None:
    customer = at_the_zone().want("withdraw_consent")
    assert (customer.heard, customer.done(TakeBackConsents)) == (["personal.consents_which"], 0)
    assert "consents:withdraw:marketing" in customer.buttons
    customer.read_books(replace(customer.books, consents_given=())).want("withdraw_consent")
    assert "consents:withdraw:marketing" not in customer.buttons


def test_without_any_advertising_it_is_the_reminders() -> None:
    customer = at_the_zone()
    customer.read_books(replace(customer.books, consents_given=()))
    customer.hear(Said(understand("unsubscribe", Expected(Expects.nothing, "zone"), locale="en"), typed=True))
    assert (customer.heard, customer.case.talk.unreminded) == (["kit.reminders_off"], True)


def test_nothing_changes_on_the_way_home() -> None:
    customer = at_the_zone().press("zone:consents", "consents:toggle:marketing", "zone:home")

    assert not any(isinstance(act, SetConsents) for act in customer.acts)
    assert customer.at == "zone.zone"


def test_a_new_password_comes_by_way_of_the_mailbox() -> None:
    customer = at_the_zone().press("zone:password")

    assert (customer.heard, customer.case.account.id) == (["personal.password_letter"], "account-1")


def test_after_the_log_out_the_next_customer_begins_anew() -> None:
    customer = at_the_zone().press("zone:log_out")

    assert customer.at == "account.start"
    assert customer.case.account.id is None
    assert customer.firm.name is None
    assert customer.case.talk.answered == ()


def test_log_out_in_words_works_at_every_step_and_keeps_the_order() -> None:
    for customer in (signed_up(), card_filled(), ordered(), activated()):
        customer.given(LogOut, LoggedOut()).want("log_out")
        assert (customer.done(LogOut), customer.done(CancelOrder)) == (1, 0)
        assert customer.heard == ["personal.logged_out"]
        assert customer.case.account.id is None


def test_log_out_works_beside_a_person() -> None:
    customer = ordered().given(LogOut, LoggedOut()).happen(AgentTook("agent-anna", "Anna")).want("log_out")
    assert (customer.case.account.id, customer.done(LogOut)) == (None, 1)
    assert customer.case.muted, "whoever answers still does"


def test_nobody_is_logged_out_who_is_not_in() -> None:
    for wish in ("log_out", "log_out_everywhere", "log_out_others"):
        customer = Driver().want(wish)
        assert (customer.heard[-1], customer.acts) == ("personal.not_logged_in", [])


def test_everywhere_and_the_others_in_words_at_every_step_and_beside_a_person() -> None:
    for at in (signed_up, card_filled, ordered, activated, lambda: ordered().happen(AgentTook("agent-anna", "Anna"))):
        others, everywhere = at(), at()
        others.given(EndLogIns, OtherLogInsEnded(2)).want("log_out_others")
        assert (others.heard[-1], others.reply[-1].params) == ("personal.log_ins_ended", {"ended": 2})
        assert others.acts[-1] == EndLogIns("elsewhere", everywhere=True, here=False)
        assert others.case.account.id == "account-1"
        everywhere.given(EndLogIns, LogInOver("everywhere", ended=3)).want("log_out_everywhere")
        assert everywhere.reply[-1].params == {"why": "everywhere", "ended": 3}
        assert (everywhere.acts[-1], everywhere.case.account.id) == (EndLogIns("everywhere", everywhere=True), None)
